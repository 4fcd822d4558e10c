//! `reactions.*`.
//!
//! What lives here: Slack's rules for reactions of apps. What must not: the change itself (see `actions`).

use serde_json::json;

use super::{Answer, ApiError, Ctx, err};
use crate::slack::shapes::{self, Sight};
use crate::slack::ts;
use crate::slack::world::World;

/// The message that the call is about: channel and time.
fn item(ctx: &Ctx, world: &World) -> Result<(String, String), ApiError> {
    let (Some(channel), Some(at)) = (ctx.args.text("channel"), ctx.args.text("timestamp")) else {
        return Err(err("no_item_specified"));
    };
    let at = ts::bound(&at).ok_or_else(|| err("bad_timestamp"))?;
    let known = ctx.joined(world, &channel, "")?;
    if known.messages.get(&at).is_none_or(|message| message.tombstone) {
        return Err(err("message_not_found"));
    }
    Ok((channel, at))
}

fn name(ctx: &Ctx) -> Result<String, ApiError> {
    let name = ctx.args.text("name").unwrap_or_default();
    let name = name.trim_matches(':').to_owned();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-':".contains(c);
    if name.is_empty() || !name.chars().all(fits) { Err(err("invalid_name")) } else { Ok(name) }
}

pub(crate) fn add(ctx: &Ctx, world: &mut World) -> Answer {
    let name = name(ctx)?;
    let (channel, at) = item(ctx, world)?;
    if world.channels.get(&channel).is_some_and(|known| known.archived) {
        return Err(err("is_archived"));
    }
    if world.react(&ctx.app.bot_user, &channel, &at, &name) { Ok(json!({})) } else { Err(err("already_reacted")) }
}

pub(crate) fn remove(ctx: &Ctx, world: &mut World) -> Answer {
    let name = name(ctx)?;
    let (channel, at) = item(ctx, world)?;
    if world.unreact(&ctx.app.bot_user, &channel, &at, &name) { Ok(json!({})) } else { Err(err("no_reaction")) }
}

pub(crate) fn get(ctx: &Ctx, world: &mut World) -> Answer {
    let (channel, at) = item(ctx, world)?;
    let known = ctx.channel(world, &channel, "")?;
    let message = known.messages.get(&at).ok_or_else(|| err("message_not_found"))?;
    Ok(json!({
        "type": "message", "channel": channel,
        "message": shapes::message(&world.base, world, known, message, Sight::default()),
    }))
}
