//! Wrong values of the server, the database, the limits and the figures.

use insta::assert_snapshot;

use super::told;

#[test]
fn wrong_values_of_the_server_and_the_database_are_named() {
    let text = r#"
        [server]
        listen = "8080"
        public_url = "https://chat.example/path"
        trusted_proxies = ["proxy", "0.0.0.0/0"]
        [database]
        url = "mysql://me:HUSH@db/x"
    "#;
    let told = told(text);
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    server.listen (line 3): `8080` is not an address with a port
        fix: write ADDRESS:PORT, for example 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080
    server.public_url (line 4): `https://chat.example/path` has more than an origin
        fix: write https://chat.example
    server.trusted_proxies[0] (line 5): `proxy` is not an address
        fix: write an address (10.0.0.7) or a network (10.0.0.0/8)
    server.trusted_proxies[1] (line 5): `0.0.0.0/0` trusts the whole world: anybody could then choose the address that limits see
        fix: write the proxy's own address or network
    database.url (line 7): is the address of no database that is known here
        fix: write "sqlite:threadline.db" or "postgres://user:password@host/database"
    "#);
}

#[test]
fn wrong_addresses_of_a_database_are_named() {
    for (url, why) in [
        ("sqlite:", "names no file"),
        ("sqlite://", "names no file"),
        ("sqlite:a.db?mode=ro", "has a `?`, and nothing may stand behind the file's path"),
        ("sqlite::memory:", "is a database in memory: a restart would lose every conversation"),
        ("postgres://", "is not a whole PostgreSQL address"),
        ("postgres://me:p/w@db/x", "is not a whole PostgreSQL address"),
        ("threadline.db", "is the address of no database that is known here"),
    ] {
        let told = told(&format!("[database]\nurl = \"{url}\""));
        assert!(told.starts_with(&format!("database.url (line 2): {why}\n    fix: write ")), "{url}: {told}");
    }
}

#[test]
fn wrong_figures_are_named() {
    let text = r#"
        [limits]
        messages_per_visitor = { per_minute = 0, burst = -1 }
        sessions_per_address = 5
        bytes_per_visitor = { burst = 100 }
        sockets_per_visitor = "5"
        sockets_per_address = 99999999999999999999
        [delivery]
        lease = "1s"
        catch_up_lookback = 100000
        keep_intake_keys = "1 week"
        [log]
        filter = "info,=,"
        format = "jsn"
        [[domain]]
        name = "shop.example"
        keep_page_query = "yes"
        quiet_after = "0s"
    "#;
    assert_snapshot!(told(text), @r#"
    limits.messages_per_visitor.per_minute (line 3): must be from 1 to 1000000000, and is 0
        fix: write a whole number from 1 to 1000000000
    limits.messages_per_visitor.burst (line 3): must be from 1 to 1000000000, and is -1
        fix: write a whole number from 1 to 1000000000
    limits.sessions_per_address (line 4): must be a table, and is a number
        fix: write sessions_per_address = { per_minute = 30, burst = 60 }
    limits.bytes_per_visitor.burst (line 5): is 100, and the longest allowed message has 40000 bytes: it could never be sent
        fix: write 40000 or more
    limits.sockets_per_visitor (line 6): must be a whole number, and is a text
        fix: write a whole number from 1 to 10000
    limits.sockets_per_address (line 7): must be from 1 to 1000000, and is 99999999999999999999
        fix: write a whole number from 1 to 1000000
    delivery.lease (line 9): `1s` is out of bounds
        fix: write a time span from "5s" to "10m"
    delivery.catch_up_lookback (line 10): must be from 1 to 1000, and is 100000
        fix: write a whole number from 1 to 1000
    delivery.keep_intake_keys (line 11): `1 week` is not a time span
        fix: write a number and a unit: "500ms", "30s", "10m", "2h" or "7d"
    log.filter (line 13): `info,=,` is not a filter
        fix: write a level (error, warn, info, debug, trace), or "info,threadline::worker=debug"
    log.format (line 14): `jsn` is not known here
        fix: did you mean "json"?
    domain[0].keep_page_query (line 17): must be true or false, and is a text
        fix: write true or false, without quotes
    domain[0].quiet_after (line 18): `0s` is out of bounds
        fix: write a time span from "1s" to "30d"
    "#);
}
