//! Serving a sandbox on a port of its own, for tests.
//!
//! What lives here: the listener's task and its end. What must not: routes.

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A sandbox that is being served. Dropping it ends the serving at once, open connections included.
#[derive(Debug)]
pub struct Serving {
    /// Where it answers, without a slash at the end, for example `http://127.0.0.1:40123`.
    pub base_url: String,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    /// Serves `app` until shut down; `stop` is cancelled with it, so that long-lived streams end too.
    pub(crate) fn start(listener: TcpListener, base_url: String, app: Router, stop: CancellationToken) -> Self {
        let ending = stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                served = async { axum::serve(listener, app).await } => {
                    if let Err(error) = served {
                        tracing::warn!(%error, "the sandbox stopped serving");
                    }
                }
                () = ending.cancelled() => {}
            }
        });
        Self { base_url, stop, task }
    }

    /// Stops serving and waits until the port is free.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if let Err(error) = (&mut self.task).await {
            tracing::debug!(%error, "the sandbox's task ended early");
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}
