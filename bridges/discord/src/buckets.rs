//! Our own count of what Discord lets us do, from the headers of its answers.
//!
//! What lives here: the buckets, the global limit, and the brake before Discord blocks the address. What must not: a call;
//! and no clock either: whoever asks brings the moment, and waiting is theirs too.
//!
//! Discord counts per *bucket*, which a route's first answer names, and apart for each channel, server or webhook in the
//! path (<https://docs.discord.com/developers/topics/rate-limits>). A call into an empty bucket would be answered with 429,
//! and ten thousand such answers in ten minutes block the whole address, so it is not made.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bridge_core::Scope;

/// Calls in a second, of all routes together; Discord takes 50.
const GLOBAL: usize = 45;
/// The window of the global limit.
const GLOBAL_WINDOW: Duration = Duration::from_secs(1);
/// Answers of 401, 403 and 429 in ten minutes, past which we hold still; Discord blocks the address at 10,000.
const INVALID: usize = 8_000;
/// The window of those answers.
const INVALID_WINDOW: Duration = Duration::from_secs(600);
/// How many buckets are kept before those that are full again are forgotten.
const KEPT: usize = 4_096;

/// Which limit a call falls under: its method and path, with the ids that don't count taken out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    /// `POST /channels/*/messages`.
    pub(crate) template: String,
    /// The id that counts: the channel's, the server's.
    pub(crate) major: String,
}

/// What an answer's headers say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Told {
    /// `X-RateLimit-Bucket`.
    pub(crate) bucket: Option<String>,
    /// `X-RateLimit-Remaining`.
    pub(crate) remaining: Option<u32>,
    /// `X-RateLimit-Reset-After`, or what a 429 says.
    pub(crate) reset_after: Option<Duration>,
    /// Whether it counts towards the block of the address.
    pub(crate) invalid: bool,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    reset: Instant,
}

#[derive(Debug, Default)]
struct State {
    /// The bucket of each template.
    names: HashMap<String, String>,
    /// By bucket (or, while it has no name, template) and major id.
    buckets: HashMap<(String, String), Bucket>,
    /// When the last calls were made.
    made: VecDeque<Instant>,
    /// When the last invalid answers came.
    invalid: VecDeque<Instant>,
    /// Nothing is called before this.
    held_until: Option<Instant>,
}

/// All counts of one bot.
#[derive(Debug, Default)]
pub(crate) struct Buckets(Mutex<State>);

impl Buckets {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one call out of its bucket, or says how long to wait and what for. `scope` is what the route's own bucket is
    /// about. Interactions are free of the global limit, and have no `route`.
    pub(crate) fn take(&self, route: Option<&Route>, scope: Scope, now: Instant) -> Result<(), (Duration, Scope)> {
        let mut state = self.state();
        let state = &mut *state;
        if let Some(until) = state.held_until {
            if until > now {
                return Err((until - now, Scope::Connection));
            }
            state.held_until = None;
        }
        while state.invalid.front().is_some_and(|at| now.saturating_duration_since(*at) >= INVALID_WINDOW) {
            state.invalid.pop_front();
        }
        if state.invalid.len() >= INVALID
            && let Some(first) = state.invalid.front()
        {
            return Err((INVALID_WINDOW.saturating_sub(now.saturating_duration_since(*first)), Scope::Connection));
        }
        let Some(route) = route else { return Ok(()) };
        let key = (state.names.get(&route.template).unwrap_or(&route.template).clone(), route.major.clone());
        if let Some(bucket) = state.buckets.get(&key) {
            if bucket.reset <= now {
                state.buckets.remove(&key);
            } else if bucket.remaining == 0 {
                return Err((bucket.reset - now, scope));
            }
        }
        while state.made.front().is_some_and(|at| now.saturating_duration_since(*at) >= GLOBAL_WINDOW) {
            state.made.pop_front();
        }
        if state.made.len() >= GLOBAL
            && let Some(first) = state.made.front()
        {
            return Err((GLOBAL_WINDOW.saturating_sub(now.saturating_duration_since(*first)), Scope::Connection));
        }
        state.made.push_back(now);
        if let Some(bucket) = state.buckets.get_mut(&key) {
            bucket.remaining = bucket.remaining.saturating_sub(1);
        }
        Ok(())
    }

