//! Who is in a thread, and reactions.
//!
//! What lives here: `join_thread`, `leave_thread`, `add_thread_member`, `delete_thread_member`, `get_thread_member`,
//! `list_thread_members`, and the bot's own reactions. What must not: who joins by writing or by being mentioned (see
//! `actions`).

use axum::http::Method;
use serde_json::{Value, json};

use super::{Answer, ApiError, Ctx, Route, err, nothing, ok};
use crate::discord::permissions::{
    ADD_REACTIONS, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
};
use crate::discord::shapes;
use crate::discord::world::{Channel, Message, RECIPIENT_ADD, RECIPIENT_REMOVE, World};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(Method::PUT, "channels/{channel}/thread-members/@me", "join_thread", join),
    Route::bot(Method::DELETE, "channels/{channel}/thread-members/@me", "leave_thread", leave),
    Route::bot(Method::PUT, "channels/{channel}/thread-members/{user}", "add_thread_member", add),
    Route::bot(Method::DELETE, "channels/{channel}/thread-members/{user}", "delete_thread_member", remove),
    Route::bot(Method::GET, "channels/{channel}/thread-members/{user}", "get_thread_member", get),
    Route::bot(Method::GET, "channels/{channel}/thread-members", "list_thread_members", list),
    Route::bot(
        Method::PUT,
        "channels/{channel}/messages/{message}/reactions/{emoji}/@me",
        "add_my_message_reaction",
        react,
    ),
    Route::bot(
        Method::DELETE,
        "channels/{channel}/messages/{message}/reactions/{emoji}/@me",
        "delete_my_message_reaction",
        unreact,
    ),
];

/// The thread of the path; `active` refuses one that is archived.
fn thread<'w>(ctx: &Ctx, world: &'w World, active: bool) -> Result<&'w Channel, ApiError> {
    let known = ctx.channel(world)?;
    if !known.is_thread() {
        return Err(err(50_024));
    }
    if active && known.is_archived() { Err(err(50_083)) } else { Ok(known) }
}

fn join(ctx: &Ctx, world: &mut World) -> Answer {
    let id = thread(ctx, world, true)?.id.clone();
    world.join_thread(&id, &ctx.app.bot_user);
    nothing()
}

fn leave(ctx: &Ctx, world: &mut World) -> Answer {
    let id = thread(ctx, world, true)?.id.clone();
    world.leave_thread(&id, &ctx.app.bot_user);
    nothing()
}

/// Adding somebody is also said in the thread; adding who is in it does nothing.
fn add(ctx: &Ctx, world: &mut World) -> Answer {
    let known = thread(ctx, world, true)?;
    let (id, guild) = (known.id.clone(), known.guild.clone());
    ctx.need(world, SEND_MESSAGES_IN_THREADS)?;
    let user = ctx.param("user");
    if !world.users.contains_key(user) {
        return Err(err(10_013));
    }
    if world.member(&guild, user).is_none() {
        return Err(err(10_007));
    }
    if !world.may(user, &id, VIEW_CHANNEL) {
        return Err(err(50_001));
    }
    if world.join_thread(&id, user) {
        world.say_about(&id, &ctx.app.bot_user, RECIPIENT_ADD, user);
    }
    nothing()
}

fn remove(ctx: &Ctx, world: &mut World) -> Answer {
    let id = thread(ctx, world, true)?.id.clone();
    ctx.need(world, MANAGE_THREADS)?;
    let user = ctx.param("user");
    if !world.leave_thread(&id, user) {
        return Err(err(10_007));
    }
    world.say_about(&id, &ctx.app.bot_user, RECIPIENT_REMOVE, user);
    nothing()
}

impl World {
    /// A system message about somebody.
    pub(crate) fn say_about(&mut self, channel: &str, author: &str, kind: u8, user: &str) {
        let about = vec![user.to_owned()];
        let message = Message { author: author.to_owned(), kind, mentions: about.clone(), about, ..Message::default() };
        self.post(channel, message);
    }
}

fn get(ctx: &Ctx, world: &mut World) -> Answer {
    let known = thread(ctx, world, false)?;
    let user = ctx.param("user");
    let joined = known.thread.as_ref().and_then(|thread| thread.members.get(user)).ok_or_else(|| err(10_007))?;
    ok(shapes::thread_member(&known.id, user, *joined))
}

/// Needs the privileged members intent, over HTTP too.
fn list(ctx: &Ctx, world: &mut World) -> Answer {
    let known = thread(ctx, world, false)?;
    if !ctx.app.guild_members {
        return Err(err(50_001));
    }
    let members = known.thread.as_ref().map(|thread| &thread.members);
    let shapes: Vec<Value> =
        members.into_iter().flatten().map(|(user, joined)| shapes::thread_member(&known.id, user, *joined)).collect();
    ok(json!(shapes))
}

fn emoji(ctx: &Ctx) -> String {
    let given = format!("emoji={}", ctx.param("emoji"));
    let decoded = url::form_urlencoded::parse(given.as_bytes()).next();
    decoded.map(|(_, emoji)| emoji.into_owned()).unwrap_or_default()
}

fn reaction(ctx: &Ctx, world: &World) -> Result<(String, String), ApiError> {
    let known = ctx.channel(world)?;
    ctx.need(world, READ_MESSAGE_HISTORY)?;
    if known.is_archived() {
        return Err(err(50_083));
    }
    Ok((known.id.clone(), ctx.message(world)?.id.clone()))
}

fn react(ctx: &Ctx, world: &mut World) -> Answer {
    let (channel, message) = reaction(ctx, world)?;
    ctx.need(world, ADD_REACTIONS)?;
    let emoji = emoji(ctx);
    // Discord's own emoji are no ASCII text; custom ones are written name:id.
    if emoji.is_ascii() && !emoji.contains(':') {
        return Err(err(10_014));
    }
    world.react(true, &ctx.app.bot_user, &channel, &message, &emoji);
    nothing()
}

fn unreact(ctx: &Ctx, world: &mut World) -> Answer {
    let (channel, message) = reaction(ctx, world)?;
    world.react(false, &ctx.app.bot_user, &channel, &message, &emoji(ctx));
    nothing()
}
