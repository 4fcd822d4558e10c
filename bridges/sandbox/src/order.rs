//! The order in which held events are let go, the same for every platform.
//!
//! What lives here: [`ReleaseOrder`]. What must not: what an event is, or when it is held.

/// In which order held events are let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseOrder {
    /// As they happened.
    #[default]
    AsTheyCame,
    /// The last first.
    Reverse,
    /// Shuffled, always the same way for the same seed.
    Shuffle {
        /// The seed.
        seed: u64,
    },
}

impl ReleaseOrder {
    /// Puts what was held into this order.
    pub(crate) fn arrange<T>(self, held: &mut [T]) {
        match self {
            Self::AsTheyCame => {}
            Self::Reverse => held.reverse(),
            Self::Shuffle { seed } => {
                let mut state = seed;
                for at in (1..held.len()).rev() {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let pick = usize::try_from(state >> 33).unwrap_or(0) % (at + 1);
                    held.swap(at, pick);
                }
            }
        }
    }
}
