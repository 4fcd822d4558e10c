//! The API of the pages for operators.
//!
//! What lives here: one file a subject, each with its handlers. What must not: the pages themselves, and who may ask (that is
//! [`super::extract::operator`]).

mod asked;
pub(super) mod canned_replies;
pub(super) mod conversation;
pub(super) mod conversations;
pub(super) mod domains;
pub(super) mod history;
pub(super) mod live;
pub(super) mod me;
pub(super) mod messages;
pub(super) mod monitor;
mod named;
pub(super) mod operators;
pub(super) mod tags;
pub(super) mod transcript;
pub(super) mod view;
