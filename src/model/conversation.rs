//! The conversation and its state machine.
//!
//! What lives here: which change may follow which. What must not: who is told about it.

use bridge_core::Micros;
use serde::{Deserialize, Serialize};

use super::ids::{ConversationId, DomainId, OperatorId, VisitorId};
use super::page::Page;
use super::place::ROOM;

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It goes on.
    Open,
    /// It is over; it can be reopened.
    Closed,
}

/// How a conversation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// With a message in the chat.
    #[default]
    Chat,
    /// With a form that was filled in while nobody could answer.
    Form,
}

/// What is known of a visitor's browser. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Client {
    /// The browser and the system it runs on, for people: "Firefox 142 on Windows".
    pub browser: Option<String>,
    /// The browser's first language, as a BCP 47 tag.
    pub language: Option<String>,
    /// The browser's time zone, by its IANA name.
    pub time_zone: Option<String>,
}

/// What a visitor thinks of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// From 1 (bad) to 5 (good).
    pub stars: i64,
    /// What they say about it. Untrusted text.
    pub comment: Option<String>,
    /// When they said it.
    pub at: Micros,
}

/// Who closed a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum ClosedBy {
    /// The visitor.
    Visitor,
    /// An operator.
    Operator(OperatorId),
    /// Threadline.
    System,
}

/// A conversation between a visitor and the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The domain that it is held on.
    pub domain: DomainId,
    /// The visitor.
    pub visitor: VisitorId,
    /// Whether it goes on.
    pub status: Status,
    /// Who takes care of it.
    pub assignee: Option<OperatorId>,
    /// The next message's place in the order.
    pub next_seq: i64,
    /// The next event's number; greater than any of the visitor's so far, over all their conversations.
    pub next_event: i64,
    /// Grows with each change; a write that read an older version is a conflict.
    pub version: i64,
    /// The page where it began, or that the visitor wrote from last.
    pub page: Option<Page>,
    /// When it began.
    pub opened_at: Micros,
    /// When anything was last said or done.
    pub last_activity_at: Micros,
    /// When it was closed, if it is.
    pub closed_at: Option<Micros>,
    /// Who closed it, if it is closed.
    pub closed_by: Option<ClosedBy>,
    /// How it began.
    pub kind: ConversationKind,
    /// The visitor's browser.
    pub client: Option<Client>,
    /// Since when the visitor has been waiting for an answer; `None` while they aren't.
    pub waiting_since: Option<Micros>,
    /// When an operator first answered.
    pub first_response_at: Option<Micros>,
    /// The operator who did.
    pub first_responder: Option<OperatorId>,
    /// What the visitor thinks of it.
    pub rating: Option<Rating>,
    /// The `seq` up to which the visitor has seen it.
    pub visitor_seen: i64,
    /// The `seq` up to which any operator has seen it.
    pub operators_seen: i64,
}

/// A change that does nothing, because things stand that way already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing to change")]
pub struct Unchanged;

