//! What a fresh session is told first: READY, then a GUILD_CREATE a guild; and members on request.
//!
//! What lives here: these three payloads. What must not: when they are sent.

use serde_json::{Value, json};

use crate::discord::shapes;
use crate::discord::world::{App, World};

/// Members in one GUILD_MEMBERS_CHUNK.
const CHUNK: usize = 1000;

/// READY, with every guild still unavailable.
pub(crate) fn ready(world: &World, app: &App, session: &str, shard: &Value) -> Value {
    let guilds: Vec<Value> = world
        .guilds
        .values()
        .filter(|guild| guild.members.contains_key(&app.bot_user))
        .map(|guild| json!({"id": guild.id, "unavailable": true}))
        .collect();
    let mut user = shapes::user_or_ghost(world, &app.bot_user);
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(false);
    user["email"] = Value::Null;
    json!({
        "v": 10, "user": user, "guilds": guilds, "session_id": session, "session_type": "normal",
        "resume_gateway_url": super::url(&world.base),
        "shard": if shard.is_null() { json!([0, 1]) } else { shard.clone() },
        "application": {"id": app.id, "flags": shapes::application(world, app)["flags"]},
        "private_channels": [], "relationships": [], "presences": [], "user_settings": {}, "geo_ordered_rtc_regions": [],
        "_trace": ["[\"sandbox\"]"],
    })
}

/// One GUILD_CREATE for each guild that the bot is in.
pub(crate) fn guilds(world: &World, app: &App, with_presences: bool) -> Vec<Value> {
    let inside = world.guilds.values().filter(|guild| guild.members.contains_key(&app.bot_user));
    inside.map(|guild| shapes::guild_create(world, guild, &app.bot_user, with_presences)).collect()
}

/// A GUILD_MEMBERS_CHUNK: members by id, or by the beginning of their name; `all` allows an empty beginning.
pub(crate) fn members(world: &World, guild: &str, asked: &Value, all: bool) -> Option<Value> {
    let known = world.guilds.get(guild)?;
    let ids: Option<Vec<&str>> = match &asked["user_ids"] {
        Value::String(id) => Some(vec![id.as_str()]),
        Value::Array(ids) => Some(ids.iter().filter_map(Value::as_str).collect()),
        _ => None,
    };
    let query = asked["query"].as_str().unwrap_or_default().to_lowercase();
    let limit = asked["limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(0);
    let most = if limit == 0 && all { CHUNK } else { limit.min(if all { CHUNK } else { 100 }) };
    let named = |id: &str| world.shown_name(guild, id).to_lowercase().starts_with(&query);
    let found: Vec<Value> = match &ids {
        Some(ids) => {
            ids.iter().take(100).filter_map(|id| known.members.get(*id)).map(|it| shapes::member(world, it)).collect()
        }
        None => {
            known.members.values().filter(|it| named(&it.user)).take(most).map(|it| shapes::member(world, it)).collect()
        }
    };
    let missing: Vec<&str> = ids.into_iter().flatten().filter(|id| !known.members.contains_key(*id)).collect();
    let mut chunk = json!({
        "guild_id": guild, "members": found, "chunk_index": 0, "chunk_count": 1, "not_found": missing,
    });
    if !asked["nonce"].is_null() {
        chunk["nonce"] = asked["nonce"].clone();
    }
    Some(chunk)
}
