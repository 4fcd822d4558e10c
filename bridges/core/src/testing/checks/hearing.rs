//! What is heard: every event once, in order, and as what it is.

use super::super::bench::Bench;
use super::super::failed::{Failed, demand};
use super::super::samples;
use super::super::stand::Who;
use crate::bridge::AnswerButton;
use crate::inbound::{Action, Click, InboundEvent, RemoteAuthor, TeamCommand, Wish};
use crate::op::Op;

pub(crate) async fn our_words_come_back_as_ours(bench: &Bench<'_>) -> Result<(), Failed> {
    let ears = bench.listen().await?;
    let opened = bench.open().await?;
    let key = bench.key();
    let at = bench.at(&opened.thread);
    bench
        .deliver_as(&*bench.bridge, &at, &samples::said("is anybody there?"), key, super::super::bench::Seen::AtOnce)
        .await?;
    let id = bench.shown_once(&opened.thread, "is anybody there?")?.id;
    let (inbound, echo) = bench.sink.message(&id).await?;
    demand(echo.author == RemoteAuthor::Ourselves, || format!("our own message was told as {:?}'s", echo.author))?;
    demand(echo.key.is_none_or(|told| told == key), || {
        format!("it was posted under {key}, and comes with {:?}", echo.key)
    })?;
    demand(echo.remote_thread() == Some(bench.thread(&opened.thread)), || {
        format!("it is in thread {}, and was told of {:?}", opened.thread, echo.remote_thread())
    })?;
    demand(inbound.lane == bench.thread(&opened.thread).lane(), || format!("its lane is {}", inbound.lane))?;
    ears.stop().await
}

pub(crate) async fn what_a_person_says_arrives(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let operator = bench.stand.say(Who::Operator, &opened.thread, "Yes, we do.").await?;
    let bystander = bench.stand.say(Who::Bystander, &opened.thread, "Do we?").await?;
    let mut keys = Vec::new();
    for (id, who, words) in [(operator, Who::Operator, "Yes, we do."), (bystander, Who::Bystander, "Do we?")] {
        let (inbound, message) = bench.sink.message(&id).await?;
        let author = RemoteAuthor::Person(bench.stand.user(who));
        demand(message.author == author, || format!("{who:?} is {author:?}, and was told as {:?}", message.author))?;
        demand(message.body.to_plain() == words, || format!("“{words}” was told as {:?}", message.body))?;
        demand(message.remote_thread() == Some(bench.thread(&opened.thread)), || {
            format!("not its thread: {message:?}")
        })?;
        demand(inbound.lane == bench.thread(&opened.thread).lane(), || format!("its lane is {}", inbound.lane))?;
        demand(inbound.connection == *bench.bridge.connection(), || {
            format!("not our connection: {}", inbound.connection)
        })?;
        demand(message.edited_at.is_none() && message.key.is_none(), || {
            format!("it is new, and a person's: {message:?}")
        })?;
        keys.push(inbound.dedupe_key);
    }
    demand(keys[0] != keys[1], || format!("two messages have one key, so one would be thrown away: {keys:?}"))?;
    ears.stop().await
}

pub(crate) async fn a_repeated_event_has_one_key(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    bench.stand.tell_twice(true);
    let id = bench.stand.say(Who::Operator, &opened.thread, "once").await?;
    bench.stand.edit(Who::Operator, &opened.thread, &id, "once!").await?;
    bench.stand.edit(Who::Operator, &opened.thread, &id, "once!!").await?;
    bench.stand.delete(Who::Operator, &opened.thread, &id).await?;
    bench.stand.tell_twice(false);
    bench.marker(&opened.thread).await?;
    let told = bench.sink.told();
    let about = |inbound: &&crate::Inbound| match &inbound.event {
        InboundEvent::Message(message) | InboundEvent::Edited(message) => message.id == id,
        InboundEvent::Deleted { id: gone, .. } => *gone == id,
        _ => false,
    };
    let mut things: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    for inbound in told.taken.iter().filter(about) {
        let thing = match &inbound.event {
            InboundEvent::Message(_) => "said".to_owned(),
            InboundEvent::Edited(message) => format!("edited to {}", message.body.to_plain()),
            _ => "deleted".to_owned(),
        };
        if !things.contains(&thing) {
            things.push(thing);
        }
        if !keys.contains(&inbound.dedupe_key) {
            keys.push(inbound.dedupe_key.clone());
        }
    }
    demand(things.len() == 4, || format!("of four things these were told: {things:?}"))?;
    demand(keys.len() == 4, || {
        format!(
            "four things, each told twice, have {} keys: a repeated one counts again, or two count as one: {keys:?}",
            keys.len()
        )
    })?;
    ears.stop().await
}

