//! Answers to presses and commands.

use std::time::Duration;

use bridge_core::{Action, Answer, AnswerButton, Bridge, BridgeError, Click, InboundEvent};
use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{DiscordOptions, Seed};
use bridge_sandbox::faults::{Act, CallFault};

use crate::support::*;

async fn pressed(sink: &Sink, wanted: &Action) -> Click {
    sink.event("the press", |inbound| match &inbound.event {
        InboundEvent::Click(click) if click.action == *wanted => Some(click.clone()),
        _ => None,
    })
    .await
}

fn replacing(text: &str) -> Answer {
    Answer { replace: true, ..Answer::text(text) }
}

#[tokio::test]
async fn the_answer_takes_the_place_of_the_question() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let opened = setup.open(1).await;
    let held = setup.sandbox.say(MINA, CHANNEL, Some(&opened), "/hello").unwrap();
    let handle = sink.message(&held).await.reply;
    let button = |label: &str, action: Action| AnswerButton { label: label.into(), action };
    let (send, keep) = (Action::SendHeld(held.clone()), Action::KeepInside(held.clone()));
    let question = Answer {
        text: "Send it?".into(),
        buttons: vec![button("Send to visitor", send.clone()), button("Keep inside", keep.clone())],
        replace: false,
        link: None,
    };
    setup.bridge.respond(&handle, &question).await.unwrap();
    let asked = setup.said(&opened).last().unwrap().id.clone();

    assert!(setup.sandbox.click(MINA, CHANNEL, &asked, "threadline.keep_inside").await.unwrap().acked);
    let click = pressed(&sink, &keep).await;
    assert_eq!(click.thread.as_deref(), Some(opened.as_str()));
    setup.bridge.respond(&click.reply, &Answer::done()).await.unwrap();
    assert_eq!(setup.said(&opened).last().unwrap().buttons().count(), 2, "it was not to be replaced");
    setup.bridge.respond(&click.reply, &replacing("Kept inside.")).await.unwrap();
    let answered = setup.said(&opened).last().unwrap().clone();
    assert_eq!((answered.id.as_str(), answered.content.as_str()), (asked.as_str(), "Kept inside."));
    assert_eq!(answered.buttons().count(), 0);

    // Without words only the buttons go.
    setup.bridge.respond(&handle, &Answer { text: "Again?".into(), ..question }).await.unwrap();
    let asked = setup.said(&opened).last().unwrap().id.clone();
    assert!(setup.sandbox.click(MINA, CHANNEL, &asked, "threadline.send_held").await.unwrap().acked);
    let click = pressed(&sink, &send).await;
    setup.bridge.respond(&click.reply, &replacing("")).await.unwrap();
    let left = setup.said(&opened).last().unwrap().clone();
    assert_eq!((left.content.as_str(), left.buttons().count()), ("Again?", 0));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn an_answer_to_what_was_deleted_is_not_left_for_a_post_that_was_lost() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let opened = setup.open(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&opened), "!dance").unwrap();
    let handle = sink.message(&said).await.reply;
    setup.sandbox.delete(MINA, &opened, &said).unwrap();
    let answered = setup.bridge.respond(&handle, &Answer::text("I know no such word.")).await;
    assert!(matches!(answered, Err(BridgeError::Rejected { .. })), "{answered:?}");
    assert!(setup.said(&opened).is_empty());
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_no_error() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let setup = Setup::with(DiscordOptions { clock: clock.clone(), ..options(Seed::demo()) }, |_| {}).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let opened = setup.open(1).await;
    assert!(setup.sandbox.click(MINA, CHANNEL, &opened, "threadline.close").await.unwrap().acked);
    let click = pressed(&sink, &Action::Close).await;
    listening.stop().await.unwrap();
    clock.advance(Duration::from_secs(16 * 60));
    setup.bridge.respond(&click.reply, &Answer::text("It is closed.")).await.unwrap();
    assert!(setup.sandbox.ephemerals(MINA).is_empty());
    assert!(setup.said(&opened).is_empty(), "what was for one person is not told to all");
}

#[tokio::test]
async fn an_answer_waits_its_turn_in_a_busy_thread() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let opened = setup.open(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&opened), "hello").unwrap();
    let handle = sink.message(&said).await.reply;
    let busy = CallFault::next("create_message", Act::RateLimited { retry_after_s: 1 });
    setup.sandbox.faults().add(busy);
    setup.bridge.respond(&handle, &Answer::text("It stays inside.")).await.unwrap();
    assert_eq!(setup.said(&opened).last().unwrap().content, "It stays inside.");
    // Nobody waits for minutes.
    setup.sandbox.faults().add(CallFault::next("create_message", Act::RateLimited { retry_after_s: 60 }));
    let refused = setup.bridge.respond(&handle, &Answer::text("Nor does this.")).await;
    assert!(matches!(refused, Err(BridgeError::RateLimited { .. })), "{refused:?}");
    listening.stop().await.unwrap();
}
