//! Whether the sockets can speak TLS on this machine.
//!
//! What lives here: the look for the system's CA certificates, and the sentence where there are none. What must not:
//! making a connection.
//!
//! Calls of the Web API fall back to built-in certificates (`call`). slack-morphism's sockets know the system's only, and
//! look for them at every connect: without any the calls work and nothing is ever heard.

/// What is wrong, and the fix.
pub(crate) const MISSING: &str = "this machine has no CA certificates, so no socket to Slack can be opened: install the \
    system's CA certificates, package ca-certificates";

/// What hinders sockets to `url`, an address as `apps.connections.open` gives it; `None` when nothing does.
pub(crate) async fn hinders(url: &str) -> Option<&'static str> {
    if !url.starts_with("wss:") {
        return None;
    }
    // It reads files. Where the look itself fails nothing is known to be wrong.
    let any = tokio::task::spawn_blocking(any).await.unwrap_or(true);
    (!any).then_some(MISSING)
}

/// Whether the system has one certificate at least that can be used.
fn any() -> bool {
    let certificates = rustls_native_certs::load_native_certs().certs;
    rustls::RootCertStore::empty().add_parsable_certificates(certificates).0 > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stand_in_on_the_same_machine_needs_no_certificates() {
        assert_eq!(hinders("ws://127.0.0.1:4000/socket").await, None);
    }
}
