//! Stand-ins that speak the chat platforms' own wire protocols, for tests and for the demo.
//!
//! What lives here: one module a platform ([`discord`], [`slack`]), and what every platform shares: the [`clock`], the
//! ordered [`faults`], the [`changes`] counter that lets a test wait for events, pictures of people ([`picture`]), the
//! way to [`serve`](serve::Serving) a sandbox on a port of its own, and the [`stage`] that a demo plays on.
//!
//! What must not: slack-morphism, serenity, or anything of ours that uses them. A sandbox judges our bridges, so it is
//! written from the platforms' published descriptions alone and shares no code with what it judges.

pub mod changes;
pub mod clock;
pub mod discord;
pub mod faults;
pub mod ids;
pub mod order;
mod page;
pub mod picture;
pub mod serve;
pub mod slack;
pub mod stage;
