//! Posting: each piece of work leaves one message, and is told from every other.

use std::time::Duration;

use super::super::bench::{Bench, Seen, id_of};
use super::super::failed::{Failed, demand};
use super::super::samples::{self, VISITOR, said};
use super::super::stand::Who;
use crate::bridge::Answer;
use crate::ids::IdempotencyKey;
use crate::op::{Applied, Found, Op, Outcome, PostAuthor, Speaker, Target};

/// The look for what is not there, until the bridge is sure.
async fn not_there(bench: &Bench<'_>, at: &Target, op: &Op, key: IdempotencyKey) -> Result<(), Failed> {
    let sent = bench.sent(at);
    bench.stand.pass(bench.bridge.capabilities().idempotent_for.unwrap_or_default() * 2);
    for _ in 0..10 {
        match bench.bridge.find(at, op, &key, &sent).await? {
            Found::No => return Ok(()),
            Found::NotYet => bench.stand.pass(Duration::from_secs(60)),
            Found::Yes(outcome) => {
                return Err(Failed(format!(
                    "{} was never sent, and is found as {outcome:?}; taken: {:?}",
                    op.name(),
                    sent.taken
                )));
            }
        }
    }
    Err(Failed::new("an hour after it would have been sent, find still says NotYet"))
}

pub(crate) async fn a_post_shows_its_words_and_its_author(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let id = bench.post(&opened.thread, "Do you ship to Norway?").await?;
    let shown = bench.shown_once(&opened.thread, "Do you ship to Norway?")?;
    demand(shown.id == id, || format!("it was posted as {}, and the bridge says {id}", shown.id))?;
    demand(shown.text.contains(VISITOR), || format!("nobody can see that {VISITOR} wrote it: {shown:?}"))?;
    let mut post = samples::post("We do.");
    post.author = PostAuthor { speaker: Speaker::Operator, name: "Grace Hopper".to_owned(), picture: None };
    bench.deliver(&bench.at(&opened.thread), &Op::Post(post)).await?;
    let shown = bench.shown_once(&opened.thread, "We do.")?;
    demand(shown.text.contains("Grace Hopper") && !shown.text.contains(VISITOR), || {
        format!("an operator's words from elsewhere are not shown under their name: {shown:?}")
    })
}

async fn lost_answer(bench: &Bench<'_>, seen: Seen) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let works = [("is it lost?", said("is it lost?")), ("not at all", Op::Notice(samples::notice("not at all")))];
    for (words, op) in works {
        bench.post(&opened.thread, "what came before").await?;
        bench.stand.lose_answer(0);
        let applied = bench.deliver_as(&*bench.bridge, &at, &op, bench.key(), seen).await?;
        let shown = bench.shown_once(&opened.thread, words)?;
        demand(applied.id.as_ref() == Some(&shown.id), || {
            format!("{} is {}, and was written down as {:?}", op.name(), shown.id, applied.id)
        })?;
    }
    Ok(())
}

pub(crate) async fn a_lost_answer_leaves_one_message(bench: &Bench<'_>) -> Result<(), Failed> {
    lost_answer(bench, Seen::AtOnce).await
}

pub(crate) async fn a_lost_answer_seen_late_leaves_one_message(bench: &Bench<'_>) -> Result<(), Failed> {
    lost_answer(bench, Seen::Late).await
}

pub(crate) async fn what_never_was_is_not_found(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    bench.post(&opened.thread, "something else").await?;
    bench.stand.say(Who::Operator, &opened.thread, "never sent").await?;
    not_there(bench, &bench.at(&opened.thread), &said("never sent"), bench.key()).await
}

pub(crate) async fn equal_words_are_two_messages(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let first = bench.post(&opened.thread, "ok").await?;
    bench.stand.lose_answer(0);
    let second = bench.deliver_as(&*bench.bridge, &at, &said("ok"), bench.key(), Seen::Late).await?;
    let second = id_of(&second)?;
    demand(first != second, || "two equal messages were taken for one".to_owned())?;
    let shown = bench.ours_with(&opened.thread, "ok");
    demand(shown.len() == 2, || format!("two equal messages left {}: {shown:#?}", shown.len()))?;
    // A third one never left the house: neither of the two is it.
    not_there(bench, &at, &said("ok"), bench.key()).await
}

