//! One transaction: guards read, writes judged, rows written set by set, committed.
//!
//! What lives here: the order of these steps on either database, and what a failure means. What must not: queues.

use std::collections::HashMap;
use std::hash::Hash;

use sqlx::error::DatabaseError;
use sqlx::{FromRow, PgTransaction, SqliteTransaction};
use uuid::Uuid;

use super::encode::Rows;
use super::guards::{self, Standing, Wanted};
use crate::failpoint;
use crate::store::decode::Columns;
use crate::store::rows::{IntakeState, OutboxState};
use crate::store::sql::{Pool, Sql, id_list};
use crate::store::write::Write;

/// What became of one write of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Made,
    /// A guard did not hold.
    Conflict,
}

/// Why a transaction was not made.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) statement: &'static str,
    pub(super) source: sqlx::Error,
}

impl Failure {
    fn at(statement: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self { statement, source }
    }

    /// Whether a unique key was taken, or a row that another one needs was gone (a visitor who turned out to be another).
    pub(super) fn is_violation(&self) -> bool {
        let violates = |error: &dyn DatabaseError| error.is_unique_violation() || error.is_foreign_key_violation();
        self.source.as_database_error().is_some_and(violates)
    }

    /// Whether the database gave up in another transaction's favour.
    pub(super) fn may_pass(&self) -> bool {
        let code = self.source.as_database_error().and_then(DatabaseError::code);
        matches!(code.as_deref(), Some("40P01" | "40001"))
    }
}

enum Open {
    Sqlite(SqliteTransaction<'static>),
    Postgres(PgTransaction<'static>),
}

/// Makes the writes whose guards hold, all together.
pub(super) async fn run(pool: &Pool, writes: &[&Write]) -> Result<Vec<Verdict>, Failure> {
    let mut open = Open::begin(pool).await.map_err(Failure::at("BEGIN"))?;
    let mut standing = open.standing(&Wanted::by(writes)).await?;
    let mut rows = Rows::default();
    let mut verdicts = Vec::with_capacity(writes.len());
    for write in writes {
        if !standing.admits(write) {
            verdicts.push(Verdict::Conflict);
            continue;
        }
        for change in &write.changes {
            rows.add(change).map_err(|error| Failure::at("encode")(sqlx::Error::Encode(Box::new(error))))?;
        }
        verdicts.push(Verdict::Made);
    }
    for (kind, parameter) in rows.into_parameters() {
        let sql = kind.sql();
        open.execute(sql, parameter).await.map_err(Failure::at(sql.name))?;
    }
    failpoint::reached("store_before_commit");
    open.commit().await.map_err(Failure::at("COMMIT"))?;
    failpoint::reached("store_after_commit");
    Ok(verdicts)
}

impl Open {
    async fn begin(pool: &Pool) -> Result<Self, sqlx::Error> {
        Ok(match pool {
            Pool::Sqlite(pool) => Self::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Self::Postgres(pool.begin().await?),
        })
    }

    async fn execute(&mut self, sql: Sql, parameter: String) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(open) => sqlx::query(sql.sqlite).bind(parameter).execute(&mut **open).await.map(drop),
            Self::Postgres(open) => sqlx::query(sql.postgres).bind(parameter).execute(&mut **open).await.map(drop),
        }
    }

    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(open) => open.commit().await,
            Self::Postgres(open) => open.commit().await,
        }
    }

    async fn standing(&mut self, wanted: &Wanted) -> Result<Standing, Failure> {
        Ok(Standing {
            conversations: self.read(guards::GUARDED_CONVERSATIONS, &wanted.conversations).await?,
            outbox: self.read(guards::GUARDED_OUTBOX, &wanted.outbox).await?,
            intake: self.read(guards::GUARDED_INTAKE, &wanted.intake).await?,
            login_links: self.read(guards::GUARDED_LOGIN_LINKS, &wanted.login_links).await?,
            sessions: self.read(guards::GUARDED_SESSIONS, &wanted.sessions).await?,
            admins: self.read(guards::GUARDED_ADMINS, &wanted.admins).await?,
        })
    }

    /// Reads the rows of these ids.
    async fn read<K, V>(&mut self, sql: Sql, ids: &[Uuid]) -> Result<HashMap<K, V>, Failure>
    where
        K: From<Uuid> + Eq + Hash + Send + Unpin,
        V: Value,
    {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids = id_list(ids.iter().copied());
        let rows: Vec<Keyed<K, V>> = match self {
            Self::Sqlite(open) => sqlx::query_as(sql.sqlite).bind(ids).fetch_all(&mut **open).await,
            Self::Postgres(open) => sqlx::query_as(sql.postgres).bind(ids).fetch_all(&mut **open).await,
        }
        .map_err(Failure::at(sql.name))?;
        Ok(rows.into_iter().map(|Keyed(key, value)| (key, value)).collect())
    }
}

/// What a guard is about, by the row's id.
struct Keyed<K, V>(K, V);

/// The part of a row that a guard is about.
trait Value: Sized + Send + Unpin {
    fn read(row: &impl Columns) -> Result<Self, sqlx::Error>;
}

impl Value for i64 {
    fn read(row: &impl Columns) -> Result<Self, sqlx::Error> {
        row.int("version")
    }
}

impl Value for bool {
    fn read(row: &impl Columns) -> Result<Self, sqlx::Error> {
        row.flag("stands")
    }
}

impl Value for (OutboxState, i64) {
    fn read(row: &impl Columns) -> Result<Self, sqlx::Error> {
        Ok((row.word("state")?, row.int("attempts")?))
    }
}

impl Value for IntakeState {
    fn read(row: &impl Columns) -> Result<Self, sqlx::Error> {
        row.word("state")
    }
}

impl<R: Columns, K: From<Uuid>, V: Value> FromRow<'_, R> for Keyed<K, V> {
    fn from_row(row: &R) -> Result<Self, sqlx::Error> {
        Ok(Self(row.id("id")?, V::read(row)?))
    }
}
