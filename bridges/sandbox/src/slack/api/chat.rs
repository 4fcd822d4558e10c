//! `chat.*`: post, update, delete, ephemeral messages, permalinks.
//!
//! What lives here: Slack's rules for messages of apps. What must not: the change itself (see `actions`).

use serde_json::{Value, json};

use super::{Answer, ApiError, Content, Ctx, err};
use crate::slack::actions::Edit;
use crate::slack::blocks;
use crate::slack::shapes::{self, Sight};
use crate::slack::world::{Channel, Ephemeral, Message, World};

/// A channel to write to, by id or by `#name`.
fn writable<'w>(ctx: &Ctx, world: &'w World, wanted: &str) -> Result<&'w Channel, ApiError> {
    let name = wanted.trim_start_matches('#');
    let by_name = || world.channels.values().find(|channel| channel.team == ctx.app.team && channel.name == name);
    let id = world.channels.get(wanted).or_else(by_name).map_or(wanted, |channel| channel.id.as_str());
    let channel = ctx.channel(world, id, "")?;
    if !channel.members.contains(&ctx.app.bot_user) && !ctx.app.scopes.contains("chat:write.public") {
        return Err(err("not_in_channel"));
    }
    if channel.archived {
        return Err(err("is_archived"));
    }
    Ok(channel)
}

/// The thread to reply in: its root must be there and not deleted.
pub(crate) fn thread(channel: &Channel, ts: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(ts) = ts else { return Ok(None) };
    match channel.messages.get(&ts) {
        None => Err(err("thread_not_found")),
        Some(root) if root.tombstone => Err(err("thread_not_found")),
        Some(root) if root.is_reply() => Err(err("cannot_reply_to_message")),
        Some(_) => Ok(Some(ts)),
    }
}

/// A message as its own app sees it.
fn own_view(ctx: &Ctx, world: &World, channel: &str, ts: &str) -> Value {
    world.seen_by(&ctx.app, channel, ts).unwrap_or_default()
}

pub(crate) fn post_message(ctx: &Ctx, world: &mut World) -> Answer {
    let wanted = ctx.args.required("channel")?;
    let content = Content::read(&ctx.args)?;
    let channel = writable(ctx, world, &wanted)?;
    let thread_ts = match thread(channel, ctx.args.text("thread_ts")) {
        Err(error) if world.stray_replies && error.code == "thread_not_found" => None,
        known => known?,
    };
    let id = channel.id.clone();
    content.not_empty()?;
    let username = ctx.args.text("username");
    let icon = ctx.args.text("icon_url").map(|url| json!({"image_48": url}));
    let icon = icon.or_else(|| ctx.args.text("icon_emoji").map(|emoji| json!({"emoji": emoji})));
    if username.is_some() || icon.is_some() {
        ctx.need("chat:write.customize")?;
    }
    let custom = username.is_some() || icon.is_some();
    let cut = content.cut;
    let message = Message {
        user: (!custom).then(|| ctx.app.bot_user.clone()),
        bot_id: Some(ctx.app.bot_id.clone()),
        app_id: Some(ctx.app.id.clone()),
        text: content.text.unwrap_or_default(),
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        metadata: content.metadata.filter(|metadata| !metadata.is_null()),
        broadcast: thread_ts.is_some() && ctx.args.flag("reply_broadcast") == Some(true),
        thread_ts,
        subtype: custom.then(|| "bot_message".to_owned()),
        username,
        icons: icon,
        ..Message::default()
    };
    let ts = world.post(&id, message);
    let mut answer = json!({"channel": id, "ts": ts, "message": own_view(ctx, world, &id, &ts)});
    if cut {
        answer["response_metadata"] = json!({
            "messages": ["[WARN] Your message was truncated: the `text` field accepts up to 40,000 characters."],
            "warnings": ["message_truncated"],
        });
    }
    Ok(answer)
}

pub(crate) fn post_ephemeral(ctx: &Ctx, world: &mut World) -> Answer {
    let wanted = ctx.args.required("channel")?;
    let user = ctx.args.required("user")?;
    let content = Content::read(&ctx.args)?;
    let channel = writable(ctx, world, &wanted)?;
    if !channel.members.contains(&user) {
        return Err(err("user_not_in_channel"));
    }
    let (id, thread_ts) = (channel.id.clone(), thread(channel, ctx.args.text("thread_ts"))?);
    content.not_empty()?;
    let mut given = content.blocks.unwrap_or_default();
    blocks::fill_ids(&mut given);
    let ts = world.next_ts();
    world.ephemerals.push(Ephemeral {
        ts: ts.clone(),
        channel: id,
        thread_ts,
        user,
        app_id: ctx.app.id.clone(),
        text: content.text.unwrap_or_default(),
        blocks: given,
    });
    Ok(json!({"message_ts": ts}))
}

pub(crate) fn update(ctx: &Ctx, world: &mut World) -> Answer {
    let (id, ts) = (ctx.args.required("channel")?, ctx.args.required("ts")?);
    let content = Content::read(&ctx.args)?;
    let channel = ctx.channel(world, &id, "")?;
    let message = channel.messages.get(&ts).ok_or_else(|| err("message_not_found"))?;
    if message.tombstone {
        return Err(err("message_not_found"));
    }
    if message.app_id.as_deref() != Some(ctx.app.id.as_str()) {
        return Err(err("cant_update_message"));
    }
    if channel.archived {
        return Err(err("is_inactive"));
    }
    content.fits_update()?;
    if content.text.is_none() && content.blocks.is_none() && content.attachments.is_none() {
        return Err(err("no_text"));
    }
    let keeps_blocks = content.blocks.is_none() && !message.blocks_from_text && !message.blocks.is_empty();
    if !keeps_blocks && content.text.is_some() {
        content.not_empty()?;
    }
    let edit = Edit {
        text: content.text,
        blocks: content.blocks,
        attachments: content.attachments,
        metadata: content.metadata,
    };
    world.edit(&id, &ts, &ctx.app.bot_user, edit);
    let message = own_view(ctx, world, &id, &ts);
    Ok(json!({"channel": id, "ts": ts, "text": message["text"], "message": message}))
}

pub(crate) fn delete(ctx: &Ctx, world: &mut World) -> Answer {
    let (id, ts) = (ctx.args.required("channel")?, ctx.args.required("ts")?);
    let channel = ctx.channel(world, &id, "")?;
    let message = channel.messages.get(&ts).filter(|message| !message.tombstone);
    let message = message.ok_or_else(|| err("message_not_found"))?;
    if message.app_id.as_deref() != Some(ctx.app.id.as_str()) {
        return Err(err("cant_delete_message"));
    }
    world.delete(&id, &ts);
    Ok(json!({"channel": id, "ts": ts}))
}

pub(crate) fn get_permalink(ctx: &Ctx, world: &mut World) -> Answer {
    let (id, ts) = (ctx.args.required("channel")?, ctx.args.required("message_ts")?);
    let channel = ctx.channel(world, &id, "")?;
    let message = channel.messages.get(&ts).ok_or_else(|| err("message_not_found"))?;
    Ok(json!({"channel": id, "permalink": shapes::permalink(&world.base, &id, message)}))
}

/// A message with or without metadata, as the reader asked.
pub(crate) fn read_view(ctx: &Ctx, world: &World, channel: &Channel, message: &Message) -> Value {
    let metadata = ctx.args.flag("include_all_metadata") == Some(true);
    shapes::message(&world.base, world, channel, message, Sight { email: false, metadata })
}
