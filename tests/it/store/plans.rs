//! Every statement finds its rows by an index, and every page comes out of one in order, on both databases.
//!
//! What lives here: a look at the plan of each statement that the store ever runs. What must not: how long one takes
//! (`cargo xtask bench inbox` measures that).
//!
//! The tables are empty, so the planners are not asked what they like best, but what they could do: whatever reads a table
//! whole, or sorts a page, is priced out, and what still does so has no index to go by.
#![expect(clippy::unwrap_used, reason = "a plan that can't be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use threadline::store::{Sql, Store};

use crate::support::database::{Database, Kind};

/// Tables that hold a line for each thing that people set up. Reading one whole is fine.
const SMALL: [&str; 6] = ["domain", "channel", "operator", "operator_identity", "api_key", "canned_reply"];

/// Statements that put rows in order themselves, and why they may.
const SORTS: [(&str, &str); 11] = [
    ("SEARCH_BY_PREFIX", "at most 1,000 rows, counted before"),
    ("CARDS_DUE", "the threads of a connection that wait for a new card"),
    ("EARLIER_LINK", "one visitor's threads in a channel"),
    ("MAPS_OF_LINK_AFTER", "parts of one remote message"),
    ("LATEST_MAPS_OF_LINK", "parts of one remote message"),
    ("LATELY_ACTIVE", "the operators of a domain"),
    ("NEWEST_CONVERSATION", "one visitor's conversations"),
    ("LINKS_TO_CATCH_UP", "a channel's open threads, once a connection"),
    ("IDENTITY_OF", "one operator's selves"),
    ("OPERATOR_BY_EMAIL", "the operators of one address"),
    ("HEADS", "what waits for a platform, by channel"),
];

/// Statements that read a table in the order of an index without a bound, and why they may.
const READS: [(&str, &str); 3] = [
    ("AUDIT", "a page of all of it, in the order of the index"),
    ("SENDING_OUTBOX", "once, at the start"),
    ("MoveMessages", "PostgreSQL knows no better while the table is empty"),
];

/// What is wrong with a plan.
type Complaints = Vec<String>;

/// The tables of a statement by the names that it gives them.
fn aliases(text: &str) -> BTreeMap<String, String> {
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|it| !it.is_empty()).collect();
    let mut found = BTreeMap::new();
    for (index, word) in words.iter().enumerate() {
        if !["FROM", "JOIN", "UPDATE", "INTO"].contains(word) {
            continue;
        }
        let Some(table) = words.get(index + 1).filter(|next| next.chars().all(|c| !c.is_uppercase())) else { continue };
        found.insert((*table).to_owned(), (*table).to_owned());
        let alias = words.get(index + 2).filter(|next| **next != "AS").or(words.get(index + 3));
        if let Some(alias) = alias.filter(|next| next.chars().all(|c| !c.is_uppercase())) {
            found.insert((*alias).to_owned(), (*table).to_owned());
        }
    }
    found
}

fn is_paged(text: &str) -> bool {
    text.contains("ORDER BY") && text.contains("LIMIT")
}

/// Whether a statement may do what is complained about.
fn may(statement: &Sql, complaint: &str) -> bool {
    let list = if complaint.starts_with("sorts") { &SORTS[..] } else { &READS[..] };
    list.iter().any(|(name, _)| *name == statement.name)
}

/// What SQLite would do.
async fn in_sqlite(db: &mut SqliteConnection, partial: &BTreeSet<String>, statement: &Sql) -> Complaints {
    let explain = format!("EXPLAIN QUERY PLAN {}", statement.sqlite);
    let steps = sqlx::raw_sql(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *db).await.unwrap();
    let aliases = aliases(statement.sqlite);
    let mut wrong = Vec::new();
    for step in steps {
        let step: String = step.get("detail");
        let words: Vec<&str> = step.split_whitespace().collect();
        if let ["SCAN", name, rest @ ..] = words.as_slice() {
            let table = aliases.get(*name).map(String::as_str);
            let by_partial = rest.iter().any(|word| partial.contains(*word));
            let ours = table.is_some_and(|table| !SMALL.contains(&table) && !table.starts_with("json_"));
            if ours && !by_partial && !rest.contains(&"VIRTUAL") {
                wrong.push(format!("reads all of {}: {step}", table.unwrap_or(name)));
            }
        }
        if step.starts_with("USE TEMP B-TREE FOR") && step.contains("ORDER BY") && is_paged(statement.sqlite) {
            wrong.push(format!("sorts a page: {step}"));
        }
    }
    wrong
}

