//! Tells the operators' open pages that something changed.
//!
//! What lives here: one broadcast to all of them. What must not: who may see what (each page's line decides for its
//! operator), and the changes themselves: a nudge only says what to read again.

use tokio::sync::broadcast;

use crate::model::{Author, ConversationId, DomainId, MessageId, OperatorId, OperatorSessionId};

/// How many nudges a slow page may fall behind before it is told [`TeamNudge::Lagged`] instead.
const BACKLOG: usize = 1_024;

/// Why an operator's page should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamNudge {
    /// A conversation changed: read it again.
    Conversation {
        /// Which.
        id: ConversationId,
        /// Its domain.
        domain: DomainId,
    },
    /// A message has arrived in a channel: whoever watches the conversation reads it again.
    Delivered {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// Somebody is typing.
    Typing {
        /// In which conversation.
        conversation: ConversationId,
        /// Its domain.
        domain: DomainId,
        /// Who, as others see them.
        author: Author,
        /// Which operator, where it is one who is known; their own pages show nothing.
        operator: Option<OperatorId>,
    },
    /// Other operators have a conversation open, or no longer.
    Viewing {
        /// Which conversation.
        conversation: ConversationId,
        /// Its domain.
        domain: DomainId,
    },
    /// Something about a domain changed: who answers, or how much there is to do.
    Domain(DomainId),
    /// Something about an operator changed: their own pages read again who they are.
    Operator(OperatorId),
    /// A session may have ended: look whether it still holds.
    Session(OperatorSessionId),
    /// Some nudges were missed: read everything again.
    Lagged,
}

/// All pages of operators.
#[derive(Clone)]
pub(super) struct Team(broadcast::Sender<TeamNudge>);

impl Default for Team {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

impl Team {
    pub(super) fn subscribe(&self) -> TeamSubscription {
        TeamSubscription { receiver: self.0.subscribe(), _team: self.clone() }
    }

    pub(super) fn tell(&self, nudge: TeamNudge) {
        // An error says that nobody listens, which is fine.
        let _ = self.0.send(nudge);
    }
}

/// One open page of an operator.
pub struct TeamSubscription {
    receiver: broadcast::Receiver<TeamNudge>,
    /// Keeps the sending end for as long as somebody listens.
    _team: Team,
}

impl TeamSubscription {
    /// Waits for the next nudge. May be dropped while waiting without losing one.
    pub async fn next(&mut self) -> TeamNudge {
        match self.receiver.recv().await {
            Ok(nudge) => nudge,
            Err(broadcast::error::RecvError::Lagged(_)) => TeamNudge::Lagged,
            // The subscription itself keeps a sender.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// The next nudge, if one waits already.
    pub fn try_next(&mut self) -> Option<TeamNudge> {
        match self.receiver.try_recv() {
            Ok(nudge) => Some(nudge),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(TeamNudge::Lagged),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn every_page_is_told_and_a_slow_one_hears_that_it_missed_some() {
        let team = Team::default();
        let (mut quick, mut slow) = (team.subscribe(), team.subscribe());
        let domain = TeamNudge::Domain(DomainId(Uuid::nil()));
        for _ in 0..=BACKLOG {
            team.tell(domain.clone());
            assert_eq!(quick.next().await, domain);
        }
        assert_eq!(quick.try_next(), None);
        assert_eq!(slow.next().await, TeamNudge::Lagged);
        assert_eq!(slow.try_next(), Some(domain));
    }
}
