// Moves conversations to when they are meant to have been. A month can't be waited for; what the pages show is real all the
// same: the program wrote every row, and only its times are moved. Works on the SQLite file of a demo that isn't running,
// with python3, since Node has no SQLite of its own in every version that we support.
import { spawn } from "node:child_process";
import { once } from "node:events";

const MOVE = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for was in json.load(sys.stdin):
    id = bytes.fromhex(was["id"].replace("-", ""))
    began, answered, closed = was["began"], was["answered"], was["closed"]
    seqs = [seq for (seq,) in db.execute("SELECT seq FROM message WHERE conversation = ? ORDER BY seq", (id,))]
    # The first is the visitor's, the second the answer; the others follow a minute apart.
    step = 60_000_000 if closed is None else max(1_000_000, (closed - (answered or began)) // (len(seqs) + 1))
    at = {}
    for index, seq in enumerate(seqs):
        at[seq] = began if index == 0 else (answered or began) + (index - 1) * step if answered else began + index * step
        db.execute("UPDATE message SET created_at = ? WHERE conversation = ? AND seq = ?", (at[seq], id, seq))
    last = closed or max(at.values())
    db.execute("UPDATE conversation_event SET at = ? WHERE conversation = ?", (last, id))
    db.execute("UPDATE conversation_event SET at = coalesce((SELECT created_at FROM message WHERE message.id = conversation_event.message), at) WHERE conversation = ?", (id,))
    db.execute("UPDATE search_term SET opened_at = ? WHERE conversation = ?", (began, id))
    db.execute("UPDATE conversation SET opened_at = ?, last_activity_at = ?, closed_at = CASE WHEN closed_at IS NULL THEN NULL ELSE ? END, first_response_at = CASE WHEN first_response_at IS NULL THEN NULL ELSE ? END, rated_at = CASE WHEN rated_at IS NULL THEN NULL ELSE ? END, waiting_since = CASE WHEN waiting_since IS NULL THEN NULL ELSE ? END WHERE id = ?", (began, last, closed, answered, closed, last, id))
    db.execute("UPDATE visitor SET created_at = min(created_at, ?), last_seen_at = ? WHERE id = (SELECT visitor FROM conversation WHERE id = ?)", (began, last, id))
db.commit()
`;

/** @param {{id: string, began: number, answered: number | null, closed: number | null}[]} was */
export async function moveToPast(file, was) {
  const python = spawn("python3", ["-c", MOVE, file], { stdio: ["pipe", "inherit", "inherit"] });
  const micros = (ms) => ms && Math.round(ms * 1000);
  python.stdin.end(JSON.stringify(was.map(({ id, began, answered, closed }) => ({ id, began: micros(began), answered: micros(answered), closed: micros(closed) }))));
  const [code] = await once(python, "exit");
  if (code !== 0) throw new Error(`python3 ended with ${code}`);
}
