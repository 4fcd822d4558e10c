//! An operator looks at a conversation, and follows it.
//!
//! What lives here: the whole of it, older messages, and what happened after an event. What must not: who may (the caller has
//! checked).

use super::inbox_view::{DetailView, InboxBatchView, InboxMessageView};
use super::{Service, ServiceError};
use crate::model::{Audience, Conversation, ConversationId, DomainId, Event, Message, MessageId, OperatorId};

/// How many messages a page begins with.
const FIRST_MESSAGES: i64 = 50;

async fn conversation(service: &Service, id: ConversationId) -> Result<Conversation, ServiceError> {
    service.store.conversation(id).await?.ok_or(ServiceError::NotFound { what: "conversation" })
}

/// Takes one item off that was only read to know whether there are more.
fn cut<T>(items: &mut Vec<T>, limit: i64, from_the_front: bool) -> bool {
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = items.len() > limit;
    if more && from_the_front {
        items.drain(..items.len() - limit);
    } else {
        items.truncate(limit);
    }
    more
}

/// Which domain a conversation is on; `None` where there is no such conversation.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn domain_of(service: &Service, id: ConversationId) -> Result<Option<DomainId>, ServiceError> {
    Ok(service.store.conversation(id).await?.map(|conversation| conversation.domain))
}

/// A conversation with everything around it; `me` is the operator who asks.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
pub async fn show_conversation(
    service: &Service,
    id: ConversationId,
    me: Option<OperatorId>,
) -> Result<DetailView, ServiceError> {
    // The position first: what happens while the rest is read comes again in the stream, and is recognised there.
    let it = conversation(service, id).await?;
    let after = it.next_event - 1;
    let summary = service.summary(id, me).await?;
    let mut messages = service.store.latest_messages(id, Audience::Operators, FIRST_MESSAGES + 1).await?;
    let more_before = cut(&mut messages, FIRST_MESSAGES, true);
    Ok(DetailView {
        visitor_online: service.hub.is_followed(it.visitor),
        threads: service.threads(&it).await?,
        earlier: service.earlier(&it).await?,
        checks: service.checks(&it, me).await?,
        messages: service.inbox_messages(&it, &summary.visitor, messages, me).await?,
        more_before,
        after,
        read: service.read_marks(&it, me).await?,
        summary,
    })
}

/// At most `limit` messages before a place, oldest first, and whether there are older ones.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
pub async fn read_messages(
    service: &Service,
    id: ConversationId,
    before: i64,
    limit: i64,
    me: Option<OperatorId>,
) -> Result<(Vec<InboxMessageView>, bool), ServiceError> {
    let it = conversation(service, id).await?;
    let mut messages = service.store.messages_before(id, before, limit + 1).await?;
    let more = cut(&mut messages, limit, true);
    Ok((show(service, &it, messages, me).await?, more))
}

/// What happened in a conversation after an event, at most `limit` events. A position that was never given out is answered
/// with `reset` and the latest messages.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
pub async fn follow_conversation(
    service: &Service,
    id: ConversationId,
    after: i64,
    limit: i64,
    me: Option<OperatorId>,
) -> Result<InboxBatchView, ServiceError> {
    let it = conversation(service, id).await?;
    let last = it.next_event - 1;
    let reset = after < 0 || after > last;
    let mut events: Vec<Event> = Vec::new();
    let mut more = false;
    let messages = if reset {
        service.store.latest_messages(id, Audience::Operators, FIRST_MESSAGES).await?
    } else {
        events = service.store.events_of_conversation_after(id, after, limit + 1).await?;
        more = cut(&mut events, limit, false);
        let mut ids: Vec<MessageId> = events.iter().filter_map(|event| event.message).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut messages = service.store.messages(&ids).await?;
        messages.sort_by_key(|message| message.seq);
        messages
    };
    let messages = show(service, &it, messages, me).await?;
    let after = events.last().map_or(if reset { last } else { after }, |event| event.event_seq);
    Ok(InboxBatchView {
        events: service.inbox_events(&it, events, &messages).await?,
        messages,
        conversation: service.summary(id, me).await?,
        checks: service.checks(&it, me).await?,
        after,
        more,
        reset,
        read: service.read_marks(&it, me).await?,
    })
}

async fn show(
    service: &Service,
    conversation: &Conversation,
    messages: Vec<Message>,
    me: Option<OperatorId>,
) -> Result<Vec<InboxMessageView>, ServiceError> {
    let visitor =
        service.store.visitor(conversation.visitor).await?.ok_or(ServiceError::NotFound { what: "visitor" })?;
    service.inbox_messages(conversation, &visitor, messages, me).await
}

/// One message as operators see it.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such message in that conversation; [`ServiceError::Unavailable`].
pub async fn show_message(
    service: &Service,
    id: ConversationId,
    message: MessageId,
    me: Option<OperatorId>,
) -> Result<InboxMessageView, ServiceError> {
    let it = conversation(service, id).await?;
    let missing = ServiceError::NotFound { what: "message" };
    let message = service.store.message(message).await?.filter(|message| message.conversation == id);
    let Some(message) = message else { return Err(missing) };
    show(service, &it, vec![message], me).await?.pop().ok_or(missing)
}
