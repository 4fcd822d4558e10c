//! The set-based statements, made from one declaration a kind of change.
//!
//! What lives here: which columns each kind writes, in which order kinds are written, and the SQL that follows from it.
//! What must not: values.
//!
//! Every statement takes one parameter, a JSON array of rows, each row an array of cells in the order of the columns:
//! ids and bytes as hexadecimal digits, everything else as JSON has it.

use std::sync::LazyLock;

use super::heirs;
use crate::store::sql::Sql;

/// How a column's cells travel.
#[derive(Debug, Clone, Copy)]
enum Type {
    Id,
    Int,
    Text,
    Flag,
    Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Insert,
    /// An insert that does nothing where a unique key is taken already.
    Ensure,
    /// An insert that, where the key of the first two columns is taken, changes the third.
    Tie,
    /// An insert that, where the key of the first two columns is taken, writes the others if the third grows.
    Grow,
    /// The columns name the row.
    Delete,
    /// The first column names the row.
    Update,
    /// See [`heirs`].
    MoveEvents,
    /// See [`heirs`].
    SettleEvents,
    /// See [`heirs`].
    MoveMessages,
    /// Takes the row of exactly these values away; nothing happens where there is none.
    Drop,
}

struct Spec {
    name: &'static str,
    verb: Verb,
    table: &'static str,
    columns: &'static [(&'static str, Type)],
}

/// Declares the kinds; they are written in the order in which they stand.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $verb:ident $table:ident { $($column:ident $type:ident),+ };)+) => {
        /// One statement's worth of changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Kind { $($(#[$doc])* $kind),+ }

        const SPECS: &[Spec] = &[$(Spec {
            name: stringify!($kind),
            verb: Verb::$verb,
            table: stringify!($table),
            columns: &[$((stringify!($column), Type::$type)),+],
        }),+];
    };
}

