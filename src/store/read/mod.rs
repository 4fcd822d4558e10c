//! Reading: one file a part of the schema.
//!
//! What lives here: queries and the functions that run them, each one statement. What must not: decisions.

mod channels;
mod conversations;
mod events;
mod intake;
mod links;
mod messages;
mod operators;
mod outbox;
mod visitors;

use bridge_core::Micros;

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
        channels::ALL,
        conversations::ALL,
        events::ALL,
        intake::ALL,
        links::ALL,
        messages::ALL,
        operators::ALL,
        outbox::ALL,
        visitors::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The one column of an aggregate that may be empty.
fn maybe_time((time,): (Option<i64>,)) -> Option<Micros> {
    time.map(Micros)
}
