//! Somebody deleted a message on a platform.
//!
//! What lives here: undoing a reply, remembering a deletion that came first, and noticing that a whole thread is gone.
//! What must not: deleting a visitor's words because somebody removed our copy of them.

use bridge_core::{RemoteChannel, Speaker};

use super::decide::Decision;
use super::find_link::{Found, find_link};
use super::receive::Received;
use super::waiting::waits_after_all;
use super::{Service, ServiceError, replace_thread};
use crate::clock::new_id;
use crate::model::{Audience, ChannelId, EventKind, LinkId, MapId};
use crate::store::{Change, MessageMap, OutboxKind, Write};

/// Works on a deletion.
pub(super) async fn receive_delete(
    service: &Service,
    channel: &RemoteChannel,
    thread: Option<&str>,
    id: &str,
) -> Result<Received, ServiceError> {
    let Some(channel) = service.book.channel_at(channel) else { return Ok(Received::Done) };
    if let Some(link) = service.store.link_by_card(channel.id, id).await? {
        replace_thread::replace_thread(service, link.id).await?;
        return Ok(Received::Done);
    }
    let known = service.store.maps_by_remote(channel.id, id).await?;
    let Some(known) = known.into_iter().next() else {
        let Some(thread) = thread else { return Ok(Received::Done) };
        return match find_link(service, channel.id, thread).await? {
            Found::Ours(link) => leave_tombstone(service, channel.id, link.id, id).await.map(|()| Received::Done),
            Found::Opening => Ok(Received::Waits),
            Found::Foreign => Ok(Received::Done),
        };
    };
    if known.removed_at.is_none() {
        remove(service, &known).await?;
    }
    Ok(Received::Done)
}

async fn remove(service: &Service, known: &MessageMap) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let removed = |at| Change::SetMap {
                id: known.id,
                version: known.version,
                remote_edited_at: known.remote_edited_at,
                removed_at: Some(at),
            };
            let message = match known.message {
                Some(id) => service.store.message(id).await?,
                None => None,
            };
            // Our own copy of a visitor's words, or a relayed reply: what was said was said.
            let Some(mut message) =
                message.filter(|it| it.speaker == Speaker::Operator && it.origin == Some(known.channel))
            else {
                let mut write = Write::new(known.id.0);
                write.push(removed(service.clock.now()));
                return Ok(Decision::Quietly(write, ()));
            };
            let mut draft = service.draft(message.conversation).await?;
            let now = draft.now();
            draft.push(removed(now));
            if message.removed_at.is_none() {
                let audience = message.audience();
                message.removed_at = Some(now);
                message.body.clear();
                message.rich = None;
                message.version += 1;
                draft.event(audience, EventKind::MessageRemoved, Some(message.id));
                draft.follow(&message, OutboxKind::Delete);
                if audience == Audience::All {
                    draft.leave_as_it_was(service);
                    waits_after_all(service, &mut draft, message.id).await?;
                }
                draft.push(Change::SetMessage(message));
            }
            Ok(Decision::write(draft, ()))
        })
        .await
}

/// A deletion that comes before its message: the message must not count when it comes.
async fn leave_tombstone(service: &Service, channel: ChannelId, link: LinkId, id: &str) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            if !service.store.maps_by_remote(channel, id).await?.is_empty() {
                return Ok(Decision::Nothing(()));
            }
            let now = service.clock.now();
            let mut write = Write::new(link.0);
            write.push(Change::NewMap(MessageMap {
                id: new_id::<MapId>(),
                link,
                channel,
                remote_id: id.to_owned(),
                remote_part: 0,
                message: None,
                local_part: None,
                version: 0,
                remote_edited_at: None,
                removed_at: Some(now),
                created_at: now,
            }));
            Ok(Decision::Quietly(write, ()))
        })
        .await
}
