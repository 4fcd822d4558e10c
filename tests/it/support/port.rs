//! A port that belongs to one test.
//!
//! What lives here: keeping it from everybody else on this machine. What must not: listening on it.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port of 127.0.0.1 that the system gives to nobody else for as long as this lives, also while the program that
/// listens on it is being started again. Until somebody listens, connections are refused.
///
/// It is bound and never listened on: Linux lets a program with `SO_REUSEADDR` (as Tokio's listeners have it) listen
/// beside that, and counts the port as taken for all who ask for any free one. Other systems know no such thing, so
/// there it is only likely that the port stays free.
#[must_use = "the port belongs to others as soon as this is dropped"]
pub(crate) struct Port {
    /// Its number.
    pub(crate) number: u16,
    _held: Option<TcpSocket>,
}

impl Port {
    /// Takes any free one.
    pub(crate) fn take() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let number = socket.local_addr().unwrap().port();
        Self { number, _held: cfg!(target_os = "linux").then_some(socket) }
    }
}
