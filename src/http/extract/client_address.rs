//! The address that a request really comes from.
//!
//! What lives here: reading `X-Forwarded-For`, and whose word about it is taken. What must not: limits by address.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use super::super::State;
use super::super::error::ApiError;

const FORWARDED: &str = "x-forwarded-for";

/// The client's address: the peer's, or what trusted proxies say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct ClientAddress(pub(in crate::http) IpAddr);

#[derive(Debug, thiserror::Error)]
#[error("the peer's address is unknown: the router must be served with into_make_service_with_connect_info")]
struct NoPeer;

impl FromRequestParts<State> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.ok_or_else(|| ApiError::Internal { source: Box::new(NoPeer) })?;
        Ok(Self(client_address(peer.0.ip(), &parts.headers, &state.trusted_proxies)))
    }
}

/// Goes back from the peer, hop by hop, for as long as each hop is a trusted proxy. Every proxy appends the address it was
/// called from, so the header is read from its right end; what stands left of the first stranger is that stranger's claim
/// and counts for nothing. An entry that is no address ends the way at the proxy that wrote it.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let lines: Vec<&str> = headers.get_all(FORWARDED).iter().map(|line| line.to_str().unwrap_or("")).collect();
    let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(parse_entry);
    let mut address = peer.to_canonical();
    while is_trusted(address) {
        match entries.next() {
            Some(Some(before)) => address = before,
            Some(None) | None => break,
        }
    }
    address
}

/// An address, in brackets or not, with a port or not.
fn parse_entry(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    text.parse::<SocketAddr>()
        .map(|socket| socket.ip())
        .ok()
        .or_else(bare)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_strangers_word_counts_for_nothing("203.0.113.9", &["198.51.100.1"], "203.0.113.9")]
    #[case::a_proxys_word_does("10.0.0.1", &["198.51.100.1"], "198.51.100.1")]
    #[case::only_the_right_end_is_the_proxys("10.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1")]
    #[case::two_proxies("10.0.0.1", &["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1")]
    #[case::two_lines_are_one_list("10.0.0.1", &["6.6.6.6", "198.51.100.1", "10.0.0.2"], "198.51.100.1")]
    #[case::all_are_ours("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3")]
    #[case::no_header("10.0.0.1", &[], "10.0.0.1")]
    #[case::garbage_ends_the_way("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1")]
    #[case::an_empty_entry_too("10.0.0.1", &["198.51.100.1,"], "10.0.0.1")]
    #[case::with_a_port("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1")]
    #[case::version_6("::1", &["[2001:db8::7]:80"], "2001:db8::7")]
    #[case::version_6_in_brackets("::1", &["[2001:db8::7]"], "2001:db8::7")]
    #[case::mapped_addresses_are_what_they_map("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1")]
    fn the_client_is(#[case] peer: &str, #[case] lines: &[&str], #[case] client: &str) {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let name = HeaderName::from_static(FORWARDED);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(&name, HeaderValue::from_str(line).unwrap());
        }
        assert_eq!(client_address(peer.parse().unwrap(), &headers, &trusted), client.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_line_that_is_no_text_ends_the_way() {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static(FORWARDED),
            HeaderValue::from_bytes(b"198.51.100.1, \xff").unwrap(),
        )]);
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        assert_eq!(client_address(proxy, &headers, &["10.0.0.0/8".parse().unwrap()]), proxy);
    }
}
