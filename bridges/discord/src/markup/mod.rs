//! Discord's markdown.
//!
//! What lives here: reading it into a [`bridge_core::Body`] ([`parse`]), writing a body as markdown ([`write`]), and making
//! text harmless ([`escape`], [`honest`]). What must not: messages, embeds, buttons, or anything with a channel.

pub(crate) mod escape;
pub(crate) mod honest;
mod inlines;
mod parse;
mod tokens;
mod write;

pub(crate) use parse::parse;
pub(crate) use write::{link, write, write_words};

/// Whether a link that we read in Discord may lead there. What we write there goes by [`honest`].
pub(crate) fn is_safe_url(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https" | "mailto" | "tel"))
}