kinds! {
    NewPicture = Insert picture { id Id, content_type Text, bytes Bytes, created_at Int };
    NewOperator = Insert operator {
        id Id, name Text, email Text, picture Id, picture_source Text, own_profile Flag, role Text, domains Text,
        deactivated_at Int, availability Text, created_at Int
    };
    SetOperator = Update operator { id Id, name Text, email Text, picture Id, picture_source Text, own_profile Flag };
    OperatorAccess = Update operator { id Id, role Text, domains Text, deactivated_at Int };
    OperatorAvailability = Update operator { id Id, availability Text };
    NewIdentity = Insert operator_identity { connection Text, user Text, operator Id, created_at Int };
    MoveIdentity = Tie operator_identity { connection Text, user Text, operator Id, created_at Int };
    NewLoginLink = Insert login_link {
        id Id, operator Id, token_hash Bytes, connection Text, user Text, created_at Int, expires_at Int, used_at Int
    };
    LoginLinkUsed = Update login_link { id Id, used_at Int };
    NewOperatorSession = Insert operator_session {
        id Id, operator Id, token_hash Bytes, connection Text, user Text, agent Text, created_at Int, expires_at Int,
        last_seen_at Int, ended_at Int
    };
    OperatorSessionSeen = Update operator_session { id Id, last_seen_at Int, expires_at Int };
    OperatorSessionEnded = Update operator_session { id Id, ended_at Int };
    NewApiKey = Insert api_key {
        id Id, name Text, token_hash Bytes, scopes Text, domains Text, created_by Id, created_at Int, expires_at Int,
        last_used_at Int, revoked_at Int
    };
    ApiKeyUsed = Update api_key { id Id, last_used_at Int };
    ApiKeyRevoked = Update api_key { id Id, revoked_at Int };
    NewAudit = Insert audit { id Id, at Int, actor_kind Text, actor Id, action Text, subject Text, detail Text };
    NewVisitor = Insert visitor {
        id Id, name Text, email Text, email_verified Flag, external_id Text, language Text, client Text, domain Id,
        created_at Int, last_seen_at Int
    };
    SetVisitor = Update visitor {
        id Id, name Text, email Text, email_verified Flag, external_id Text, language Text, client Text
    };
    VisitorSeen = Update visitor { id Id, last_seen_at Int };
    NewSession = Insert visitor_session { id Id, visitor Id, token_hash Bytes, created_at Int };
    /// Closed ones are written before open ones: a visitor's one open conversation may close while another opens.
    SetClosedConversation = Update conversation {
        id Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text, last_activity_at Int,
        closed_at Int, closed_by Text, closed_by_operator Id, visitor Id, client Text, waiting_since Int,
        first_response_at Int, first_responder Id, rating Int, rating_comment Text, rated_at Int, visitor_seen Int,
        operators_seen Int
    };
    SetOpenConversation = Update conversation {
        id Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text, last_activity_at Int,
        closed_at Int, closed_by Text, closed_by_operator Id, visitor Id, client Text, waiting_since Int,
        first_response_at Int, first_responder Id, rating Int, rating_comment Text, rated_at Int, visitor_seen Int,
        operators_seen Int
    };
    NewConversation = Insert conversation {
        id Id, domain Id, visitor Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text,
        opened_at Int, last_activity_at Int, closed_at Int, closed_by Text, closed_by_operator Id, kind Text,
        client Text, waiting_since Int, first_response_at Int, first_responder Id, rating Int, rating_comment Text,
        rated_at Int, visitor_seen Int, operators_seen Int
    };
    RemoveTag = Delete conversation_tag { conversation Id, tag Text };
    NewTag = Ensure conversation_tag { conversation Id, tag Text, created_at Int };
    DomainTag = Ensure domain_tag { domain Id, tag Text };
    OperatorRead = Grow operator_read { operator Id, conversation Id, seq Int, at Int };
    RemoveCanned = Delete canned_reply { id Id };
    NewCanned = Insert canned_reply { id Id, name Text, body Text, domains Text, updated_at Int, created_at Int };
    SetCanned = Update canned_reply { id Id, name Text, body Text, domains Text, updated_at Int };
    NewMessage = Insert message {
        id Id, conversation Id, seq Int, speaker Text, visitor Id, operator Id, disposition Text, body Text, rich Text,
        client_key Text, origin Id, created_at Int, edited_at Int, removed_at Int, version Int
    };
    SetMessage = Update message {
        id Id, seq Int, operator Id, disposition Text, body Text, rich Text, edited_at Int, removed_at Int, version Int
    };
    NewEvent = Insert conversation_event {
        conversation Id, event_seq Int, visitor Id, audience Text, kind Text, message Id, at Int
    };
    NewLink = Insert link {
        id Id, conversation Id, channel Id, generation Int, state Text, remote_thread Text, card Text,
        next_lane_seq Int, cursor Text, card_wanted Int, card_shown Int, card_due_at Int
    };
    LinkOpened = Update link { id Id, state Text, remote_thread Text, card Text };
    LinkGone = Update link { id Id, state Text };
    LinkLane = Update link { id Id, next_lane_seq Int };
    LinkCursor = Update link { id Id, cursor Text };
    LinkCardWanted = Update link { id Id, card_wanted Int };
    LinkCardShown = Update link { id Id, card_shown Int, card_due_at Int };
    NewOutbox = Insert outbox {
        id Id, link Id, conversation Id, channel Id, lane_seq Int, kind Text, message Id, part Int, payload Text,
        delayed Flag, broadcast Flag, created_at Int, state Text, attempts Int, due_at Int, lease_until Int,
        sent_at Int, step Text, error Text
    };
    MoveOutbox = Update outbox { id Id, link Id, lane_seq Int };
    SetOutbox = Update outbox {
        id Id, state Text, attempts Int, due_at Int, lease_until Int, sent_at Int, step Text, error Text
    };
    NewMap = Insert message_map {
        id Id, link Id, channel Id, remote_id Text, remote_part Int, message Id, local_part Int, version Int,
        remote_edited_at Int, removed_at Int, created_at Int
    };
    SetMap = Update message_map { id Id, version Int, remote_edited_at Int, removed_at Int };
    NewIntake = Ensure intake {
        id Id, connection Text, dedupe_key Text, lane Text, payload Text, received_at Int, state Text, attempts Int,
        due_at Int, error Text, done_at Int
    };
    SetIntake = Update intake {
        id Id, state Text, attempts Int, due_at Int, error Text, done_at Int, payload Text
    };
    MoveIntake = Update intake { id Id, lane Text };
    ChannelBroken = Update channel { id Id, broken Text, broken_since Int };
    /// Two visitors become one: their conversations have moved already, above.
    MoveEvents = MoveEvents conversation_event { visitor Id, heir Id, ahead Int };
    SettleEvents = SettleEvents conversation_event { visitor Id };
    MoveMessages = MoveMessages message { visitor Id, heir Id };
    EndSession = Delete visitor_session { id Id };
    EndSessions = Delete visitor_session { visitor Id };
    ForgetVisitor = Delete visitor { id Id };
    DropSearchTerm = Drop search_term { domain Id, term Text, opened_at Int, conversation Id };
    NewSearchTerm = Ensure search_term { domain Id, term Text, opened_at Int, conversation Id };
    NewSearchWords = Insert search_words { conversation Id, words Text };
    SetSearchWords = Update search_words { conversation Id, words Text };
    ConversationReplies = Tie conversation_replies {
        conversation Id, operator Id, replies Int, domain Id, opened_at Int
    };
    SearchedUpTo = Update conversation { id Id, search_event Int };
}

