//! A door before a team's chat. While it is shut, connecting is refused and whoever was inside is put out.
//!
//! What lives here: opening and shutting it, always at the same address, which is its own also while it is shut. What must
//! not: what passes through.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::port::Port;

/// A door.
pub(crate) struct Door {
    port: Port,
    inside: SocketAddr,
    keeper: Option<JoinHandle<()>>,
}

impl Door {
    /// An open door that leads to `inside`.
    pub(crate) async fn before(inside: SocketAddr) -> Self {
        let mut door = Self { port: Port::take(), inside, keeper: None };
        door.open().await;
        door
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port.number))
    }

    /// Shuts it.
    pub(crate) async fn shut(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            keeper.abort();
            // It ends as cancelled, and with it everybody who was on the way.
            drop(keeper.await);
        }
    }

    /// Opens it again.
    pub(crate) async fn open(&mut self) {
        let listener = TcpListener::bind(self.address()).await.unwrap();
        self.keeper = Some(tokio::spawn(keep(listener, self.inside)));
    }
}

async fn keep(listener: TcpListener, inside: SocketAddr) {
    let mut passing = JoinSet::new();
    while let Ok((mut outer, _)) = listener.accept().await {
        passing.spawn(async move {
            if let Ok(mut inner) = TcpStream::connect(inside).await {
                // How it ends is between the two.
                drop(copy_bidirectional(&mut outer, &mut inner).await);
            }
        });
    }
}
