//! What the house does where it serves several chats at once, with chats that do as a test tells them.
//!
//! What lives here: rules of the house that a real platform's stand-in shows only by chance. What must not: any platform.

mod breaking;
mod channels;
mod chat;
mod closing;
mod doubts;
mod linking;
mod scopes;
mod side_by_side;
mod stage;
mod strangers;
mod turns;
