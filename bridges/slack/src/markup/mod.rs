//! Slack's two kinds of formatted text.
//!
//! What lives here: reading mrkdwn ([`mrkdwn`]) and rich text blocks ([`rich_text`]) into a [`bridge_core::Body`], and
//! making text harmless ([`escape`]). What must not: messages, blocks with buttons, or anything with a channel.

pub(crate) mod escape;
mod parse;
mod rich_text;

pub(crate) use parse::mrkdwn;
pub(crate) use rich_text::rich_text;
