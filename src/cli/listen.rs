//! Taking the address to listen on.
//!
//! What lives here: binding, and saying clearly why it can't be done. What must not: serving.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Why an address can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{address} {why}{fix}")]
pub struct ListenError {
    address: SocketAddr,
    why: &'static str,
    fix: &'static str,
    #[source]
    source: Option<std::io::Error>,
}

/// Takes the address; `fix` says what a person can do about one that can't be had ("change server.listen").
pub(super) async fn bind(address: SocketAddr, fix: &'static str) -> Result<TcpListener, ListenError> {
    let error = match TcpListener::bind(address).await {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    let (why, source) = match error.kind() {
        ErrorKind::AddrInUse => ("is already in use: stop the other program or ", None),
        ErrorKind::AddrNotAvailable => ("is not an address of this machine: ", None),
        ErrorKind::PermissionDenied => ("may not be taken by this user (ports below 1024 need more rights): ", None),
        _ => ("can't be listened on: ", Some(error)),
    };
    Err(ListenError { address, why, fix, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_said_clearly() {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address, "change server.listen").await.unwrap_err();
        let wanted = format!("{address} is already in use: stop the other program or change server.listen");
        assert_eq!(error.to_string(), wanted);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_said_clearly() {
        let error = bind("192.0.2.1:0".parse().unwrap(), "change server.listen").await.unwrap_err();
        assert_eq!(error.to_string(), "192.0.2.1:0 is not an address of this machine: change server.listen");
    }
}
