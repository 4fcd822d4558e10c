//! What admins do: domains, operators, keys.
//!
//! What lives here: the admin's API. What must not: signing in.

mod access;
mod keys;
mod operators;
