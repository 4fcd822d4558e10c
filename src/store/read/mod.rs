//! Reading: one file a part of the schema.
//!
//! What lives here: queries and the functions that run them, each one statement. What must not: decisions.

mod api_keys;
mod audit;
mod canned;
mod channels;
mod conversations;
mod events;
pub(super) mod inbox;
mod inbox_extras;
mod indexing;
mod intake;
mod links;
mod messages;
mod monitor;
mod operators;
mod outbox;
mod presence;
mod search;
mod sign_in;
mod visitors;
mod widget;

use bridge_core::Micros;

pub use presence::DomainCounts;

use super::sql::{Sql, on_db, sql};
use super::{Store, StoreError};

sql! {
    /// Whether the database answers.
    PING = ["SELECT $1"];
}

impl Store {
    /// Whether the database answers and is still ours alone.
    ///
    /// # Errors
    /// When it is not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.0.claim.renew(&self.0.name).await?;
        let (_,): (i64,) = on_db!(self.0.readers, PING, [1_i64], fetch_one)?;
        Ok(())
    }
}

/// Every statement of these files.
pub(super) fn statements() -> impl Iterator<Item = Sql> {
    [
        ALL,
        api_keys::ALL,
        audit::ALL,
        canned::ALL,
        channels::ALL,
        conversations::ALL,
        events::ALL,
        inbox::ALL,
        inbox_extras::ALL,
        indexing::ALL,
        intake::ALL,
        links::ALL,
        messages::ALL,
        monitor::ALL,
        operators::ALL,
        outbox::ALL,
        presence::ALL,
        search::ALL,
        sign_in::ALL,
        visitors::ALL,
        widget::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The one column of an aggregate that may be empty.
fn maybe_time((time,): (Option<i64>,)) -> Option<Micros> {
    time.map(Micros)
}
