//! Fills a database with conversations, set by set, the same in both kinds.
//!
//! What lives here: the rows and the words in them. What must not: measuring.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// 2026-01-01T00:00:00Z; a conversation begins every five minutes from then on.
pub(crate) const FIRST: i64 = 1_767_225_600_000_000;
const MINUTE: i64 = 60_000_000;
/// Messages of a conversation.
const MESSAGES: i64 = 20;
/// Words of a conversation. All of them hold `j00n0`, half of them `j01n0`, a quarter `j02n0`, and so on; a word of the
/// sixteenth band stands in one or two.
const BANDS: i64 = 40;

/// The parts of a row's id, by table.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    Domain = 1,
    Operator = 2,
    Visitor = 3,
    Conversation = 4,
    Message = 5,
    Channel = 6,
    Link = 7,
    Outbox = 8,
    Session = 9,
}

/// A row's id.
pub(crate) fn id(of: Of, n: i64) -> uuid::Uuid {
    uuid::Uuid::from_u64_pair(of as u64, n.unsigned_abs())
}

/// The two dialects, where they differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn id(self, of: Of, n: &str) -> String {
        let of = of as i64;
        match self {
            Self::Sqlite => format!("unhex(printf('%016x%016x', {of}, {n}))"),
            Self::Postgres => format!("(lpad('{of}', 16, '0') || lpad(to_hex(({n})::bigint), 16, '0'))::uuid"),
        }
    }

    /// The numbers below `end`, as `name`.
    fn series(self, name: &str, end: i64) -> String {
        match self {
            Self::Sqlite => format!(
                "(WITH RECURSIVE s_{name} ({name}) AS (SELECT 0 UNION ALL SELECT {name} + 1 FROM s_{name}
                    WHERE {name} + 1 < {end}) SELECT {name} FROM s_{name}) AS t_{name}"
            ),
            Self::Postgres => format!("generate_series(0::bigint, {end} - 1) AS t_{name} ({name})"),
        }
    }

    fn joined(self, what: &str, by: &str) -> String {
        match self {
            Self::Sqlite => format!("group_concat({what}, {by})"),
            Self::Postgres => format!("string_agg({what}, {by})"),
        }
    }

    fn line_end(self) -> &'static str {
        match self {
            Self::Sqlite => "char(10)",
            Self::Postgres => "chr(10)",
        }
    }
}

/// The operator who looks.
pub(crate) const LOOKS: i64 = 0;

/// Conversation `c` is on one of four domains, seven of ten on the first.
const DOMAIN: &str = "CASE c % 10 WHEN 7 THEN 1 WHEN 8 THEN 2 WHEN 9 THEN 3 ELSE 0 END";
const OPEN: &str = "c % 100 = 0";
const ASSIGNED: &str = "c % 3 <> 0";
/// The word that conversation `c` takes of band `j`.
const WORD: &str = "b.prefix || (c * (2654435761 + b.j * 15838) / 32 % b.size)";

