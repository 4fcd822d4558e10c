//! Trouble: each kind is told as what it is, because everything above acts on that word alone.

use std::time::Duration;

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::samples::{self, said};
use super::super::stand::Who;
use crate::bridge::{Cursor, LinkCursor, Severity};
use crate::error::BridgeError;
use crate::op::Op;

pub(crate) async fn a_deleted_thread_is_gone(bench: &Bench<'_>) -> Result<(), Failed> {
    let (gone, other) = (bench.open().await?, bench.open().await?);
    bench.post(&gone.thread, "hello").await?;
    bench.stand.say(Who::Operator, &gone.thread, "hello too").await?;
    bench.stand.delete_thread(&gone.thread).await?;
    let posted = bench.deliver(&bench.at(&gone.thread), &said("still there?")).await;
    demand(posted == Err(BridgeError::ThreadGone), || format!("posting into a deleted thread gives {posted:?}"))?;
    let read = bench.bridge.snapshot(&bench.thread(&gone.thread), &Cursor::default(), 5).await;
    demand(matches!(read, Err(BridgeError::ThreadGone)), || format!("reading a deleted thread gives {read:?}"))?;
    let link = LinkCursor { thread: gone.thread.clone(), cursor: Cursor::default() };
    let moved = bench.bridge.moved(&bench.stand.channel(), &[link]).await?;
    demand(moved.contains(&bench.thread(&gone.thread)), || {
        "moved doesn't name a deleted thread, so nobody reads it and learns that it is gone".to_owned()
    })?;
    // Only this one is.
    bench.post(&other.thread, "next door").await.map(drop)
}

pub(crate) async fn a_closed_channel_is_told_with_the_fix(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let healthy = bench.bridge.diagnose(&[bench.stand.channel()]).await;
    demand(healthy.iter().all(|finding| finding.severity != Severity::Broken), || {
        format!("all is well, and the diagnosis says {healthy:#?}")
    })?;
    bench.stand.close_channel(true).await?;
    for (at, op) in [(bench.at(&opened.thread), said("hello")), (bench.in_channel(), Op::OpenThread(samples::card()))] {
        match bench.deliver(&at, &op).await {
            Err(BridgeError::ChannelBroken { why }) => {
                demand(why.split_whitespace().count() >= 4, || format!("“{why}” doesn't say what to do"))?;
            }
            other => return Err(Failed(format!("{} in a closed channel gives {other:?}", op.name()))),
        }
    }
    let found = bench.bridge.diagnose(&[bench.stand.channel()]).await;
    let name = bench.stand.channel().to_string();
    let named = found.iter().any(|it| it.severity == Severity::Broken && it.subject.contains(&name));
    demand(named, || format!("the diagnosis doesn't name {name} as broken: {found:#?}"))?;
    bench.stand.close_channel(false).await?;
    bench.post(&opened.thread, "open again").await?;
    bench.shown_once(&opened.thread, "open again").map(drop)
}

pub(crate) async fn a_worthless_token_is_told(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    bench.stand.revoke().await?;
    let posted = bench.deliver(&bench.at(&opened.thread), &said("hello")).await;
    match &posted {
        Err(BridgeError::Unauthorized { why }) => {
            demand(why.split_whitespace().count() >= 4, || format!("“{why}” doesn't say what to do"))?;
        }
        other => return Err(Failed(format!("with a revoked token a post gives {other:?}"))),
    }
    let read = bench.bridge.snapshot(&bench.thread(&opened.thread), &Cursor::default(), 5).await;
    demand(matches!(read, Err(BridgeError::Unauthorized { .. })), || format!("reading gives {read:?}"))?;
    let found = bench.stand.another().diagnose(&[bench.stand.channel()]).await;
    demand(found.iter().any(|it| it.severity == Severity::Broken), || format!("the diagnosis says {found:#?}"))
}

pub(crate) async fn out_of_reach_is_never_a_refusal(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    bench.stand.out_of_reach(true).await;
    for (at, op) in [
        (bench.at(&opened.thread), said("hello")),
        (bench.in_channel(), Op::OpenThread(samples::card())),
        (bench.in_channel(), Op::UpdateCard { id: opened.card.clone(), card: samples::card() }),
    ] {
        let failed = bench.once(&at, &op).await;
        demand(matches!(failed, Err(BridgeError::Transient { .. } | BridgeError::Ambiguous { .. })), || {
            format!("{} with nobody there gives {failed:?}, so it would be given up", op.name())
        })?;
    }
    let read = bench.bridge.snapshot(&bench.thread(&opened.thread), &Cursor::default(), 5).await;
    demand(matches!(read, Err(BridgeError::Transient { .. } | BridgeError::Ambiguous { .. })), || {
        format!("reading with nobody there gives {read:?}")
    })?;
    bench.stand.out_of_reach(false).await;
    bench.post(&opened.thread, "there you are").await?;
    bench.shown_once(&opened.thread, "there you are").map(drop)
}

pub(crate) async fn a_wish_to_wait_says_how_long(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    bench.stand.ask_to_wait(Duration::from_secs(1));
    let key = bench.key();
    match bench.bridge.perform(&at, &said("slowly"), &key, Default::default()).await {
        Err(BridgeError::RateLimited { after, .. }) => {
            demand(!after.is_zero(), || "it says to wait for no time at all".to_owned())?;
            bench.stand.rest(after).await;
        }
        other => return Err(Failed(format!("asked to wait, a post gives {other:?}"))),
    }
    let left = bench.ours_with(&opened.thread, "slowly");
    demand(left.is_empty(), || {
        "it was refused, and yet it is there: RateLimited says that nothing was applied".to_owned()
    })?;
    bench.deliver_as(&*bench.bridge, &at, &said("slowly"), key, super::super::bench::Seen::AtOnce).await?;
    bench.shown_once(&opened.thread, "slowly").map(drop)
}
