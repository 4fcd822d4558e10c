//! The set-based statements, made from one declaration a kind of change.
//!
//! What lives here: which columns each kind writes, in which order kinds are written, and the SQL that follows from it.
//! What must not: values.
//!
//! Every statement takes one parameter, a JSON array of rows, each row an array of cells in the order of the columns:
//! ids and bytes as hexadecimal digits, everything else as JSON has it.

use std::sync::LazyLock;

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
    /// The first column names the row.
    Update,
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
    NewVisitor = Insert visitor {
        id Id, domain Id, name Text, email Text, email_verified Flag, external_id Text, language Text, created_at Int,
        last_seen_at Int
    };
    SetVisitor = Update visitor { id Id, name Text, email Text, email_verified Flag, external_id Text, language Text };
    VisitorSeen = Update visitor { id Id, last_seen_at Int };
    NewSession = Insert visitor_session { id Id, visitor Id, token_hash Bytes, created_at Int };
    /// Closed ones are written before open ones: a visitor's one open conversation may close while another opens.
    SetClosedConversation = Update conversation {
        id Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text, last_activity_at Int,
        closed_at Int, closed_by Text, closed_by_operator Id, client Text, waiting_since Int, first_response_at Int,
        rating Int, rating_comment Text, rated_at Int, visitor_seen Int, operators_seen Int
    };
    SetOpenConversation = Update conversation {
        id Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text, last_activity_at Int,
        closed_at Int, closed_by Text, closed_by_operator Id, client Text, waiting_since Int, first_response_at Int,
        rating Int, rating_comment Text, rated_at Int, visitor_seen Int, operators_seen Int
    };
    NewConversation = Insert conversation {
        id Id, domain Id, visitor Id, status Text, assignee Id, next_seq Int, next_event Int, version Int, page Text,
        opened_at Int, last_activity_at Int, closed_at Int, closed_by Text, closed_by_operator Id, kind Text,
        client Text, waiting_since Int, first_response_at Int, rating Int, rating_comment Text, rated_at Int,
        visitor_seen Int, operators_seen Int
    };
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
            Verb::Insert | Verb::Ensure | Verb::Tie => format!(
                "INSERT INTO {table} ({}) SELECT {} FROM {rows} WHERE true{}",
                names.join(", "),
                cells.join(", "),
                match (spec.verb, names.as_slice()) {
                    (Verb::Ensure, _) => " ON CONFLICT DO NOTHING".to_owned(),
                    (Verb::Tie, [one, two, tied, ..]) =>
                        format!(" ON CONFLICT ({one}, {two}) DO UPDATE SET {tied} = excluded.{tied}"),
                    _ => String::new(),
                },
            ),
            Verb::Update => {
                let named: Vec<String> =
                    cells.iter().zip(&names).map(|(cell, name)| format!("{cell} AS {name}")).collect();
                let sets: Vec<String> = names.iter().skip(1).map(|name| format!("{name} = n.{name}")).collect();
                format!(
                    "UPDATE {table} SET {} FROM (SELECT {} FROM {rows}) AS n WHERE {table}.{key} = n.{key}",
                    sets.join(", "),
                    named.join(", "),
                    key = names.first().map_or("id", String::as_str),
                )
            }
        }
    }
}
