//! `api.*`, `auth.*`, `apps.*`, `team.*`, `bots.*`.
//!
//! What lives here: the small methods about the app itself. What must not: messages.

use serde_json::{Value, json};

use super::{Answer, Ctx, err};
use crate::ids;
use crate::slack::shapes;
use crate::slack::world::World;

pub(crate) fn api_test(ctx: &Ctx, _: &mut World) -> Answer {
    if let Some(code) = ctx.args.text("error") {
        return Err(err(&code));
    }
    Ok(json!({"args": ctx.args.to_value()}))
}

pub(crate) fn auth_test(ctx: &Ctx, world: &mut World) -> Answer {
    let team = world.teams.get(&ctx.app.team).ok_or_else(|| err("invalid_auth"))?;
    if ctx.args.token.as_deref() == Some(ctx.app.app_token.as_str()) {
        return Ok(json!({"app_name": ctx.app.name, "app_id": ctx.app.id}));
    }
    let user = world.users.get(&ctx.app.bot_user).map(|user| user.name.clone());
    Ok(json!({
        "url": format!("https://{}.slack.com/", team.domain), "team": team.name, "user": user,
        "team_id": team.id, "user_id": ctx.app.bot_user, "bot_id": ctx.app.bot_id, "is_enterprise_install": false,
    }))
}

pub(crate) fn connections_open(ctx: &Ctx, world: &mut World) -> Answer {
    if !ctx.app.socket_mode {
        return Err(err("socket_mode_not_enabled"));
    }
    let ticket = ids::uuid();
    world.net.tickets.insert(ticket.clone(), ctx.app.id.clone());
    Ok(json!({"url": ctx.sandbox.socket_url(&ticket, &ctx.app.id)}))
}

pub(crate) fn team_info(ctx: &Ctx, world: &mut World) -> Answer {
    let wanted = ctx.args.text("team").unwrap_or_else(|| ctx.app.team.clone());
    let team = world.teams.get(&wanted).filter(|team| team.id == ctx.app.team);
    let team = team.ok_or_else(|| err("team_not_found"))?;
    Ok(json!({"team": {
        "id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "url":
        format!("https://{}.slack.com/", team.domain), "icon": {"image_default": true},
        "avatar_base_url": format!("{}/files/pictures/", world.base), "is_verified": false,
    }}))
}

pub(crate) fn bots_info(ctx: &Ctx, world: &mut World) -> Answer {
    let Some(wanted) = ctx.args.text("bot") else { return Ok(json!({"bot": Value::Null})) };
    let app = world.apps.values().find(|app| app.bot_id == wanted && app.team == ctx.app.team);
    let app = app.ok_or_else(|| err("bot_not_found"))?;
    Ok(json!({"bot": shapes::bot_profile(&world.base, app)}))
}
