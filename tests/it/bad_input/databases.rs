//! Databases that can't be opened, told by the real program.
//!
//! What lives here: the sentence on the terminal, and the exit code. What must not: a database that fails later.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::binary::{Binary, configure, last_words};
use crate::support::database::{Database, Kind, on_both};
use crate::support::port::Port;

on_both!(one_process_a_database);

const DOMAIN: &str = "[[domain]]\nname = \"shop.example\"\n";

async fn one_process_a_database(db: &Database) {
    let (first, second) = (db.folder(), tempfile::tempdir().unwrap());
    let port = configure(first, db.url(), DOMAIN);
    let running = Binary::serve(first, port).await;
    let _port = configure(second.path(), db.url(), DOMAIN);
    let (said, code) = last_words(second.path()).await;
    let name = match db.kind {
        Kind::Sqlite => db.url().to_owned(),
        Kind::Postgres => {
            let mut url: url::Url = db.url().parse().unwrap();
            url.set_password(None).unwrap();
            url.to_string()
        }
    };
    let wanted = format!(
        "threadline: the database `{name}` is in use by another Threadline process: stop that one first, or give this one a \
         database of its own\n"
    );
    assert_eq!((said, code), (wanted, Some(1)));
    let alive = reqwest::get(format!("{}/readyz", running.url)).await.unwrap();
    assert_eq!(alive.status(), 200, "the first one goes on undisturbed");
}

#[tokio::test]
async fn a_file_that_can_not_be_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("letter.txt"), "Dear Ada, ".repeat(1_000)).unwrap();
    for (url, wanted) in [
        (
            format!("sqlite:{place}/nowhere/threadline.db"),
            format!("there is no folder `{place}/nowhere`; create it first"),
        ),
        (format!("sqlite:{place}"), "that is a folder; name a file in it".to_owned()),
        (
            format!("sqlite:{place}/letter.txt"),
            "SQLite can't read or write the file\n  because: error returned from database: (code: 26) file is not a database\n  \
             because: (code: 26) file is not a database"
                .to_owned(),
        ),
    ] {
        let _port = configure(folder.path(), &url, DOMAIN);
        let (said, code) = last_words(folder.path()).await;
        assert_eq!((said, code), (format!("threadline: can't open the database `{url}`: {wanted}\n"), Some(1)));
    }
}

#[tokio::test]
async fn a_server_that_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = Port::take();
    let port = nobody.number;
    let _own = configure(folder.path(), &format!("postgres://me:hunter2@127.0.0.1:{port}/shop"), DOMAIN);
    let (said, code) = last_words(folder.path()).await;
    let wanted = format!(
        "threadline: can't open the database `postgres://me@127.0.0.1:{port}/shop`: the server can't be reached, or refuses the \
         user, the password or the database\n  because: "
    );
    assert!(said.starts_with(&wanted) && said.contains("onnection refused") && !said.contains("hunter2"), "{said}");
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_database_that_the_server_does_not_have() {
    let db = Database::new(Kind::Postgres).await;
    let mut url: url::Url = db.url().parse().unwrap();
    url.set_path("/no_such_database");
    let folder = tempfile::tempdir().unwrap();
    let _port = configure(folder.path(), url.as_str(), DOMAIN);
    let (said, code) = last_words(folder.path()).await;
    assert!(
        said.contains(
            "/no_such_database`: the server can't be reached, or refuses the user, the password or the database\n"
        ),
        "{said}"
    );
    assert!(said.contains("database \"no_such_database\" does not exist"), "{said}");
    assert_eq!(code, Some(1));
}
