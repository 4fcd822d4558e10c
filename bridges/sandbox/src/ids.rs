//! Made-up identifiers: upper-case ids, tokens and UUIDs.
//!
//! What lives here: randomness for names of things. What must not: anything that decides behaviour.

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The only source of randomness in the sandbox.
#[expect(clippy::disallowed_methods, reason = "made-up names decide nothing; shuffles take a seed from the test")]
fn random() -> [u8; 16] {
    rand::random()
}

fn pick(alphabet: &[u8], length: usize) -> String {
    let bytes = std::iter::repeat_with(random).flatten().take(length);
    bytes.filter_map(|byte| alphabet.get(usize::from(byte) % alphabet.len())).map(|c| char::from(*c)).collect()
}

/// A number of up to ten digits, as in trigger ids.
#[must_use]
pub fn number() -> u32 {
    u32::from_be_bytes(random().first_chunk().copied().unwrap_or_default())
}

/// An id such as `Ev0K3NB2Q9XA`: the prefix and ten upper-case letters or digits.
#[must_use]
pub fn upper(prefix: &str) -> String {
    format!("{prefix}0{}", pick(UPPER, 9))
}

/// A string of mixed letters and digits, for tokens that nobody should guess.
#[must_use]
pub fn token(length: usize) -> String {
    pick(MIXED, length)
}

/// A random UUID in its usual form.
#[must_use]
pub fn uuid() -> String {
    let hex = hex::encode(random());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
