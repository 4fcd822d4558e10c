//! Guilds: the guild itself, its channels, roles and members.
//!
//! What lives here: reading them. What must not: changes, which people make (see `people_admin`), and threads.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Answer, ApiError, Ctx, Route, err, invalid, ok};
use crate::discord::shapes;
use crate::discord::snowflake::number;
use crate::discord::world::{Guild, Member, World};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(Method::GET, "guilds/{guild}", "get_guild", get),
    Route::bot(Method::GET, "guilds/{guild}/channels", "list_guild_channels", channels),
    Route::bot(Method::GET, "guilds/{guild}/roles", "list_guild_roles", roles),
    Route::bot(Method::GET, "guilds/{guild}/roles/{role}", "get_guild_role", role),
    Route::bot(Method::GET, "guilds/{guild}/members", "list_guild_members", members),
    Route::bot(Method::GET, "guilds/{guild}/members/search", "search_guild_members", search),
    Route::bot(Method::GET, "guilds/{guild}/members/{user}", "get_guild_member", member),
];

impl Ctx {
    /// The guild of the path, if the bot is in it.
    pub(crate) fn guild<'w>(&self, world: &'w World) -> Result<&'w Guild, ApiError> {
        let known = world.guilds.get(self.param("guild")).ok_or_else(|| err(10_004))?;
        if known.members.contains_key(&self.app.bot_user) { Ok(known) } else { Err(err(50_001)) }
    }
}

fn get(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.guild(world)?;
    let mut shape = shapes::guild(known);
    if ctx.args.query("with_counts") == Some("true") {
        shape["approximate_member_count"] = json!(known.members.len());
        shape["approximate_presence_count"] = json!(known.members.len());
    }
    ok(shape)
}

/// Every channel without the threads, whether or not the bot sees it.
fn channels(ctx: &Ctx, world: &mut World) -> Answer {
    let guild = ctx.guild(world)?.id.clone();
    let all = world.channels.values().filter(|known| known.guild == guild && !known.is_thread());
    ok(all.map(|known| shapes::channel(world, known, None)).collect())
}

fn roles(ctx: &Ctx, world: &mut World) -> Answer {
    ok(ctx.guild(world)?.roles.values().map(shapes::role).collect())
}

fn role(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.guild(world)?.roles.get(ctx.param("role")).ok_or_else(|| err(10_011))?;
    ok(shapes::role(known))
}

fn shape(world: &World, members: &[&Member]) -> Answer {
    ok(members.iter().map(|member| shapes::member(world, member)).collect::<Vec<Value>>().into())
}

/// Needs the privileged members intent, over HTTP too.
fn members(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.guild(world)?;
    let limit = ctx.args.number("limit", 1, 1, 1_000)?;
    let after = ctx.args.id("after")?.map_or(0, number);
    if !ctx.app.guild_members {
        return Err(err(50_001));
    }
    let mut all: Vec<&Member> = known.members.values().filter(|member| number(&member.user) > after).collect();
    all.sort_by_key(|member| number(&member.user));
    all.truncate(limit);
    shape(world, &all)
}

/// Members whose name or nickname begins with the query.
fn search(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.guild(world)?;
    let limit = ctx.args.number("limit", 1, 1, 1_000)?;
    let query = ctx.args.query("query").unwrap_or_default().to_lowercase();
    if query.is_empty() {
        return Err(invalid(&["query"], "BASE_TYPE_REQUIRED", "This field is required"));
    }
    let begins = |name: Option<&String>| name.is_some_and(|name| name.to_lowercase().starts_with(&query));
    let found = |member: &&Member| {
        let user = world.users.get(&member.user);
        begins(member.nick.as_ref())
            || begins(user.map(|user| &user.username))
            || begins(user.and_then(|user| user.global_name.as_ref()))
    };
    let mut all: Vec<&Member> = known.members.values().filter(found).collect();
    all.truncate(limit);
    shape(world, &all)
}

fn member(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.guild(world)?;
    let user = ctx.param("user");
    if !world.users.contains_key(user) {
        return Err(err(10_013));
    }
    let member = known.members.get(user).ok_or_else(|| err(10_007))?;
    ok(shapes::member(world, member))
}
