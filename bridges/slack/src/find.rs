//! Looks whether work with an unknown outcome was applied.
//!
//! What lives here: reading a channel or a thread for our key. What must not: changing anything.

use std::time::Duration;

use bridge_core::{Applied, BridgeError, Found, IdempotencyKey, Micros, Op, Outcome, RemoteAuthor, Target};
use serde_json::Value;

use crate::call::Caller;
use crate::message::{self, Place, text};
use crate::perform::no_thread;
use crate::read::{History, read_all};
use crate::stamp;

/// How far before the try is read, for clocks that differ.
const CLOCK_ROOM: Duration = Duration::from_secs(300);

/// Looks for `op`. `place` names the channel; `settled` says whether its absence proves something already.
pub(crate) async fn find(
    caller: &Caller,
    place: &Place<'_>,
    at: &Target,
    op: &Op,
    key: &IdempotencyKey,
    sent_at: Micros,
    settled: bool,
) -> Result<Found, BridgeError> {
    let oldest = stamp::from_micros(sent_at.minus(CLOCK_ROOM));
    let (history, opens) = match op {
        Op::OpenThread(_) => (History::of_channel(&at.channel.id), true),
        Op::Post(_) | Op::Notice(_) => {
            (History::of_thread(&at.channel.id, at.thread.as_deref().ok_or_else(no_thread)?), false)
        }
        // To change or remove a message twice leaves what once leaves.
        Op::Edit { .. } | Op::Delete { .. } | Op::UpdateCard { .. } | Op::Archive => return Ok(Found::No),
    };
    let mut found = None;
    read_all(caller, &history.since(&oldest), &mut |message: &Value| {
        let ours = message::author_of(place, message) == RemoteAuthor::Ourselves;
        if ours && message::key_of(message) == Some(*key) {
            found = text(message, "ts").map(str::to_owned);
        }
        found.is_none()
    })
    .await?;
    Ok(match found {
        Some(id) => {
            let thread = opens.then(|| id.clone());
            Found::Yes(Outcome::Applied(Applied { id: Some(id), thread }))
        }
        None if settled => Found::No,
        None => Found::NotYet,
    })
}