pub(crate) async fn another_instance_knows_what_was_posted(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let at = bench.at(&opened.thread);
    let key = bench.key();
    let sent = bench.sent(&at);
    let Outcome::Applied(applied) = bench.bridge.perform(&at, &said("remember me"), &key, Default::default()).await?
    else {
        return Err(Failed::new("a post was not applied at once"));
    };
    let id = id_of(&applied)?;
    bench.stand.pass(bench.bridge.capabilities().idempotent_for.unwrap_or_default() * 2);
    let another = bench.stand.another();
    let found = another.find(&at, &said("remember me"), &key, &sent).await?;
    let wanted = Found::Yes(Outcome::Applied(Applied { id: Some(id.clone()), thread: None }));
    demand(found == wanted, || format!("{id} was posted before a restart, and after it is found as {found:?}"))?;
    let edit = Op::Edit { id: id.clone(), post: samples::post("forget me") };
    bench.deliver_as(&*another, &at, &edit, bench.key(), Seen::AtOnce).await?;
    bench.shown_once(&opened.thread, "forget me")?;
    bench.deliver_as(&*another, &at, &Op::Delete { id }, bench.key(), Seen::AtOnce).await?;
    let left = bench.ours_with(&opened.thread, "me");
    demand(left.is_empty(), || format!("it can't be deleted after a restart: {left:?}"))
}

pub(crate) async fn parts_arrive_in_their_order(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let mut ids = Vec::new();
    for part in 0..3 {
        let mut post = samples::post(&format!("part {part}"));
        post.part = part;
        ids.push(id_of(&bench.deliver(&bench.at(&opened.thread), &Op::Post(post)).await?)?);
    }
    let shown: Vec<String> = bench.ours_with(&opened.thread, "part ").into_iter().map(|shown| shown.id).collect();
    demand(shown == ids, || format!("posted as {ids:?}, shown as {shown:?}"))
}

pub(crate) async fn a_notice_calls_only_whom_it_names(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let mut notice = samples::notice("this conversation is yours now");
    notice.mention = Some(bench.stand.user(Who::Operator));
    bench.deliver(&bench.at(&opened.thread), &Op::Notice(notice)).await?;
    let shown = bench.shown_once(&opened.thread, "this conversation is yours now")?;
    let called = shown.alive.len() == 1 && shown.alive[0].contains(&bench.stand.user(Who::Operator).0);
    demand(called, || format!("it should call {} alone: {shown:?}", bench.stand.user(Who::Operator)))?;
    let plain = format!("{} closed it", bench.stand.mention(Who::Colleague));
    bench.deliver(&bench.at(&opened.thread), &Op::Notice(samples::notice(&plain))).await?;
    let shown = bench.shown_once(&opened.thread, "closed it")?;
    demand(shown.alive.is_empty(), || format!("a notice's words call somebody: {shown:?}"))
}

pub(crate) async fn a_private_answer_is_nobodys_post(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let id = bench.stand.say(Who::Bystander, &opened.thread, "may I?").await?;
    let (_, asked) = bench.sink.message(&id).await?;
    bench.bridge.respond(&asked.reply, &Answer::text("only operators can do that")).await?;
    demand(bench.stand.was_told(Who::Bystander, "only operators can do that"), || {
        "the person who asked can't read the answer".to_owned()
    })?;
    not_there(bench, &bench.at(&opened.thread), &said("only operators can do that"), bench.key()).await?;
    // Nothing that is told or read takes it for a person's words, so that it can reach no visitor.
    bench.marker(&opened.thread).await?;
    let theirs = |message: &crate::RemoteMessage| {
        message.body.to_plain().contains("only operators") && message.author != crate::RemoteAuthor::Ourselves
    };
    let told = bench.sink.told();
    demand(!told.messages().any(|(_, message)| theirs(message)), || {
        "a private answer of ours was told as somebody's words".to_owned()
    })?;
    let read = bench.read(&opened.thread, "", 0).await?;
    demand(!read.iter().any(theirs), || "a private answer of ours is read as somebody's words".to_owned())?;
    ears.stop().await
}
