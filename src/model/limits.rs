//! The sizes that the rules allow.
//!
//! What lives here: figures with their units, and cutting to size. What must not: rates (those are settings).

/// Most characters of a visitor's message, after trimming.
pub const MESSAGE_CHARS: usize = 10_000;
/// Most characters of a visitor's own key for a message.
pub const CLIENT_KEY_CHARS: usize = 64;
/// Most characters of a page's title; more is cut.
pub const PAGE_TITLE_CHARS: usize = 200;
/// Most bytes of a page's address; a longer one is dropped.
pub const PAGE_URL_BYTES: usize = 2_048;

/// Cuts to `most` characters, the last of them an ellipsis where something was cut.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
