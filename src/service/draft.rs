//! A change to one conversation while it is being decided: the conversation, its links, and everything that follows.
//!
//! What lives here: the bookkeeping that every use case shares (numbers, events, outbox rows, card wishes), so that none
//! forgets one. What must not: any rule about when a change may happen.

use bridge_core::{Body, Cursor, Micros, Notice, split::split};
use serde::{Deserialize, Serialize};

use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::live::{Nudge, TeamNudge};
use crate::model::{
    Audience, ChannelId, Conversation, ConversationId, DomainId, Event, EventKind, Link, LinkId, LinkState, Message,
    MessageId, OutboxId, VisitorId,
};
use crate::store::{Change, Guard, Outbox, OutboxKind, OutboxProgress, Write};

/// What goes with an outbox row, as JSON with a version, so that rows written by an older program stay readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "v")]
pub enum Payload {
    /// The first version.
    #[serde(rename = "1")]
    V1 {
        /// A notice's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
    },
}

impl Payload {
    /// Nothing but the row itself.
    pub const EMPTY: Self = Self::V1 { notice: None };

    /// The JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A change that is being decided.
pub struct Draft {
    /// The conversation as it will stand.
    pub conversation: Conversation,
    /// Its links as they will stand.
    pub links: Vec<Link>,
    now: Micros,
    is_new: bool,
    new_links: Vec<LinkId>,
    queued: bool,
    wants_card: bool,
    write: Write,
}

/// Whom to tell once a draft is committed.
pub struct Told {
    visitor: VisitorId,
    conversation: ConversationId,
    domain: DomainId,
    deliver: bool,
    cards: bool,
}

impl Told {
    /// Tells streams and workers.
    pub fn tell(self, service: &Service) {
        service.hub.nudge(self.visitor, Nudge::Events);
        service.wake.index();
        service.hub.tell_team(TeamNudge::Conversation { id: self.conversation, domain: self.domain });
        if self.deliver {
            service.wake.deliver();
        }
        if self.cards {
            service.wake.cards();
        }
    }
}

impl Service {
    /// Reads a conversation and its links for a change.
    pub(crate) async fn draft(&self, id: ConversationId) -> Result<Draft, ServiceError> {
        let conversation = self.store.conversation(id).await?.ok_or(ServiceError::NotFound { what: "conversation" })?;
        self.draft_of(conversation).await
    }

    /// Reads what else a change to this conversation needs.
    pub(crate) async fn draft_of(&self, mut conversation: Conversation) -> Result<Draft, ServiceError> {
        // Another conversation of the same visitor may have moved on; the visitor's stream must only ever grow.
        conversation.next_event = conversation.next_event.max(self.store.next_event(conversation.visitor).await?);
        let links = self.store.links(conversation.id).await?;
        Ok(Draft::new(conversation, links, self.clock.now(), false))
    }
}

impl Draft {
    fn new(conversation: Conversation, links: Vec<Link>, now: Micros, is_new: bool) -> Self {
        let write = Write::new(conversation.id.0);
        Self { conversation, links, now, is_new, new_links: Vec::new(), queued: false, wants_card: false, write }
    }

    /// A conversation that begins with this change.
    #[must_use]
    pub fn begin(conversation: Conversation, now: Micros) -> Self {
        Self::new(conversation, Vec::new(), now, true)
    }

    /// A change to a conversation whose next event's number the caller has seen to.
    #[must_use]
    pub(crate) fn of(conversation: Conversation, links: Vec<Link>, now: Micros) -> Self {
        Self::new(conversation, links, now, false)
    }

    /// The moment of the change.
    #[must_use]
    pub const fn now(&self) -> Micros {
        self.now
    }

    /// Adds a change that the draft knows nothing about.
    pub fn push(&mut self, change: Change) {
        self.write.push(change);
    }

    /// Adds something that must still hold.
    pub fn guard(&mut self, guard: Guard) {
        self.write.guard(guard);
    }

