//! Reading what was missed: whole, in order, and the same as it would have been told.

use std::time::Duration;

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::samples;
use super::super::stand::Who;
use crate::bridge::{Cursor, DirectoryAnswer, DirectoryQuery, LinkCursor};
use crate::inbound::RemoteAuthor;

/// Enough for several pages on the platforms known.
const MANY: usize = 230;

async fn say_many(bench: &Bench<'_>, thread: &str, count: usize) -> Result<Vec<String>, Failed> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(bench.stand.say(Who::Operator, thread, &format!("line {number}")).await?);
    }
    Ok(ids)
}

pub(crate) async fn a_thread_is_read_whole_and_once(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let other = bench.open().await?;
    bench.stand.say(Who::Operator, &other.thread, "elsewhere").await?;
    let ours = bench.post(&opened.thread, "from the visitor").await?;
    let mut wanted = vec![ours.clone()];
    wanted.extend(say_many(bench, &opened.thread, MANY).await?);
    let read = bench.read(&opened.thread, "", 0).await?;
    let ids: Vec<String> = read.iter().map(|message| message.id.clone()).collect();
    demand(ids == wanted, || {
        format!("of {} messages {} were read, or in another order: {ids:?}", wanted.len(), ids.len())
    })?;
    demand(read.iter().all(|it| it.author != RemoteAuthor::Ourselves || it.id == ours), || {
        "a person's words are read as ours".to_owned()
    })?;
    demand(read[0].author == RemoteAuthor::Ourselves, || format!("our own message is read as {:?}'s", read[0].author))
}

pub(crate) async fn a_thread_is_read_from_where_one_was(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ids = say_many(bench, &opened.thread, 8).await?;
    bench.stand.edit(Who::Operator, &opened.thread, &ids[3], "line 3, put right").await?;
    bench.stand.delete(Who::Operator, &opened.thread, &ids[2]).await?;
    let seen = |lookback| bench.read(&opened.thread, &ids[4], lookback);
    let read: Vec<String> = seen(0).await?.into_iter().map(|message| message.id).collect();
    demand(read == ids[5..], || format!("after {} come {:?}, read were {read:?}", ids[4], &ids[5..]))?;
    let read = seen(3).await?;
    let back: Vec<&String> = read.iter().map(|message| &message.id).collect();
    demand(back == [&ids[1], &ids[3], &ids[4], &ids[5], &ids[6], &ids[7]], || {
        format!("looking back at three from {}: {back:?} of {ids:?} (the third is deleted)", ids[4])
    })?;
    demand(read[1].body.to_plain() == "line 3, put right" && read[1].edited_at.is_some(), || {
        format!("an edit that was missed is not seen when looking back: {:?}", read[1])
    })?;
    let read = bench.read(&opened.thread, &ids[7], 0).await?;
    demand(read.is_empty(), || format!("nothing was new, and {} messages were read", read.len()))
}

pub(crate) async fn only_threads_with_news_are_named(bench: &Bench<'_>) -> Result<(), Failed> {
    let (quiet, news, fresh) = (bench.open().await?, bench.open().await?, bench.open().await?);
    let read_quiet = bench.stand.say(Who::Operator, &quiet.thread, "read").await?;
    let read_news = bench.stand.say(Who::Operator, &news.thread, "read").await?;
    // So long ago that nobody corrects it any more.
    bench.stand.pass(Duration::from_secs(2 * 24 * 3600));
    bench.stand.say(Who::Operator, &news.thread, "not read").await?;
    bench.stand.say(Who::Operator, &fresh.thread, "never read").await?;
    bench.stand.pass(Duration::from_secs(2 * 24 * 3600));
    let link = |thread: &str, cursor: &str| LinkCursor { thread: thread.to_owned(), cursor: Cursor(cursor.to_owned()) };
    let links = [link(&quiet.thread, &read_quiet), link(&news.thread, &read_news), link(&fresh.thread, "")];
    let moved = bench.bridge.moved(&bench.stand.channel(), &links).await?;
    for thread in [&news.thread, &fresh.thread] {
        demand(moved.contains(&bench.thread(thread)), || format!("{thread} has news, and is not named: {moved:?}"))?;
    }
    demand(!moved.contains(&bench.thread(&quiet.thread)), || {
        format!("{} is quiet, and is named: every look would read every thread", quiet.thread)
    })
}

pub(crate) async fn what_is_read_is_what_was_told(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    bench.stand.hold_events();
    let mut ids = Vec::new();
    for words in samples::LITERAL {
        ids.push(bench.stand.say(Who::Operator, &opened.thread, words).await?);
    }
    let called = format!("ask {} about it", bench.stand.mention(Who::Colleague));
    ids.push(bench.stand.say(Who::Operator, &opened.thread, &called).await?);
    ids.push(bench.stand.say(Who::Bot, &opened.thread, "beep").await?);
    // Read while the event is still on its way: both will be taken, and one must count.
    let read = bench.read(&opened.thread, "", 0).await?;
    bench.stand.release_events();
    demand(read.iter().map(|it| &it.id).eq(ids.iter()), || format!("{} said, read: {read:#?}", ids.len()))?;
    for read in read {
        let (inbound, mut told) = bench.sink.message(&read.id).await?;
        demand(read.remote_thread().map(|it| it.lane()).as_ref() == Some(&inbound.lane), || {
            format!("told in lane {}, read in {:?}", inbound.lane, read.remote_thread())
        })?;
        // Where an answer can be sent may differ: an event can bring a way of its own.
        told.reply = read.reply.clone();
        demand(told == read, || format!("told as {told:#?}, read as {read:#?}"))?;
    }
    ears.stop().await
}

pub(crate) async fn one_message_is_read_as_it_stands(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let id = bench.stand.say(Who::Operator, &opened.thread, "helo").await?;
    bench.stand.edit(Who::Operator, &opened.thread, &id, "hello").await?;
    let ask = || DirectoryQuery::Message {
        channel: bench.stand.channel(),
        thread: Some(opened.thread.clone()),
        id: id.clone(),
    };
    match bench.bridge.directory(ask()).await? {
        DirectoryAnswer::Message(Some(found)) => {
            demand(found.body.to_plain() == "hello" && found.thread.as_ref() == Some(&opened.thread), || {
                format!("it says hello in {}, read is {found:?}", opened.thread)
            })?;
        }
        other => return Err(Failed(format!("a message that is there is read as {other:?}"))),
    }
    bench.stand.delete(Who::Operator, &opened.thread, &id).await?;
    match bench.bridge.directory(ask()).await? {
        DirectoryAnswer::Message(None) => Ok(()),
        other => Err(Failed(format!("a deleted message is read as {other:?}"))),
    }
}
