//! The one conversation that a page follows.
//!
//! What lives here: beginning and ending it, its batches, and who else has it open. What must not: everything that is told of
//! other conversations.

use super::super::super::error::ApiError;
use super::super::super::line::End;
use super::frames::InboxServerFrame;
use super::stream::Stream;
use crate::model::{ConversationId, DomainId, MessageId};
use crate::service::ServiceError;
use crate::service::look_on::{Looking, look_on, others};
use crate::service::show_conversation::{follow_conversation, show_message};

/// Most events of one frame.
const AT_ONCE: i64 = 100;

/// A conversation that is followed.
pub(super) struct Watched {
    looking: Looking,
    /// The last event that was told.
    after: i64,
    /// Whether the page has had a batch since it began to follow; the first one is sent even where it says nothing new.
    told: bool,
}

impl Watched {
    pub(super) fn is(&self, conversation: ConversationId) -> bool {
        self.looking.conversation() == conversation
    }

    pub(super) const fn domain(&self) -> DomainId {
        self.looking.domain()
    }
}

impl Stream<'_> {
    /// Follows a conversation from an event on, and no other any more.
    pub(super) async fn watch(&mut self, conversation: ConversationId, after: i64) -> Result<(), End> {
        self.watched = None;
        match look_on(&self.state.service, &self.who.access, self.me(), conversation).await {
            Ok(looking) => self.watched = Some(Watched { looking, after, told: false }),
            Err(error @ ServiceError::NotFound { .. }) => return self.complain(&error.into()).await,
            Err(error) => return Err(ApiError::from(error).into()),
        }
        self.forward().await
    }

    /// Reads the database and tells what is new in the followed conversation, until nothing is.
    pub(super) async fn forward(&mut self) -> Result<(), End> {
        let me = self.me();
        while let Some(watched) = &mut self.watched {
            if self.state.stop.is_cancelled() {
                return Err(End::Stop);
            }
            let conversation = watched.looking.conversation();
            let read = follow_conversation(&self.state.service, conversation, watched.after, AT_ONCE, Some(me)).await;
            let batch = read.map_err(ApiError::from)?;
            // "More" without moving on would keep us here for ever.
            let more = batch.more && (batch.reset || batch.after > watched.after);
            let says_something = batch.reset || !batch.events.is_empty() || !watched.told;
            (watched.after, watched.told) = (batch.after, true);
            if says_something {
                self.line.send(&InboxServerFrame::Batch(Box::new(batch.into()))).await?;
            }
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Tells how a message of the followed conversation stands, with whatever else is new in it.
    pub(super) async fn show_again(&mut self, message: MessageId) -> Result<(), End> {
        let me = Some(self.me());
        let Some(watched) = &mut self.watched else { return Ok(()) };
        let conversation = watched.looking.conversation();
        let service = &self.state.service;
        let read = follow_conversation(service, conversation, watched.after, AT_ONCE, me).await;
        let mut batch = read.map_err(ApiError::from)?;
        let shown = show_message(service, conversation, message, me).await.map_err(ApiError::from)?;
        batch.messages.retain(|known| known.message.id != message);
        batch.messages.push(shown);
        let more = batch.more;
        (watched.after, watched.told) = (batch.after, true);
        self.line.send(&InboxServerFrame::Batch(Box::new(batch.into()))).await?;
        if more { self.forward().await } else { Ok(()) }
    }

    /// Tells who else has the followed conversation open.
    pub(super) async fn tell_viewing(&mut self) -> Result<(), End> {
        let Some(watched) = &self.watched else { return Ok(()) };
        let conversation = watched.looking.conversation();
        let people = others(&self.state.service, conversation, self.me()).await.map_err(ApiError::from)?;
        let operators = people.iter().map(Into::into).collect();
        self.line.send(&InboxServerFrame::Viewing { conversation: conversation.into(), operators }).await
    }
}