    /// Takes note of an answer.
    pub(crate) fn told(&self, route: Option<&Route>, told: &Told, now: Instant) {
        let mut state = self.state();
        let state = &mut *state;
        if told.invalid {
            state.invalid.push_back(now);
        }
        let (Some(route), Some(remaining), Some(reset_after)) = (route, told.remaining, told.reset_after) else {
            return;
        };
        if let Some(name) = &told.bucket {
            state.names.insert(route.template.clone(), name.clone());
        }
        if state.buckets.len() >= KEPT {
            state.buckets.retain(|_, bucket| bucket.reset > now);
        }
        let name = told.bucket.as_ref().unwrap_or(&route.template).clone();
        let reset = now + reset_after;
        let known = state.buckets.entry((name, route.major.clone())).or_insert(Bucket { remaining, reset });
        // Of calls that overlap, the lowest count of one window is the newest.
        let same_window = known.reset.max(reset) - known.reset.min(reset) < Duration::from_millis(250);
        *known = Bucket { remaining: if same_window { known.remaining.min(remaining) } else { remaining }, reset };
    }

    /// Nothing at all is called for so long.
    pub(crate) fn hold(&self, wait: Duration, now: Instant) {
        let mut state = self.state();
        let until = now + wait;
        state.held_until = Some(state.held_until.map_or(until, |held| held.max(until)));
    }

    /// How many answers of the last ten minutes count towards the block of the address.
    pub(crate) fn invalid(&self, now: Instant) -> usize {
        let state = self.state();
        state.invalid.iter().filter(|at| now.saturating_duration_since(**at) < INVALID_WINDOW).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(major: &str) -> Route {
        Route { template: "POST /channels/*/messages".into(), major: major.into() }
    }

    fn told(remaining: u32, reset_after: Duration) -> Told {
        Told { bucket: Some("abcd".into()), remaining: Some(remaining), reset_after: Some(reset_after), invalid: false }
    }

    #[test]
    fn an_empty_bucket_stops_its_own_channel_only_and_until_it_is_full_again() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        let five = Duration::from_secs(5);
        assert_eq!(buckets.take(Some(&route("1")), Scope::Thread, now), Ok(()));
        buckets.told(Some(&route("1")), &told(1, five), now);
        assert_eq!(buckets.take(Some(&route("1")), Scope::Thread, now), Ok(()));
        assert_eq!(buckets.take(Some(&route("1")), Scope::Thread, now), Err((five, Scope::Thread)));
        assert_eq!(buckets.take(Some(&route("2")), Scope::Thread, now), Ok(()));
        assert_eq!(buckets.take(Some(&route("1")), Scope::Thread, now + five), Ok(()));
    }

    #[test]
    fn the_second_is_shared_by_all_routes_and_interactions_are_free() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        for call in 0..GLOBAL {
            assert_eq!(buckets.take(Some(&route(&call.to_string())), Scope::Thread, now), Ok(()));
        }
        assert_eq!(buckets.take(Some(&route("x")), Scope::Thread, now), Err((GLOBAL_WINDOW, Scope::Connection)));
        assert_eq!(buckets.take(None, Scope::Thread, now), Ok(()));
        assert_eq!(buckets.take(Some(&route("x")), Scope::Thread, now + GLOBAL_WINDOW), Ok(()));
    }

    #[test]
    fn many_invalid_answers_stop_everything_before_discord_does() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        for _ in 0..INVALID {
            buckets.told(None, &Told { invalid: true, ..Told::default() }, now);
        }
        assert_eq!(buckets.take(None, Scope::Thread, now), Err((INVALID_WINDOW, Scope::Connection)));
        assert_eq!(buckets.take(None, Scope::Thread, now + INVALID_WINDOW), Ok(()));
    }

    #[test]
    fn a_hold_is_about_everything() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        buckets.hold(Duration::from_secs(3), now);
        buckets.hold(Duration::from_secs(1), now);
        assert_eq!(
            buckets.take(Some(&route("1")), Scope::Thread, now),
            Err((Duration::from_secs(3), Scope::Connection))
        );
    }
}
