//! Opening threads: one card and one thread, whatever is lost on the way.

use super::super::bench::{Bench, Seen, opened};
use super::super::failed::{Failed, demand};
use super::super::samples::{self, VISITOR};
use crate::bridge::Bridge;
use crate::error::BridgeError;
use crate::ids::IdempotencyKey;
use crate::op::{Applied, Found, Op, Outcome, StepState, Target};

/// How many answers one opening may wait for; platforms known need two.
const MOST_CALLS: u32 = 6;

fn open() -> Op {
    Op::OpenThread(samples::card())
}

/// Goes on with an opening from `step` to its end.
async fn finish(bridge: &dyn Bridge, at: &Target, key: IdempotencyKey, step: StepState) -> Result<Applied, Failed> {
    let mut step = step;
    for _ in 0..MOST_CALLS {
        match bridge.perform(at, &open(), &key, step).await? {
            Outcome::Applied(applied) => return Ok(applied),
            Outcome::Continue(next) => step = next,
            other @ Outcome::AwaitEcho { .. } => return Err(Failed(format!("an opening ended with {other:?}"))),
        }
    }
    Err(Failed(format!("after {MOST_CALLS} steps the thread is still not open")))
}

/// Demands that there is one card, and that its thread can be used.
async fn one_thread(bench: &Bench<'_>, thread: &str) -> Result<(), Failed> {
    let cards: Vec<_> = bench.stand.in_channel().into_iter().filter(|shown| shown.text.contains(VISITOR)).collect();
    demand(cards.len() == 1, || format!("{} cards for one visitor: {cards:#?}", cards.len()))?;
    bench.post(thread, "hello in there").await?;
    bench.shown_once(thread, "hello in there").map(drop)
}

pub(crate) async fn a_thread_is_opened_and_named(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let card = bench.stand.in_channel().into_iter().find(|shown| shown.id == opened.card);
    let card = card.ok_or_else(|| Failed(format!("the channel shows no message {} as card", opened.card)))?;
    for words in [VISITOR, "shop.example", "https://shop.example/prices", "ada@shop.example"] {
        demand(card.text.contains(words), || format!("the card doesn't show “{words}”: {card:?}"))?;
    }
    one_thread(bench, &opened.thread).await?;
    let second = bench.open().await?;
    demand(second.thread != opened.thread, || "two conversations got one thread".to_owned())
}

pub(crate) async fn an_opening_goes_on_after_a_crash(bench: &Bench<'_>) -> Result<(), Failed> {
    let (at, key) = (bench.in_channel(), bench.key());
    let sent = bench.sent(&at);
    let Outcome::Continue(step) = bench.bridge.perform(&at, &open(), &key, StepState::default()).await? else {
        // One call opens a thread there, so there is nothing to be cut in two.
        return Ok(());
    };
    // The step was written down, and another process goes on with it.
    let another = bench.stand.another();
    let applied = finish(&*another, &at, key, step).await?;
    let first = opened(&applied)?;
    one_thread(bench, &first.thread).await?;
    // The thread was never written down: looking must find it whole.
    bench.stand.pass(bench.bridge.capabilities().idempotent_for.unwrap_or_default() * 2);
    match bench.stand.another().find(&at, &open(), &key, &sent).await? {
        Found::Yes(Outcome::Applied(found)) if found == applied => Ok(()),
        other => Err(Failed(format!("a thread that was opened as {applied:?} was looked for, and found as {other:?}"))),
    }
}

pub(crate) async fn a_forgotten_step_opens_no_second_thread(bench: &Bench<'_>) -> Result<(), Failed> {
    for late in [false, true] {
        let (at, key) = (bench.in_channel(), bench.key());
        let sent = bench.sent(&at);
        let before = bench.stand.in_channel().len();
        let Outcome::Continue(_) = bench.bridge.perform(&at, &open(), &key, StepState::default()).await? else {
            return Ok(());
        };
        // The process died before it could write the step down.
        let bridge = bench.stand.another();
        let window = bridge.capabilities().idempotent_for;
        let mut step = StepState::default();
        if late || window.is_none() {
            bench.stand.pass(window.unwrap_or_default() * 2);
            match bridge.find(&at, &open(), &key, &sent).await? {
                Found::Yes(Outcome::Continue(found)) => step = found,
                other => {
                    return Err(Failed(format!("a card without its thread was looked for, and found as {other:?}")));
                }
            }
        }
        let applied = finish(&*bridge, &at, key, step).await?;
        let added = bench.stand.in_channel().len() - before;
        demand(added == 1, || format!("one opening left {added} messages in the channel"))?;
        let opened = opened(&applied)?;
        let words = format!("said after {key}");
        bench.post(&opened.thread, &words).await?;
        bench.shown_once(&opened.thread, &words)?;
    }
    Ok(())
}

async fn lost_answers(bench: &Bench<'_>, seen: Seen) -> Result<(), Failed> {
    for skip in 0..MOST_CALLS {
        let before = bench.stand.in_channel().len();
        let lost = bench.stand.answers_lost();
        bench.stand.lose_answer(skip);
        let bridge = bench.stand.bridge();
        let applied = bench.deliver_as(&*bridge, &bench.in_channel(), &open(), bench.key(), seen).await?;
        // If there was no such call any more, every one had its turn.
        let last = bench.stand.answers_lost() == lost;
        let opened = opened(&applied)?;
        let added = bench.stand.in_channel().len() - before;
        demand(added == 1, || {
            format!("the answer to call {} was lost, and the channel holds {added} new messages", skip + 1)
        })?;
        let words = format!("said after {skip}");
        bench.post(&opened.thread, &words).await?;
        bench.shown_once(&opened.thread, &words)?;
        if last {
            return Ok(());
        }
    }
    Ok(())
}

pub(crate) async fn a_lost_answer_opens_one_thread(bench: &Bench<'_>) -> Result<(), Failed> {
    lost_answers(bench, Seen::AtOnce).await
}

pub(crate) async fn a_lost_answer_seen_late_opens_one_thread(bench: &Bench<'_>) -> Result<(), Failed> {
    lost_answers(bench, Seen::Late).await
}

pub(crate) async fn two_openings_are_two_threads(bench: &Bench<'_>) -> Result<(), Failed> {
    let (at, bridge) = (bench.in_channel(), bench.bridge.clone());
    let first = bench.open().await?;
    let key = bench.key();
    let sent = bench.sent(&at);
    // The second one never reached the platform: the first one's card, with the same words, must not pass for it.
    bench.stand.pass(bridge.capabilities().idempotent_for.unwrap_or_default() * 2);
    for _ in 0..10 {
        match bridge.find(&at, &open(), &key, &sent).await {
            Ok(Found::NotYet) => bench.stand.pass(std::time::Duration::from_secs(60)),
            Err(BridgeError::RateLimited { after, .. }) => bench.stand.rest(after).await,
            Ok(Found::No) => return Ok(()),
            other => {
                return Err(Failed(format!("an opening that never was is found as {other:?}; there is {first:?}")));
            }
        }
    }
    Err(Failed::new("it is never said for sure that an opening that never was is not there"))
}
