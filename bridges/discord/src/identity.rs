//! Who we are on Discord, and where.
//!
//! What lives here: our own ids, asked for once, and the one server with the operators' role, asked for now and then. What
//! must not: anybody else.

use std::time::{Duration, Instant};

use bridge_core::BridgeError;
use serde_json::Value;
use serenity::http::{LightMethod, Request, Route};
use tokio::sync::{Mutex, OnceCell};

use crate::call::{Caller, Effect};
use crate::message::text;
use crate::settings::Role;
use crate::snowflake;

/// How long the server and its role are taken for what they were.
const HOME_GOOD_FOR: Duration = Duration::from_secs(600);
/// How many servers are searched for the role; a bot of ours is made for one.
const MOST_SERVERS: usize = 10;

/// Our own ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The bot's user.
    pub(crate) user: String,
    /// The application that the bot belongs to.
    pub(crate) application: String,
}

/// The server that the connection works in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    /// The server's id.
    pub(crate) guild: String,
    /// The server's name.
    pub(crate) name: String,
    /// The id of the operators' role.
    pub(crate) role: String,
}

/// A GET request without a body.
pub(crate) const fn get(route: Route<'_>) -> Request<'_> {
    Request::new(route, LightMethod::Get)
}

/// The description of our own application. Its `flags` say which intents are switched on.
pub(crate) async fn application(caller: &Caller) -> Result<Value, BridgeError> {
    Ok(caller.call(get(Route::Oauth2ApplicationCurrent), Effect::Reads).await?)
}

/// Our identity, asked for when it is first needed and kept.
#[derive(Debug, Default)]
pub(crate) struct Whoami {
    me: OnceCell<Identity>,
    home: Mutex<Option<Kept>>,
}

/// The server as it was found.
#[derive(Debug)]
struct Kept {
    home: Home,
    /// Since when it is taken for that; `None` where it is to be asked again.
    since: Option<Instant>,
}

impl Whoami {
    /// Our ids.
    pub(crate) async fn get(&self, caller: &Caller) -> Result<&Identity, BridgeError> {
        let odd = || BridgeError::Transient { why: "Discord did not say who we are; check api_url".to_owned() };
        self.me
            .get_or_try_init(|| async {
                let me = caller.call(get(Route::UserMe), Effect::Reads).await?;
                let application = application(caller).await?;
                let id = |value: &Value| text(value, "id").map(str::to_owned);
                Ok(Identity { user: id(&me).ok_or_else(odd)?, application: id(&application).ok_or_else(odd)? })
            })
            .await
    }

    /// The server with the operators' role.
    pub(crate) async fn home(&self, caller: &Caller, role: &Role) -> Result<Home, BridgeError> {
        let mut kept = self.home.lock().await;
        if let Some(Kept { home, since: Some(since) }) = &*kept
            && since.elapsed() < HOME_GOOD_FOR
        {
            return Ok(home.clone());
        }
        match find_home(caller, role, kept.as_ref().map(|kept| kept.home.guild.as_str())).await {
            Ok(home) => {
                *kept = Some(Kept { home: home.clone(), since: Some(Instant::now()) });
                Ok(home)
            }
            Err(error) => {
                // What can't be asked for the moment is still what it was; what is refused is not.
                let passing = matches!(error, BridgeError::Transient { .. } | BridgeError::RateLimited { .. });
                match kept.as_mut() {
                    Some(Kept { home, since: Some(_) }) if passing => Ok(home.clone()),
                    Some(kept) => {
                        kept.since = None;
                        Err(error)
                    }
                    None => Err(error),
                }
            }
        }
    }

    /// The server, where it is known already.
    pub(crate) fn known_guild(&self) -> Option<String> {
        // Held only while somebody asks; then there may be no address for once.
        self.home.try_lock().ok()?.as_ref().map(|kept| kept.home.guild.clone())
    }

    /// Asks anew for the server's role: something about it has changed.
    pub(crate) async fn forget_home(&self) {
        if let Some(kept) = self.home.lock().await.as_mut() {
            kept.since = None;
        }
    }
}

/// The servers that the bot is a member of, with ids and names.
pub(crate) async fn guilds(caller: &Caller) -> Result<Vec<(String, String)>, BridgeError> {
    let guilds = caller.call(get(Route::UserMeGuilds), Effect::Reads).await?;
    let guilds = guilds.as_array().map(Vec::as_slice).unwrap_or_default();
    let named = |guild: &Value| Some((text(guild, "id")?.to_owned(), text(guild, "name").unwrap_or("?").to_owned()));
    Ok(guilds.iter().filter_map(named).collect())
}

/// The roles of a server, as Discord gives them.
pub(crate) async fn roles(caller: &Caller, guild: &str) -> Result<Vec<Value>, BridgeError> {
    let guild_id = snowflake::guild(guild)?;
    match caller.call(get(Route::GuildRoles { guild_id }), Effect::Reads).await? {
        Value::Array(roles) => Ok(roles),
        _ => Err(BridgeError::Transient { why: "Discord gave no list of roles; check api_url".to_owned() }),
    }
}

/// Where to look for the role: in the server that it was found in, for as long as the bot is a member there. Anybody may
/// invite a public bot to a server of their own and name a role there as they like.
fn places<'a>(guilds: &'a [(String, String)], kept: Option<&str>) -> &'a [(String, String)] {
    let at = guilds.iter().position(|(guild, _)| kept == Some(guild.as_str()));
    at.and_then(|at| guilds.get(at..=at)).unwrap_or(guilds)
}

