//! Edits, deletions, cards and archives: done twice, they leave what they leave when done once.

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::samples::{self, said};
use super::super::stand::Who;
use crate::op::{CardStatus, Op};

pub(crate) async fn an_edit_replaces_the_words(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let id = bench.post(&opened.thread, "twelve o'clock").await?;
    let edit = Op::Edit { id: id.clone(), post: samples::post("one o'clock") };
    for _ in 0..2 {
        bench.deliver(&at, &edit).await?;
        let shown = bench.shown_once(&opened.thread, "o'clock")?;
        demand(shown.id == id && shown.text.contains("one o'clock") && !shown.text.contains("twelve"), || {
            format!("after the edit the thread shows {shown:?}")
        })?;
    }
    Ok(())
}

pub(crate) async fn deleting_twice_is_harmless(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let id = bench.post(&opened.thread, "wrong window").await?;
    bench.post(&opened.thread, "right window").await?;
    for round in ["first", "second"] {
        bench
            .deliver(&at, &Op::Delete { id: id.clone() })
            .await
            .map_err(|error| Failed(format!("the {round} deletion of one message failed: {error}")))?;
    }
    let left = bench.ours_with(&opened.thread, "window");
    demand(left.len() == 1 && left[0].text.contains("right window"), || format!("left are {left:#?}"))
}

pub(crate) async fn a_card_is_drawn_again(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let before = bench.stand.in_channel().len();
    let mut card = samples::card();
    card.assignee = Some("Grace Hopper".to_owned());
    let mut closed = samples::card();
    closed.status = CardStatus::Closed { by: "Alan Turing".into() };
    for (card, words) in [(card, "Grace Hopper"), (closed, "Alan Turing"), (samples::card(), samples::VISITOR)] {
        let draw = Op::UpdateCard { id: opened.card.clone(), card };
        for _ in 0..2 {
            bench.deliver(&bench.at(&opened.thread), &draw).await?;
        }
        let shown = bench.stand.in_channel().into_iter().find(|shown| shown.id == opened.card);
        demand(shown.as_ref().is_some_and(|shown| shown.text.contains(words)), || {
            format!("the card should show “{words}”: {shown:?}")
        })?;
    }
    let after = bench.stand.in_channel().len();
    demand(before == after, || format!("{before} messages in the channel became {after}"))
}

pub(crate) async fn archiving_is_harmless(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let id = bench.post(&opened.thread, "before").await?;
    for _ in 0..2 {
        bench.deliver(&at, &Op::Archive).await?;
    }
    // Late work for a closed conversation still gets through, and what comes after opens the thread again.
    bench.deliver(&at, &Op::Edit { id, post: samples::post("before, put right") }).await?;
    bench.shown_once(&opened.thread, "before, put right")?;
    bench.deliver(&at, &Op::Archive).await?;
    bench.deliver(&at, &Op::UpdateCard { id: opened.card.clone(), card: samples::card() }).await?;
    bench.deliver(&at, &Op::Archive).await?;
    bench.deliver(&at, &said("and after")).await?;
    bench.shown_once(&opened.thread, "and after")?;
    let all = bench.read(&opened.thread, "", 0).await?;
    demand(all.len() == 2, || format!("an archived thread shows {} messages in place of two", all.len()))?;
    bench.stand.say(Who::Operator, &opened.thread, "back again").await.map(drop)
}
