//! Writing: `create_message`, `update_message`, `delete_message`, `bulk_delete_messages`, typing.
//!
//! What lives here: who may write what where, nonces, replies. What must not: reading (see `reading`), the fields of a
//! body (see `draft`).

use axum::http::Method;
use serde_json::{Value, json};

use super::draft::{Draft, ReplyTo};
use super::{Answer, ApiError, Ctx, Route, err, invalid, nothing, ok};
use crate::discord::gateway::intents;
use crate::discord::permissions::{
    ATTACH_FILES, EMBED_LINKS, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};
use crate::discord::records::Typed;
use crate::discord::shapes;
use crate::discord::world::{
    Channel, DEFAULT, EPHEMERAL, Message, REPLY, Reference, SUPPRESS_EMBEDS, THREAD_STARTER, World, remember,
};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(Method::POST, "channels/{channel}/messages", "create_message", create),
    Route::bot(Method::POST, "channels/{channel}/messages/bulk-delete", "bulk_delete_messages", bulk_delete),
    Route::bot(Method::PATCH, "channels/{channel}/messages/{message}", "update_message", update),
    Route::bot(Method::DELETE, "channels/{channel}/messages/{message}", "delete_message", delete),
    Route::bot(Method::POST, "channels/{channel}/typing", "trigger_typing_indicator", typing),
];

impl Ctx {
    /// The channel or thread of the path, if the bot may know of it.
    pub(crate) fn channel<'w>(&self, world: &'w World) -> Result<&'w Channel, ApiError> {
        self.channel_named(world, self.param("channel"))
    }

    /// Any channel or thread, if the bot may know of it.
    pub(crate) fn channel_named<'w>(&self, world: &'w World, id: &str) -> Result<&'w Channel, ApiError> {
        let known = world.channels.get(id).ok_or_else(|| err(10_003))?;
        if world.may(&self.app.bot_user, id, VIEW_CHANNEL) { Ok(known) } else { Err(err(50_001)) }
    }

    /// Refuses without these permissions in the path's channel.
    pub(crate) fn need(&self, world: &World, permissions: u64) -> Result<(), ApiError> {
        let here = self.param("channel");
        if world.may(&self.app.bot_user, here, permissions) { Ok(()) } else { Err(err(50_013)) }
    }

    /// A message of the path's channel.
    pub(crate) fn message<'w>(&self, world: &'w World) -> Result<&'w Message, ApiError> {
        world.message(self.param("channel"), self.param("message")).ok_or_else(|| err(10_008))
    }
}