pub(crate) async fn edits_and_deletions_arrive(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let id = bench.stand.say(Who::Operator, &opened.thread, "tomorow").await?;
    bench.stand.edit(Who::Operator, &opened.thread, &id, "tomorrow").await?;
    let (inbound, edited) = bench
        .sink
        .event("the edit", |inbound| match &inbound.event {
            InboundEvent::Edited(message) if message.id == id => Some((inbound.clone(), message.clone())),
            _ => None,
        })
        .await?;
    let lane = bench.thread(&opened.thread).lane();
    demand(edited.edited_at.is_some(), || "an edit doesn't say when it was made".to_owned())?;
    demand(edited.body.to_plain() == "tomorrow", || format!("the edit says {:?}", edited.body))?;
    demand(edited.author == RemoteAuthor::Person(bench.stand.user(Who::Operator)), || format!("{:?}", edited.author))?;
    demand(inbound.lane == lane, || format!("the edit's lane is {}, its message's is {lane}", inbound.lane))?;
    bench.stand.delete(Who::Operator, &opened.thread, &id).await?;
    let deleted = bench
        .sink
        .event("the deletion", |inbound| match &inbound.event {
            InboundEvent::Deleted { id: gone, thread, .. } if *gone == id => {
                Some((inbound.lane.clone(), thread.clone()))
            }
            _ => None,
        })
        .await?;
    demand(deleted == (lane.clone(), Some(opened.thread.clone())), || {
        format!("a message of thread {} was deleted, and it was told as {deleted:?}", opened.thread)
    })?;
    ears.stop().await
}

pub(crate) async fn only_people_edit(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let id = bench.post(&opened.thread, "helo").await?;
    let said = bench.stand.say(Who::Operator, &opened.thread, "hello yourself").await?;
    let ears = bench.listen().await?;
    bench.deliver(&bench.at(&opened.thread), &Op::Edit { id, post: samples::post("hello") }).await?;
    let draw = Op::UpdateCard { id: opened.card.clone(), card: samples::card() };
    bench.deliver(&bench.at(&opened.thread), &draw).await?;
    bench.marker(&opened.thread).await?;
    let edits: Vec<_> =
        bench.sink.told().taken.into_iter().filter(|it| matches!(it.event, InboundEvent::Edited(_))).collect();
    demand(edits.is_empty(), || format!("nobody edited anything, and it was told: {edits:#?}"))?;
    bench.stand.edit(Who::Operator, &opened.thread, &said, "hello").await?;
    bench.sink.event("a person's edit", |it| matches!(it.event, InboundEvent::Edited(_)).then_some(())).await?;
    ears.stop().await
}

pub(crate) async fn a_lane_keeps_its_order(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let mut ids = Vec::new();
    for number in 0..20 {
        let who = if number % 3 == 0 { Who::Colleague } else { Who::Operator };
        ids.push(bench.stand.say(who, &opened.thread, &format!("line {number}")).await?);
    }
    for id in &ids {
        bench.sink.message(id).await?;
    }
    let told = bench.sink.told();
    let order: Vec<String> =
        told.messages().map(|(_, message)| message.id.clone()).filter(|id| ids.contains(id)).collect();
    demand(order == ids, || format!("said as {ids:?}, told as {order:?}"))?;
    ears.stop().await
}

pub(crate) async fn a_bot_is_no_person(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let id = bench.stand.say(Who::Bot, &opened.thread, "the build is green").await?;
    let (_, message) = bench.sink.message(&id).await?;
    demand(matches!(message.author, RemoteAuthor::Bot(_)), || format!("a bot was told as {:?}", message.author))?;
    ears.stop().await
}

async fn click(bench: &Bench<'_>, action: &Action) -> Result<Click, Failed> {
    bench
        .sink
        .event(&format!("the press on {action:?}"), |inbound| match &inbound.event {
            InboundEvent::Click(click) if click.action == *action => Some(click.clone()),
            _ => None,
        })
        .await
}

pub(crate) async fn a_press_says_who_where_and_what(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let retry = Action::Retry("0190f2a1-7c9e-7bb1-8000-1f2e3d4c5b6a".to_owned());
    let mut notice = samples::notice("not delivered");
    notice.buttons = vec![AnswerButton { label: "Retry".to_owned(), action: retry.clone() }];
    bench.deliver(&bench.at(&opened.thread), &Op::Notice(notice)).await?;
    let posted = bench.shown_once(&opened.thread, "not delivered")?.id;
    let ears = bench.listen().await?;
    let presses = [
        (Who::Operator, &opened.card, Action::Assign),
        (Who::Bystander, &opened.card, Action::Close),
        (Who::Colleague, &posted, retry),
    ];
    for (who, id, action) in presses {
        bench.stand.press(who, id, &action).await?;
        let click = click(bench, &action).await?;
        demand(click.user == bench.stand.user(who), || format!("{who:?} pressed, told is {:?}", click.user))?;
        demand(click.channel == bench.stand.channel(), || format!("pressed elsewhere: {}", click.channel))?;
        demand(click.thread.as_ref() == Some(&opened.thread), || {
            format!("the button belongs to thread {}, told is {:?}", opened.thread, click.thread)
        })?;
    }
    ears.stop().await
}

