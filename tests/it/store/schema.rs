//! One schema in two dialects, and every statement understood by both.
#![expect(clippy::unwrap_used, reason = "a schema that can't be read fails the test")]

use std::collections::BTreeSet;

use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use threadline::store::Store;

use crate::support::database::{Database, Kind};

/// Table, column, type, and whether it may be empty.
type Column = (String, String, String, bool);

/// Table, and what of it.
type Named = (String, String);

/// SQLite's columns, with the types' names as PostgreSQL has them.
const SQLITE_COLUMNS: &str = "SELECT t.name, c.name,
        CASE c.type WHEN 'BLOB' THEN CASE WHEN c.name IN ('token_hash', 'bytes') THEN 'bytea' ELSE 'uuid' END
            ELSE lower(c.type) END,
        c.\"notnull\" = 0
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

/// Table and columns of each unique rule, those of a part of the table marked.
const SQLITE_UNIQUES: &str = "SELECT t.name,
        (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
            || CASE WHEN i.partial THEN ' (some)' ELSE '' END
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i
    WHERE t.type = 'table' AND i.\"unique\" AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";

const POSTGRES_UNIQUES: &str = "SELECT t.relname::text,
        (SELECT string_agg(a.attname::text, ',' ORDER BY array_position(i.indkey::int2[], a.attnum))
            FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[]))
            || CASE WHEN i.indpred IS NOT NULL THEN ' (some)' ELSE '' END
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND i.indisunique AND t.relname NOT LIKE '\\_sqlx%'";

/// Indexes by name.
const SQLITE_INDEXES: &str = "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";

const POSTGRES_INDEXES: &str = "SELECT t.relname::text, x.relname::text
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%'
        AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))";

async fn both() -> (Database, SqliteConnection, Database, PgConnection) {
    let (sqlite, postgres) = (Database::empty(Kind::Sqlite).await, Database::empty(Kind::Postgres).await);
    sqlite.open().await.close().await;
    postgres.open().await.close().await;
    let (one, two) =
        (SqliteConnection::connect(sqlite.url()).await.unwrap(), PgConnection::connect(postgres.url()).await.unwrap());
    (sqlite, one, postgres, two)
}

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let (_sqlite, mut one, _postgres, mut two) = both().await;
    let columns: (Vec<Column>, Vec<Column>) = (
        sqlx::query_as(SQLITE_COLUMNS).fetch_all(&mut one).await.unwrap(),
        sqlx::query_as(POSTGRES_COLUMNS).fetch_all(&mut two).await.unwrap(),
    );
    assert!(columns.0.len() > 100, "only {} columns were read", columns.0.len());
    assert_eq!(BTreeSet::from_iter(columns.0), BTreeSet::from_iter(columns.1));
    for (sqlite, postgres) in [(SQLITE_UNIQUES, POSTGRES_UNIQUES), (SQLITE_INDEXES, POSTGRES_INDEXES)] {
        let found: (Vec<Named>, Vec<Named>) = (
            sqlx::query_as(sqlite).fetch_all(&mut one).await.unwrap(),
            sqlx::query_as(postgres).fetch_all(&mut two).await.unwrap(),
        );
        assert!(found.0.len() > 5, "only {} were read", found.0.len());
        assert_eq!(BTreeSet::from_iter(found.0), BTreeSet::from_iter(found.1));
    }
}

#[tokio::test]
async fn both_databases_understand_every_statement() {
    let (_sqlite, mut one, _postgres, mut two) = both().await;
    let mut names = BTreeSet::new();
    for statement in Store::statements() {
        assert!(names.insert(statement.name), "two statements are called {}", statement.name);
        let prepared = (&mut one).prepare(sqlx::SqlSafeStr::into_sql_str(statement.sqlite)).await;
        assert!(prepared.is_ok(), "{} in SQLite: {:?}\n{}", statement.name, prepared.err(), statement.sqlite);
        let prepared = (&mut two).prepare(sqlx::SqlSafeStr::into_sql_str(statement.postgres)).await;
        assert!(prepared.is_ok(), "{} in PostgreSQL: {:?}\n{}", statement.name, prepared.err(), statement.postgres);
    }
    assert!(names.len() > 60, "only {} statements were found", names.len());
}
