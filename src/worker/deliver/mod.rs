//! Delivers the outbox: one lane a link, only the head of each, at each channel's pace.
//!
//! What lives here: choosing whose turn it is. What must not: what is done in a turn ([`attempt`]).
//!
//! The order within a channel is what keeps a crowd of strangers from delaying the conversations that are under way: work
//! in threads that are open goes before the opening of new ones, and among those the link that was served longest ago. After
//! three turns in a row that went to those who talk already, one opens a thread.

mod attempt;
mod operation;
mod pace;
mod pauses;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{Bridge, Micros, Pace};
use dashmap::DashMap;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::attempt::attempt;
use self::pace::Paces;
use self::pauses::Pauses;
use super::{Figures, next_round};
use crate::model::{ChannelId, LinkId};
use crate::service::{Service, ServiceError};
use crate::store::{Change, Guard, Outbox, OutboxKind, OutboxProgress, OutboxState, Write};

/// How many heads of one channel are looked at in a round.
const HEADS: i64 = 64;
/// How many pieces of work of one channel may be under way at once.
const AT_ONCE: usize = 4;
/// How many of those may open threads: a platform that is slow at that leaves turns for those who talk already.
const OPENINGS_AT_ONCE: usize = 2;

/// After so many turns of a channel that opened no thread the next one does, so that those who are new don't wait for as
/// long as others talk.
const OPENING_TURN: u32 = 3;
/// How long a link rests when its work could not be written down.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Of how many links it is known when they were served; past that all are forgotten, which only costs some fairness.
const REMEMBERED: usize = 50_000;

/// What the turns share.
struct Turns {
    service: Service,
    figures: Figures,
    paces: Paces,
    /// Links whose head is being worked on.
    busy: DashMap<LinkId, UnderWay>,
    /// How many turns a channel has had since one opened a thread.
    since_opening: DashMap<ChannelId, u32>,
    /// When a link was last served.
    served: DashMap<LinkId, Micros>,
    /// Until when a link rests because its work could not be written down.
    held_back: DashMap<LinkId, Micros>,
    /// What rests because a platform asked to go slower.
    pauses: Pauses,
}

/// A turn that has begun.
#[derive(Clone, Copy)]
struct UnderWay {
    channel: ChannelId,
    opens_thread: bool,
}

/// Frees a link when its turn ends, in whatever way.
struct Leave {
    turns: Arc<Turns>,
    link: LinkId,
}

impl Drop for Leave {
    fn drop(&mut self) {
        if self.turns.served.len() >= REMEMBERED {
            self.turns.served.clear();
        }
        self.turns.served.insert(self.link, self.turns.service.clock.now());
        self.turns.busy.remove(&self.link);
        self.turns.service.wake.deliver();
    }
}

/// Delivers until `stop`, then waits for the turns that have begun.
pub async fn run(service: Service, figures: Figures, stop: CancellationToken) {
    recover(&service).await;
    let turns = Arc::new(Turns {
        service,
        figures,
        paces: Paces::default(),
        busy: DashMap::new(),
        since_opening: DashMap::new(),
        served: DashMap::new(),
        held_back: DashMap::new(),
        pauses: Pauses::default(),
    });
    let tasks = TaskTracker::new();
    loop {
        let due = match round(&turns, &tasks).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(error = %error, "the outbox could not be read; it is tried again shortly");
                None
            }
        };
        let service = &turns.service;
        if !next_round(service, service.wake.deliver_rung(), due, &stop).await {
            break;
        }
    }
    tasks.close();
    tasks.wait().await;
}

/// What was with a platform when the program last ended has an unknown outcome: there is one process a database, so
/// nobody else can be working on it.
async fn recover(service: &Service) {
    let rows = match service.store.sending_outbox().await {
        Ok(rows) => rows,
        Err(error) => {
            tracing::error!(error = %error, "unfinished work could not be read; it is taken up when its lease ends");
            return;
        }
    };
    for row in rows {
        tracing::info!(outbox.id = %row.id, "work {} was under way when the program ended: its outcome is looked up", row.id);
        let mut write = Write::new(row.conversation.0);
        write.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
        write.push(Change::SetOutbox(
            row.id,
            OutboxProgress { state: OutboxState::Unknown, lease_until: None, ..row.progress.clone() },
        ));
        if let Err(error) = service.store.commit(write).await {
            tracing::error!(error = %error, outbox.id = %row.id, "work {} is taken up when its lease ends", row.id);
        }
    }
}

