//! Who of the team is at their desk.
//!
//! What lives here: asking after the members of a channel, a few a minute, and remembering what was said. What must not: what
//! follows from it, and who is an operator (`directory`).
//!
//! Slack tells apps nothing by itself about who is active: each person has to be asked for, in a method that takes about fifty
//! calls a minute. In a big channel those who were asked longest ago come first, and the others stay what they were.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridge_core::{Active, BridgeError, Micros, RemoteChannel, RemoteUser, Standing};
use serde_json::Value;

use crate::call::Caller;
use crate::directory::Directory;
use crate::identity::Identity;
use crate::message::text;

/// For how long nobody is asked about again.
const FRESH: Duration = Duration::from_secs(50);
/// For how long an answer counts at all.
const GOOD_FOR: Duration = Duration::from_secs(600);
/// How many people are asked about in a minute; the method is Slack's tier 3, and others may want their turn too.
const A_MINUTE: usize = 25;
/// A bound on a channel's members: five pages are a thousand people.
const MOST_PAGES: usize = 5;

/// What was said about people, by their ids, and when.
#[derive(Debug, Default)]
pub(crate) struct Desks(Mutex<HashMap<String, (Micros, bool)>>);

impl Desks {
    fn known(&self) -> MutexGuard<'_, HashMap<String, (Micros, bool)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom of these to ask about now: those about whom nothing fresh is known, the longest ago first, and no more than what
    /// the minute has left.
    fn to_ask(&self, people: &[String], now: Micros) -> Vec<String> {
        let mut known = self.known();
        known.retain(|_, (at, _)| now.since(*at) < GOOD_FOR);
        let fresh = |at: Micros| now.since(at) < FRESH;
        let left = A_MINUTE.saturating_sub(known.values().filter(|(at, _)| fresh(*at)).count());
        let when = |id: &String| known.get(id).map(|(at, _)| *at);
        let mut stale: Vec<&String> = people.iter().filter(|id| when(id).is_none_or(|at| !fresh(at))).collect();
        stale.sort_by_key(|id| when(id));
        stale.into_iter().take(left).cloned().collect()
    }

    fn note(&self, id: String, now: Micros, active: bool) {
        self.known().insert(id, (now, active));
    }

    fn active(&self, people: &[String]) -> Vec<String> {
        let known = self.known();
        people.iter().filter(|id| known.get(*id).is_some_and(|(_, active)| *active)).cloned().collect()
    }
}

/// One round of asking.
pub(crate) struct Round<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) me: &'a Identity,
    pub(crate) people: &'a Directory,
    pub(crate) desks: &'a Desks,
    pub(crate) now: Micros,
}

impl Round<'_> {
    /// The operators in this channel who are active now.
    pub(crate) async fn active_operators(&self, channel: &RemoteChannel) -> Result<Active, BridgeError> {
        let members = self.members(&channel.id).await?;
        let members = self.people.perhaps_operators(self.caller, self.now, members).await?;
        for id in self.desks.to_ask(&members, self.now) {
            match self.is_active(&id).await {
                Ok(active) => self.desks.note(id, self.now, active),
                // What was said before still counts; the rest is asked in the next round.
                Err(BridgeError::RateLimited { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        let mut active = Vec::new();
        for id in self.desks.active(&members) {
            // Asked again, since rights end sooner than what is remembered here.
            let person = self.people.person(self.caller, self.me, self.now, &RemoteUser(id)).await?;
            active.extend(person.filter(|person| person.standing == Standing::Operator));
        }
        Ok(Active::Known(active))
    }

    async fn is_active(&self, id: &str) -> Result<bool, BridgeError> {
        let person = self.people.person(self.caller, self.me, self.now, &RemoteUser(id.to_owned())).await?;
        if person.is_none_or(|person| person.standing != Standing::Operator) {
            return Ok(false);
        }
        match self.caller.get("users.getPresence", &[("user", id)]).await {
            Ok(answer) => Ok(text(&answer, "presence") == Some("active")),
            Err(failure) if matches!(failure.code(), Some("user_not_found" | "user_not_visible")) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn members(&self, channel: &str) -> Result<Vec<String>, BridgeError> {
        let (mut members, mut cursor) = (Vec::new(), String::new());
        for _ in 0..MOST_PAGES {
            let mut params = vec![("channel", channel), ("limit", "200")];
            if !cursor.is_empty() {
                params.push(("cursor", &cursor));
            }
            let answer = self.caller.get("conversations.members", &params).await?;
            let page = answer.get("members").and_then(Value::as_array).into_iter().flatten();
            members.extend(page.filter_map(Value::as_str).filter(|id| *id != self.me.user).map(str::to_owned));
            let next = answer.get("response_metadata").and_then(|next| text(next, "next_cursor"));
            cursor = next.unwrap_or_default().to_owned();
            if cursor.is_empty() {
                break;
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Micros {
        Micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn in_a_big_channel_those_who_were_asked_longest_ago_come_first() {
        let desks = Desks::default();
        let people: Vec<String> = (0..40).map(|n| format!("U{n:02}")).collect();
        let first = desks.to_ask(&people, at(0));
        assert_eq!(first.len(), A_MINUTE);
        first.iter().for_each(|id| desks.note(id.clone(), at(0), true));
        assert!(desks.to_ask(&people, at(10)).is_empty(), "the minute is used up");
        let second = desks.to_ask(&people, at(60));
        assert_eq!((second.len(), &second[..2]), (A_MINUTE, &["U25".to_owned(), "U26".to_owned()][..]));
        assert_eq!(desks.active(&people).len(), A_MINUTE);
        desks.to_ask(&people, at(600));
        assert!(desks.active(&people).is_empty(), "what is too old says nothing");
    }
}
