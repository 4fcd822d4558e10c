//! Whom a typed name means.
//!
//! What lives here: the names of a workspace's people, read page by page and kept for a while. What must not: who may
//! speak for the team: that is asked about the one person who was found.
//!
//! In a big workspace the reading takes fifty calls and minutes. So it is done outside every lock that the ears touch,
//! and somebody's change is written into what is there and makes nobody read it all again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bridge_core::{BridgeError, Micros};
use serde_json::Value;

use crate::call::Caller;
use crate::directory::{flag, is_bot, names_of};
use crate::memory::REMEMBERED;
use crate::message::text;

/// A bound on a workspace's roster: fifty pages are ten thousand people.
const MOST_PAGES: usize = 50;

/// Each person's names in lower case, by id. Who can't be meant has none.
type Names = HashMap<String, Vec<String>>;

/// The names of a workspace's people.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    /// A std mutex, because it is never held over an await.
    state: Mutex<State>,
    /// Held by the one who reads; nobody who hears events waits for it.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<(Micros, Names)>,
    /// What changed while it was being read: a page may be older than the change.
    meanwhile: Option<Names>,
}

impl Roster {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody changed or is new. Without their account they aren't found by name until the roster is read again.
    pub(crate) fn tell(&self, id: &str, account: Option<&Value>) {
        let names = account.map(findable).unwrap_or_default();
        let mut state = self.state();
        if let Some(meanwhile) = &mut state.meanwhile {
            meanwhile.insert(id.to_owned(), names.clone());
        }
        if let Some((_, known)) = &mut state.known {
            known.insert(id.to_owned(), names);
        }
    }

    /// The ids of those who have this name, which is in lower case.
    pub(crate) async fn named(&self, caller: &Caller, now: Micros, name: &str) -> Result<Vec<String>, BridgeError> {
        if let Some(found) = self.look(now, name) {
            return Ok(found);
        }
        let _turn = self.reading.lock().await;
        if let Some(found) = self.look(now, name) {
            return Ok(found);
        }
        self.state().meanwhile = Some(Names::new());
        let read = read(caller).await;
        let mut state = self.state();
        let meanwhile = state.meanwhile.take();
        let mut names = read?;
        names.extend(meanwhile.into_iter().flatten());
        let found = fitting(&names, name);
        state.known = Some((now, names));
        Ok(found)
    }

    /// Looks into what is known; `None` where that is nothing, or too old.
    fn look(&self, now: Micros, name: &str) -> Option<Vec<String>> {
        let state = self.state();
        let (_, names) = state.known.as_ref().filter(|(at, _)| now.since(*at) < REMEMBERED)?;
        Some(fitting(names, name))
    }
}

fn fitting(names: &Names, wanted: &str) -> Vec<String> {
    let fits = |(_, names): &(&String, &Vec<String>)| names.iter().any(|name| name == wanted);
    names.iter().filter(fits).map(|(id, _)| id.clone()).collect()
}

fn findable(account: &Value) -> Vec<String> {
    if is_bot(account) || flag(account, "deleted") {
        return Vec::new();
    }
    names_of(account).map(str::to_lowercase).collect()
}

async fn read(caller: &Caller) -> Result<Names, BridgeError> {
    let mut names = Names::new();
    let mut cursor = String::new();
    for _ in 0..MOST_PAGES {
        let mut params = vec![("limit", "200")];
        if !cursor.is_empty() {
            params.push(("cursor", &cursor));
        }
        let answer = caller.get("users.list", &params).await?;
        for account in answer.get("members").and_then(Value::as_array).into_iter().flatten() {
            if let Some(id) = text(account, "id") {
                names.insert(id.to_owned(), findable(account));
            }
        }
        let next = answer.get("response_metadata").and_then(|next| text(next, "next_cursor"));
        cursor = next.unwrap_or_default().to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    Ok(names)
}
