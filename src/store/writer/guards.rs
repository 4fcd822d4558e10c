//! Whether what a caller relied on still holds.
//!
//! What lives here: the rows that a batch's guards speak of, and their judging in order, so that the second of two
//! writes on one version is a conflict even within a batch. What must not: the reading's transaction.

use std::collections::HashMap;

use uuid::Uuid;

use crate::model::{ConversationId, IntakeId, LoginLinkId, OperatorId, OutboxId, Role, SessionId};
use crate::store::rows::{IntakeState, OutboxState};
use crate::store::sql::sql;
use crate::store::write::{Change, Guard, Recognition, SignIn, Write};

sql! {
    /// The versions of conversations; in PostgreSQL their rows are held, because another writer may change them.
    GUARDED_CONVERSATIONS = {
        sqlite: "SELECT id, version FROM conversation WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, version FROM conversation
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR NO KEY UPDATE"
    };
    /// The states of outbox rows.
    GUARDED_OUTBOX = {
        sqlite: "SELECT id, state, attempts FROM outbox WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, state, attempts FROM outbox
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR NO KEY UPDATE"
    };
    /// The states of intake rows.
    GUARDED_INTAKE = {
        sqlite: "SELECT id, state FROM intake WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, state FROM intake
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR NO KEY UPDATE"
    };
    /// Whether links that sign in are unused.
    GUARDED_LOGIN_LINKS = {
        sqlite: "SELECT id, used_at IS NULL AS stands FROM login_link
            WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, used_at IS NULL AS stands FROM login_link
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR NO KEY UPDATE"
    };
    /// Whether visitors' browser sessions go on.
    GUARDED_SESSIONS = {
        sqlite: "SELECT id, id IS NOT NULL AS stands FROM visitor_session
            WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, id IS NOT NULL AS stands FROM visitor_session
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR UPDATE"
    };
    /// Whether operators are admins who may sign in.
    GUARDED_ADMINS = {
        sqlite: "SELECT id, COALESCE(role, '') = 'admin' AND deactivated_at IS NULL AS stands FROM operator
            WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT id, COALESCE(role, '') = 'admin' AND deactivated_at IS NULL AS stands FROM operator
            WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY id FOR NO KEY UPDATE"
    };
}

/// The rows that guards speak of, as they stand after the writes judged so far. A row that is missing here is missing in
/// the database, and no guard on it holds.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) conversations: HashMap<ConversationId, i64>,
    pub(super) outbox: HashMap<OutboxId, (OutboxState, i64)>,
    pub(super) intake: HashMap<IntakeId, IntakeState>,
    pub(super) login_links: HashMap<LoginLinkId, bool>,
    pub(super) sessions: HashMap<SessionId, bool>,
    pub(super) admins: HashMap<OperatorId, bool>,
}

impl Standing {
    /// Judges the next write; if its guards hold, its changes count from here on.
    pub(super) fn admits(&mut self, write: &Write) -> bool {
        if !write.guards.iter().all(|guard| self.holds(guard)) {
            return false;
        }
        for change in &write.changes {
            match change {
                Change::NewConversation(it) | Change::SetConversation(it) => {
                    self.conversations.insert(it.id, it.version);
                }
                Change::NewOutbox(it) => {
                    self.outbox.insert(it.id, (it.progress.state, it.progress.attempts));
                }
                Change::SetOutbox(id, progress) => {
                    self.outbox.insert(*id, (progress.state, progress.attempts));
                }
                Change::SetIntake(id, progress, _) => {
                    self.intake.insert(*id, progress.state);
                }
                Change::SignIn(SignIn::LinkUsed(id, _)) => {
                    self.login_links.insert(*id, false);
                }
                Change::Recognition(Recognition::EndSession(id)) => {
                    self.sessions.insert(*id, false);
                }
                Change::NewOperator(it) | Change::OperatorAccess(it) => {
                    self.admins.insert(it.id, it.role == Some(Role::Admin) && it.deactivated_at.is_none());
                }
                _ => {}
            }
        }
        true
    }

    fn holds(&self, guard: &Guard) -> bool {
        match guard {
            Guard::Conversation(id, version) => self.conversations.get(id) == Some(version),
            Guard::Outbox(id, state, attempts) => self.outbox.get(id) == Some(&(*state, *attempts)),
            Guard::Intake(id, state) => self.intake.get(id) == Some(state),
            Guard::LoginLink(id) => self.login_links.get(id) == Some(&true),
            Guard::Session(id) => self.sessions.get(id) == Some(&true),
            Guard::Admin(id) => self.admins.get(id) == Some(&true),
        }
    }
}

/// The ids that a batch's guards speak of, sorted and without doubles.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) conversations: Vec<Uuid>,
    pub(super) outbox: Vec<Uuid>,
    pub(super) intake: Vec<Uuid>,
    pub(super) login_links: Vec<Uuid>,
    pub(super) sessions: Vec<Uuid>,
    pub(super) admins: Vec<Uuid>,
}

impl Wanted {
    pub(super) fn by(writes: &[&Write]) -> Self {
        let mut wanted = Self::default();
        for guard in writes.iter().flat_map(|write| &write.guards) {
            match guard {
                Guard::Conversation(id, _) => wanted.conversations.push(id.0),
                Guard::Outbox(id, ..) => wanted.outbox.push(id.0),
                Guard::Intake(id, _) => wanted.intake.push(id.0),
                Guard::LoginLink(id) => wanted.login_links.push(id.0),
                Guard::Session(id) => wanted.sessions.push(id.0),
                Guard::Admin(id) => wanted.admins.push(id.0),
            }
        }
        for ids in [
            &mut wanted.conversations,
            &mut wanted.outbox,
            &mut wanted.intake,
            &mut wanted.login_links,
            &mut wanted.sessions,
            &mut wanted.admins,
        ] {
            ids.sort_unstable();
            ids.dedup();
        }
        wanted
    }
}
