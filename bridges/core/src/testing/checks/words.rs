//! Words: a visitor's text is shown as it is, and nothing in it comes alive.

use super::super::bench::{Bench, id_of};
use super::super::failed::{Failed, demand};
use super::super::samples::{self, CALLS, LITERAL, LURES, NASTY, VISITOR};
use super::super::stand::{Shown, Who};
use crate::body::Body;
use crate::op::{CardPage, CardStatus, Op};
use crate::split::split;

fn dead(shown: &Shown) -> Result<(), Failed> {
    demand(shown.alive.is_empty(), || format!("a visitor's words came alive: {shown:#?}"))
}

pub(crate) async fn a_visitor_calls_nobody(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let mut texts: Vec<String> = CALLS.iter().chain(LURES).map(|text| (*text).to_owned()).collect();
    let mention = bench.stand.mention(Who::Operator);
    texts.extend([mention.clone(), format!("\\{mention}"), format!("`{mention}`"), format!("<{mention}>")]);
    for text in &texts {
        let id = id_of(&bench.deliver(&at, &samples::said(&format!("hey {text} you"))).await?)?;
        let mut named = samples::post("my name is a trap");
        named.author.name.clone_from(text);
        let other = id_of(&bench.deliver(&at, &Op::Post(named)).await?)?;
        let shown = bench.stand.in_thread(&opened.thread);
        let found: Vec<&Shown> = shown.iter().filter(|shown| shown.id == id || shown.id == other).collect();
        demand(found.len() == 2, || format!("“{text}” is not there as it was posted: {shown:#?}"))?;
        found.into_iter().try_for_each(dead)?;
        let notice = Op::Notice(samples::notice(&format!("{text} closed the conversation")));
        let id = id_of(&bench.deliver(&at, &notice).await?)?;
        bench.stand.in_thread(&opened.thread).iter().filter(|shown| shown.id == id).try_for_each(dead)?;
    }
    Ok(())
}

pub(crate) async fn a_card_calls_nobody(bench: &Bench<'_>) -> Result<(), Failed> {
    let mention = bench.stand.mention(Who::Operator);
    for text in CALLS.iter().chain(LURES).copied().chain([mention.as_str()]) {
        let mut card = samples::card();
        card.visitor = format!("Eve {text}");
        card.domain = format!("shop.example {text}");
        card.page = Some(CardPage { title: text.to_owned(), url: format!("https://shop.example/?q={text}") });
        card.email = card.email.map(|email| crate::Email { address: format!("{text}@x.example"), ..email });
        card.assignee = Some(text.to_owned());
        let opened =
            super::super::bench::opened(&bench.deliver(&bench.in_channel(), &Op::OpenThread(card.clone())).await?)?;
        card.status = CardStatus::Closed { by: text.into() };
        bench.deliver(&bench.at(&opened.thread), &Op::UpdateCard { id: opened.card.clone(), card }).await?;
        for shown in bench.stand.in_channel() {
            dead(&shown)?;
        }
    }
    Ok(())
}

pub(crate) async fn every_word_is_shown_as_it_is(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    for words in LITERAL {
        let id = bench.post(&opened.thread, words).await?;
        let shown = bench.stand.in_thread(&opened.thread).into_iter().find(|shown| shown.id == id);
        demand(shown.as_ref().is_some_and(|shown| shown.text.contains(words)), || {
            format!("a visitor wrote\n{words}\nand people read\n{shown:#?}")
        })?;
    }
    Ok(())
}

/// The words without anything that a platform may put between two pieces.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

pub(crate) async fn the_longest_part_is_taken(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let longest = bench.bridge.capabilities().longest_part;
    for nasty in NASTY {
        let words: String = std::iter::repeat_n(*nasty, longest).collect();
        let mut post = samples::post(&words);
        post.author.name = VISITOR.repeat(20);
        let id = id_of(&bench.deliver(&bench.at(&opened.thread), &Op::Post(post)).await?)?;
        let shown = bench.stand.in_thread(&opened.thread).into_iter().find(|shown| shown.id == id);
        demand(shown.as_ref().is_some_and(|shown| bare(&shown.text).contains(&bare(&words))), || {
            let counted = shown.map(|shown| shown.text.chars().filter(|c| c == nasty).count());
            format!("{longest} times {nasty:?} were posted as one part; shown are {counted:?} of them")
        })?;
    }
    Ok(())
}

pub(crate) async fn a_long_message_loses_nothing(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let longest = bench.bridge.capabilities().longest_part;
    let mut text = String::new();
    let mut number = 0;
    while text.chars().count() < longest * 2 + longest / 2 {
        text.push_str(&format!("Line {number}: *all* of <this> must_arrive & `nothing` may be lost.\n"));
        number += 1;
    }
    let before = bench.ours_with(&opened.thread, "").len();
    for (part, body) in split(&Body::plain(&text), longest).into_iter().enumerate() {
        let mut post = samples::post("");
        post.body = body;
        post.part = u16::try_from(part).unwrap_or(u16::MAX);
        bench.deliver(&bench.at(&opened.thread), &Op::Post(post)).await?;
    }
    let parts = bench.ours_with(&opened.thread, "");
    demand(parts.len() - before >= 3, || {
        format!("{} parts for two and a half times the longest", parts.len() - before)
    })?;
    let mut rest = parts.iter().skip(before).map(|shown| bare(&shown.text)).collect::<Vec<_>>().concat();
    for line in text.lines() {
        let line = bare(line);
        let Some(at) = rest.find(&line) else {
            return Err(Failed(format!("the line {line} is missing, out of order, or torn where it need not be")));
        };
        rest = rest.split_off(at + line.len());
    }
    Ok(())
}
