//! A message's place in its conversation.
//!
//! What lives here: finding a free place for a reply that arrives after later ones. What must not: reading the neighbours.
//!
//! Places are given out in the order of arrival. A platform may tell of two replies in the wrong order all the same: an event
//! is told again after a minute, or catch-up reads what was missed while newer replies arrive already. So places are left
//! free before each reply, and a late one takes one of those; nobody else's place ever changes.

use bridge_core::Micros;

/// How many places are left free before each reply from a platform. JavaScript counts exactly up to 2^53, which leaves room
/// for eight million replies in a conversation.
pub const ROOM: i64 = 1 << 30;

/// An end of a gap: the place of whoever stands there, and the moment that it stands for.
pub type Neighbour = (i64, Micros);

/// A free place between two neighbours for what was written at `at`; `None` where there is no room. The place lies between
/// them as the time does, so that further late ones find room on either side.
#[must_use]
pub fn between(before: Neighbour, after: Neighbour, at: Micros) -> Option<i64> {
    let (lowest, highest) = (before.0.checked_add(1)?, after.0.checked_sub(1)?);
    if lowest > highest {
        return None;
    }
    let part = |from: i64, to: i64| i128::from(to) - i128::from(from);
    let whole = part(before.1.0, after.1.0).max(1);
    let passed = part(before.1.0, at.0).clamp(0, whole);
    let place = i128::from(before.0) + part(before.0, after.0) * passed / whole;
    i64::try_from(place).ok().map(|place| place.clamp(lowest, highest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_lies_as_the_time_does() {
        let before = (10, Micros(1_000));
        let after = (20, Micros(2_000));
        let places = [-5, 1_000, 1_100, 1_500, 1_999, 2_000, 9_000].map(|at| between(before, after, Micros(at)));
        assert_eq!(places, [11, 11, 11, 15, 19, 19, 19].map(Some));
        assert_eq!(between((10, Micros(0)), (11, Micros(9)), Micros(5)), None, "no room");
        assert_eq!(between((10, Micros(5)), (12, Micros(5)), Micros(5)), Some(11), "at one and the same moment");
        assert_eq!(between((i64::MAX, Micros(0)), (i64::MIN, Micros(0)), Micros(0)), None);
    }

    proptest! {
        /// Replies a second apart and more that arrive in any order find their places, even long after what came before.
        #[test]
        fn any_order_of_arrival_is_put_right(
            quiet in 0_i64..86_400_000_000,
            order in Just((0_i64..40).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut placed: Vec<Neighbour> = vec![(1, Micros(0))];
            let mut next = 2;
            for reply in order {
                let at = Micros(quiet + (reply + 1) * 1_000_000);
                let later = placed.iter().position(|(_, written)| *written > at);
                match later {
                    None => {
                        next += ROOM;
                        placed.push((next, at));
                    }
                    Some(index) => {
                        let place = between(placed[index - 1], placed[index], at);
                        prop_assert!(place.is_some());
                        placed.insert(index, (place.unwrap(), at));
                    }
                }
                prop_assert!(placed.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1), "{placed:?}");
            }
        }
    }
}
