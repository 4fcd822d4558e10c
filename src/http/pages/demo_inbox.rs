//! The demo's way into the inbox.
//!
//! What lives here: a fresh link for one of the demo's people. What must not: anything that a real server does; this route is
//! there in `threadline demo` alone.

use axum::extract::State as Shared;
use axum::response::Redirect;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::query::Query;
use crate::service::invite_operator::{Invitation, Role, invite_again};
use crate::service::record_audit::Actor;

/// The demo's admin.
const ADMIN: &str = "Robin";

/// Who wants in.
#[derive(Deserialize)]
pub(in crate::http) struct Who {
    /// An operator of this name; the demo's admin where nobody is named.
    name: Option<String>,
}

/// `GET /demo/inbox`: makes a sign-in link and leads there. The button on that page is pressed by the person.
pub(in crate::http) async fn enter(Shared(state): Shared<State>, Query(who): Query<Who>) -> Result<Redirect, ApiError> {
    let name = who.name.unwrap_or_else(|| ADMIN.to_owned());
    let role = if name == ADMIN { Role::Admin } else { Role::Operator };
    let invitation = Invitation { name, role: Some(role), domains: None };
    let invited = invite_again(&state.service, &invitation, Actor::System).await?;
    Ok(Redirect::to(invited.link.url.expose_secret()))
}
