//! What flows over the live line of an operator's page after the hello.
//!
//! What lives here: turning nudges into frames, and the page's frames into signs. What must not: what is new in a
//! conversation; a nudge only says to read the database again, so that none is missed and none is told twice.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, RateLimiter};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::super::super::State;
use super::super::super::error::ApiError;
use super::super::super::limits::{Rate, TooMany};
use super::super::super::line::{End, Heard, Line, malformed};
use super::super::super::problem::Problem;
use super::super::domains;
use super::super::view::domain::InboxDomain;
use super::Opened;
use super::frames::{InboxClientFrame, InboxServerFrame};
use super::watch::Watched;
use crate::live::presence::OpenPage;
use crate::live::{TeamNudge, TeamSubscription};
use crate::model::{ConversationId, DomainId, OperatorId};
use crate::service::operator_access::look_again;
use crate::service::report_typing::operator_types_here;
use crate::service::{ServiceError, team_presence};

const PING_EVERY: Duration = Duration::from_secs(25);
/// Two pings without an answer: the page is gone, though nothing has told us.
const SILENT_FOR: Duration = Duration::from_secs(60);
/// How often it is looked whether the session goes on.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Changes are gathered for so long, so that a busy moment is one frame for each conversation.
const GATHER: Duration = Duration::from_millis(150);
/// How many changed conversations are told; where there are more, the page reads its list again.
const MOST_CHANGED: usize = 100;
/// How often one page's typing is told on.
const TYPING_EVERY: Duration = Duration::from_millis(2_500);
/// How many frames a page may send.
const FRAMES: Rate = Rate {
    per_minute: std::num::NonZeroU32::MIN.saturating_add(239),
    burst: std::num::NonZeroU32::MIN.saturating_add(59),
};

/// One page's stream.
pub(super) struct Stream<'a> {
    pub(super) state: &'a State,
    pub(super) line: &'a mut Line,
    pub(super) who: Opened,
    team: TeamSubscription,
    page: OpenPage,
    pub(super) watched: Option<Watched>,
    changed: BTreeSet<ConversationId>,
    domains: BTreeSet<DomainId>,
    /// When what has been gathered is told.
    due: Option<Instant>,
    typed_at: Option<Instant>,
    pings: Interval,
    looks: Interval,
    heard_at: Instant,
    frames: DefaultDirectRateLimiter,
}

/// What to do next.
enum Next {
    Nudged(TeamNudge),
    Heard(Heard<InboxClientFrame>),
    Tell,
    Ping,
    Look,
}

/// The page's domains as they stand now, or those of them.
async fn shown(state: &State, who: &Opened, only: Option<&[DomainId]>) -> Result<Vec<InboxDomain>, End> {
    let shown = domains::shown(state, &who.access, only, Some(who.operator.id)).await;
    shown.map_err(|error| ApiError::from(error).into())
}

