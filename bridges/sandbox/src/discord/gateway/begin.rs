//! IDENTIFY and RESUME: who may begin a session, what it costs, and what comes first.
//!
//! What lives here: the checks in Discord's order and the identify budget. What must not: sockets, payload shapes.
//!
//! Discord allows 1,000 IDENTIFYs in 24 hours; one more and the bot token is reset. One may come every five seconds
//! (`max_concurrency` 1); an earlier one gets an invalid session. Everything here follows the gateway's pages.

use serde_json::{Value, json};

use super::connection::{Connection, Next};
use super::sessions::Resumed;
use super::wire::{self, Ending, op};
use super::{intents, ready};
use crate::discord::events::{GUILD_MEMBERS, GUILD_PRESENCES, GUILDS};
use crate::discord::world::World;
use crate::ids;

/// A day in microseconds: the life of an identify budget.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

impl World {
    /// The app whose token this is, with or without `Bot `.
    fn app_of_token(&self, token: &str) -> Option<String> {
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        let app = self.apps.values().find(|app| !app.token_revoked && app.token == token)?;
        Some(app.id.clone())
    }

    /// Fills the identify budget up when its day is over; the first IDENTIFY begins the first day.
    fn renew_identifies(&mut self, app: &str) {
        let now = self.now;
        let Some(app) = self.apps.get_mut(app).filter(|app| app.identify_reset <= now) else { return };
        if app.identify_reset != 0 {
            app.identify_left = app.identify_total;
        }
        app.identify_reset = now.saturating_add(DAY);
    }

    /// Takes one IDENTIFY from the budget. With none left the token is reset and every session ends, as Discord does.
    fn spend_identify(&mut self, id: &str) -> bool {
        self.renew_identifies(id);
        let Some(app) = self.apps.get_mut(id) else { return false };
        if let Some(left) = app.identify_left.checked_sub(1) {
            app.identify_left = left;
            return true;
        }
        app.token_revoked = true;
        self.end_sessions(id);
        false
    }
}

fn invalid_session() -> Next {
    Next::Reply(wire::payload(op::INVALID_SESSION, &json!(false)))
}

/// Whether this is `[id, count]` with an id below the count; none is fine too.
fn is_shard(shard: &Value) -> bool {
    let number = |at: usize| shard.get(at).and_then(Value::as_u64);
    shard.is_null() || matches!((number(0), number(1)), (Some(id), Some(count)) if id < count)
}

impl Connection {
    pub(super) fn identify(&mut self, data: &Value) -> Next {
        let (Some(token), Some(asked)) = (data["token"].as_str(), data["intents"].as_u64()) else {
            return Next::End(Ending::Decode);
        };
        if !data["properties"].is_object() {
            return Next::End(Ending::Decode);
        }
        let compress = data["compress"] == json!(true);
        let every = self.sandbox.0.identify_every;
        let link = self.link;
        let begun = self.sandbox.change(|world| {
            let app_id = world.app_of_token(token).ok_or(Next::End(Ending::AuthenticationFailed))?;
            world.gateway.counters.identifies += 1;
            if !world.spend_identify(&app_id) {
                return Err(Next::End(Ending::AuthenticationFailed));
            }
            if !is_shard(&data["shard"]) {
                return Err(Next::End(Ending::InvalidShard));
            }
            if !intents::are_known(asked) {
                return Err(Next::End(Ending::InvalidIntents));
            }
            let app = world.apps.get(&app_id).cloned().unwrap_or_default();
            if intents::disallowed(&app, asked) != 0 {
                return Err(Next::End(Ending::DisallowedIntents));
            }
            if !world.gateway.in_time(&app_id, every) {
                return Err(invalid_session());
            }
            let session = ids::token(32).to_lowercase();
            world.gateway.begin(link, &session, &app_id, asked, compress);
            let first = ready::ready(world, &app, &session, &data["shard"]);
            world.gateway.push(&session, "READY", &first);
            if asked & GUILDS != 0 {
                for guild in ready::guilds(world, &app, asked & GUILD_PRESENCES != 0) {
                    world.gateway.push(&session, "GUILD_CREATE", &guild);
                }
            }
            Ok(session)
        });
        match begun {
            Ok(session) => {
                self.session = Some(session);
                self.compress = compress;
                Next::GoOn
            }
            Err(next) => next,
        }
    }

    pub(super) fn resume(&mut self, data: &Value) -> Next {
        let (Some(token), Some(session)) = (data["token"].as_str(), data["session_id"].as_str()) else {
            return Next::End(Ending::Decode);
        };
        let Some(seq) = data["seq"].as_u64() else { return Next::End(Ending::Decode) };
        let link = self.link;
        let resumed = self.sandbox.change(|world| {
            let app = world.app_of_token(token)?;
            let now = world.now;
            Some(world.gateway.resume(link, session, &app, seq, now))
        });
        match resumed {
            None => Next::End(Ending::AuthenticationFailed),
            Some(Resumed::Unknown) => invalid_session(),
            Some(Resumed::InvalidSeq) => Next::End(Ending::InvalidSeq),
            Some(Resumed::Yes { compress }) => {
                self.session = Some(session.to_owned());
                self.compress = compress;
                Next::GoOn
            }
        }
    }

    /// Op 8: members of a guild, answered with one GUILD_MEMBERS_CHUNK. All of them need the GUILD_MEMBERS intent.
    pub(super) fn request_members(&self, data: &Value) -> Next {
        let Some(session) = self.session.clone() else { return Next::End(Ending::NotAuthenticated) };
        let guild = data["guild_id"].as_str().unwrap_or_default().to_owned();
        self.sandbox.change(|world| {
            let Some(held) = world.gateway.sessions().find(|held| held.id == session) else { return };
            let all = held.intents & GUILD_MEMBERS != 0;
            if let Some(chunk) = ready::members(world, &guild, data, all) {
                world.gateway.push(&session, "GUILD_MEMBERS_CHUNK", &chunk);
            }
        });
        Next::GoOn
    }
}