impl Conversation {
    /// A conversation that begins now.
    #[must_use]
    pub fn begin(
        id: ConversationId,
        domain: DomainId,
        visitor: VisitorId,
        next_event: i64,
        page: Option<Page>,
        now: Micros,
    ) -> Self {
        Self {
            id,
            domain,
            visitor,
            status: Status::Open,
            assignee: None,
            next_seq: 1,
            next_event,
            version: 1,
            page,
            opened_at: now,
            last_activity_at: now,
            closed_at: None,
            closed_by: None,
            kind: ConversationKind::Chat,
            client: None,
            waiting_since: None,
            first_response_at: None,
            first_responder: None,
            rating: None,
            visitor_seen: 0,
            operators_seen: 0,
        }
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// Gives out the next message's place in the order.
    pub fn take_seq(&mut self) -> i64 {
        let seq = self.next_seq;
        self.next_seq += 1;
        seq
    }

    /// The same with free places before it, for replies that were written earlier and arrive later.
    pub fn take_seq_with_room(&mut self) -> i64 {
        self.next_seq = self.next_seq.saturating_add(ROOM);
        self.take_seq()
    }

    /// Gives out the next event's number.
    pub fn take_event(&mut self) -> i64 {
        let event = self.next_event;
        self.next_event += 1;
        event
    }

    /// The visitor wrote: from the first unanswered message on they wait.
    pub fn visitor_wrote(&mut self, now: Micros) {
        self.last_activity_at = now;
        self.waiting_since.get_or_insert(now);
    }

    /// An operator answered; `by` is the message's.
    pub fn operator_answered(&mut self, by: Option<OperatorId>, now: Micros) {
        self.last_activity_at = now;
        self.waiting_since = None;
        if self.first_response_at.is_none() {
            (self.first_response_at, self.first_responder) = (Some(now), by);
        }
    }

    /// Ends it. Its assignee stays, so that history says who took care of it.
    ///
    /// # Errors
    /// [`Unchanged`] when it is closed already: the first one who closed it stays the one.
    pub fn close(&mut self, by: ClosedBy, now: Micros) -> Result<(), Unchanged> {
        if self.status == Status::Closed {
            return Err(Unchanged);
        }
        self.status = Status::Closed;
        self.closed_at = Some(now);
        self.closed_by = Some(by);
        self.waiting_since = None;
        self.last_activity_at = now;
        Ok(())
    }

    /// Goes on with it.
    ///
    /// # Errors
    /// [`Unchanged`] when it is open already.
    pub fn reopen(&mut self, now: Micros) -> Result<(), Unchanged> {
        if self.status == Status::Open {
            return Err(Unchanged);
        }
        self.status = Status::Open;
        self.closed_at = None;
        self.closed_by = None;
        self.last_activity_at = now;
        Ok(())
    }

    /// Puts it into an operator's care.
    ///
    /// # Errors
    /// [`Unchanged`] when it is in that operator's care already.
    pub fn assign(&mut self, to: OperatorId, now: Micros) -> Result<(), Unchanged> {
        if self.assignee == Some(to) {
            return Err(Unchanged);
        }
        self.assignee = Some(to);
        self.last_activity_at = now;
        Ok(())
    }

    /// Puts it into nobody's care.
    ///
    /// # Errors
    /// [`Unchanged`] when it is in nobody's care already.
    pub fn unassign(&mut self, now: Micros) -> Result<(), Unchanged> {
        self.assignee.take().ok_or(Unchanged)?;
        self.last_activity_at = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn conversation() -> Conversation {
        let id = Uuid::nil();
        Conversation::begin(id.into(), id.into(), id.into(), 1, None, Micros(0))
    }

    #[test]
    fn who_closed_first_stays_the_one_who_closed() {
        let mut it = conversation();
        it.close(ClosedBy::Visitor, Micros(5)).unwrap();
        assert_eq!(it.close(ClosedBy::System, Micros(6)), Err(Unchanged));
        assert_eq!((it.closed_by, it.closed_at), (Some(ClosedBy::Visitor), Some(Micros(5))));
        it.reopen(Micros(7)).unwrap();
        assert_eq!((it.closed_by, it.closed_at, it.status), (None, None, Status::Open));
    }

    proptest! {
        /// Whatever is done in whatever order: closed exactly when there is somebody who closed it, and numbers only grow.
        #[test]
        fn the_state_is_never_half(steps in proptest::collection::vec(0_u8..5, 0..40)) {
            let mut it = conversation();
            for (index, step) in steps.into_iter().enumerate() {
                let now = Micros(i64::try_from(index).unwrap());
                let (seq, event) = (it.next_seq, it.next_event);
                match step {
                    0 => { let _ = it.close(ClosedBy::System, now); }
                    1 => { let _ = it.reopen(now); }
                    2 => { let _ = it.assign(OperatorId(Uuid::from_u128(1)), now); }
                    3 => { prop_assert_eq!(it.take_seq(), seq); }
                    _ => { prop_assert_eq!(it.take_event(), event); }
                }
                prop_assert_eq!(it.status == Status::Closed, it.closed_by.is_some());
                prop_assert_eq!(it.status == Status::Closed, it.closed_at.is_some());
                prop_assert!(it.next_seq >= seq && it.next_event >= event);
            }
        }
    }
}
