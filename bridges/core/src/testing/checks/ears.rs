//! Listening itself: nothing is lost in silence, and it ends when it shall.

use std::time::Duration;

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::stand::Who;
use crate::error::BridgeError;
use crate::inbound::ListenReport;

/// How long the stand's clock goes on between two looks for an event that is to be told again.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(10);

pub(crate) async fn a_refused_event_is_not_lost(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    bench.sink.refuse("take this down", 1);
    let reports = bench.sink.told().reports.len();
    let id = bench.stand.say(Who::Operator, &opened.thread, "take this down").await?;
    let key = bench.sink.wait("what is refused", |told| told.refused.first().map(|it| it.dedupe_key.clone())).await?;
    // Twice as long each time: a clock that is moved can do it at once, a bridge's own pause may not.
    for patience in (0..7).map(|round| bench.stand.patience() / 128 * (1 << round)) {
        let again = bench.sink.wait_within(patience, "the event again, or that it was missed", |told| {
            let taken = told.messages().find(|(_, message)| message.id == id).map(|(it, _)| it.dedupe_key.clone());
            let news = told.reports.iter().skip(reports);
            let missed = news.clone().any(|it| matches!(it, ListenReport::Missed { .. } | ListenReport::Connected));
            if taken.is_some() || missed { Some(taken) } else { None }
        });
        if let Ok(taken) = again.await {
            demand(taken.as_ref().is_none_or(|taken| *taken == key), || {
                format!("it was refused as {key} and told again as {taken:?}")
            })?;
            // Where it is only reported, reading again must find it.
            let read = bench.read(&opened.thread, "", 0).await?;
            demand(read.iter().any(|message| message.id == id), || format!("reading again doesn't find {id}"))?;
            return ears.stop().await;
        }
        bench.stand.pass(TOLD_AGAIN_AFTER);
    }
    Err(Failed::new(
        "the sink refused an event, and it was neither told again nor reported: nobody will ever know of it",
    ))
}

pub(crate) async fn a_cut_line_is_reported_and_mended(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let connected = bench.sink.told().connected();
    bench.stand.deafen(true).await;
    bench
        .sink
        .wait("ListenReport::Disconnected", |told| {
            told.reports.iter().any(|it| matches!(it, ListenReport::Disconnected { .. })).then_some(())
        })
        .await?;
    let missed = bench.stand.say(Who::Operator, &opened.thread, "can you hear me?").await?;
    bench.stand.deafen(false).await;
    bench.sink.wait("Connected again", |told| (told.connected() > connected).then_some(())).await?;
    let later = bench.stand.say(Who::Operator, &opened.thread, "now you can").await?;
    bench.sink.message(&later).await?;
    let read = bench.read(&opened.thread, "", 0).await?;
    demand(read.iter().any(|message| message.id == missed), || {
        "what was said while the line was cut can't be read afterwards".to_owned()
    })?;
    ears.stop().await
}

pub(crate) async fn listening_ends_when_told(bench: &Bench<'_>) -> Result<(), Failed> {
    let ears = bench.listen().await?;
    ears.stop().await?;
    // And can begin again.
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    bench.marker(&opened.thread).await?;
    ears.stop().await
}

pub(crate) async fn a_worthless_token_ends_the_listening(bench: &Bench<'_>) -> Result<(), Failed> {
    bench.stand.revoke().await?;
    let mut ears = bench.listen_with(&bench.stand.another());
    match ears.ended().await? {
        Err(BridgeError::Unauthorized { why }) => {
            demand(!why.trim().is_empty(), || "Unauthorized without a word on what to do".to_owned())
        }
        other => Err(Failed(format!("with a revoked token listening ended with {other:?}"))),
    }
}
