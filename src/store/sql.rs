//! How SQL texts are written down, and how one text runs on either database.
//!
//! What lives here: the type of a text, the pools, `sql!` and `on_db!`. What must not: any statement.

use sqlx::{PgPool, SqlitePool};
use uuid::Uuid;

/// One statement with its text for each database. The texts differ only where the dialects do.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// Its name in our source.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// Connections to one of the two databases.
#[derive(Clone)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Ids as a statement's one parameter: a JSON array of hexadecimal digits.
pub(super) fn id_list(ids: impl IntoIterator<Item = impl Into<Uuid>>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| format!("\"{}\"", id.into().as_simple())).collect();
    format!("[{}]", ids.join(","))
}

/// Declares statements as constants, and `ALL` of them for the test that prepares each on both databases.
macro_rules! sql {
    ($($(#[$doc:meta])+ $name:ident = $texts:tt;)+) => {
        $($(#[$doc])+ pub(super) const $name: $crate::store::sql::Sql = sql!(@one $name $texts);)+
        /// Every statement of this file.
        pub(super) const ALL: &[$crate::store::sql::Sql] = &[$($name),+];
    };
    (@one $name:ident [$text:literal]) => {
        $crate::store::sql::Sql { name: stringify!($name), sqlite: $text, postgres: $text }
    };
    (@one $name:ident { sqlite: $sqlite:literal, postgres: $postgres:literal }) => {
        $crate::store::sql::Sql { name: stringify!($name), sqlite: $sqlite, postgres: $postgres }
    };
}

/// Runs a statement with its parameters on whichever database the pool leads to: `execute` gives the number of rows
/// touched, `fetch_one`, `fetch_optional` and `fetch_all` give rows of the expected type.
macro_rules! on_db {
    ($pool:expr, $sql:expr, [$($bind:expr),*], execute) => {{
        let sql: $crate::store::sql::Sql = $sql;
        match &$pool {
            $crate::store::sql::Pool::Sqlite(pool) => {
                sqlx::query(sql.sqlite)$(.bind($bind))*.execute(pool).await.map(|done| done.rows_affected())
            }
            $crate::store::sql::Pool::Postgres(pool) => {
                sqlx::query(sql.postgres)$(.bind($bind))*.execute(pool).await.map(|done| done.rows_affected())
            }
        }
        .map_err(|source| $crate::store::StoreError::at(sql.name, source))
    }};
    ($pool:expr, $sql:expr, [$($bind:expr),*], $fetch:ident) => {{
        let sql: $crate::store::sql::Sql = $sql;
        match &$pool {
            $crate::store::sql::Pool::Sqlite(pool) => {
                sqlx::query_as(sql.sqlite)$(.bind($bind))*.$fetch(pool).await
            }
            $crate::store::sql::Pool::Postgres(pool) => {
                sqlx::query_as(sql.postgres)$(.bind($bind))*.$fetch(pool).await
            }
        }
        .map_err(|source| $crate::store::StoreError::at(sql.name, source))
    }};
}

pub(super) use {on_db, sql};
