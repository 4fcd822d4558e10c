//! How much anybody may ask for.
//!
//! What lives here: a limiter for each rate and each thing that it is counted by. What must not: what is limited; a handler
//! asks first and works then. Rates are measured with the monotonic clock, since a wall clock that is set back would shut
//! everybody out.

mod rate;
mod sockets;

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::sync::CancellationToken;

use super::State;
use super::error::ApiError;
use super::extract::client_address::ClientAddress;
use crate::model::{DomainId, OperatorId, VisitorId};
use rate::Limiter;
pub use rate::{Rate, TooMany};
use sockets::Counter;
pub use sockets::SocketGuard;

/// How often idle counters are thrown away.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// What a visitor says of themselves and of a conversation is said once or twice.
const CHANGES: Rate = Rate { per_minute: ten(), burst: ten() };

/// Where a visitor is: one in three seconds, and some at once after a quiet while.
const PAGES: Rate = Rate { per_minute: ten().saturating_add(10), burst: NonZeroU32::MIN.saturating_add(4) };

/// How far a visitor has read: one a second.
const READS: Rate = Rate { per_minute: sixty(), burst: ten() };

/// Typing is told every few seconds and never refused aloud, so no setting is needed.
const TYPING: Rate = Rate { per_minute: sixty(), burst: ten() };

/// More pages than this nobody looks at.
const SOCKETS_PER_OPERATOR: u32 = 20;

/// What an operator writes in a page is not for settings: nobody types so fast.
const REPLIES: Rate = Rate { per_minute: sixty(), burst: NonZeroU32::MIN.saturating_add(29) };

const fn sixty() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(59)
}

const fn ten() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(9)
}

/// The limits as they are configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sessions started.
    pub sessions_per_address: Rate,
    /// New conversations.
    pub conversations_per_address: Rate,
    /// New conversations.
    pub conversations_per_domain: Rate,
    /// Messages.
    pub messages_per_visitor: Rate,
    /// Messages.
    pub messages_per_address: Rate,
    /// Bytes of messages' text.
    pub bytes_per_visitor: Rate,
    /// Live sockets open at once.
    pub sockets_per_visitor: u32,
    /// Live sockets open at once.
    pub sockets_per_address: u32,
    /// Requests to the widget API, of any kind.
    pub requests_per_address: Rate,
    /// Tries to sign in.
    pub sign_ins_per_address: Rate,
}

/// An address as limits count it: whoever has one IPv6 address has its whole /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AddressKey(IpAddr);

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::MAX << 64);
                Self(IpAddr::V6(Ipv6Addr::from(network)))
            }
        }
    }
}

/// All limiters.
pub struct Limiters {
    requests_per_address: Limiter<AddressKey>,
    sessions_per_address: Limiter<AddressKey>,
    sign_ins_per_address: Limiter<AddressKey>,
    conversations_per_address: Limiter<AddressKey>,
    conversations_per_domain: Limiter<DomainId>,
    messages_per_visitor: Limiter<VisitorId>,
    messages_per_address: Limiter<AddressKey>,
    bytes_per_visitor: Limiter<VisitorId>,
    typing_per_visitor: Limiter<VisitorId>,
    messages_per_operator: Limiter<OperatorId>,
    changes_per_visitor: Limiter<VisitorId>,
    pages_per_visitor: Limiter<VisitorId>,
    reads_per_visitor: Limiter<VisitorId>,
    sockets_per_visitor: Counter<VisitorId>,
    sockets_per_address: Counter<AddressKey>,
    sockets_per_operator: Counter<OperatorId>,
}