impl World {
    /// Whether this bot or person can write in a channel or thread now, and Discord's code if not.
    pub(crate) fn can_write(&self, user: &str, channel: &str) -> Result<(), u32> {
        let known = self.channels.get(channel).ok_or(10_003_u32)?;
        if !self.may(user, channel, VIEW_CHANNEL) {
            return Err(50_001);
        }
        if !known.takes_messages() {
            return Err(50_008);
        }
        let needed = if known.is_thread() { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        if !self.may(user, channel, needed) {
            return Err(50_013);
        }
        // A message brings an archived thread back, but for one that was locked; that takes a change of the thread.
        if known.is_locked() && (known.is_archived() || !self.may(user, channel, MANAGE_THREADS)) {
            return Err(160_005);
        }
        if known.is_archived() && self.active_threads(&known.guild) >= self.active_threads {
            return Err(160_006);
        }
        Ok(())
    }

    /// The message that this author wrote under this nonce a short while ago.
    pub(crate) fn by_nonce(&self, author: &str, nonce: &Value) -> Option<(String, String)> {
        let wanted = nonce_text(nonce);
        let since = self.now.saturating_sub(self.nonce_window);
        let known = self.nonces.iter().rev().take_while(|known| known.at >= since);
        let mut mine = known.filter(|known| known.author == author && known.nonce == wanted);
        mine.find(|known| self.message(&known.channel, &known.message).is_some())
            .map(|known| (known.channel.clone(), known.message.clone()))
    }

    /// Remembers under which nonce a message was written.
    pub(crate) fn keep_nonce(&mut self, author: &str, nonce: &Value, channel: &str, message: &str) {
        let kept = crate::discord::world::Nonce {
            at: self.now,
            author: author.to_owned(),
            nonce: nonce_text(nonce),
            channel: channel.to_owned(),
            message: message.to_owned(),
        };
        remember(&mut self.nonces, kept);
    }
}

fn nonce_text(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}

/// The message that a reply is to: `None` where it is gone and that doesn't matter.
fn replied(world: &World, channel: &str, to: &ReplyTo) -> Result<Option<(String, String)>, ApiError> {
    if to.channel.as_deref().is_some_and(|given| given != channel) {
        let words = "Cannot reply to a message in a different channel";
        return Err(invalid(&["message_reference"], "MESSAGE_REFERENCE_CANNOT_BE_IN_DIFFERENT_CHANNEL", words));
    }
    match world.message(channel, &to.message) {
        Some(message) if message.is_system() => {
            let words = "Cannot reply to a system message";
            Err(invalid(&["message_reference"], "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", words))
        }
        Some(message) => Ok(Some((message.id.clone(), message.author.clone()))),
        None if to.fail_if_not_exists => {
            Err(invalid(&["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message"))
        }
        None => Ok(None),
    }
}

/// A message of a bot made of these fields.
pub(super) fn compose(ctx: &Ctx, world: &World, channel: &str, draft: Draft) -> Result<Message, ApiError> {
    let bot = &ctx.app.bot_user;
    let replied = match &draft.reply_to {
        Some(_) if !world.may(bot, channel, READ_MESSAGE_HISTORY) => return Err(err(160_002)),
        Some(to) => replied(world, channel, to)?,
        None => None,
    };
    let content = draft.content.unwrap_or_default();
    let allowed = draft.allowed.unwrap_or_default();
    let author = replied.as_ref().map(|(_, author)| author.as_str());
    let mentioned = world.mentioned(bot, channel, &content, &allowed, author);
    Ok(Message {
        author: bot.clone(),
        app: Some(ctx.app.id.clone()),
        kind: if replied.is_some() { REPLY } else { DEFAULT },
        content,
        embeds: draft.embeds.unwrap_or_default(),
        components: draft.components.unwrap_or_default(),
        nonce: draft.nonce,
        mentions: mentioned.users,
        pinged: mentioned.pinged,
        reference: replied.map(|(message, _)| Reference { channel: channel.to_owned(), message: Some(message) }),
        flags: draft.flags.unwrap_or(0) & !EPHEMERAL,
        ..Message::default()
    })
}

/// What a body needs beyond writing.
pub(super) fn need_for(ctx: &Ctx, world: &World, draft: &Draft) -> Result<(), ApiError> {
    if draft.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty()) {
        ctx.need(world, EMBED_LINKS)?;
    }
    if ctx.args.body.get("attachments").and_then(Value::as_array).is_some_and(|files| !files.is_empty()) {
        ctx.need(world, ATTACH_FILES)?;
    }
    Ok(())
}

fn shape(ctx: &Ctx, world: &World, channel: &str, id: &str) -> Answer {
    let message = world.message(channel, id).ok_or_else(|| err(10_008))?;
    let mut shape = shapes::message(world, message);
    if let Some(nonce) = message.nonce.as_ref().filter(|_| message.author == ctx.app.bot_user) {
        shape["nonce"] = nonce.clone();
    }
    ok(shape)
}

fn create(ctx: &Ctx, world: &mut World) -> Answer {
    let channel = ctx.channel(world)?.id.clone();
    let bot = ctx.app.bot_user.clone();
    // Whether anybody may write here comes before what is written.
    if let Err(code @ (50_008 | 50_013)) = world.can_write(&bot, &channel) {
        return Err(err(code));
    }
    let draft = Draft::read(&ctx.args.fields())?;
    if draft.is_empty() {
        return Err(err(50_006));
    }
    need_for(ctx, world, &draft)?;
    if draft.enforce_nonce
        && let Some((place, first)) = draft.nonce.as_ref().and_then(|nonce| world.by_nonce(&bot, nonce))
    {
        return shape(ctx, world, &place, &first);
    }
    world.can_write(&bot, &channel).map_err(err)?;
    let message = compose(ctx, world, &channel, draft)?;
    let nonce = message.nonce.clone();
    let id = world.post(&channel, message);
    if let Some(nonce) = &nonce {
        world.keep_nonce(&bot, nonce, &channel, &id);
    }
    shape(ctx, world, &channel, &id)
}

fn update(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let (channel, archived) = (known.id.clone(), known.is_archived());
    let message = ctx.message(world)?;
    let id = message.id.clone();
    let draft = Draft::read(&ctx.args.fields())?;
    if message.is_system() {
        return Err(err(50_021));
    }
    let fields = ctx.args.fields();
    if message.author != ctx.app.bot_user {
        let only_flags = fields.keys().all(|name| name == "flags");
        if !only_flags || !world.may(&ctx.app.bot_user, &channel, MANAGE_MESSAGES) {
            return Err(err(50_005));
        }
    }
    if archived {
        return Err(err(50_083));
    }
    need_for(ctx, world, &draft)?;
    world.edit(&channel, &id, draft)?;
    shape(ctx, world, &channel, &id)
}

impl World {
    /// Puts the given fields in place of a message's own and tells; 50006 when nothing would be left.
    pub(crate) fn edit(&mut self, channel: &str, id: &str, draft: Draft) -> Result<(), ApiError> {
        let message = self.message(channel, id).ok_or_else(|| err(10_008))?;
        let content = draft.content.clone().unwrap_or_else(|| message.content.clone());
        let embeds = draft.embeds.clone().unwrap_or_else(|| message.embeds.clone());
        let components = draft.components.clone().unwrap_or_else(|| message.components.clone());
        if content.is_empty() && embeds.is_empty() && components.is_empty() && message.attachments.is_empty() {
            return Err(err(50_006));
        }
        let author = message.author.clone();
        // An edit notifies nobody; it only changes what the text shows as mentions.
        let mentioned = self.mentioned(&author, channel, &content, &draft.allowed.clone().unwrap_or_default(), None);
        let says = draft.content.is_some() || draft.embeds.is_some() || draft.components.is_some();
        let now = self.now;
        if let Some(message) = self.message_mut(channel, id) {
            message.content = content;
            message.embeds = embeds;
            message.components = components;
            message.mentions = mentioned.users;
            if let Some(flags) = draft.flags {
                message.flags = message.flags & !SUPPRESS_EMBEDS | flags & SUPPRESS_EMBEDS;
            }
            if says {
                message.edited = Some(now);
            }
        }
        self.told_changed(channel, id);
        Ok(())
    }
}

/// Kinds of messages that nobody can delete.
pub(crate) const fn is_fixed(kind: u8) -> bool {
    matches!(kind, 1..=5 | THREAD_STARTER)
}

fn delete(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let (channel, archived) = (known.id.clone(), known.is_archived());
    let message = ctx.message(world)?;
    let id = message.id.clone();
    if is_fixed(message.kind) {
        return Err(err(50_021));
    }
    if message.author != ctx.app.bot_user {
        ctx.need(world, MANAGE_MESSAGES)?;
    }
    if archived {
        return Err(err(50_083));
    }
    world.remove_message(&channel, &id);
    nothing()
}

fn bulk_delete(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let (channel, archived) = (known.id.clone(), known.is_archived());
    ctx.need(world, MANAGE_MESSAGES)?;
    if archived {
        return Err(err(50_083));
    }
    let list = ctx.args.body["messages"].as_array().cloned().unwrap_or_default();
    if !(2..=100).contains(&list.len()) {
        return Err(invalid(&["messages"], "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length."));
    }
    let ids: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    world.remove_messages(&channel, &ids);
    nothing()
}

fn typing(ctx: &Ctx, world: &mut World) -> Answer {
    let channel = ctx.channel(world)?.id.clone();
    if let Err(code @ (50_008 | 50_013)) = world.can_write(&ctx.app.bot_user, &channel) {
        return Err(err(code));
    }
    world.type_in(&ctx.app.bot_user, &channel);
    nothing()
}

impl World {
    /// Somebody types in a channel or thread.
    pub(crate) fn type_in(&mut self, user: &str, channel: &str) {
        let typed = Typed { at: self.now, user: user.to_owned(), channel: channel.to_owned() };
        remember(&mut self.typing, typed);
        self.told_typing(user, channel);
    }

    /// Takes several messages away at once.
    pub(crate) fn remove_messages(&mut self, channel: &str, ids: &[String]) {
        let Some(known) = self.channels.get_mut(channel) else { return };
        let number = crate::discord::snowflake::number;
        let gone: Vec<String> = ids.iter().filter(|id| known.messages.remove(&number(id)).is_some()).cloned().collect();
        self.told_deleted_bulk(channel, &gone);
    }
}

/// What a bot may not see without MESSAGE_CONTENT is taken out.
pub(super) fn as_seen(ctx: &Ctx, shape: Value) -> Value {
    if ctx.app.message_content { shape } else { intents::message_as_seen(&ctx.app, 0, shape) }
}

/// A list of messages as the bot sees them.
pub(super) fn listed(ctx: &Ctx, world: &World, messages: &[&Message]) -> Answer {
    let shapes = messages.iter().map(|message| as_seen(ctx, shapes::message(world, message)));
    ok(json!(shapes.collect::<Vec<_>>()))
}
