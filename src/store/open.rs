//! Opening and closing the database.
//!
//! What lives here: the URL, the pools, the migrations, and the claim that keeps a second process out. What must not: any
//! row of ours.

mod beside;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};
use tokio::sync::Mutex;

use super::error::StoreError;
use super::sql::{Pool, sql};
use super::writer::Writers;
use super::{Inner, Store};

static SQLITE_SCHEMA: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_SCHEMA: Migrator = sqlx::migrate!("migrations/postgres");

/// How long SQLite waits for a lock. Nobody else writes, so only a person's `sqlite3` can make it wait.
const BUSY: Duration = Duration::from_secs(5);

/// How long to wait for a claim: PostgreSQL takes a moment to notice that the process that held it died, and an invitation
/// holds it while it brings the schema up to date.
const CLAIM_PATIENCE: Duration = Duration::from_secs(5);
const CLAIM_PAUSE: Duration = Duration::from_millis(100);

/// The number of our advisory lock; it counts within one database. It spells "thread".
const CLAIM_NUMBER: i64 = 0x7468_7265_6164;

sql! {
    /// Takes the claim on a PostgreSQL database, if it is free.
    CLAIM = { sqlite: "SELECT $1 IS NOT NULL", postgres: "SELECT pg_try_advisory_lock($1)" };
}

/// How many connections there are.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Connections that read.
    pub readers: u32,
    /// Writers side by side, in PostgreSQL. SQLite has one, always.
    pub postgres_writers: u32,
    /// How long a read waits for a free connection, and how long opening waits for the server.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, postgres_writers: 4, patience: Duration::from_secs(10) }
    }
}

/// What keeps a second process out, until it is released or the process ends.
pub(super) enum Claim {
    Sqlite(File),
    Postgres(Box<PostgresClaim>),
    /// Nobody is kept out: this process does a small thing beside another one.
    None,
}

/// A lock that lives as long as its connection.
pub(super) struct PostgresClaim {
    connect: PgConnectOptions,
    patience: Duration,
    held: Mutex<Option<PgConnection>>,
}

impl Claim {
    /// Takes the claim again where it went with its connection (the server was restarted, say).
    pub(super) async fn renew(&self, name: &str) -> Result<(), StoreError> {
        let Self::Postgres(claim) = self else { return Ok(()) };
        let mut held = claim.held.lock().await;
        if let Some(connection) = held.as_mut()
            && connection.ping().await.is_err()
        {
            *connection = claim_postgres(&claim.connect, name, claim.patience).await?;
        }
        Ok(())
    }

    pub(super) async fn release(&self) {
        match self {
            // Both end with the process at the latest, so a failure here has no consequence worth telling.
            Self::Sqlite(file) => drop(file.unlock()),
            Self::None => {}
            Self::Postgres(claim) => {
                if let Some(connection) = claim.held.lock().await.take() {
                    drop(connection.close().await);
                }
            }
        }
    }
}

/// Every statement of these files.
pub(super) fn all() -> impl Iterator<Item = &'static super::Sql> {
    ALL.iter().chain(beside::ALL)
}

impl Store {
    /// Opens a database, brings its schema up to date, and starts the writers: `sqlite:PATH`, whose file is created when
    /// it is missing, or `postgres://USER:PASSWORD@HOST/DATABASE`.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`] with what is wrong and how to put it right, [`StoreError::InUse`] when another process has
    /// it, [`StoreError::Migration`]. None of them shows the password.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return open_sqlite(path, options).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return open_postgres(url, options).await;
        }
        // What it is instead may hold a password, so only the part before the colon is shown.
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        Err(cannot_open(
            &format!("{scheme}:…"),
            "the address must be `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`",
            None,
        ))
    }
}

impl Inner {
    /// Closes every connection. SQLite's write-ahead log is folded into the file first, so that the file alone is whole.
    pub(super) async fn close_pools(&self) {
        match &self.readers {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
        match &self.writing {
            // Whoever serves folds the log in.
            Pool::Sqlite(pool) if matches!(self.claim, Claim::None) => pool.close().await,
            Pool::Sqlite(pool) => {
                if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await {
                    tracing::warn!(%error, "the write-ahead log of {} stays for the next start", self.name);
                }
                pool.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

fn cannot_open(database: &str, what: &str, source: Option<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::CannotOpen { database: database.to_owned(), what: what.to_owned(), source }
}

async fn open_sqlite(path: &str, options: Options) -> Result<Store, StoreError> {
    let name = format!("sqlite:{path}");
    let path = sqlite_path(path, &name)?;
    let claim = claim_file_patiently(&path, &name).await?;
    keep_private(&path).map_err(|error| cannot_open(&name, "the file can't be created", Some(Box::new(error))))?;
    let connect =
        SqliteConnectOptions::new().filename(&path).busy_timeout(BUSY).foreign_keys(true).disable_statement_logging();
    let writing = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(options.patience)
        .connect_with(
            connect
                .clone()
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full),
        )
        .await
        .map_err(|error| cannot_open(&name, "SQLite can't read or write the file", Some(Box::new(error))))?;
    migrate(&SQLITE_SCHEMA, &writing, &name).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(options.readers)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(options.patience)
        .test_before_acquire(false)
        .connect_lazy_with(connect.read_only(true));
    Ok(start(name, Pool::Sqlite(readers), Pool::Sqlite(writing), 1, Claim::Sqlite(claim)))
}

fn sqlite_path(path: &str, name: &str) -> Result<PathBuf, StoreError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" || path.contains('?') {
        let what = "write `sqlite:PATH` with the path of a file, and nothing behind it; a database in memory would lose what was \
                    accepted";
        return Err(cannot_open(name, what, None));
    }
    let path = PathBuf::from(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let what = format!("there is no folder `{}`; create it first", folder.display());
        return Err(cannot_open(name, &what, None));
    }
    if path.is_dir() {
        return Err(cannot_open(name, "that is a folder; name a file in it", None));
    }
    Ok(path)
}

/// Creates a missing file so that only this user can read it; SQLite gives its other files the same rights. A file that is
/// there keeps the rights that its owner gave it.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The same, and waits a moment for somebody who has it for a small thing (see [`beside`]).
async fn claim_file_patiently(path: &Path, name: &str) -> Result<File, StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        match claim_file(path, name) {
            Err(StoreError::InUse { .. }) if waited < CLAIM_PATIENCE => {
                tokio::time::sleep(CLAIM_PAUSE).await;
                waited += CLAIM_PAUSE;
            }
            settled => return settled,
        }
    }
}

