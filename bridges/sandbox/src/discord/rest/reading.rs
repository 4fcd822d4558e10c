//! Reading messages: `list_messages`, `get_message`. A nonce isn't in what they give.
//!
//! What lives here: order, limits and who may read. What must not: changes.

use axum::http::Method;

use super::messages::{as_seen, listed};
use super::{Answer, Ctx, Route, err, ok};
use crate::discord::permissions::READ_MESSAGE_HISTORY;
use crate::discord::shapes;
use crate::discord::snowflake::number;
use crate::discord::world::{Message, World};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(Method::GET, "channels/{channel}/messages", "list_messages", list),
    Route::bot(Method::GET, "channels/{channel}/messages/{message}", "get_message", get),
];

/// Newest first, whatever was asked for; `after` gives those right after the id, not the newest ones.
fn list(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let limit = ctx.args.number("limit", 50, 1, 100)?;
    let (around, before, after) = (ctx.args.id("around")?, ctx.args.id("before")?, ctx.args.id("after")?);
    if !known.takes_messages() {
        return Err(err(50_024));
    }
    // Without the permission there is simply nothing.
    if !world.may(&ctx.app.bot_user, &known.id, READ_MESSAGE_HISTORY) {
        return ok(serde_json::json!([]));
    }
    let older = |than: u64, most: usize| known.messages.range(..than).rev().take(most).map(|(_, message)| message);
    let newer =
        |than: u64, most: usize| known.messages.range(than.saturating_add(1)..).take(most).map(|(_, message)| message);
    let mut found: Vec<&Message> = match (around, before, after) {
        (Some(around), _, _) => {
            let at = number(around);
            let half = limit / 2;
            older(at, half).chain(known.messages.get(&at)).chain(newer(at, half)).collect()
        }
        (None, Some(before), _) => older(number(before), limit).collect(),
        (None, None, Some(after)) => newer(number(after), limit).collect(),
        (None, None, None) => older(u64::MAX, limit).collect(),
    };
    found.sort_by_key(|message| std::cmp::Reverse(number(&message.id)));
    listed(ctx, world, &found)
}

fn get(ctx: &Ctx, world: &mut World) -> Answer {
    ctx.channel(world)?;
    ctx.need(world, READ_MESSAGE_HISTORY)?;
    let message = ctx.message(world)?;
    ok(as_seen(ctx, shapes::message(world, message)))
}