async fn find_home(caller: &Caller, role: &Role, kept: Option<&str>) -> Result<Home, BridgeError> {
    let all = guilds(caller).await?;
    let guilds = places(&all, kept);
    if guilds.is_empty() {
        return Err(BridgeError::Unauthorized {
            why: "the bot is not a member of any server; invite it with the link of the set-up guide".to_owned(),
        });
    }
    if guilds.len() > MOST_SERVERS && matches!(role, Role::Name(_)) {
        return Err(BridgeError::Unauthorized {
            why: format!(
                "the bot is a member of {} servers, and any of them may have a {role}; remove it from those that aren't yours \
                 and switch Public Bot off in the Developer Portal, or set operators to \"role:ID\"",
                guilds.len()
            ),
        });
    }
    let mut found = Vec::new();
    for (guild, name) in guilds.iter().take(MOST_SERVERS) {
        for one in roles(caller, guild).await? {
            let (Some(id), Some(called)) = (text(&one, "id"), text(&one, "name")) else { continue };
            let wanted = match role {
                Role::Id(wanted) => wanted == id,
                Role::Name(wanted) => wanted == called,
            };
            // The role of the server's own id is everybody's.
            if wanted && id != guild {
                found.push(Home { guild: guild.clone(), name: name.clone(), role: id.to_owned() });
            }
        }
    }
    let servers = || guilds.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    match (found.pop(), found.is_empty()) {
        (Some(home), true) => Ok(home),
        (Some(_), false) => Err(BridgeError::Unauthorized {
            why: format!("more than one role is called {role}; set operators to \"role:ID\" of the right one"),
        }),
        (None, _) => Err(BridgeError::Unauthorized {
            why: format!(
                "there is no {role} in {}; make the role, or set operators to \"role:ID\" or \"role:@NAME\" of one that is \
                 there",
                servers()
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_looked_for_where_it_was_found() {
        let guild = |id: &str| (id.to_owned(), format!("server {id}"));
        let all = [guild("1"), guild("2"), guild("3")];
        assert_eq!(places(&all, None), all);
        assert_eq!(places(&all, Some("2")), [guild("2")]);
        assert_eq!(places(&all, Some("9")), all, "the bot was removed there");
        assert_eq!(places(&[], Some("2")), []);
    }
}