impl Kind {
    /// Whether it changes rows that are there already, named by their first cell.
    pub(super) fn is_update(self) -> bool {
        SPECS.get(self as usize).is_some_and(|spec| spec.verb == Verb::Update)
    }

    /// Its statement.
    pub(super) fn sql(self) -> Sql {
        STATEMENTS.get(self as usize).copied().unwrap_or(NOTHING)
    }
}

/// Never used: every kind has its statement.
const NOTHING: Sql = Sql { name: "nothing", sqlite: "SELECT 1", postgres: "SELECT 1" };

/// Made once and kept for the life of the process, which is what sqlx asks of a statement's text.
static STATEMENTS: LazyLock<Vec<Sql>> = LazyLock::new(|| {
    SPECS
        .iter()
        .map(|spec| Sql { name: spec.name, sqlite: SQLITE.write(spec).leak(), postgres: POSTGRES.write(spec).leak() })
        .collect()
});

/// Every statement of this file.
pub(in crate::store) fn all() -> &'static [Sql] {
    &STATEMENTS
}

struct Dialect {
    /// Where rows come from.
    rows: &'static str,
    /// Reads cell number N of a row.
    cell: fn(Type, usize) -> String,
}

const SQLITE: Dialect = Dialect {
    rows: "json_each($1) AS r",
    cell: |of, n| match of {
        Type::Id | Type::Bytes => format!("unhex(r.value ->> {n})"),
        Type::Int | Type::Text | Type::Flag => format!("r.value ->> {n}"),
    },
};

const POSTGRES: Dialect = Dialect {
    rows: "jsonb_array_elements($1::jsonb) AS r (value)",
    cell: |of, n| match of {
        Type::Id => format!("(r.value ->> {n})::uuid"),
        Type::Bytes => format!("decode(r.value ->> {n}, 'hex')"),
        Type::Int => format!("(r.value ->> {n})::bigint"),
        Type::Flag => format!("(r.value ->> {n})::boolean"),
        Type::Text => format!("r.value ->> {n}"),
    },
};

impl Dialect {
    fn write(&self, spec: &Spec) -> String {
        let Spec { table, columns, .. } = spec;
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let cells: Vec<String> = columns.iter().enumerate().map(|(n, (_, of))| (self.cell)(*of, n)).collect();
        let rows = self.rows;
        match spec.verb {
            // "WHERE true" keeps SQLite from taking ON CONFLICT for a join's ON.
            Verb::Insert | Verb::Ensure | Verb::Tie | Verb::Grow => format!(
                "INSERT INTO {table} ({}) SELECT {} FROM {rows} WHERE true{}",
                names.join(", "),
                cells.join(", "),
                match (spec.verb, names.as_slice()) {
                    (Verb::Ensure, _) => " ON CONFLICT DO NOTHING".to_owned(),
                    (Verb::Tie, [one, two, tied, ..]) =>
                        format!(" ON CONFLICT ({one}, {two}) DO UPDATE SET {tied} = excluded.{tied}"),
                    (Verb::Grow, [one, two, grown, others @ ..]) => {
                        let others: String = others.iter().map(|name| format!(", {name} = excluded.{name}")).collect();
                        format!(
                            " ON CONFLICT ({one}, {two}) DO UPDATE SET {grown} = excluded.{grown}{others}
                                WHERE {table}.{grown} < excluded.{grown}"
                        )
                    }
                    _ => String::new(),
                },
            ),
            Verb::Delete => {
                format!("DELETE FROM {table} WHERE ({}) IN (SELECT {} FROM {rows})", names.join(", "), cells.join(", "),)
            }
            Verb::Drop => {
                format!("DELETE FROM {table} WHERE ({}) IN (SELECT {} FROM {rows})", names.join(", "), cells.join(", "))
            }
            Verb::Update => {
                let sets: Vec<String> = names.iter().skip(1).map(|name| format!("{name} = n.{name}")).collect();
                format!(
                    "UPDATE {table} SET {} FROM ({}) AS n WHERE {table}.{key} = n.{key}",
                    sets.join(", "),
                    named(&cells, &names, rows),
                    key = names.first().map_or("id", String::as_str),
                )
            }
            Verb::MoveEvents => heirs::move_events(&named(&cells, &names, rows)),
            Verb::SettleEvents => heirs::settle_events(&named(&cells, &names, rows)),
            Verb::MoveMessages => heirs::move_messages(&named(&cells, &names, rows)),
        }
    }
}

/// The rows as a table whose columns have names.
fn named(cells: &[String], names: &[String], rows: &str) -> String {
    let named: Vec<String> = cells.iter().zip(names).map(|(cell, name)| format!("{cell} AS {name}")).collect();
    format!("SELECT {} FROM {rows}", named.join(", "))
}