pub(crate) async fn a_press_is_answered_privately_or_not_at_all(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    let before = bench.stand.in_thread(&opened.thread).len();
    for (action, answer) in [
        (Action::Assign, crate::Answer::done()),
        (Action::Close, crate::Answer { replace: true, ..crate::Answer::done() }),
    ] {
        bench.stand.press(Who::Operator, &opened.card, &action).await?;
        let click = click(bench, &action).await?;
        bench.bridge.respond(&click.reply, &answer).await?;
    }
    let after = bench.stand.in_thread(&opened.thread).len();
    demand(before == after, || format!("an answer of nothing left {} messages in the thread", after - before))?;
    let id = bench.stand.say(Who::Bystander, &opened.thread, "psst").await?;
    let (_, message) = bench.sink.message(&id).await?;
    bench.bridge.respond(&message.reply, &crate::Answer::done()).await?;

    bench.stand.press(Who::Bystander, &opened.card, &Action::Close).await?;
    let pressed = bench
        .sink
        .event("the bystander's press", |inbound| match &inbound.event {
            InboundEvent::Click(click) if click.user == bench.stand.user(Who::Bystander) => Some(click.clone()),
            _ => None,
        })
        .await?;
    bench.bridge.respond(&pressed.reply, &crate::Answer::text("that is for operators")).await?;
    demand(bench.stand.was_told(Who::Bystander, "that is for operators"), || "who pressed got no answer".to_owned())?;
    demand(
        !bench.bridge.is_private(&pressed.reply) || !bench.stand.was_told(Who::Operator, "that is for operators"),
        || "an answer that is_private calls private can be read by somebody else".to_owned(),
    )?;
    let card = bench.stand.in_channel().into_iter().find(|shown| shown.id == opened.card);
    demand(card.as_ref().is_some_and(|card| card.text.contains(samples::VISITOR)), || {
        format!("an answer took the card's place: {card:?}")
    })?;
    ears.stop().await
}

pub(crate) async fn a_command_of_ones_own_is_heard_and_answered_privately(bench: &Bench<'_>) -> Result<(), Failed> {
    let opened = bench.open().await?;
    let ears = bench.listen().await?;
    bench.stand.tell_twice(true);
    bench.stand.command(Who::Operator, Wish::Inbox).await?;
    bench.stand.tell_twice(false);
    let command = command(bench, Who::Operator, Wish::Inbox).await?;
    let answer = crate::Answer {
        link: Some("https://chat.example/sign-in#a-secret_of_mina".to_owned()),
        ..crate::Answer::text("Here it is:")
    };
    demand(bench.bridge.is_private(&command.reply), || "its answer would be for everybody".to_owned())?;
    bench.bridge.respond(&command.reply, &answer).await?;
    demand(bench.stand.was_told(Who::Operator, "https://chat.example/sign-in#a-secret_of_mina"), || {
        "who asked got no link, or another one".to_owned()
    })?;
    for other in [Who::Colleague, Who::Bystander] {
        demand(!bench.stand.was_told(other, "a-secret"), || format!("{other:?} can read it"))?;
    }
    // Anybody may give it: who may not have it is the house's to say.
    bench.stand.command(Who::Bystander, Wish::Away).await?;
    self::command(bench, Who::Bystander, Wish::Away).await?;
    bench.marker(&opened.thread).await?;
    let told = bench.sink.told();
    let keys = told.taken.iter().filter_map(|inbound| match &inbound.event {
        InboundEvent::TeamCommand(command) => Some((command.wish, inbound.dedupe_key.clone())),
        _ => None,
    });
    let mut keys: Vec<_> = keys.map(|(wish, key)| format!("{}: {key}", wish.word())).collect();
    keys.sort();
    keys.dedup();
    demand(keys.len() == 2, || format!("two commands have {} keys: {keys:?}", keys.len()))?;
    ears.stop().await
}

async fn command(bench: &Bench<'_>, who: Who, wish: Wish) -> Result<TeamCommand, Failed> {
    let user = bench.stand.user(who);
    bench
        .sink
        .event(&format!("the command {}", wish.word()), |inbound| match &inbound.event {
            InboundEvent::TeamCommand(command) if command.user == user && command.wish == wish => Some(command.clone()),
            _ => None,
        })
        .await
}