/// Gives out turns to all who may have one now. Answers when to look again at the latest.
async fn round(turns: &Arc<Turns>, tasks: &TaskTracker) -> Result<Option<Micros>, ServiceError> {
    let service = &turns.service;
    let now = service.clock.now();
    // What ends while the heads are read may be among them as it stood before: such a lane waits for the bell that it rings.
    let working: HashSet<LinkId> = turns.busy.iter().map(|busy| *busy.key()).collect();
    let heads = service.store.heads(now, HEADS).await?;
    let mut due = service.store.next_outbox_due(now).await?;
    let mut channels: HashMap<ChannelId, Vec<Outbox>> = HashMap::new();
    turns.held_back.retain(|_, until| *until > now);
    due = due.into_iter().chain(turns.held_back.iter().map(|held| *held.value())).min();
    for head in heads {
        if turns.held_back.contains_key(&head.link) {
            continue;
        }
        if !working.contains(&head.link) && !turns.busy.contains_key(&head.link) {
            channels.entry(head.channel).or_default().push(head);
        }
    }
    for (channel, mut waiting) in channels {
        waiting.sort_by_cached_key(|head| precedence(turns, head));
        if let Some(again) = serve(turns, tasks, channel, waiting) {
            due = Some(due.map_or(again, |due| due.min(again)));
        }
    }
    Ok(due)
}

/// Least goes first. A thread that is half open comes before those that are not begun: people may see it already.
fn precedence(turns: &Turns, head: &Outbox) -> (bool, bool, Micros, Micros) {
    let opens = head.kind == OutboxKind::OpenThread;
    let served = turns.served.get(&head.link).map_or(Micros::default(), |at| *at);
    if opens {
        return (true, head.progress.step.is_none(), head.created_at, served);
    }
    (false, false, served, head.created_at)
}

/// Gives out one channel's turns, best first. Answers when to look again: when its pace allows the next turn, or when a
/// pause ends.
fn serve(turns: &Arc<Turns>, tasks: &TaskTracker, channel: ChannelId, mut waiting: Vec<Outbox>) -> Option<Micros> {
    let (bridge, _) = turns.service.bridge_of(channel)?;
    let pace = bridge.capabilities().pace;
    let now = turns.service.clock.now();
    let paused = turns.pauses.of_channel(channel, bridge.connection(), now);
    if paused.is_some() {
        return paused;
    }
    // Strangers who wait for their threads take no turn from anybody while none can be opened.
    let openings_paused = turns.pauses.of_openings(channel, now);
    if openings_paused.is_some() {
        waiting.retain(|head| head.kind != OutboxKind::OpenThread);
    }
    let again = give_out(turns, tasks, channel, waiting, &bridge, pace);
    again.into_iter().chain(openings_paused).min()
}

fn give_out(
    turns: &Arc<Turns>,
    tasks: &TaskTracker,
    channel: ChannelId,
    mut waiting: Vec<Outbox>,
    bridge: &Arc<dyn Bridge>,
    pace: Pace,
) -> Option<Micros> {
    let under_way: Vec<UnderWay> =
        turns.busy.iter().map(|busy| *busy.value()).filter(|busy| busy.channel == channel).collect();
    let mut openings = under_way.iter().filter(|busy| busy.opens_thread).count();
    let mut since_opening = turns.since_opening.entry(channel).or_insert(0);
    if *since_opening >= OPENING_TURN
        && let Some(at) = waiting.iter().position(|head| head.kind == OutboxKind::OpenThread)
    {
        waiting[..=at].rotate_right(1);
    }
    // Whoever gets no turn now gets one when a turn that ends rings the bell.
    let mut turns_left = AT_ONCE.saturating_sub(under_way.len());
    for head in waiting {
        let opens_thread = head.kind == OutboxKind::OpenThread;
        if turns_left == 0 {
            break;
        }
        if opens_thread && openings >= OPENINGS_AT_ONCE {
            continue;
        }
        // Looking up an unknown outcome posts nothing, so it waits for no pace.
        if head.progress.state == OutboxState::Pending
            && let Err(wait) = turns.paces.take(channel, pace)
        {
            return Some(turns.service.clock.now().plus(wait));
        }
        turns_left -= 1;
        openings += usize::from(opens_thread);
        *since_opening = if opens_thread { 0 } else { since_opening.saturating_add(1) };
        turns.busy.insert(head.link, UnderWay { channel, opens_thread });
        let turns = Arc::clone(turns);
        let bridge = Arc::clone(bridge);
        tasks.spawn(async move {
            let _leave = Leave { turns: Arc::clone(&turns), link: head.link };
            let (link, id) = (head.link, head.id);
            if let Err(error) = attempt(&turns, &*bridge, head).await {
                tracing::error!(error = %error, outbox.id = %id, "work {id} could not be written down; it is taken up again");
                turns.held_back.insert(link, turns.service.clock.now().plus(AFTER_FAILURE));
            }
        });
    }
    None
}
