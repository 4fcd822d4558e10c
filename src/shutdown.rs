//! How the program ends: softly at the first signal, at once at the second.
//!
//! What lives here: the two tokens, the tracker of everything spawned, and the signals. What must not: what each part
//! does when it is told to end.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The wish to end. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Take nothing new, finish what is under way.
    pub soft: CancellationToken,
    /// Leave everything as it is; the next start goes on from the database.
    pub hard: CancellationToken,
    /// Everything that runs beside the main task.
    pub tasks: TaskTracker,
}

impl Shutdown {
    /// One that only the caller's code starts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that SIGINT or SIGTERM starts; the second such signal makes it a hard stop. Must be called inside a Tokio
    /// runtime.
    ///
    /// # Errors
    /// When the system refuses to tell about signals.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::new();
        let mut signals = Signals::new()?;
        let (soft, hard) = (shutdown.soft.clone(), shutdown.hard.clone());
        // Not in the tracker: it waits for signals until the very end.
        tokio::spawn(async move {
            signals.next().await;
            tracing::info!("stopping: finishing what is under way; a second signal stops at once");
            soft.cancel();
            signals.next().await;
            tracing::warn!("stopping at once; the next start goes on from the database");
            hard.cancel();
        });
        Ok(shutdown)
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    const fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn the_first_signal_is_soft_and_the_second_hard() {
        let shutdown = Shutdown::on_signals().unwrap();
        let wait = Duration::from_secs(10);
        let this = rustix::process::getpid();

        rustix::process::kill_process(this, rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(wait, shutdown.soft.cancelled()).await.unwrap();
        assert!(!shutdown.hard.is_cancelled());

        rustix::process::kill_process(this, rustix::process::Signal::INT).unwrap();
        tokio::time::timeout(wait, shutdown.hard.cancelled()).await.unwrap();
    }
}
