//! Opening the database for a small thing beside the program that serves.
//!
//! What lives here: doing without the claim, and making sure that the schema is ours. What must not: long work: nobody is kept
//! from starting meanwhile.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::{
    BUSY, CLAIM, CLAIM_NUMBER, CLAIM_PAUSE, Claim, Options, POSTGRES_SCHEMA, SQLITE_SCHEMA, cannot_open, claim_file,
    keep_private, migrate, migrate_postgres, postgres_name, postgres_options, sqlite_path, start,
};
use crate::store::sql::{Pool, on_db, sql};
use crate::store::{Store, StoreError};

/// How long a program that has just started may take to bring the schema up to date.
const PATIENCE: Duration = Duration::from_secs(2);

sql! {
    /// How far the schema has come.
    APPLIED = ["SELECT COALESCE(MAX(version), $1) FROM _sqlx_migrations WHERE success"];
}

impl Store {
    /// Opens a database while another process may have it: for one small write, such as an invitation. The schema is brought
    /// up to date only where nobody else has the database.
    ///
    /// # Errors
    /// As [`Store::open`] has them, and [`StoreError::OtherSchema`] where the process that has the database is of another
    /// version than this one.
    pub async fn open_beside(url: &str, options: Options) -> Result<Self, StoreError> {
        match url.strip_prefix("sqlite:") {
            Some(path) => sqlite(path, options).await,
            None => postgres(url, options).await,
        }
    }
}

async fn sqlite(path: &str, options: Options) -> Result<Store, StoreError> {
    let name = format!("sqlite:{path}");
    let path = sqlite_path(path, &name)?;
    let claim = match claim_file(&path, &name) {
        Ok(claim) => Some(claim),
        Err(StoreError::InUse { .. }) => None,
        Err(error) => return Err(error),
    };
    keep_private(&path).map_err(|error| cannot_open(&name, "the file can't be created", Some(Box::new(error))))?;
    let connect =
        SqliteConnectOptions::new().filename(&path).busy_timeout(BUSY).foreign_keys(true).disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(options.patience)
        .connect_with(
            connect
                .create_if_missing(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full),
        )
        .await
        .map_err(|error| cannot_open(&name, "SQLite can't read or write the file", Some(Box::new(error))))?;
    if let Some(claim) = claim {
        migrate(&SQLITE_SCHEMA, &pool, &name).await?;
        // From here on whoever wants to serve may start.
        drop(claim.unlock());
    }
    let pool = Pool::Sqlite(pool);
    check(&pool, &SQLITE_SCHEMA, &name).await?;
    Ok(start(name, pool.clone(), pool, 1, Claim::None))
}

async fn postgres(url: &str, options: Options) -> Result<Store, StoreError> {
    let connect = postgres_options(url)?;
    let name = postgres_name(&connect);
    let pool =
        PgPoolOptions::new().max_connections(2).acquire_timeout(options.patience).connect_lazy_with(connect.clone());
    if let Some(claim) = claim(&connect, &name, options).await? {
        migrate_postgres(&pool, &name).await?;
        // From here on whoever wants to serve may start.
        drop(claim.close().await);
    }
    let pool = Pool::Postgres(pool);
    check(&pool, &POSTGRES_SCHEMA, &name).await?;
    Ok(start(name, pool.clone(), pool, 1, Claim::None))
}

/// The claim, where nobody has it.
async fn claim(connect: &PgConnectOptions, name: &str, options: Options) -> Result<Option<PgConnection>, StoreError> {
    let unreachable = |source: Option<Box<dyn std::error::Error + Send + Sync>>| {
        cannot_open(name, "the server can't be reached, or refuses the user, the password or the database", source)
    };
    let mut connection = tokio::time::timeout(options.patience, connect.connect())
        .await
        .map_err(|elapsed| unreachable(Some(Box::new(elapsed))))?
        .map_err(|error| unreachable(Some(Box::new(error))))?;
    let (free,): (bool,) = sqlx::query_as(CLAIM.postgres)
        .bind(CLAIM_NUMBER)
        .fetch_one(&mut connection)
        .await
        .map_err(|source| StoreError::at(CLAIM.name, source))?;
    Ok(free.then_some(connection))
}

/// Whether the schema is the one that this program knows. Somebody who has the database may be about to bring it up to date.
async fn check(pool: &Pool, schema: &Migrator, name: &str) -> Result<(), StoreError> {
    let ours = schema.iter().map(|migration| migration.version).max().unwrap_or_default();
    let mut waited = Duration::ZERO;
    loop {
        let applied: Result<(i64,), StoreError> = on_db!(*pool, APPLIED, [0_i64], fetch_one);
        let older = match applied {
            Ok((theirs,)) if theirs == ours => return Ok(()),
            Ok((theirs,)) => theirs < ours,
            // There is no table yet that says so.
            Err(StoreError::Query { source: sqlx::Error::Database(_), .. }) => true,
            Err(error) => return Err(error),
        };
        if !older || waited >= PATIENCE {
            let what = if older {
                "older: stop it and start this version in its place"
            } else {
                "newer: use that version for this too"
            };
            return Err(StoreError::OtherSchema { database: name.to_owned(), what });
        }
        tokio::time::sleep(CLAIM_PAUSE).await;
        waited += CLAIM_PAUSE;
    }
}
