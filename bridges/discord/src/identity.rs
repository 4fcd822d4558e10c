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
    home: Mutex<Option<(Home, Instant)>>,
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
        if let Some((home, since)) = &*kept
            && since.elapsed() < HOME_GOOD_FOR
        {
            return Ok(home.clone());
        }
        match find_home(caller, role).await {
            Ok(home) => {
                *kept = Some((home.clone(), Instant::now()));
                Ok(home)
            }
            Err(error) => {
                // What can't be asked for the moment is still what it was; what is refused is not.
                let passing = matches!(error, BridgeError::Transient { .. } | BridgeError::RateLimited { .. });
                match &*kept {
                    Some((home, _)) if passing => Ok(home.clone()),
                    _ => {
                        *kept = None;
                        Err(error)
                    }
                }
            }
        }
    }

    /// Forgets the server and its role: something about them has changed.
    pub(crate) async fn forget_home(&self) {
        *self.home.lock().await = None;
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

async fn find_home(caller: &Caller, role: &Role) -> Result<Home, BridgeError> {
    let guilds = guilds(caller).await?;
    if guilds.is_empty() {
        return Err(BridgeError::Unauthorized {
            why: "the bot is not a member of any server; invite it with the link of the set-up guide".to_owned(),
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
