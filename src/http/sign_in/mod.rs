//! Signing in.
//!
//! What lives here: the cookie. What must not: links and sessions themselves (the service keeps them).

pub(super) mod cookie;
