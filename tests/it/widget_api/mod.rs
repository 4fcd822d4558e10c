//! What a browser can rely on.
//!
//! What lives here: sessions, events, the live line, presence, and what is served beside the API. What must not: refusals
//! (see `bad_input`).

mod events;
mod identity;
mod live;
mod look;
mod pages;
mod presence;
mod said;
mod sessions;
