//! Remembers what Slack answered, for a while.
//!
//! What lives here: one remembered answer, and who asks for it when it is missing. What must not: what is asked. To
//! forget never waits: it happens where events are heard, and a lock that is held over a call of Slack's would make the
//! connection deaf for as long as the call takes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridge_core::Micros;

/// How long an answer is remembered; events make it shorter.
pub(crate) const REMEMBERED: Duration = Duration::from_secs(300);

/// One remembered answer.
pub(crate) struct Memo<T> {
    /// A std mutex, because it is never held over an await.
    known: Mutex<Known<T>>,
    /// Held by the one who asks, so that others wait for that answer and don't ask for it too.
    asking: tokio::sync::Mutex<()>,
}

struct Known<T> {
    /// How often it was forgotten: an answer that was asked for before must not be remembered after.
    generation: u64,
    value: Option<(Micros, Arc<T>)>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { known: Mutex::new(Known { generation: 0, value: None }), asking: tokio::sync::Mutex::default() }
    }
}

impl<T> Memo<T> {
    fn known(&self) -> MutexGuard<'_, Known<T>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the answer, and the one that is being asked for. Never waits for Slack.
    pub(crate) fn forget(&self) {
        let mut known = self.known();
        known.generation = known.generation.wrapping_add(1);
        known.value = None;
    }

    /// The answer if it is still good, else the generation to ask in.
    fn fresh(&self, now: Micros) -> Result<Arc<T>, u64> {
        let known = self.known();
        match &known.value {
            Some((at, value)) if now.since(*at) < REMEMBERED => Ok(value.clone()),
            _ => Err(known.generation),
        }
    }

    /// The answer: the remembered one, or the one that `ask` gives. `ask` does nothing where it isn't needed.
    pub(crate) async fn get<E>(&self, now: Micros, ask: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        if let Ok(known) = self.fresh(now) {
            return Ok(known);
        }
        let _turn = self.asking.lock().await;
        let before = match self.fresh(now) {
            Ok(known) => return Ok(known),
            Err(generation) => generation,
        };
        let value = Arc::new(ask.await?);
        let mut known = self.known();
        if known.generation == before {
            known.value = Some((now, value.clone()));
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    async fn says(value: u8) -> Result<u8, Infallible> {
        Ok(value)
    }

    #[tokio::test]
    async fn an_answer_is_remembered_until_it_is_old_or_forgotten() {
        let memo = Memo::default();
        let later = Micros(0).plus(REMEMBERED);
        assert_eq!(memo.get(Micros(0), says(1)).await.map(|value| *value), Ok(1));
        assert_eq!(memo.get(later.minus(Duration::from_secs(1)), says(2)).await.map(|value| *value), Ok(1));
        assert_eq!(memo.get(later, says(3)).await.map(|value| *value), Ok(3));
        memo.forget();
        assert_eq!(memo.get(later, says(4)).await.map(|value| *value), Ok(4));
    }

    #[tokio::test]
    async fn an_answer_that_was_asked_for_before_the_forgetting_is_not_remembered() {
        let memo = Memo::default();
        let asked = async {
            memo.forget();
            says(1).await
        };
        assert_eq!(memo.get(Micros(0), asked).await.map(|value| *value), Ok(1));
        assert_eq!(memo.get(Micros(0), says(2)).await.map(|value| *value), Ok(2));
    }

    #[tokio::test]
    async fn those_who_ask_at_once_ask_once() {
        let memo = Memo::default();
        let (first, second) = tokio::join!(memo.get(Micros(0), says(1)), memo.get(Micros(0), says(2)));
        assert_eq!((first.map(|value| *value), second.map(|value| *value)), (Ok(1), Ok(1)));
        let yielding = async {
            tokio::task::yield_now().await;
            says(3).await
        };
        memo.forget();
        let (first, second) = tokio::join!(memo.get(Micros(0), yielding), memo.get(Micros(0), says(4)));
        assert_eq!((first.map(|value| *value), second.map(|value| *value)), (Ok(3), Ok(3)));
    }
}