impl Limiters {
    /// Limiters that have seen nothing yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            requests_per_address: Limiter::new("requests from this address", limits.requests_per_address),
            sessions_per_address: Limiter::new("sessions from this address", limits.sessions_per_address),
            sign_ins_per_address: Limiter::new("tries to sign in from this address", limits.sign_ins_per_address),
            conversations_per_address: Limiter::new(
                "new conversations from this address",
                limits.conversations_per_address,
            ),
            conversations_per_domain: Limiter::new("new conversations here", limits.conversations_per_domain),
            messages_per_visitor: Limiter::new("messages", limits.messages_per_visitor),
            messages_per_address: Limiter::new("messages from this address", limits.messages_per_address),
            bytes_per_visitor: Limiter::new("long messages", limits.bytes_per_visitor),
            typing_per_visitor: Limiter::new("typing", TYPING),
            messages_per_operator: Limiter::new("messages", REPLIES),
            changes_per_visitor: Limiter::new("changes", CHANGES),
            pages_per_visitor: Limiter::new("pages", PAGES),
            reads_per_visitor: Limiter::new("read marks", READS),
            sockets_per_visitor: Counter::new("live connections of this visitor", limits.sockets_per_visitor),
            sockets_per_address: Counter::new("live connections from this address", limits.sockets_per_address),
            sockets_per_operator: Counter::new("open pages of this operator", SOCKETS_PER_OPERATOR),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`TooMany`], with the time to wait; the same holds for the others.
    pub(super) fn request(&self, address: IpAddr) -> Result<(), TooMany> {
        self.requests_per_address.take(&address.into(), 1)
    }

    /// Counts a session.
    pub(super) fn session(&self, address: IpAddr) -> Result<(), TooMany> {
        self.sessions_per_address.take(&address.into(), 1)
    }

    /// Counts a try to sign in.
    pub(super) fn sign_in(&self, address: IpAddr) -> Result<(), TooMany> {
        self.sign_ins_per_address.take(&address.into(), 1)
    }

    /// Counts a new conversation.
    pub(super) fn conversation(&self, address: IpAddr, domain: DomainId) -> Result<(), TooMany> {
        // The address first: one that is refused must not use up what the domain has for others.
        self.conversations_per_address.take(&address.into(), 1)?;
        self.conversations_per_domain.take(&domain, 1)
    }

    /// Counts a message of `bytes` bytes.
    pub(super) fn message(&self, visitor: VisitorId, address: IpAddr, bytes: usize) -> Result<(), TooMany> {
        self.messages_per_visitor.take(&visitor, 1)?;
        self.messages_per_address.take(&address.into(), 1)?;
        self.bytes_per_visitor.take(&visitor, u32::try_from(bytes).unwrap_or(u32::MAX))
    }

    /// Counts what an operator writes in a page.
    pub(super) fn operator_message(&self, operator: OperatorId) -> Result<(), TooMany> {
        self.messages_per_operator.take(&operator, 1)
    }

    /// Whether a sign of typing may go on; one too many is dropped without a word.
    pub(super) fn typing(&self, visitor: VisitorId) -> bool {
        self.typing_per_visitor.take(&visitor, 1).is_ok()
    }

    /// Counts what a visitor says of themselves or of a conversation.
    pub(super) fn change(&self, visitor: VisitorId) -> Result<(), TooMany> {
        self.changes_per_visitor.take(&visitor, 1)
    }

    /// Counts a page that a visitor goes to.
    pub(super) fn page(&self, visitor: VisitorId) -> Result<(), TooMany> {
        self.pages_per_visitor.take(&visitor, 1)
    }

    /// Counts a word on how far a visitor has read.
    pub(super) fn read(&self, visitor: VisitorId) -> Result<(), TooMany> {
        self.reads_per_visitor.take(&visitor, 1)
    }

    /// Counts an open socket of an address, until the guard is dropped.
    pub(super) fn socket_from(&self, address: IpAddr) -> Result<SocketGuard, TooMany> {
        self.sockets_per_address.open(address.into())
    }

    /// Counts an open socket of a visitor, until the guard is dropped.
    pub(super) fn socket_of(&self, visitor: VisitorId) -> Result<SocketGuard, TooMany> {
        self.sockets_per_visitor.open(visitor)
    }

    /// Counts an operator's open page, until the guard is dropped.
    pub(super) fn socket_of_operator(&self, operator: OperatorId) -> Result<SocketGuard, TooMany> {
        self.sockets_per_operator.open(operator)
    }

    /// Throws away what says no more than having seen nothing, so that memory doesn't grow with every address ever seen.
    pub fn tidy(&self) {
        self.requests_per_address.tidy();
        self.sessions_per_address.tidy();
        self.sign_ins_per_address.tidy();
        self.conversations_per_address.tidy();
        self.conversations_per_domain.tidy();
        self.messages_per_visitor.tidy();
        self.messages_per_address.tidy();
        self.bytes_per_visitor.tidy();
        self.typing_per_visitor.tidy();
        self.messages_per_operator.tidy();
        self.changes_per_visitor.tidy();
        self.pages_per_visitor.tidy();
        self.reads_per_visitor.tidy();
    }
}

/// Tidies every minute, until `stop`.
pub async fn keep_tidy(limiters: Arc<Limiters>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => limiters.tidy(),
        }
    }
}

/// The layer that counts every request to the widget API by its address.
pub(super) async fn per_request(
    Shared(state): Shared<State>,
    ClientAddress(address): ClientAddress,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    state.limits.request(address)?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;

    fn rate(burst: u32) -> Rate {
        Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::new(burst).unwrap() }
    }

    fn limits() -> Limits {
        Limits {
            sessions_per_address: rate(1),
            conversations_per_address: rate(1),
            conversations_per_domain: rate(2),
            messages_per_visitor: rate(9),
            messages_per_address: rate(9),
            bytes_per_visitor: rate(100),
            sockets_per_visitor: 1,
            sockets_per_address: 2,
            requests_per_address: rate(9),
            sign_ins_per_address: rate(9),
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    #[case("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    #[case("192.0.2.1", "192.0.2.2", false)]
    #[case("192.0.2.1", "::ffff:192.0.2.1", true)]
    fn neighbours_are_one_where_they_are_one_network(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        assert_eq!(AddressKey::from(address(one)) == AddressKey::from(address(other)), same);
    }

    #[test]
    fn an_address_that_is_refused_leaves_the_domain_to_others() {
        let limiters = Limiters::new(&limits());
        let domain = DomainId(Uuid::nil());
        assert!(limiters.conversation(address("192.0.2.1"), domain).is_ok());
        for _ in 0..9 {
            assert!(limiters.conversation(address("192.0.2.1"), domain).is_err());
        }
        assert!(limiters.conversation(address("192.0.2.2"), domain).is_ok());
        assert!(limiters.conversation(address("192.0.2.3"), domain).is_err());
    }

    #[test]
    fn bytes_are_counted_and_one_big_message_is_not_refused_for_ever() {
        let limiters = Limiters::new(&limits());
        let (first, second) = (VisitorId(Uuid::from_u128(1)), VisitorId(Uuid::from_u128(2)));
        assert!(limiters.message(first, address("192.0.2.1"), 60).is_ok());
        let refused = limiters.message(first, address("192.0.2.1"), 60).unwrap_err();
        assert!(refused.retry_after > Duration::from_secs(60), "{refused:?}");
        assert!(limiters.message(second, address("192.0.2.1"), 40_000).is_ok());
    }

    #[test]
    fn a_socket_counts_until_it_is_closed() {
        let limiters = Limiters::new(&limits());
        let visitor = VisitorId(Uuid::nil());
        let open = limiters.socket_of(visitor).unwrap();
        assert!(limiters.socket_of(visitor).is_err());
        drop(open);
        assert!(limiters.socket_of(visitor).is_ok());
    }
}