    /// Tells everybody concerned that something happened.
    pub fn event(&mut self, audience: Audience, kind: EventKind, message: Option<MessageId>) {
        let event_seq = self.conversation.take_event();
        self.write.push(Change::NewEvent(Event {
            visitor: self.conversation.visitor,
            event_seq,
            conversation: self.conversation.id,
            audience,
            kind,
            message,
            at: self.now,
        }));
    }

    /// Ties the conversation to a channel; the lane's first row opens the thread.
    pub fn add_link(&mut self, channel: ChannelId, generation: i64) -> LinkId {
        let id: LinkId = new_id();
        self.links.push(Link {
            id,
            conversation: self.conversation.id,
            channel,
            generation,
            state: LinkState::Opening,
            remote_thread: None,
            card: None,
            next_lane_seq: 1,
            cursor: Cursor::default(),
            card_wanted: 0,
            card_shown: 0,
            card_due_at: self.now,
        });
        self.new_links.push(id);
        self.queue(id, OutboxKind::OpenThread, None, 0, &Payload::EMPTY, Showing::default());
        id
    }

    /// Writes down a piece of work at the end of a link's lane.
    pub fn queue(
        &mut self,
        link: LinkId,
        kind: OutboxKind,
        message: Option<MessageId>,
        part: i64,
        payload: &Payload,
        showing: Showing,
    ) {
        let Some(link) = self.links.iter_mut().find(|candidate| candidate.id == link) else {
            return;
        };
        let lane_seq = link.next_lane_seq;
        link.next_lane_seq += 1;
        let id: OutboxId = new_id();
        self.write.push(Change::NewOutbox(Outbox {
            id,
            link: link.id,
            conversation: self.conversation.id,
            channel: link.channel,
            lane_seq,
            kind,
            message,
            part,
            payload: payload.to_json(),
            delayed: showing.delayed,
            broadcast: showing.broadcast,
            created_at: self.now,
            progress: OutboxProgress::fresh(self.now),
        }));
        self.queued = true;
    }

    /// Sends a message to every linked thread but the one it was written in, in as many parts as each platform needs.
    pub fn relay(&mut self, service: &Service, message: &Message, broadcast: bool) {
        let body = message.to_body();
        for (link, channel) in self.live_links() {
            if message.origin == Some(channel) {
                continue;
            }
            let parts = split(&body, longest_part(service, channel)).len();
            for part in 0..parts {
                // Only the first part shows in the channel: one knock is enough.
                let showing = Showing { broadcast: broadcast && part == 0, delayed: false };
                self.queue(
                    link,
                    OutboxKind::Post,
                    Some(message.id),
                    i64::try_from(part).unwrap_or(i64::MAX),
                    &Payload::EMPTY,
                    showing,
                );
            }
        }
    }

    /// Lets every linked thread but the one it was written in follow a message's change.
    pub fn follow(&mut self, message: &Message, kind: OutboxKind) {
        for (link, channel) in self.live_links() {
            if message.origin != Some(channel) {
                self.queue(link, kind, Some(message.id), 0, &Payload::EMPTY, Showing::default());
            }
        }
    }

    /// Lets every linked thread but the one it was written in follow an edit; what the message grew by is posted behind.
    pub fn follow_edit(&mut self, service: &Service, before: &Body, message: &Message) {
        let after = message.to_body();
        for (link, channel) in self.live_links() {
            if message.origin == Some(channel) {
                continue;
            }
            let longest = longest_part(service, channel);
            self.queue(link, OutboxKind::Edit, Some(message.id), 0, &Payload::EMPTY, Showing::default());
            for part in split(before, longest).len()..split(&after, longest).len() {
                let part = i64::try_from(part).unwrap_or(i64::MAX);
                self.queue(link, OutboxKind::Post, Some(message.id), part, &Payload::EMPTY, Showing::default());
            }
        }
    }

