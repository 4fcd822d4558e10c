//! Who the app is, and where its gateway is.
//!
//! What lives here: `users/@me`, `applications/@me`, `users/{id}`, `gateway` and `gateway/bot`. What must not: guilds.

use axum::http::Method;
use serde_json::{Value, json};

use super::{Answer, Ctx, Route, err, ok};
use crate::discord::gateway;
use crate::discord::permissions::Permissions;
use crate::discord::shapes;
use crate::discord::world::World;

pub(super) const ROUTES: &[Route] = &[
    Route { method: Method::GET, path: "gateway", name: "get_gateway", bot: false, run: address },
    Route::bot(Method::GET, "gateway/bot", "get_bot_gateway", bot_address),
    Route::bot(Method::GET, "users/@me", "get_my_user", user),
    Route::bot(Method::GET, "users/@me/guilds", "list_my_guilds", guilds),
    Route::bot(Method::GET, "users/{user}", "get_user", other),
    Route::bot(Method::GET, "applications/@me", "get_my_application", application),
    Route::bot(Method::GET, "oauth2/applications/@me", "get_my_oauth2_application", application),
];

fn address(ctx: &Ctx, _: &mut World) -> Answer {
    ok(json!({"url": gateway::url(ctx.sandbox.base_url())}))
}

fn bot_address(ctx: &Ctx, world: &mut World) -> Answer {
    let full = ctx.app.identify_reset <= world.now;
    let left = if full { ctx.app.identify_total } else { ctx.app.identify_left };
    let reset_after = (ctx.app.identify_reset - world.now).max(0) / 1_000;
    ok(json!({
        "url": gateway::url(ctx.sandbox.base_url()), "shards": 1,
        "session_start_limit": {
            "total": ctx.app.identify_total, "remaining": left, "reset_after": reset_after, "max_concurrency": 1,
        },
    }))
}

fn user(ctx: &Ctx, world: &mut World) -> Answer {
    let known = world.users.get(&ctx.app.bot_user).ok_or_else(|| err(10_013))?;
    let mut shape = shapes::user(known);
    for (name, value) in [("mfa_enabled", json!(true)), ("locale", json!("en-US")), ("verified", json!(true))] {
        shape[name] = value;
    }
    shape["email"] = Value::Null;
    ok(shape)
}

fn other(ctx: &Ctx, world: &mut World) -> Answer {
    let known = world.users.get(ctx.param("user")).ok_or_else(|| err(10_013))?;
    ok(shapes::user(known))
}

fn guilds(ctx: &Ctx, world: &mut World) -> Answer {
    let shape = |guild: &crate::discord::world::Guild| {
        let member = guild.members.get(&ctx.app.bot_user)?;
        let permissions: Permissions = guild.base_permissions(member);
        Some(json!({
            "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": false,
            "permissions": permissions.to_string(), "features": [],
        }))
    };
    ok(world.guilds.values().filter_map(shape).collect())
}

fn application(ctx: &Ctx, world: &mut World) -> Answer {
    ok(shapes::application(world, &ctx.app))
}
