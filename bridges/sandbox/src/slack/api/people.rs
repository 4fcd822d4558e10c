//! `users.*` and `usergroups.*`.
//!
//! What lives here: reading people and groups. What must not: changing them (see the people's API).

use serde_json::json;

use super::conversations::page;
use super::{Answer, ApiError, Ctx, err};
use crate::slack::shapes::{self, Sight};
use crate::slack::world::{User, World};

fn sight(ctx: &Ctx) -> Sight {
    Sight { email: ctx.app.scopes.contains("users:read.email"), metadata: false }
}

/// People of the workspace, and those of other workspaces who share a channel with it.
fn known<'w>(ctx: &Ctx, world: &'w World, id: &str) -> Result<&'w User, ApiError> {
    let user = world.users.get(id).ok_or_else(|| err("user_not_found"))?;
    let shares = || world.channels.values().any(|it| it.team == ctx.app.team && it.members.contains(id));
    if user.team == ctx.app.team || shares() { Ok(user) } else { Err(err("user_not_visible")) }
}

pub(crate) fn info(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.text("user").ok_or_else(|| err("user_not_found"))?;
    let user = known(ctx, world, &id)?;
    Ok(json!({"user": shapes::user(&world.base, world, user, sight(ctx))}))
}

pub(crate) fn list(ctx: &Ctx, world: &mut World) -> Answer {
    let people = world.users.values().filter(|user| user.team == ctx.app.team);
    let all = people.map(|user| shapes::user(&world.base, world, user, sight(ctx))).collect();
    let mut answer = page(ctx, all, "members", 1000, 1000)?;
    answer["cache_ts"] = json!(world.seconds());
    Ok(answer)
}

pub(crate) fn lookup_by_email(ctx: &Ctx, world: &mut World) -> Answer {
    ctx.need("users:read")?;
    let email = ctx.args.required("email")?;
    let user = world
        .users
        .values()
        .find(|user| user.team == ctx.app.team && !user.deleted && user.email.as_deref() == Some(email.as_str()))
        .ok_or_else(|| err("users_not_found"))?;
    Ok(json!({"user": shapes::user(&world.base, world, user, sight(ctx))}))
}

pub(crate) fn get_presence(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.text("user").unwrap_or_else(|| ctx.app.bot_user.clone());
    let user = known(ctx, world, &id)?;
    let active = user.active && !user.deleted;
    Ok(json!({"presence": if active { "active" } else { "away" }}))
}

pub(crate) fn groups(ctx: &Ctx, world: &mut World) -> Answer {
    let users = ctx.args.flag("include_users") == Some(true);
    let count = ctx.args.flag("include_count") == Some(true);
    let disabled = ctx.args.flag("include_disabled") == Some(true);
    let groups = world.groups.values().filter(|group| group.team == ctx.app.team && (disabled || !group.disabled));
    let all: Vec<_> = groups.map(|group| shapes::group(group, users, count)).collect();
    Ok(json!({"usergroups": all}))
}

pub(crate) fn group_users(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.required("usergroup")?;
    let group = world.groups.get(&id).filter(|group| group.team == ctx.app.team);
    let group = group.ok_or_else(|| err("no_such_subteam"))?;
    if group.disabled && ctx.args.flag("include_disabled") != Some(true) {
        return Err(err("no_such_subteam"));
    }
    Ok(json!({"users": group.users}))
}
