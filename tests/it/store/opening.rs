//! Opening a database: what is refused and what is said then.
#![expect(clippy::unwrap_used, reason = "a database that can't be prepared fails the test")]

use sqlx::{Connection, PgConnection};
use threadline::store::{Options, Store, StoreError};

use super::fixtures::World;
use crate::support::database::{Database, Kind, on_both};

on_both!(a_second_process_is_refused, what_is_there_stays_there);

async fn refusal(url: &str) -> StoreError {
    let options = Options { patience: std::time::Duration::from_secs(5), ..Options::default() };
    Store::open(url, options).await.unwrap_err()
}

/// Everything that a person or a log may get to see.
fn everything_said(error: &StoreError) -> String {
    let mut said = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        said.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    said
}

async fn a_second_process_is_refused(db: &Database) {
    let first = db.open().await;
    let error = refusal(db.url()).await;
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("in use by another Threadline process") && said.contains(first.name()), "{said}");
    first.close().await;
    db.open().await.ping().await.unwrap();
}

async fn what_is_there_stays_there(db: &Database) {
    let db = &Database::empty(db.kind).await;
    let world = World::new(db).await;
    let conversation = world.begin().await;
    world.store.close().await;
    assert!(world.store.ping().await.is_err());
    let again = db.open().await;
    assert_eq!(again.conversation(conversation.id).await.unwrap(), Some(conversation));
}

#[tokio::test]
async fn a_server_that_hung_up_is_called_again() {
    let db = Database::new(Kind::Postgres).await;
    let world = World::new(&db).await;
    let mut admin = PgConnection::connect(db.url()).await.unwrap();
    let hang_up = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(hang_up).execute(&mut admin).await.unwrap();
    let conversation = world.begin().await;
    assert_eq!(world.store.conversation(conversation.id).await.unwrap(), Some(conversation));
    world.store.ping().await.unwrap();
    // The claim went with its connection, and was taken again.
    assert!(matches!(refusal(db.url()).await, StoreError::InUse { .. }));
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let db = Database::new(Kind::Sqlite).await;
    let folder = db.folder().join("nowhere");
    let said = refusal(&format!("sqlite:{}/threadline.db", folder.display())).await.to_string();
    assert!(said.contains(&format!("there is no folder `{}`", folder.display())), "{said}");
}

#[tokio::test]
async fn what_is_no_database_file_is_told() {
    let db = Database::new(Kind::Sqlite).await;
    std::fs::write(db.folder().join("letter.txt"), "Dear Ada, ".repeat(1_000)).unwrap();
    let letter = format!("sqlite:{}", db.folder().join("letter.txt").display());
    let folder = format!("sqlite:{}", db.folder().display());
    for (url, expected) in [
        (letter.as_str(), "can't open the database"),
        (folder.as_str(), "that is a folder"),
        ("sqlite::memory:", "in memory"),
        ("sqlite:", "write `sqlite:PATH`"),
        ("mysql://root:hunter2@db/x", "must be `sqlite:PATH` or `postgres://"),
        ("hunter2", "must be `sqlite:PATH` or `postgres://"),
    ] {
        let error = refusal(url).await;
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert!(!everything_said(&error).contains("hunter2"), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn no_error_shows_the_password() {
    for url in [
        "postgres://me:hunter2@127.0.0.1:1/shop",
        "postgres://me:hunter2@127.0.0.1:port/shop",
        "postgres://me:hunter2@127.0.0.1:1/shop?sslmode=hunter2",
    ] {
        let said = everything_said(&refusal(url).await);
        assert!(!said.contains("hunter2"), "{url}: {said}");
    }
    let said = refusal("postgres://me:hunter2@127.0.0.1:1/shop").await.to_string();
    assert!(said.contains("`postgres://me@127.0.0.1:1/shop`") && said.contains("can't be reached"), "{said}");
}
