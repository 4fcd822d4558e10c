//! Open sockets, counted for each key.
//!
//! What lives here: the counting, and the guard that ends it. What must not: sockets.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;

use super::TooMany;

/// When a refused socket may try again; nobody knows when another one closes.
const RETRY_AFTER: Duration = Duration::from_secs(15);

/// How many are open for each key.
pub(super) struct Counter<K: Hash + Eq> {
    what: &'static str,
    most: u32,
    open: Arc<DashMap<K, u32>>,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Counter<K> {
    pub(super) fn new(what: &'static str, most: u32) -> Self {
        Self { what, most, open: Arc::default() }
    }

    /// Counts one more.
    pub(super) fn open(&self, key: K) -> Result<SocketGuard, TooMany> {
        match self.open.entry(key.clone()) {
            Entry::Occupied(mut count) if *count.get() < self.most => *count.get_mut() += 1,
            Entry::Vacant(none) if self.most > 0 => drop(none.insert(1)),
            Entry::Occupied(_) | Entry::Vacant(_) => {
                return Err(TooMany { what: self.what, retry_after: RETRY_AFTER });
            }
        }
        let open = Arc::clone(&self.open);
        Ok(SocketGuard(Some(Box::new(move || close(&open, &key)))))
    }
}

fn close<K: Hash + Eq>(open: &DashMap<K, u32>, key: &K) {
    if let Some(mut count) = open.get_mut(key) {
        *count = count.saturating_sub(1);
    }
    open.remove_if(key, |_, count| *count == 0);
}

/// An open socket; dropping it says that it is closed.
pub struct SocketGuard(Option<Box<dyn FnOnce() + Send + Sync>>);

impl std::fmt::Debug for SocketGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SocketGuard")
    }
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        if let Some(close) = self.0.take() {
            close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_of_a_key_without_sockets() {
        let counter = Counter::new("sockets", 2);
        let (first, second) = (counter.open(1).unwrap(), counter.open(1).unwrap());
        assert!(counter.open(1).is_err());
        drop((first, second));
        assert!(counter.open.is_empty());
    }
}
