//! A fresh database for a test, on either of the two kinds, gone when the test is.
//!
//! What lives here: making, opening and dropping it, and [`on_both`]. What must not: rows, and the one with empty tables that
//! most of them begin as a copy of (`template.rs`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "without a database there is no test")]

mod template;

use std::path::PathBuf;

use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use threadline::store::{Options, Store};

const POSTGRES_URL: &str = "THREADLINE_TEST_POSTGRES_URL";

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database of a test's own. Dropping it removes it, if that is possible.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    url: String,
    folder: TempDir,
}

impl Database {
    /// A new one with the tables of today and nothing in them.
    pub(crate) async fn new(kind: Kind) -> Self {
        let this = Self::named(kind);
        match kind {
            Kind::Sqlite => drop(std::fs::copy(template::file().await, this.file()).unwrap()),
            Kind::Postgres => {
                ask(&format!("CREATE DATABASE {} TEMPLATE {}", this.name(), template::name().await)).await
            }
        }
        this
    }

    /// A new one without any table, as the program finds it at its first start.
    pub(crate) async fn empty(kind: Kind) -> Self {
        let this = Self::named(kind);
        if kind == Kind::Postgres {
            ask(&format!("CREATE DATABASE {}", this.name())).await;
        }
        this
    }

    /// One that isn't there yet.
    fn named(kind: Kind) -> Self {
        let folder = TempDir::new().unwrap();
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", folder.path().join("threadline.db").display()),
            Kind::Postgres => {
                let mut url = base_url();
                url.set_path(&format!("test_{}", threadline::clock::new_id::<uuid::Uuid>().simple()));
                url.into()
            }
        };
        Self { kind, url, folder }
    }

    /// SQLite's file.
    fn file(&self) -> PathBuf {
        self.folder.path().join("threadline.db")
    }

    /// PostgreSQL's name for it.
    fn name(&self) -> String {
        self.url.parse::<url::Url>().unwrap().path().trim_start_matches('/').to_owned()
    }

    /// Its address, as settings have it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Changes rows behind the program's back: what only time would change otherwise.
    pub(crate) async fn run(&self, sql: &'static str) {
        match self.kind {
            Kind::Postgres => {
                let mut server = PgConnection::connect(&self.url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut server).await.unwrap();
                server.close().await.unwrap();
            }
            Kind::Sqlite => {
                let mut file = SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut file).await.unwrap();
                file.close().await.unwrap();
            }
        }
    }

    /// A folder that lives as long as the database.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Opens it as the program does.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, Options { readers: 4, ..Options::default() }).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kind == Kind::Postgres {
            let name = self.name();
            // A runtime can't be started inside another one, so this one has a thread of its own.
            let dropping = std::thread::spawn(move || {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap()
                    .block_on(drop_postgres(&name));
            });
            drop(dropping.join());
        }
    }
}

fn base_url() -> url::Url {
    let Ok(url) = std::env::var(POSTGRES_URL) else {
        panic!(
            "{POSTGRES_URL} is not set: run the tests with `cargo xtask test`, or this command as \
             `cargo xtask postgres -- COMMAND`"
        );
    };
    url.parse().unwrap()
}

/// Has the server do something, from the database that `THREADLINE_TEST_POSTGRES_URL` names.
async fn ask(sql: &str) {
    let mut server = PgConnection::connect(base_url().as_str()).await.unwrap();
    run(&mut server, sql).await.unwrap();
    server.close().await.unwrap();
}

async fn drop_postgres(name: &str) {
    if let Ok(mut server) = PgConnection::connect(base_url().as_str()).await {
        // What is left behind goes with the temporary server.
        drop(run(&mut server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await);
    }
}

async fn run(server: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(server).await.map(drop)
}

/// Makes two tests of each `async fn NAME(db: &Database)`: `NAME::sqlite` and `NAME::postgres`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::database::{Database, Kind};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(&Database::new(Kind::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(&Database::new(Kind::Postgres).await).await;
            }
        }
    )+};
}

pub(crate) use on_both;
