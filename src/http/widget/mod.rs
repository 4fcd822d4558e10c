//! The widget API, one verb a file: take the request apart, call one use case, put the answer together.
//!
//! What lives here: handlers and the shapes that they speak ([`view`]). What must not: rules about conversations.

pub(super) mod close;
pub(super) mod domain;
pub(super) mod form;
pub(super) mod live;
pub(super) mod messages;
pub(super) mod page;
pub(super) mod rating;
pub(super) mod read;
pub(super) mod rich;
pub(super) mod sessions;
pub(super) mod typing;
pub(super) mod view;
pub(super) mod visitor;
