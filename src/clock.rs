//! The clock, the maker of ids, and randomness: the only file that may ask the machine for any of them.
//!
//! What lives here: what a test wants to hold still. What must not: anything that uses them.

use std::sync::Arc;

use bridge_core::Micros;
use uuid::Uuid;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Micros + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(system_now))
    }

    /// A clock that a test moves.
    #[must_use]
    pub fn from_fn(now: impl Fn() -> Micros + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Micros {
        (self.0)()
    }

    /// The same clock as a function, for those who must not know this type.
    #[must_use]
    pub fn as_fn(&self) -> Arc<dyn Fn() -> Micros + Send + Sync> {
        Arc::clone(&self.0)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
fn system_now() -> Micros {
    Micros(jiff::Timestamp::now().as_microsecond())
}

/// A new row's id: grows with time, so that rows lie in the order of their making.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}

/// A random word of `length` capital letters and digits for people to copy, without those that are easily taken for
/// another (0 and O, 1 and I).
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that draws random bits")]
pub fn new_word(length: usize) -> String {
    // 32 of them, so that each letter takes five whole bits.
    const LETTERS: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y',
        'Z', '2', '3', '4', '5', '6', '7', '8', '9', 'L',
    ];
    (0..length).filter_map(|_| LETTERS.get(usize::from(rand::random::<u8>() % 32))).collect()
}

/// 256 random bits as 64 hexadecimal digits: a token that can't be guessed.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that draws random bits")]
pub fn new_token() -> secrecy::SecretString {
    let bits: [u8; 32] = rand::random();
    secrecy::SecretString::from(hex::encode(bits))
}
