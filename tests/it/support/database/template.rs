//! A database of each kind that holds the tables of today and no row: tests begin with a copy of it.
//!
//! A thousand tests would otherwise run every migration a thousand times. Each test is a process of its own; whichever comes
//! first makes it, under another name until it is whole. Its name tells the migrations it came from, so that one from before a
//! change is never taken.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use threadline::store::{Options, Store};

use super::{base_url, run};

/// Has tests make PostgreSQL's one after the other. It spells "template".
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// SQLite's, beside the tests' other files.
pub(super) async fn file() -> PathBuf {
    let file = std::env::temp_dir().join(format!("threadline-template-{}.db", of_migrations("sqlite")));
    if !file.is_file() {
        // Two may make it at once: both are whole and alike, and one takes the other's place in a single step.
        let folder = TempDir::new_in(std::env::temp_dir()).unwrap();
        let made = folder.path().join("template.db");
        open_once(&format!("sqlite:{}", made.display())).await;
        fs::rename(&made, &file).unwrap();
    }
    file
}

/// PostgreSQL's.
pub(super) async fn name() -> String {
    let name = format!("template_{}", of_migrations("postgres"));
    let mut server = PgConnection::connect(base_url().as_str()).await.unwrap();
    if !is_there(&mut server, &name).await {
        run(&mut server, &format!("SELECT pg_advisory_lock({LOCK})")).await.unwrap();
        if !is_there(&mut server, &name).await {
            let unfinished = format!("unfinished_{name}");
            run(&mut server, &format!("DROP DATABASE IF EXISTS {unfinished}")).await.unwrap();
            run(&mut server, &format!("CREATE DATABASE {unfinished}")).await.unwrap();
            let mut url = base_url();
            url.set_path(&unfinished);
            open_once(url.as_str()).await;
            run(&mut server, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await.unwrap();
        }
    }
    // The lock goes with the connection.
    server.close().await.unwrap();
    name
}

async fn is_there(server: &mut PgConnection, name: &str) -> bool {
    let asked = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(asked).bind(name).fetch_one(server).await.unwrap()
}

async fn open_once(url: &str) {
    Store::open(url, Options::default()).await.unwrap().close().await;
}

/// The beginning of a hash of all files of `migrations/KIND`.
fn of_migrations(kind: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(fs::read(file).unwrap());
    }
    hex::encode(&hash.finalize()[..8])
}
