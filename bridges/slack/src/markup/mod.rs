//! Slack's two kinds of formatted text.
//!
//! What lives here: reading mrkdwn ([`mrkdwn`]) and rich text blocks ([`rich_text`]) into a [`bridge_core::Body`], and
//! making text harmless ([`escape`], [`honest`]). What must not: messages, blocks with buttons, or anything with a channel.

pub(crate) mod escape;
pub(crate) mod honest;
mod parse;
mod rich_text;

pub(crate) use parse::mrkdwn;
pub(crate) use rich_text::rich_text;

/// Whether a link that we read in Slack may lead there. What we write there goes by [`honest`].
pub(crate) fn is_safe_url(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https" | "mailto" | "tel"))
}