    /// Says something of our own in every linked thread.
    pub fn notice(&mut self, notice_for: impl Fn(ChannelId) -> Notice) {
        for (link, channel) in self.live_links() {
            self.notice_in(link, notice_for(channel));
        }
    }

    /// Says something of our own in one linked thread.
    pub fn notice_in(&mut self, link: LinkId, notice: Notice) {
        let showing = Showing { broadcast: notice.broadcast, delayed: false };
        self.queue(link, OutboxKind::Notice, None, 0, &Payload::V1 { notice: Some(notice) }, showing);
    }

    /// Puts every linked thread away, where its platform can, after everything that still has to be said in it.
    pub fn put_away(&mut self, service: &Service) {
        for (link, channel) in self.live_links() {
            if service.bridge_of(channel).is_some_and(|(bridge, _)| bridge.capabilities().archives) {
                self.queue(link, OutboxKind::Archive, None, 0, &Payload::EMPTY, Showing::default());
            }
        }
    }

    /// Whatever is said in a thread that was put away brings it back; where the conversation is over, it is put away again.
    pub fn leave_as_it_was(&mut self, service: &Service) {
        if !self.conversation.is_open() {
            self.put_away(service);
        }
    }

    /// Lets every card show how things stand now.
    pub fn update_cards(&mut self) {
        self.wants_card = true;
    }

    /// Marks a link's thread as gone; what was planned for it is the caller's to move.
    pub fn lose(&mut self, link: LinkId) {
        if let Some(link) = self.links.iter_mut().find(|candidate| candidate.id == link) {
            link.state = LinkState::Gone;
            self.write.push(Change::LinkGone(link.id));
        }
    }

    /// Moves a piece of work to the end of another link's lane.
    pub fn move_to(&mut self, outbox: OutboxId, link: LinkId) {
        if let Some(link) = self.links.iter_mut().find(|candidate| candidate.id == link) {
            self.write.push(Change::MoveOutbox(outbox, link.id, link.next_lane_seq));
            link.next_lane_seq += 1;
            self.queued = true;
        }
    }

    fn live_links(&self) -> Vec<(LinkId, ChannelId)> {
        self.links.iter().filter(|link| link.state != LinkState::Gone).map(|link| (link.id, link.channel)).collect()
    }

    /// The write, and whom to tell once it is committed.
    #[must_use]
    pub fn finish(mut self) -> (Write, Told) {
        for link in &mut self.links {
            if self.wants_card && link.state != LinkState::Gone {
                link.card_wanted += 1;
                if !self.new_links.contains(&link.id) {
                    self.write.push(Change::LinkCardWanted(link.id, link.card_wanted));
                }
            }
            if self.new_links.contains(&link.id) {
                self.write.push(Change::NewLink(link.clone()));
            } else {
                self.write.push(Change::LinkLane(link.id, link.next_lane_seq));
            }
        }
        if self.is_new {
            self.write.push(Change::NewConversation(self.conversation.clone()));
        } else {
            self.write.set_conversation(&self.conversation);
        }
        let told = Told {
            visitor: self.conversation.visitor,
            conversation: self.conversation.id,
            domain: self.conversation.domain,
            deliver: self.queued,
            cards: self.wants_card,
        };
        (self.write, told)
    }
}

/// How a posted message shall show.
#[derive(Debug, Clone, Copy, Default)]
pub struct Showing {
    /// In the channel too.
    pub broadcast: bool,
    /// As one that comes late.
    pub delayed: bool,
}

/// Most characters of one part in a channel; a channel without a bridge gets a cautious figure.
#[must_use]
pub fn longest_part(service: &Service, channel: ChannelId) -> usize {
    const CAUTIOUS: usize = 1_800;
    service.bridge_of(channel).map_or(CAUTIOUS, |(bridge, _)| bridge.capabilities().longest_part)
}
