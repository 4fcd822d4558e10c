//! Signing in to the inbox, and everything that must not work.
//!
//! What lives here: links, sessions, origins, keys and one's own profile. What must not: what the inbox shows.

mod command_line;
mod domains;
mod links;
mod logs;
mod origins;
pub(crate) mod platforms;
mod profile;
mod sessions;
