# Runs one throw-away PostgreSQL. Arguments: its folder, the folder of its programs.
#
# Whoever started this holds the other end of our standard input. When that end closes, because the work is done or
# because the starter was killed, the server stops and the folder goes: no way to end xtask leaves a server behind.
set -u
folder=$1
bin=$2

finish() {
    trap - EXIT HUP INT TERM
    "$bin/pg_ctl" -s -D "$folder/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$folder"
}
fail() {
    echo "PostgreSQL did not start; the end of its log:" >&2
    tail -n 20 "$folder/log" >&2
    exit 1
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

"$bin/initdb" -D "$folder/data" -U threadline --auth=trust -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 || fail
cat "$folder/test.conf" >>"$folder/data/postgresql.conf"
"$bin/pg_ctl" -s -w -t 60 -D "$folder/data" -l "$folder/log" start >/dev/null 2>&1 </dev/null || fail
echo ready
cat >/dev/null
