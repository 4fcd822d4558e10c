//! Threadline's bridge to Discord, and the only crate that names serenity.

use bridge_core::BridgeKind;

/// The word before the dot in `discord.play`.
pub const KIND: BridgeKind = BridgeKind::constant("discord");
