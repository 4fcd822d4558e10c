//! One conversation with everything around it.
//!
//! What lives here: threads, earlier conversations, read marks. What must not: who may see it.

use bridge_core::RemoteThread;

use super::super::{Service, ServiceError};
use super::summaries::{by, preview};
use super::{EarlierView, ReadMarks, ThreadView};
use crate::model::{ChannelId, Conversation, LinkState, Message, OperatorId};

/// How many of a visitor's earlier conversations are named.
const EARLIER: i64 = 20;

impl Service {
    /// How far a conversation was read.
    pub(in crate::service) async fn read_marks(
        &self,
        conversation: &Conversation,
        me: Option<OperatorId>,
    ) -> Result<ReadMarks, ServiceError> {
        let mine = match me {
            Some(me) => self.store.read_mark(me, conversation.id).await?,
            None => 0,
        };
        Ok(ReadMarks { mine, visitor: conversation.visitor_seen })
    }

    /// The threads of a conversation, one a channel: the latest where there were several.
    pub(in crate::service) async fn threads(
        &self,
        conversation: &Conversation,
    ) -> Result<Vec<ThreadView>, ServiceError> {
        let mut links = self.store.all_links(conversation.id).await?;
        links.dedup_by_key(|link| link.channel);
        let places = self.places(links.iter().map(|link| link.channel)).await?;
        let broken: Vec<(ChannelId, Option<String>)> =
            self.store.channels().await?.into_iter().map(|channel| (channel.id, channel.broken)).collect();
        let thread = |link: crate::model::Link| {
            let url =
                self.bridge_of(link.channel).zip(link.remote_thread.clone()).and_then(|((bridge, channel), thread)| {
                    let there = link.state == LinkState::Open;
                    there.then(|| bridge.thread_url(&RemoteThread { channel: channel.remote, id: thread })).flatten()
                });
            let place = places.get(&link.channel).cloned().unwrap_or_default();
            let broken = broken.iter().find(|(id, _)| *id == link.channel).and_then(|(_, why)| why.clone());
            ThreadView { place, url, state: link.state, broken }
        };
        Ok(links.into_iter().map(thread).collect())
    }

    /// What the visitor of a conversation had before, newest first.
    pub(in crate::service) async fn earlier(
        &self,
        conversation: &Conversation,
    ) -> Result<Vec<EarlierView>, ServiceError> {
        let earlier = self.store.earlier_conversations(conversation, EARLIER).await?;
        let ids: Vec<_> = earlier.iter().map(|it| it.id).collect();
        let last = by(self.store.last_messages(&ids).await?, |it: &Message| it.conversation);
        let view = |it: Conversation| EarlierView {
            id: it.id,
            opened_at: it.opened_at,
            closed_at: it.closed_at,
            status: it.status,
            preview: last.get(&it.id).map(|message| preview(message).text),
            rating: it.rating,
        };
        Ok(earlier.into_iter().map(view).collect())
    }
}