/// Everything, in order.
fn statements(dialect: Dialect, conversations: i64, token_hash: &str) -> Vec<String> {
    let d = dialect;
    let (cs, ms) = (d.series("c", conversations), d.series("m", MESSAGES));
    let domain = d.id(Of::Domain, &format!("({DOMAIN})"));
    let opened = format!("({FIRST} + c * {})", 5 * MINUTE);
    let (conversation, visitor) = (d.id(Of::Conversation, "c"), d.id(Of::Visitor, "c"));
    let (operator, line) = (d.id(Of::Operator, "c % 20"), d.line_end());
    let message = d.id(Of::Message, &format!("c * {MESSAGES} + m"));
    let bytes = match d {
        Dialect::Sqlite => format!("x'{token_hash}'"),
        Dialect::Postgres => format!("decode('{token_hash}', 'hex')"),
    };
    let bands = (0..BANDS).map(|j| {
        let size = if j <= 16 { 1 << j } else { 1_000 };
        format!("({j}, {size}, 'j{j:02}n')")
    });
    let bands = bands.collect::<Vec<_>>().join(", ");
    let marks = [
        (format!("CASE WHEN {OPEN} THEN '=open' ELSE '=closed' END"), "true"),
        ("CASE WHEN c % 5 = 0 THEN '*' || (c / 5 % 5 + 1) ELSE '*none' END".to_owned(), "true"),
        ("'#tag' || (c % 11)".to_owned(), "c % 7 = 0"),
        (format!("'@' || {}", plain_id(d, Of::Operator, "c % 20")), ASSIGNED),
        (format!("CASE WHEN {ASSIGNED} THEN '!' || {} ELSE '!none' END", plain_id(d, Of::Operator, "c % 20")), "true"),
    ];
    let mut all = vec![
        "CREATE TEMPORARY TABLE band (j INTEGER PRIMARY KEY, size BIGINT NOT NULL, prefix TEXT NOT NULL)".to_owned(),
        format!("INSERT INTO band VALUES {bands}"),
        format!(
            "INSERT INTO domain (id, name, created_at) SELECT {}, 'shop' || c || '.example', {FIRST} FROM {}",
            d.id(Of::Domain, "c"),
            d.series("c", 4)
        ),
        format!(
            "INSERT INTO operator (id, name, created_at, role) SELECT {}, 'Operator ' || c, {FIRST}, 'admin' FROM {}",
            d.id(Of::Operator, "c"),
            d.series("c", 20)
        ),
        format!(
            "INSERT INTO operator_session (id, operator, token_hash, created_at, expires_at, last_seen_at)
                VALUES ({}, {}, {bytes}, {FIRST}, 9000000000000000, 9000000000000000)",
            d.id(Of::Session, "0"),
            d.id(Of::Operator, &LOOKS.to_string())
        ),
        format!(
            "INSERT INTO channel (id, connection, remote_id, created_at) VALUES ({}, 'slack.acme', 'C1', {FIRST})",
            d.id(Of::Channel, "0")
        ),
        format!(
            "INSERT INTO visitor (id, domain, name, email_verified, created_at, last_seen_at)
                SELECT {visitor}, {domain}, 'Visitor ' || c, FALSE, {opened}, {opened} FROM {cs}"
        ),
        format!(
            "INSERT INTO conversation (id, domain, visitor, status, assignee, next_seq, next_event, version, opened_at,
                last_activity_at, closed_at, closed_by, waiting_since, first_response_at,
                first_responder, rating, rated_at, search_event)
            SELECT {conversation}, {domain}, {visitor}, CASE WHEN {OPEN} THEN 'open' ELSE 'closed' END,
                CASE WHEN {ASSIGNED} THEN {operator} END, {MESSAGES} + 1, {MESSAGES} + 1, 1, {opened},
                {opened} + {hour}, CASE WHEN {OPEN} THEN NULL ELSE {opened} + {hour} END,
                CASE WHEN {OPEN} THEN NULL ELSE 'visitor' END, CASE WHEN c % 400 = 0 THEN {opened} END,
                {opened} + c % 50 * 10000000, {operator}, CASE WHEN c % 5 = 0 THEN c / 5 % 5 + 1 END,
                CASE WHEN c % 5 = 0 THEN {opened} + {hour} END, {MESSAGES} FROM {cs}",
            hour = 60 * MINUTE
        ),
        format!(
            "INSERT INTO message (id, conversation, seq, speaker, visitor, operator, disposition, body, client_key,
                created_at, version)
            SELECT {message}, {conversation}, m + 1, CASE WHEN m % 2 = 0 THEN 'visitor' ELSE 'operator' END,
                CASE WHEN m % 2 = 0 THEN {visitor} END, CASE WHEN m % 2 = 1 THEN {operator} END, 'sent',
                (SELECT {} FROM band b WHERE b.j BETWEEN 2 * m AND 2 * m + 5),
                CASE WHEN m % 2 = 0 THEN 'key-' || m END, {opened} + m * {MINUTE}, 1
            FROM {cs} CROSS JOIN {ms}",
            d.joined(WORD, "' '")
        ),
        format!(
            "INSERT INTO conversation_event (conversation, event_seq, visitor, audience, kind, message, at)
            SELECT {conversation}, m + 1, {visitor}, 'all', 'message_posted', {message}, {opened} + m * {MINUTE}
            FROM {cs} CROSS JOIN {ms}"
        ),
        format!(
            "INSERT INTO link (id, conversation, channel, generation, state, remote_thread, next_lane_seq, cursor,
                card_wanted, card_shown, card_due_at)
            SELECT {}, {conversation}, {}, 1, 'gone', 'thread-' || c, 2, '', 1, 1, {opened} FROM {cs}",
            d.id(Of::Link, "c"),
            d.id(Of::Channel, "0")
        ),
        format!(
            "INSERT INTO outbox (id, link, conversation, channel, lane_seq, kind, message, part, payload, delayed,
                broadcast, created_at, state, attempts, due_at)
            SELECT {}, {}, {conversation}, {}, 1, 'post', {}, 0, '{{}}', FALSE, FALSE, {opened},
                CASE WHEN c % 1000 = 0 THEN 'undelivered' ELSE 'done' END, 1, {opened} FROM {cs}",
            d.id(Of::Outbox, "c"),
            d.id(Of::Link, "c"),
            d.id(Of::Channel, "0"),
            d.id(Of::Message, &format!("c * {MESSAGES}"))
        ),
        format!(
            "INSERT INTO conversation_tag (conversation, tag, created_at)
            SELECT {conversation}, 'tag' || (c % 11), {opened} FROM {cs} WHERE c % 7 = 0"
        ),
        format!(
            "INSERT INTO operator_read (operator, conversation, seq, at)
            SELECT {}, {conversation}, {MESSAGES} / 2, {opened} FROM {cs}",
            d.id(Of::Operator, &LOOKS.to_string())
        ),
        format!(
            "INSERT INTO conversation_replies (conversation, operator, replies, domain, opened_at)
            SELECT {conversation}, {operator}, {MESSAGES} / 2, {domain}, {opened} FROM {cs}"
        ),
        format!(
            "INSERT INTO search_words (conversation, words)
            SELECT {conversation}, {line} || (SELECT {} FROM band b) || {line} FROM {cs}",
            d.joined(WORD, line)
        ),
        // Word by word, as the rows lie.
        format!(
            "INSERT INTO search_term (domain, term, opened_at, conversation)
            SELECT {domain}, {WORD}, {opened}, {conversation} FROM {cs} CROSS JOIN band b ORDER BY 1, 2, 3"
        ),
    ];
    all.extend(marks.iter().map(|(mark, which)| {
        format!(
            "INSERT INTO search_term (domain, term, opened_at, conversation)
            SELECT {domain}, {mark}, {opened}, {conversation} FROM {cs} WHERE {which} ORDER BY 1, 2, 3"
        )
    }));
    // PostgreSQL would look at its tables and tidy them by itself before long. SQLite never does.
    if d == Dialect::Postgres {
        all.push("VACUUM ANALYZE".to_owned());
    }
    all
}

