//! Messages and events as operators see them.
//!
//! What lives here: authors, places and deliveries for a set of messages; who did what. What must not: which messages.

use std::collections::{BTreeMap, HashMap};

use bridge_core::Speaker;

use super::super::{Service, ServiceError};
use super::summaries::by;
use super::{DeliveryState, DeliveryView, InboxAuthor, InboxEventView, InboxMessageView, Place};
use crate::model::{
    ChannelId, ClosedBy, Conversation, ConversationKind, Event, EventKind, Message, MessageId, Operator, OperatorId,
    Visitor,
};
use crate::store::{Channel, Outbox, OutboxKind, OutboxState};

/// What a message was written in, where that is no platform.
const INBOX: &str = "inbox";
const WIDGET: &str = "widget";
const FORM: &str = "form";

impl Place {
    fn of(channel: &Channel) -> Self {
        Self {
            connection: channel.remote.connection.to_string(),
            platform: channel.remote.connection.kind.to_string(),
            channel: channel.remote.id.clone(),
        }
    }
}

impl Service {
    /// Where channels are, those too that are no longer configured.
    pub(in crate::service) async fn places(
        &self,
        ids: impl IntoIterator<Item = ChannelId>,
    ) -> Result<HashMap<ChannelId, Place>, ServiceError> {
        let mut places = HashMap::new();
        let mut unknown = false;
        for id in ids {
            match self.book.channel(id) {
                Some(channel) => drop(places.insert(id, Place::of(&channel))),
                None => unknown = true,
            }
        }
        if unknown {
            for channel in self.store.channels().await? {
                places.entry(channel.id).or_insert_with(|| Place::of(&channel));
            }
        }
        Ok(places)
    }

    /// Messages of a conversation as operators see them, in the same order; `me` is the operator who asks.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when the database can't be used.
    pub async fn inbox_messages(
        &self,
        conversation: &Conversation,
        visitor: &Visitor,
        messages: Vec<Message>,
        me: Option<OperatorId>,
    ) -> Result<Vec<InboxMessageView>, ServiceError> {
        let mut operators: Vec<OperatorId> = messages.iter().filter_map(|message| message.operator).collect();
        operators.sort_unstable();
        operators.dedup();
        let operators = by(self.store.operators(&operators).await?, |it: &Operator| it.id);
        let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
        let mut work: HashMap<MessageId, Vec<Outbox>> = HashMap::new();
        for row in self.store.outbox_of_messages(&ids).await? {
            if let Some(message) = row.message {
                work.entry(message).or_default().push(row);
            }
        }
        let channels = work.values().flatten().map(|row| row.channel);
        let places = self.places(channels.chain(messages.iter().filter_map(|message| message.origin))).await?;
        let view = |message: Message| InboxMessageView {
            author: author(&message, visitor, &operators),
            origin: origin(&message, conversation, &places),
            deliveries: deliveries(work.remove(&message.id).unwrap_or_default(), &places),
            mine: me.is_some() && message.operator == me,
            message,
        };
        Ok(messages.into_iter().map(view).collect())
    }

    /// Events of a conversation with those who did it, as far as it can still be told.
    pub(in crate::service) async fn inbox_events(
        &self,
        conversation: &Conversation,
        events: Vec<Event>,
        messages: &[InboxMessageView],
    ) -> Result<Vec<InboxEventView>, ServiceError> {
        let writers: HashMap<MessageId, OperatorId> =
            messages.iter().filter_map(|it| Some((it.message.id, it.message.operator?))).collect();
        let who = |event: &Event| match event.kind {
            EventKind::MessagePosted | EventKind::MessageEdited | EventKind::MessageRemoved => {
                event.message.and_then(|id| writers.get(&id).copied())
            }
            EventKind::ConversationClosed if conversation.closed_at == Some(event.at) => match conversation.closed_by {
                Some(ClosedBy::Operator(id)) => Some(id),
                _ => None,
            },
            _ => None,
        };
        let mut ids: Vec<OperatorId> = events.iter().filter_map(who).collect();
        ids.sort_unstable();
        ids.dedup();
        let operators = by(self.store.operators(&ids).await?, |it: &Operator| it.id);
        let view =
            |event: Event| InboxEventView { operator: who(&event).and_then(|id| operators.get(&id).cloned()), event };
        Ok(events.into_iter().map(view).collect())
    }
}

fn author(message: &Message, visitor: &Visitor, operators: &HashMap<OperatorId, Operator>) -> InboxAuthor {
    let operator = message.operator.and_then(|id| operators.get(&id));
    match message.speaker {
        Speaker::Visitor => InboxAuthor {
            kind: Speaker::Visitor,
            id: Some(visitor.id.into()),
            name: Some(visitor.display_name()),
            picture: None,
        },
        kind => InboxAuthor {
            kind,
            id: message.operator.map(Into::into),
            name: operator.map(|it| it.name.clone()),
            picture: operator.and_then(|it| it.picture),
        },
    }
}

fn origin(message: &Message, conversation: &Conversation, places: &HashMap<ChannelId, Place>) -> String {
    match (message.origin, message.speaker) {
        (Some(channel), _) => places.get(&channel).map(|place| place.platform.clone()).unwrap_or_default(),
        (None, Speaker::Visitor) if conversation.kind == ConversationKind::Form && message.seq == 1 => FORM.to_owned(),
        (None, Speaker::Visitor) => WIDGET.to_owned(),
        (None, _) => INBOX.to_owned(),
    }
}

/// What became of a message in each channel, by connection and channel. Of work that was tried again only the last try
/// counts: the one before it is dropped.
fn deliveries(rows: Vec<Outbox>, places: &HashMap<ChannelId, Place>) -> Vec<DeliveryView> {
    let mut channels: BTreeMap<ChannelId, Vec<Outbox>> = BTreeMap::new();
    for row in rows {
        if matches!(row.kind, OutboxKind::Post | OutboxKind::Edit | OutboxKind::Delete) {
            channels.entry(row.channel).or_default().push(row);
        }
    }
    let mut views: Vec<DeliveryView> = channels
        .into_iter()
        .filter_map(|(channel, rows)| {
            let row = rows.into_iter().min_by_key(|row| urgency(row.progress.state))?;
            let state = match row.progress.state {
                OutboxState::Undelivered => DeliveryState::Undelivered,
                OutboxState::Pending | OutboxState::Sending | OutboxState::Unknown => DeliveryState::Pending,
                OutboxState::Done => DeliveryState::Delivered,
                OutboxState::Dropped => return None,
            };
            let reason = row.progress.error.filter(|_| state == DeliveryState::Undelivered);
            let place = places.get(&channel).cloned().unwrap_or_default();
            Some(DeliveryView { place, state, reason, outbox: row.id })
        })
        .collect();
    views.sort_by(|one, other| {
        let key = |it: &DeliveryView| (it.place.connection.clone(), it.place.channel.clone());
        key(one).cmp(&key(other))
    });
    views
}

/// What people must know comes first.
const fn urgency(state: OutboxState) -> u8 {
    match state {
        OutboxState::Undelivered => 0,
        OutboxState::Pending | OutboxState::Sending | OutboxState::Unknown => 1,
        OutboxState::Done => 2,
        OutboxState::Dropped => 3,
    }
}
