//! What is looked at before a conversation is closed.
//!
//! What lives here: working the checks out from the rows. What must not: keeping anybody from closing.

use std::time::Duration;

use bridge_core::Speaker;

use super::super::{Service, ServiceError};
use super::{ChecksView, FollowUp};
use crate::model::{Audience, Conversation, OperatorId};

/// Whoever wrote within this time is at work on it still.
const AT_WORK: Duration = Duration::from_secs(10 * 60);

/// How many of the last messages are looked at.
const LOOKED_AT: i64 = 20;

impl Service {
    /// The checks of a conversation, as they stand now; `me` is the operator who asks.
    pub(in crate::service) async fn checks(
        &self,
        conversation: &Conversation,
        me: Option<OperatorId>,
    ) -> Result<ChecksView, ServiceError> {
        let id = conversation.id;
        // Asked for apart from notes: any number of them may stand behind the last word.
        let said = self.store.latest_messages(id, Audience::All, LOOKED_AT).await?;
        let said = said.iter().rev().find(|it| it.removed_at.is_none());
        let now = self.clock.now();
        let written = self.store.latest_messages(id, Audience::Operators, LOOKED_AT).await?;
        let wrote = written.iter().filter(|it| now.since(it.created_at) < AT_WORK).filter_map(|it| it.operator);
        let mut others: Vec<OperatorId> = self.hub.viewing().of(id).into_iter().chain(wrote).collect();
        others.retain(|other| Some(*other) != me);
        others.sort_unstable();
        others.dedup();
        let undelivered = self.store.undelivered(&[id]).await?;
        Ok(ChecksView {
            visitor_has_last_word: said.is_some_and(|it| it.speaker == Speaker::Visitor),
            undelivered: undelivered.first().map_or(0, |row| row.count),
            others_active: self.store.operators(&others).await?,
            follow_up: if self.store.has_follow_up(id).await? { FollowUp::Recorded } else { FollowUp::None },
        })
    }
}
