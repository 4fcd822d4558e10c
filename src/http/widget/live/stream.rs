//! What flows over a live line after the hello.
//!
//! What lives here: following a visitor's events, typing and presence. What must not: the events themselves; a nudge only
//! says to read the database again, so that none is missed and none is told twice.

use std::convert::Infallible;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, RateLimiter};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::super::super::State;
use super::super::super::error::ApiError;
use super::super::super::limits::{Rate, TooMany};
use super::super::super::line::{End, Heard, Line, malformed};
use super::frames::{ClientFrame, ServerFrame};
use crate::live::{Nudge, Subscription};
use crate::model::{Presence, Visitor};
use crate::service::authenticate::authenticate;
use crate::service::read_events::read_events;
use crate::service::report_typing::visitor_types;
use crate::service::view::Batch;

/// Most events of one frame.
const AT_ONCE: i64 = 100;
const PING_EVERY: Duration = Duration::from_secs(20);
/// Three pings without an answer: the client is gone, though nothing has told us.
const SILENT_FOR: Duration = Duration::from_secs(60);
/// How many frames a client may send: a well-behaved one sends a pong every 20 s and some typing.
const FRAMES: Rate = Rate {
    per_minute: std::num::NonZeroU32::MIN.saturating_add(119),
    burst: std::num::NonZeroU32::MIN.saturating_add(39),
};

/// One visitor's stream.
pub(super) struct Stream<'a> {
    state: &'a State,
    line: &'a mut Line,
    visitor: Visitor,
    token: SecretString,
    after: i64,
    subscription: Subscription,
    presence: watch::Receiver<Presence>,
    /// Whether presence can still change; a domain that nobody reports on never does.
    follows_presence: bool,
    pings: Interval,
    heard_at: Instant,
    frames: DefaultDirectRateLimiter,
}

/// What to do next.
enum Next {
    Nudged(Nudge),
    Presence(bool),
    Heard(Heard<ClientFrame>),
    Ping,
}

impl<'a> Stream<'a> {
    /// Subscribes; from here on no change can be missed.
    pub(super) fn new(state: &'a State, line: &'a mut Line, visitor: Visitor, token: SecretString, after: i64) -> Self {
        let now = Instant::now();
        let mut pings = tokio::time::interval_at(now + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            subscription: state.service.subscribe(visitor.id),
            presence: state.service.presence(visitor.domain),
            follows_presence: true,
            frames: RateLimiter::direct(FRAMES.quota()),
            heard_at: now,
            pings,
            state,
            line,
            visitor,
            token,
            after,
        }
    }

    /// Tells what happened since `after`, then what happens.
    pub(super) async fn run(mut self) -> Result<Infallible, End> {
        self.begin().await?;
        loop {
            match self.next().await? {
                Next::Nudged(Nudge::Events | Nudge::Lagged) => self.forward().await?,
                Next::Nudged(Nudge::Ended) => self.check().await?,
                Next::Nudged(Nudge::Typing(author)) => {
                    self.line.send(&ServerFrame::Typing { author: author.into() }).await?;
                }
                Next::Presence(follows) => {
                    self.follows_presence = follows;
                    if follows {
                        let presence = *self.presence.borrow_and_update();
                        self.line.send(&ServerFrame::Presence { presence: presence.into() }).await?;
                    }
                }
                Next::Heard(heard) => self.take(heard)?,
                Next::Ping if self.heard_at.elapsed() > SILENT_FOR => return Err(End::Gone),
                Next::Ping => self.line.send(&ServerFrame::Ping).await?,
            }
        }
    }

    async fn next(&mut self) -> Result<Next, End> {
        Ok(tokio::select! {
            () = self.state.stop.cancelled() => return Err(End::Stop),
            nudge = self.subscription.next() => Next::Nudged(nudge),
            changed = self.presence.changed(), if self.follows_presence => Next::Presence(changed.is_ok()),
            heard = self.line.hear() => Next::Heard(heard),
            _ = self.pings.tick() => Next::Ping,
        })
    }

    /// Ends the line where the token has ended: the visitor may be somebody else now, with other tokens that go on.
    async fn check(&mut self) -> Result<(), End> {
        let visitor = authenticate(&self.state.service, &self.token).await.map_err(ApiError::from)?;
        if visitor.id == self.visitor.id { Ok(()) } else { Err(ApiError::Unauthorized.into()) }
    }

    async fn begin(&mut self) -> Result<(), End> {
        // The token may have ended after it was looked up and before anybody listened.
        self.check().await?;
        let batch = self.read().await?;
        let presence = *self.presence.borrow_and_update();
        let ready = ServerFrame::Ready {
            presence: presence.into(),
            conversation: batch.conversation.clone().map(Into::into),
            after: self.after,
        };
        self.line.send(&ready).await?;
        if self.send(batch).await? { self.forward().await } else { Ok(()) }
    }

    /// Reads the database and tells what is new, until nothing is.
    async fn forward(&mut self) -> Result<(), End> {
        loop {
            if self.state.stop.is_cancelled() {
                return Err(End::Stop);
            }
            let batch = self.read().await?;
            if !self.send(batch).await? {
                return Ok(());
            }
        }
    }

    async fn read(&mut self) -> Result<Batch, End> {
        let batch = read_events(&self.state.service, &self.visitor, self.after, AT_ONCE).await;
        batch.map_err(|error| ApiError::from(error).into())
    }

    /// Sends a batch, unless it says nothing, and tells whether there is more.
    async fn send(&mut self, batch: Batch) -> Result<bool, End> {
        let says_something = batch.reset || !batch.events.is_empty();
        // "More" without moving on would keep us here for ever.
        let more = batch.more && (batch.reset || batch.after > self.after);
        self.after = batch.after;
        if says_something {
            self.line.send(&ServerFrame::Batch(batch.into())).await?;
        }
        Ok(more)
    }

    fn take(&mut self, heard: Heard<ClientFrame>) -> Result<(), End> {
        self.heard_at = Instant::now();
        if self.frames.check().is_err() {
            let too_many = TooMany { what: "frames", retry_after: PING_EVERY };
            return Err(ApiError::from(too_many).into());
        }
        match heard {
            Heard::Frame(ClientFrame::Pong) => Ok(()),
            Heard::Frame(ClientFrame::Typing) => {
                if self.state.limits.typing(self.visitor.id) {
                    visitor_types(&self.state.service, &self.visitor);
                }
                Ok(())
            }
            Heard::Frame(ClientFrame::Hello { .. }) => Err(malformed("the hello was said already").into()),
            Heard::Nonsense(error) => Err(error.into()),
            Heard::Nothing => Err(End::Gone),
        }
    }
}
