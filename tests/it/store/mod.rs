//! The store on both databases.
//!
//! What lives here: what the store promises to services. What must not: services.

mod commit;
mod crowd;
mod desk;
mod fixtures;
mod opening;
mod plans;
mod queues;
mod reads;
mod round_trips;
mod schema;
mod sign_in;
mod upgrades;
