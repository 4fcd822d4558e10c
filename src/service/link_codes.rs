//! Codes by which one person shows that two accounts are theirs.
//!
//! What lives here: which codes are out, for whom and how long, and how often somebody may guess. In memory alone: after a
//! restart one asks for another. What must not: what follows from a code that fits ([`super::link_operator`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridge_core::Micros;
use secrecy::SecretString;

use super::Service;
use crate::clock::new_word;
use crate::model::OperatorId;
use crate::store::Account;

/// For how long a code is good.
pub(super) const GOOD_FOR: Duration = Duration::from_secs(600);
/// A code's letters. With the guesses that one account has, nobody meets somebody else's code.
const LENGTH: usize = 8;
/// How many codes that aren't there an account may try within [`GOOD_FOR`].
const GUESSES: u32 = 5;
/// How many codes may be out, and of how many accounts the guesses are counted, before the oldest make room.
const MOST: usize = 10_000;

/// Whose a code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// Of whoever is that self.
    Account(Account),
    /// Of an operator who asked for it in a page.
    Operator(OperatorId),
}

/// A code that was asked for in a page.
#[derive(Debug)]
pub struct PageCode {
    /// The code. Whoever writes it in the team's chat becomes its owner.
    pub code: SecretString,
    /// From when on it is no longer good.
    pub expires_at: Micros,
}

impl Service {
    /// A new code for an operator who is signed in; the one before it is no longer good.
    #[must_use]
    pub fn link_code_for(&self, operator: OperatorId) -> PageCode {
        let now = self.clock.now();
        let code = self.link_codes.give_out(Holder::Operator(operator), now);
        PageCode { code: SecretString::from(code), expires_at: now.plus(GOOD_FOR) }
    }
}

/// What a code came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// It is theirs; it is used up now.
    Fits(Holder),
    /// It is the asking account's own; it stays good.
    Own,
    /// There is no such code, or no longer.
    Unknown,
    /// The account has guessed too often; the code was not looked at.
    TooOften,
}

/// The codes that are out.
#[derive(Default)]
pub struct LinkCodes(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Whose the code is, and until when it is good.
    codes: HashMap<String, (Holder, Micros)>,
    /// How often an account guessed wrong, and until when that counts.
    guesses: HashMap<Account, (u32, Micros)>,
}

impl LinkCodes {
    /// A new code for somebody; the one before it is no longer good.
    pub(super) fn give_out(&self, to: Holder, now: Micros) -> String {
        let mut inner = self.lock();
        inner.codes.retain(|_, (holder, until)| *holder != to && *until > now);
        make_room(&mut inner.codes, |(_, until)| *until);
        let code = new_word(LENGTH);
        inner.codes.insert(code.clone(), (to, now.plus(GOOD_FOR)));
        code
    }

    /// What a code comes to that `by` writes. Letter case, white space and signs between its letters don't matter.
    pub(super) fn answer(&self, by: &Account, code: &str, now: Micros) -> Answered {
        let code: String =
            code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(LENGTH * 2).collect();
        let mut inner = self.lock();
        inner.guesses.retain(|_, (_, until)| *until > now);
        if inner.guesses.get(by).is_some_and(|(count, _)| *count >= GUESSES) {
            return Answered::TooOften;
        }
        match inner.codes.get(&code) {
            Some((holder, until)) if *until > now => {
                if matches!(holder, Holder::Account(account) if account == by) {
                    return Answered::Own;
                }
                let holder = holder.clone();
                inner.codes.remove(&code);
                Answered::Fits(holder)
            }
            _ => {
                make_room(&mut inner.guesses, |(_, until)| *until);
                let (count, until) = inner.guesses.entry(by.clone()).or_insert((0, now));
                *count += 1;
                *until = now.plus(GOOD_FOR);
                Answered::Unknown
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked left the maps whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room<K: Clone + Eq + std::hash::Hash, V>(all: &mut HashMap<K, V>, until: impl Fn(&V) -> Micros) {
    if all.len() < MOST {
        return;
    }
    let oldest = all.iter().min_by_key(|(_, value)| until(value)).map(|(key, _)| key.clone());
    if let Some(oldest) = oldest {
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use bridge_core::RemoteUser;

    use super::*;

    const NOW: Micros = Micros(1_790_000_000_000_000);

    fn account(user: &str) -> Account {
        Account { connection: "chat.one".parse().unwrap(), user: RemoteUser(user.into()) }
    }

    #[test]
    fn a_code_is_good_once_and_in_any_writing() {
        let codes = LinkCodes::default();
        let (ada, other) = (account("ada"), account("other"));
        let code = codes.give_out(Holder::Account(ada.clone()), NOW);
        assert_eq!(code.len(), LENGTH);
        assert!(code.bytes().all(|b| b.is_ascii_alphanumeric() && !b"01IO".contains(&b)), "{code}");
        let written = format!(" `{}-{}` ", code[..4].to_lowercase(), &code[4..]);
        assert_eq!(codes.answer(&other, &written, NOW), Answered::Fits(Holder::Account(ada)));
        assert_eq!(codes.answer(&other, &code, NOW), Answered::Unknown, "it is used up");
    }

    #[test]
    fn a_code_ends_after_ten_minutes_and_with_the_next_one() {
        let codes = LinkCodes::default();
        let (ada, other) = (account("ada"), account("other"));
        let first = codes.give_out(Holder::Account(ada.clone()), NOW);
        let second = codes.give_out(Holder::Account(ada.clone()), NOW);
        assert_eq!(codes.answer(&other, &first, NOW), Answered::Unknown);
        assert_eq!(codes.answer(&other, &second, NOW.plus(GOOD_FOR)), Answered::Unknown);
        let third = codes.give_out(Holder::Account(ada.clone()), NOW);
        let late = NOW.plus(GOOD_FOR).minus(Duration::from_micros(1));
        assert_eq!(codes.answer(&other, &third, late), Answered::Fits(Holder::Account(ada)));
    }

    #[test]
    fn ones_own_code_is_neither_taken_nor_counted() {
        let codes = LinkCodes::default();
        let ada = account("ada");
        let code = codes.give_out(Holder::Account(ada.clone()), NOW);
        for _ in 0..=GUESSES {
            assert_eq!(codes.answer(&ada, &code, NOW), Answered::Own);
        }
        assert_eq!(codes.answer(&account("other"), &code, NOW), Answered::Fits(Holder::Account(ada)));
    }

    #[test]
    fn who_guesses_too_often_waits_and_nobody_else_does() {
        let codes = LinkCodes::default();
        let (ada, guesser) = (account("ada"), account("guesser"));
        let code = codes.give_out(Holder::Account(ada.clone()), NOW);
        for _ in 0..GUESSES {
            assert_eq!(codes.answer(&guesser, "AAAAAAAA", NOW), Answered::Unknown);
        }
        assert_eq!(codes.answer(&guesser, &code, NOW), Answered::TooOften);
        assert_eq!(codes.answer(&account("other"), "AAAAAAAA", NOW), Answered::Unknown);
        assert_eq!(codes.answer(&account("other"), &code, NOW), Answered::Fits(Holder::Account(ada.clone())));
        let later = codes.give_out(Holder::Account(ada.clone()), NOW.plus(GOOD_FOR));
        assert_eq!(codes.answer(&guesser, &later, NOW.plus(GOOD_FOR)), Answered::Fits(Holder::Account(ada)));
    }
}