/// Locks `PATH.lock`. The file stays; only the lock counts, and that ends with the process.
fn claim_file(path: &Path, name: &str) -> Result<File, StoreError> {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let failed = |error: std::io::Error| {
        let what = format!("can't lock `{}`; may this user write there?", lock.display());
        cannot_open(name, &what, Some(Box::new(error)))
    };
    let file = File::options().create(true).append(true).open(&lock).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { database: name.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Reads a PostgreSQL address.
fn postgres_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let connect = PgConnectOptions::from_str(url).map_err(|_| {
        // What the parser says may quote the address.
        let what = "the address is not of the form `postgres://USER:PASSWORD@HOST/DATABASE`; special characters in the password \
                    must be percent-encoded";
        cannot_open("postgres:…", what, None)
    })?;
    // Our statements touch few rows each. Where the planner takes one for dear, compiling it would take a thousand times as
    // long as running it.
    Ok(connect.application_name("threadline").options([("jit", "off")]).disable_statement_logging())
}

/// A PostgreSQL database's name without its password.
fn postgres_name(connect: &PgConnectOptions) -> String {
    format!(
        "postgres://{}@{}:{}/{}",
        connect.get_username(),
        connect.get_host(),
        connect.get_port(),
        connect.get_database().unwrap_or_else(|| connect.get_username()),
    )
}

async fn open_postgres(url: &str, options: Options) -> Result<Store, StoreError> {
    let connect = postgres_options(url)?;
    let name = postgres_name(&connect);
    let claim = claim_postgres(&connect, &name, options.patience).await?;
    let pool = |most: u32| {
        PgPoolOptions::new().max_connections(most).acquire_timeout(options.patience).connect_lazy_with(connect.clone())
    };
    // One more than there are writers, for the statements that need no batch.
    let (readers, writing) = (pool(options.readers), pool(options.postgres_writers + 1));
    migrate_postgres(&writing, &name).await?;
    let count = usize::try_from(options.postgres_writers).unwrap_or(1).max(1);
    let claim =
        Claim::Postgres(Box::new(PostgresClaim { connect, patience: options.patience, held: Mutex::new(Some(claim)) }));
    Ok(start(name, Pool::Postgres(readers), Pool::Postgres(writing), count, claim))
}

async fn claim_postgres(
    connect: &PgConnectOptions,
    name: &str,
    patience: Duration,
) -> Result<PgConnection, StoreError> {
    let unreachable = |source: Option<Box<dyn std::error::Error + Send + Sync>>| {
        cannot_open(name, "the server can't be reached, or refuses the user, the password or the database", source)
    };
    let mut connection = tokio::time::timeout(patience, connect.connect())
        .await
        .map_err(|elapsed| unreachable(Some(Box::new(elapsed))))?
        .map_err(|error| unreachable(Some(Box::new(error))))?;
    let mut waited = Duration::ZERO;
    loop {
        let (free,): (bool,) = sqlx::query_as(CLAIM.postgres)
            .bind(CLAIM_NUMBER)
            .fetch_one(&mut connection)
            .await
            .map_err(|source| StoreError::at(CLAIM.name, source))?;
        if free {
            return Ok(connection);
        }
        if waited >= CLAIM_PATIENCE {
            return Err(StoreError::InUse { database: name.to_owned() });
        }
        tokio::time::sleep(CLAIM_PAUSE).await;
        waited += CLAIM_PAUSE;
    }
}

async fn migrate(schema: &Migrator, pool: &SqlitePool, name: &str) -> Result<(), StoreError> {
    schema.run(pool).await.map_err(|source| StoreError::Migration { database: name.to_owned(), source })
}

async fn migrate_postgres(pool: &PgPool, name: &str) -> Result<(), StoreError> {
    POSTGRES_SCHEMA.run(pool).await.map_err(|source| StoreError::Migration { database: name.to_owned(), source })
}

fn start(name: String, readers: Pool, writing: Pool, count: usize, claim: Claim) -> Store {
    let writers = Writers::start(&writing, count);
    Store(Arc::new(Inner { name, readers, writing, writers, claim }))
}
