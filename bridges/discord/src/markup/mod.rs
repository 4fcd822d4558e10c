//! Discord's markdown.
//!
//! What lives here: reading it into a [`bridge_core::Body`] ([`parse`]), writing a body as markdown ([`write`]), and making
//! text harmless ([`escape`]). What must not: messages, embeds, buttons, or anything with a channel.

pub(crate) mod escape;
mod inlines;
mod parse;
mod tokens;
mod write;

pub(crate) use parse::parse;
pub(crate) use write::{link, write, write_words};