/// What PostgreSQL would do.
async fn in_postgres(db: &mut PgConnection, partial: &BTreeSet<String>, statement: &Sql) -> Complaints {
    let most = (1..=40).rev().find(|n| statement.postgres.contains(&format!("${n}"))).unwrap_or(0);
    let nothing = vec!["NULL"; most].join(", ");
    let arguments = if most == 0 { String::new() } else { format!("({nothing})") };
    // Only a page must come in order by itself.
    let sort = if is_paged(statement.postgres) { "off" } else { "on" };
    let text = format!("DEALLOCATE ALL; SET enable_sort = {sort}; PREPARE looked_at AS {}", statement.postgres);
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *db).await.unwrap();
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE looked_at{arguments}");
    let plan = sqlx::raw_sql(sqlx::AssertSqlSafe(explain)).fetch_one(&mut *db).await.unwrap();
    let plan: Value = plan.try_get_unchecked::<String, _>(0).unwrap().parse().unwrap();
    let mut wrong = Vec::new();
    look(&plan[0]["Plan"], &mut |node| {
        let (kind, table) = (node["Node Type"].as_str().unwrap(), node["Relation Name"].as_str().unwrap_or_default());
        let index = node["Index Name"].as_str().unwrap_or_default();
        let whole = kind == "Seq Scan"
            || (kind.starts_with("Index") && node["Index Cond"].is_null() && !partial.contains(index));
        if whole && !SMALL.contains(&table) {
            wrong.push(format!("reads all of {table} ({kind} {index})"));
        }
        if kind.ends_with("Sort") && is_paged(statement.postgres) {
            wrong.push(format!("sorts a page by {}", node["Sort Key"]));
        }
    });
    wrong
}

fn look(node: &Value, see: &mut impl FnMut(&Value)) {
    see(node);
    for part in node["Plans"].as_array().into_iter().flatten() {
        look(part, see);
    }
}

fn names(found: Vec<(String,)>) -> BTreeSet<String> {
    found.into_iter().map(|(name,)| name).collect()
}

#[tokio::test]
async fn every_statement_goes_by_an_index() {
    let (one, two) = (Database::new(Kind::Sqlite).await, Database::new(Kind::Postgres).await);
    one.open().await.close().await;
    two.open().await.close().await;
    let mut sqlite = SqliteConnection::connect(one.url()).await.unwrap();
    let mut postgres = PgConnection::connect(two.url()).await.unwrap();
    let partial_in_sqlite = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'";
    let partial_in_sqlite = names(sqlx::query_as(partial_in_sqlite).fetch_all(&mut sqlite).await.unwrap());
    let partial_in_postgres = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indpred IS NOT NULL";
    let partial_in_postgres = names(sqlx::query_as(partial_in_postgres).fetch_all(&mut postgres).await.unwrap());
    assert!(partial_in_sqlite.len() > 5 && partial_in_sqlite == partial_in_postgres);
    for dear in ["seqscan", "incremental_sort", "bitmapscan", "hashjoin", "mergejoin"] {
        let text = format!("SET enable_{dear} = off");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut postgres).await.unwrap();
    }
    sqlx::raw_sql("SET plan_cache_mode = force_generic_plan").execute(&mut postgres).await.unwrap();

    let (mut wrong, mut excused, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for statement in Store::statements() {
        // A row that is only written has no plan worth looking at.
        if statement.sqlite.starts_with("INSERT") && !statement.sqlite.contains("DO UPDATE") {
            continue;
        }
        count += 1;
        let plans = [
            ("SQLite", in_sqlite(&mut sqlite, &partial_in_sqlite, &statement).await),
            ("PostgreSQL", in_postgres(&mut postgres, &partial_in_postgres, &statement).await),
        ];
        for (database, complaints) in plans {
            for complaint in complaints {
                if may(&statement, &complaint) {
                    excused.insert(statement.name);
                } else {
                    wrong.push(format!("{} {complaint}, in {database}", statement.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "only {count} statements were looked at");
    let excuses = SORTS.iter().chain(&READS).map(|(name, _)| *name);
    let idle: Vec<&str> = excuses.filter(|name| !excused.contains(name)).collect();
    assert_eq!(idle, [""; 0], "these need no excuse any more");
}