fn every(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl<'a> Stream<'a> {
    /// Subscribes; from here on no change can be missed.
    pub(super) async fn new(state: &'a State, line: &'a mut Line, who: Opened) -> Result<Self, End> {
        let team = state.service.hub.subscribe_team();
        // Somebody who was invited a moment ago may not be known as one who answers yet.
        if state.service.presence.availability(who.operator.id).is_none() {
            team_presence::refresh_team(&state.service).await.map_err(ApiError::from)?;
        }
        Ok(Self {
            page: state.service.presence.open_page(who.operator.id),
            team,
            watched: None,
            changed: BTreeSet::new(),
            domains: BTreeSet::new(),
            due: None,
            typed_at: None,
            pings: every(PING_EVERY),
            looks: every(LOOK_EVERY),
            heard_at: Instant::now(),
            frames: RateLimiter::direct(FRAMES.quota()),
            state,
            line,
            who,
        })
    }

    pub(super) const fn me(&self) -> OperatorId {
        self.who.operator.id
    }

    /// Tells what happens, until the line ends.
    pub(super) async fn run(mut self, active: bool) -> Result<Infallible, End> {
        self.page.set_active(active);
        // What ended between the hello and the subscription was told to nobody here.
        self.look().await?;
        let domains = shown(self.state, &self.who, None).await?;
        self.line.send(&InboxServerFrame::Ready { domains }).await?;
        loop {
            match self.next().await? {
                Next::Nudged(nudge) => self.nudged(nudge).await?,
                Next::Heard(heard) => self.take(heard).await?,
                Next::Tell => self.tell().await?,
                Next::Look => self.look().await?,
                Next::Ping if self.heard_at.elapsed() > SILENT_FOR => return Err(End::Gone),
                Next::Ping => self.line.send(&InboxServerFrame::Ping).await?,
            }
        }
    }

    async fn next(&mut self) -> Result<Next, End> {
        let due = self.due;
        let gathered = async move {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        Ok(tokio::select! {
            () = self.state.stop.cancelled() => return Err(End::Stop),
            nudge = self.team.next() => Next::Nudged(nudge),
            heard = self.line.hear() => Next::Heard(heard),
            () = gathered => Next::Tell,
            _ = self.pings.tick() => Next::Ping,
            _ = self.looks.tick() => Next::Look,
        })
    }

    async fn nudged(&mut self, nudge: TeamNudge) -> Result<(), End> {
        match nudge {
            TeamNudge::Conversation { id, domain } if self.who.access.sees(domain) => {
                self.changed.insert(id);
                self.gather(domain);
                if self.watched.as_ref().is_some_and(|watched| watched.is(id)) {
                    self.forward().await?;
                }
                Ok(())
            }
            TeamNudge::Delivered { conversation, message }
                if self.watched.as_ref().is_some_and(|watched| watched.is(conversation)) =>
            {
                self.show_again(message).await
            }
            TeamNudge::Domain(domain) if self.who.access.sees(domain) => {
                self.gather(domain);
                Ok(())
            }
            TeamNudge::Typing { conversation, domain, author, operator }
                if self.who.access.sees(domain) && operator != Some(self.me()) =>
            {
                let typing = InboxServerFrame::Typing { conversation: conversation.into(), author: author.into() };
                self.line.send(&typing).await
            }
            TeamNudge::Viewing { conversation, .. } if self.watched.as_ref().is_some_and(|it| it.is(conversation)) => {
                self.tell_viewing().await
            }
            TeamNudge::Operator(id) if id == self.me() => self.line.send(&InboxServerFrame::Me).await,
            TeamNudge::Session(session) if session == self.who.session => self.look().await,
            TeamNudge::Lagged => {
                self.changed.clear();
                self.line.send(&InboxServerFrame::Reset).await?;
                let seen = self.who.access.domain_ids();
                seen.into_iter().for_each(|domain| self.gather(domain));
                self.forward().await?;
                self.tell_viewing().await?;
                // That the session has ended may be among what was missed.
                self.look().await
            }
            _ => Ok(()),
        }
    }

    fn gather(&mut self, domain: DomainId) {
        self.domains.insert(domain);
        self.due.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// Tells what was gathered.
    async fn tell(&mut self) -> Result<(), End> {
        self.due = None;
        let changed = std::mem::take(&mut self.changed);
        if changed.len() > MOST_CHANGED {
            self.line.send(&InboxServerFrame::Reset).await?;
        } else {
            for conversation in changed {
                match self.state.service.summary(conversation, Some(self.me())).await {
                    Ok(view) => {
                        let conversation = Box::new(view.into());
                        self.line.send(&InboxServerFrame::Conversation { conversation }).await?;
                    }
                    Err(ServiceError::NotFound { .. }) => {}
                    Err(error) => return Err(ApiError::from(error).into()),
                }
            }
        }
        let domains: Vec<DomainId> = std::mem::take(&mut self.domains).into_iter().collect();
        for domain in shown(self.state, &self.who, Some(&domains)).await? {
            self.line.send(&InboxServerFrame::Domain { domain }).await?;
        }
        Ok(())
    }

    /// Looks whether the session goes on, and with which rights.
    async fn look(&mut self) -> Result<(), End> {
        match look_again(&self.state.service, self.who.session).await {
            Ok((operator, access)) => {
                let seen_otherwise = access.domain_ids() != self.who.access.domain_ids();
                (self.who.operator, self.who.access) = (operator, access);
                if seen_otherwise {
                    // What was gathered may be of a domain that is no longer theirs; everything is read again.
                    self.changed.clear();
                    if self.watched.as_ref().is_some_and(|watched| !self.who.access.sees(watched.domain())) {
                        self.watched = None;
                    }
                    let domains = shown(self.state, &self.who, None).await?;
                    self.line.send(&InboxServerFrame::Ready { domains }).await?;
                    self.line.send(&InboxServerFrame::Reset).await?;
                }
                Ok(())
            }
            // Whoever is in stays in while nobody can say otherwise.
            Err(ServiceError::Unavailable(error)) => {
                tracing::warn!(error = %error, "whether a session goes on could not be looked up");
                Ok(())
            }
            Err(error) => Err(ApiError::from(error).into()),
        }
    }

    async fn take(&mut self, heard: Heard<InboxClientFrame>) -> Result<(), End> {
        self.heard_at = Instant::now();
        if self.frames.check().is_err() {
            return Err(ApiError::from(TooMany { what: "frames", retry_after: PING_EVERY }).into());
        }
        let frame = match heard {
            Heard::Frame(frame) => frame,
            Heard::Nonsense(error) => return self.complain(&error).await,
            Heard::Nothing => return Err(End::Gone),
        };
        match frame {
            InboxClientFrame::Pong => Ok(()),
            InboxClientFrame::Active { active } => {
                self.page.set_active(active);
                Ok(())
            }
            InboxClientFrame::Watch { conversation, after } => self.watch(conversation.into(), after).await,
            InboxClientFrame::Unwatch => {
                self.watched = None;
                Ok(())
            }
            InboxClientFrame::Typing { conversation } => self.typing(conversation.into()).await,
            InboxClientFrame::Hello { .. } => self.complain(&malformed("the hello was said already")).await,
        }
    }

    /// Says what is wrong with a frame; the line goes on.
    pub(super) async fn complain(&mut self, error: &ApiError) -> Result<(), End> {
        let problem = Problem::new(error, &self.who.request_id);
        self.line.send(&InboxServerFrame::Error { problem }).await
    }

    async fn typing(&mut self, conversation: ConversationId) -> Result<(), End> {
        if self.typed_at.is_some_and(|at| at.elapsed() < TYPING_EVERY) {
            return Ok(());
        }
        self.typed_at = Some(Instant::now());
        let (operator, access) = (&self.who.operator, &self.who.access);
        match operator_types_here(&self.state.service, access, operator, conversation).await {
            Ok(()) => Ok(()),
            Err(error @ ServiceError::NotFound { .. }) => self.complain(&error.into()).await,
            Err(error) => Err(ApiError::from(error).into()),
        }
    }
}