fn plain_id(dialect: Dialect, of: Of, n: &str) -> String {
    let of = of as i64;
    match dialect {
        Dialect::Sqlite => format!("printf('%016x%016x', {of}, {n})"),
        Dialect::Postgres => format!("lpad('{of}', 16, '0') || lpad(to_hex(({n})::bigint), 16, '0')"),
    }
}

/// Fills an SQLite file that has its schema and nobody's hands on it.
pub(crate) async fn sqlite(url: &str, conversations: i64, token_hash: &str) {
    let mut db = SqliteConnection::connect(url).await.unwrap();
    for pragma in ["journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = FILE"] {
        sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA {pragma}"))).execute(&mut db).await.unwrap();
    }
    for text in statements(Dialect::Sqlite, conversations, token_hash) {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut db).await.unwrap();
    }
    sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// Fills a PostgreSQL database that has its schema.
pub(crate) async fn postgres(url: &str, conversations: i64, token_hash: &str) {
    let mut db = PgConnection::connect(url).await.unwrap();
    // What is made here needs no look at the rows that it names.
    for setting in ["session_replication_role = replica", "synchronous_commit = off", "work_mem = '256MB'"] {
        sqlx::raw_sql(AssertSqlSafe(format!("SET {setting}"))).execute(&mut db).await.unwrap();
    }
    for text in statements(Dialect::Postgres, conversations, token_hash) {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
}
