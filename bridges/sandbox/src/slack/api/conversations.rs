//! `conversations.*`: what channels there are, who is in them, what was written.
//!
//! What lives here: reading with Slack's paging. What must not: writing, except joining.

use serde_json::{Value, json};

use super::args::cursor_to;
use super::chat::read_view;
use super::{Answer, ApiError, Ctx, err};
use crate::slack::shapes;
use crate::slack::ts;
use crate::slack::world::{Message, World};

pub(crate) fn info(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.required("channel")?;
    let channel = ctx.channel(world, &id, "read")?;
    let members = ctx.args.flag("include_num_members") == Some(true);
    Ok(json!({"channel": shapes::channel(channel, &ctx.app.bot_user, members)}))
}

/// One page of a list, and the answer's cursor.
pub(crate) fn page(ctx: &Ctx, all: Vec<Value>, key: &str, usual: usize, most: usize) -> Answer {
    let limit = ctx.args.limit(usual, most)?;
    let from: usize = match ctx.args.cursor()? {
        None => 0,
        Some(at) => at.parse().map_err(|_| err("invalid_cursor"))?,
    };
    let next = from.saturating_add(limit);
    let cursor = if next < all.len() { cursor_to(&next.to_string()) } else { String::new() };
    let page: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
    Ok(json!({key: page, "response_metadata": {"next_cursor": cursor}}))
}

pub(crate) fn list(ctx: &Ctx, world: &mut World) -> Answer {
    let types = ctx.args.text("types").unwrap_or_else(|| "public_channel".to_owned());
    let wants = |kind: &str| types.split(',').any(|wanted| wanted.trim() == kind);
    if wants("public_channel") {
        ctx.need("channels:read")?;
    }
    if wants("private_channel") {
        ctx.need("groups:read")?;
    }
    let no_archived = ctx.args.flag("exclude_archived") == Some(true);
    let bot = &ctx.app.bot_user;
    let all = world
        .channels
        .values()
        .filter(|channel| channel.team == ctx.app.team)
        .filter(|channel| wants(if channel.is_private { "private_channel" } else { "public_channel" }))
        .filter(|channel| !channel.is_private || channel.members.contains(bot))
        .filter(|channel| !(no_archived && channel.archived))
        .map(|channel| shapes::channel(channel, bot, true))
        .collect();
    page(ctx, all, "channels", 100, 999)
}

pub(crate) fn members(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.required("channel")?;
    let channel = ctx.channel(world, &id, "read")?;
    page(ctx, channel.members.iter().map(|member| json!(member)).collect(), "members", 100, 1000)
}

pub(crate) fn join(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.required("channel")?;
    let channel = ctx.channel(world, &id, "")?;
    if channel.is_private {
        return Err(err("method_not_supported_for_channel_type"));
    }
    if channel.archived {
        return Err(err("is_archived"));
    }
    let joined = world.join(&ctx.app.bot_user, &id, None);
    let channel = ctx.channel(world, &id, "")?;
    let mut answer = json!({"channel": shapes::channel(channel, &ctx.app.bot_user, false)});
    if !joined {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(answer)
}

/// `oldest`, `latest` and `inclusive`.
struct Range {
    oldest: Option<String>,
    latest: Option<String>,
    inclusive: bool,
}

impl Range {
    fn read(ctx: &Ctx) -> Result<Self, ApiError> {
        let bound = |key: &str| match ctx.args.text(key) {
            None => Ok(None),
            Some(text) => ts::bound(&text).map(Some).ok_or_else(|| err(&format!("invalid_ts_{key}"))),
        };
        let inclusive = ctx.args.flag("inclusive") == Some(true);
        Ok(Self { oldest: bound("oldest")?, latest: bound("latest")?, inclusive })
    }

    fn holds(&self, at: &str) -> bool {
        let after = self.oldest.as_deref().is_none_or(|oldest| at > oldest || (self.inclusive && at == oldest));
        let before = self.latest.as_deref().is_none_or(|latest| at < latest || (self.inclusive && at == latest));
        after && before
    }
}

/// Cuts a page out of messages that are in order, and says where the next begins.
fn messages_page(
    ctx: &Ctx,
    world: &World,
    channel: &str,
    ordered: &[&Message],
    limit: usize,
    past: impl Fn(&str, &str) -> bool,
) -> Answer {
    let channel = world.channels.get(channel).ok_or_else(|| err("channel_not_found"))?;
    let from = ctx.args.cursor()?;
    let rest: Vec<&&Message> =
        ordered.iter().filter(|message| from.as_deref().is_none_or(|from| past(&message.ts, from))).collect();
    let more = rest.len() > limit;
    let page: Vec<&&&Message> = rest.iter().take(limit).collect();
    let messages: Vec<Value> = page.iter().map(|message| read_view(ctx, world, channel, message)).collect();
    let mut answer = json!({"messages": messages, "has_more": more});
    if let Some(last) = page.last().filter(|_| more) {
        answer["response_metadata"] = json!({"next_cursor": cursor_to(&last.ts)});
    }
    Ok(answer)
}

pub(crate) fn history(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.required("channel")?;
    let channel = ctx.joined(world, &id, "history")?;
    let range = Range::read(ctx)?;
    let limit = ctx.args.limit(100, 999)?;
    let ordered: Vec<&Message> = channel.timeline().rev().filter(|message| range.holds(&message.ts)).collect();
    let mut answer = messages_page(ctx, world, &id, &ordered, limit, |at, from| at < from)?;
    answer["pin_count"] = json!(0);
    Ok(answer)
}

pub(crate) fn replies(ctx: &Ctx, world: &mut World) -> Answer {
    let (id, wanted) = (ctx.args.required("channel")?, ctx.args.required("ts")?);
    let channel = ctx.joined(world, &id, "history")?;
    let root = channel.messages.get(&wanted).ok_or_else(|| err("thread_not_found"))?;
    let range = Range::read(ctx)?;
    let limit = ctx.args.limit(1000, 1000)?;
    // The root leads the first page whatever the range; a reply's own time gives that reply alone.
    let mut ordered = vec![root];
    ordered.extend(channel.replies(&wanted).filter(|reply| range.holds(&reply.ts)));
    messages_page(ctx, world, &id, &ordered, limit, |at, from| at > from)
}
