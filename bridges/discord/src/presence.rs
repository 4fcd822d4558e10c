//! Who of the team is at their desk.
//!
//! What lives here: what the gateway tells of people coming and going, and asking which of them are operators. What must not:
//! what follows from it.
//!
//! Discord tells it only to bots with the privileged intent for presences. Whether it is switched on is read off the
//! application; where it is off, nothing is known, and nothing else is worse for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bridge_core::{Active, BridgeError, RemoteUser, Standing};
use serenity::model::event::Event;
use serenity::model::user::OnlineStatus;

use crate::{DiscordBridge, directory};

/// How many people are asked about in a round whose roles aren't known.
const A_ROUND: usize = 25;
/// For how long somebody without the operators' role isn't asked about again.
const NO_OPERATOR_FOR: Duration = Duration::from_secs(600);
/// How long a refused intent is not asked for again: asking costs a session.
const REFUSAL_STANDS: Duration = Duration::from_secs(1_800);
/// Of how many people it is remembered that they are no operators.
const MOST: usize = 50_000;

/// Who is at their desk.
#[derive(Debug, Default)]
pub(crate) struct Desks(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether the application may see it.
    allowed: bool,
    /// When the gateway refused it all the same.
    refused: Option<Instant>,
    /// Those who are there, by server; a server is missing until the session has told of it.
    online: HashMap<String, Vec<String>>,
    /// Who turned out to be no operator, and when.
    others: HashMap<String, Instant>,
}

impl Desks {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes whether the application may see who is there.
    pub(crate) fn allow(&self, allowed: bool) {
        self.state().allowed = allowed;
    }

    /// Notes that the gateway doesn't give it.
    pub(crate) fn refuse(&self) {
        self.state().refused = Some(Instant::now());
    }

    /// A new session begins, and what the last one told is forgotten. Answers whether to ask for presences.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.state();
        state.online.clear();
        state.allowed && state.refused.is_none_or(|at| at.elapsed() >= REFUSAL_STANDS)
    }

    /// Hears an event. Answers whether somebody who may be an operator came or left.
    pub(crate) fn hear(&self, event: &Event) -> bool {
        match event {
            Event::GuildCreate(created) => {
                let there = created.guild.presences.values().filter(|it| is_there(it.status));
                let there = there.map(|it| it.user.id.to_string()).collect();
                let mut state = self.state();
                // Without the intent the list is empty, which says nothing.
                let tells = state.allowed && !created.guild.presences.is_empty();
                if tells {
                    state.online.insert(created.guild.id.to_string(), there);
                }
                tells
            }
            Event::PresenceUpdate(update) => {
                let presence = &update.presence;
                let Some(guild) = presence.guild_id else { return false };
                self.note(&guild.to_string(), presence.user.id.to_string(), is_there(presence.status))
            }
            _ => false,
        }
    }

    fn note(&self, guild: &str, user: String, there: bool) -> bool {
        let mut state = self.state();
        let is_other = state.others.get(&user).is_some_and(|at| at.elapsed() < NO_OPERATOR_FOR);
        let Some(online) = state.online.get_mut(guild) else { return false };
        let known = online.iter().position(|id| *id == user);
        match (known, there) {
            (None, true) => online.push(user),
            (Some(at), false) => drop(online.swap_remove(at)),
            _ => return false,
        }
        !is_other
    }

    /// Those who are there and may be operators; `None` where nothing is known.
    fn candidates(&self, guild: &str) -> Option<Vec<String>> {
        let mut state = self.state();
        state.others.retain(|_, at| at.elapsed() < NO_OPERATOR_FOR);
        let online = state.online.get(guild)?;
        Some(online.iter().filter(|id| !state.others.contains_key(*id)).cloned().collect())
    }

    fn is_other(&self, user: String) {
        let mut state = self.state();
        if state.others.len() >= MOST {
            state.others.clear();
        }
        state.others.insert(user, Instant::now());
    }
}

/// Whoever is idle, or wants no disturbance, is no help to a visitor now.
const fn is_there(status: OnlineStatus) -> bool {
    matches!(status, OnlineStatus::Online)
}

/// The operators who are there now.
pub(crate) async fn active_operators(bridge: &DiscordBridge) -> Result<Active, BridgeError> {
    let home = bridge.home().await?;
    let Some(candidates) = bridge.desks().candidates(&home.guild) else { return Ok(Active::Unknown) };
    let (mut active, mut others) = (Vec::new(), 0);
    for id in candidates {
        let person = directory::person(bridge, &RemoteUser(id.clone())).await?;
        match person {
            Some(person) if person.standing == Standing::Operator => active.push(person),
            _ => {
                bridge.desks().is_other(id);
                others += 1;
                // The rest has its turn in the next round.
                if others >= A_ROUND {
                    break;
                }
            }
        }
    }
    Ok(Active::Known(active))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn update(user: &str, status: &str) -> Event {
        let data =
            json!({"user": {"id": user}, "guild_id": "1", "status": status, "activities": [], "client_status": {}});
        serde_json::from_value(json!({"t": "PRESENCE_UPDATE", "d": data})).unwrap()
    }

    #[test]
    fn who_comes_and_goes_is_noted_once_the_session_has_told_who_is_there() {
        let desks = Desks::default();
        desks.allow(true);
        assert!(desks.begin());
        assert!(!desks.hear(&update("301", "online")), "the server is not told of yet");
        assert_eq!(desks.candidates("1"), None);
        desks.state().online.insert("1".into(), Vec::new());
        assert!(desks.hear(&update("301", "online")));
        assert!(!desks.hear(&update("301", "online")), "nothing new");
        assert!(!desks.hear(&update("302", "idle")));
        assert_eq!(desks.candidates("1"), Some(vec!["301".to_owned()]));
        desks.is_other("301".into());
        assert_eq!(desks.candidates("1"), Some(Vec::new()));
        assert!(!desks.hear(&update("301", "offline")), "nobody need hear of somebody who is no operator");
        desks.refuse();
        assert!(!desks.begin());
        assert_eq!(desks.candidates("1"), None, "another session tells anew");
    }
}
