//! Socket Mode: what is heard, acknowledged, told again, and how cut lines come back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bridge_core::{
    Action, Answer, AnswerButton, Bridge, BridgeError, InboundEvent, ListenReport, Op, RemoteAuthor, RemoteUser,
};
use bridge_sandbox::slack::{Seed, SlackOptions, Upload};

use crate::support::*;

async fn no_sockets(setup: &Setup) {
    setup.sandbox.wait_for("no sockets", PATIENCE, |view| (view.sockets(APP) == 0).then_some(())).await.unwrap();
}

#[tokio::test]
async fn a_reply_and_our_own_echo_are_heard() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let root = setup.open(7).await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "Hi *Ada* <@U0JONAS> &").unwrap();

    let reply = sink.message(&said).await;
    assert_eq!(reply.author, RemoteAuthor::Person(RemoteUser("U0MINA".into())));
    assert_eq!(reply.thread.as_deref(), Some(root.as_str()));
    assert_eq!(reply.mentions, [RemoteUser("U0JONAS".into())]);
    assert_eq!(reply.body.to_plain(), "Hi Ada @U0JONAS &");
    let echo = sink.message(&root).await;
    assert_eq!((echo.author, echo.thread), (RemoteAuthor::Ourselves, None));
    assert_eq!(echo.key, Some(bridge_core::IdempotencyKey::from_bits(7)));
    assert_eq!(listening.stop().await, Ok(()));
    no_sockets(&setup).await;
}

#[tokio::test]
async fn edits_deletions_and_previews_are_told_apart() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "helo https://shop.example").unwrap();
    setup.sandbox.unfurl(CHANNEL, &said, "https://shop.example").unwrap();
    setup.sandbox.edit("U0MINA", CHANNEL, &said, "hello").unwrap();
    let edited = sink
        .event("the edit", |inbound| match &inbound.event {
            InboundEvent::Edited(message) => Some(message.clone()),
            _ => None,
        })
        .await;
    assert_eq!((edited.id.as_str(), edited.body.to_plain().as_str()), (said.as_str(), "hello"));
    assert!(edited.edited_at.is_some());
    setup.sandbox.delete("U0MINA", CHANNEL, &said).unwrap();
    let deleted = sink
        .event("the deletion", |inbound| match &inbound.event {
            InboundEvent::Deleted { id, thread, .. } => Some((id.clone(), thread.clone(), inbound.lane.clone())),
            _ => None,
        })
        .await;
    assert_eq!(deleted, (said, Some(root.clone()), format!("{CHANNEL}/{root}")));
    let edits = sink.told().inbound.iter().filter(|inbound| matches!(inbound.event, InboundEvent::Edited(_))).count();
    assert_eq!(edits, 1, "a preview is no edit");
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_deleted_card_is_told_even_where_replies_stay() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "hello").unwrap();
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    setup.sandbox.delete("U0PRIYA", CHANNEL, &root).unwrap();
    sink.event("the card's deletion", |inbound| match &inbound.event {
        InboundEvent::Deleted { id, thread: None, .. } if *id == root => Some(()),
        _ => None,
    })
    .await;
    assert!(!sink.told().inbound.iter().any(|inbound| matches!(inbound.event, InboundEvent::Edited(_))));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn every_kind_of_author_and_message_is_read() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let me = setup.sandbox.say_me("U0MINA", CHANNEL, Some(&root), "waves").unwrap();
    let broad = setup.sandbox.say_broadcast("U0MINA", CHANNEL, &root, "for all").unwrap();
    let bot = setup.sandbox.say("UROTABOT", CHANNEL, Some(&root), "beep").unwrap();
    let old = setup.sandbox.say_as_integration(CHANNEL, Some(&root), "Monitor", "boop").unwrap();
    let upload = Upload {
        name: "a.png".into(),
        mimetype: "image/png".into(),
        bytes: vec![1, 2, 3].into(),
        comment: String::new(),
    };
    let (file, file_ts) = setup.sandbox.upload("U0MINA", CHANNEL, Some(&root), upload).unwrap();
    let person = RemoteAuthor::Person(RemoteUser("U0MINA".into()));
    assert_eq!(sink.message(&me).await.author, person);
    let broad = sink.message(&broad).await;
    assert_eq!((broad.author, broad.thread), (person.clone(), Some(root)));
    assert_eq!(sink.message(&bot).await.author, RemoteAuthor::Bot("BROTA".into()));
    assert_eq!(sink.message(&old).await.author, RemoteAuthor::Bot("BINTEGRATION".into()));
    let with_file = sink.message(&file_ts).await;
    assert_eq!(with_file.author, person);
    assert_eq!((with_file.files[0].id.as_str(), with_file.files[0].size), (file.as_str(), Some(3)));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_not_stored_is_not_acknowledged_and_comes_again() {
    let options = SlackOptions { ack_within: Duration::from_millis(300), ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    sink.refuse_next.store(1, Ordering::SeqCst);
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "once more").unwrap();
    sink.message(&said).await;
    let told = sink.told();
    let key = told.inbound.iter().find_map(|inbound| match &inbound.event {
        InboundEvent::Message(message) if message.id == said => Some(inbound.dedupe_key.clone()),
        _ => None,
    });
    assert!(sink.refused().contains(&key.unwrap()), "the same key both times");
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_panic_while_storing_leaves_no_socket_deaf() {
    let options = SlackOptions { ack_within: Duration::from_millis(300), ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |settings| settings.sockets = 1).await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    sink.panic_next.store(true, Ordering::SeqCst);
    let first = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "one").unwrap();
    let second = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "two").unwrap();
    sink.message(&second).await;
    sink.message(&first).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn cut_closed_and_ended_sockets_come_back() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    assert_eq!(setup.sandbox.cut_sockets(Some(APP)), 2);
    sink.wait("the report", |told| {
        told.reports.iter().any(|report| matches!(report, ListenReport::Disconnected { .. })).then_some(())
    })
    .await;
    sink.connected(4).await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "back?").unwrap();
    sink.message(&said).await;
    listening.stop().await.unwrap();
    no_sockets(&setup).await;

    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    assert_eq!(setup.sandbox.disconnect_sockets(Some(APP), "refresh_requested"), 2);
    sink.connected(4).await;
    listening.stop().await.unwrap();
    assert!(!sink.told().reports.iter().any(|report| matches!(report, ListenReport::ForeignListeners { .. })));
}

#[tokio::test]
async fn an_outage_of_the_sockets_ends_by_itself() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    setup.sandbox.refuse_sockets(true);
    setup.sandbox.close_sockets(Some(APP));
    let mut changes = setup.sandbox.watch();
    let refused = async {
        while setup.sandbox.refused_sockets() < 2 {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.expect("both to be refused");
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "anybody there?").unwrap();
    setup.sandbox.refuse_sockets(false);
    sink.connected(4).await;
    let after = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "back").unwrap();
    sink.message(&after).await;
    let all = setup.bridge.snapshot(&thread(&root), &bridge_core::Cursor::default(), 0).await.unwrap();
    assert_eq!(all.items.iter().map(|message| message.id.clone()).collect::<Vec<_>>(), [said, after]);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_frozen_socket_is_noticed_and_replaced() {
    // Slack tells again within the time that is waited here, should the socket end with the words under way.
    let retry_after = vec![Duration::ZERO, Duration::from_secs(3), Duration::from_secs(3)];
    let setup = Setup::with(SlackOptions { retry_after, ..options(Seed::demo()) }, |settings| {
        settings.ping_every = Duration::from_secs(2);
        settings.sockets = 1;
    })
    .await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.freeze_sockets(true);
    sink.wait("the report", |told| {
        told.reports.iter().any(|report| matches!(report, ListenReport::Disconnected { .. })).then_some(())
    })
    .await;
    setup.sandbox.freeze_sockets(false);
    sink.connected(2).await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "awake?").unwrap();
    sink.message(&said).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn another_process_on_the_same_token_is_noticed() {
    let setup = Setup::new().await;
    let (first, second) = (Sink::new(), Sink::new());
    let one = setup.listen(&first);
    first.connected(2).await;
    let other = listen(&bridge(&setup.sandbox, settings(&setup.sandbox, socket())), &second);
    second
        .wait("the foreign sockets", |told| {
            told.reports.contains(&ListenReport::ForeignListeners { count: 2 }).then_some(())
        })
        .await;
    one.stop().await.unwrap();
    other.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_token_ends_the_listening_with_its_reason() {
    let setup = Setup::new().await;
    setup.sandbox.change_app(APP, |app| app.app_token_revoked = true).unwrap();
    let failed = setup.listen(&Sink::new()).ended().await;
    assert!(matches!(failed, Err(BridgeError::Unauthorized { .. })), "{failed:?}");
    setup.sandbox.change_app(APP, |app| app.bot_token_revoked = true).unwrap();
    let again = bridge(&setup.sandbox, settings(&setup.sandbox, socket()));
    let failed = listen(&again, &Sink::new()).ended().await;
    assert!(matches!(failed, Err(BridgeError::Unauthorized { .. })), "{failed:?}");
}

#[tokio::test]
async fn channels_and_the_connection_break_and_mend() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let broken = |what: &'static str, times: usize, sink: std::sync::Arc<Sink>| async move {
        sink.wait(what, |told| {
            let all = told.inbound.iter().filter(|inbound| match &inbound.event {
                InboundEvent::ChannelBroken { channel: broken, .. } => *broken == channel(),
                _ => false,
            });
            (all.count() >= times).then_some(())
        })
        .await;
    };
    let restored = |what: &'static str, times: usize, sink: std::sync::Arc<Sink>| async move {
        sink.wait(what, |told| {
            let mended =
                |inbound: &&bridge_core::Inbound| matches!(inbound.event, InboundEvent::ChannelRestored { .. });
            (told.inbound.iter().filter(mended).count() >= times).then_some(())
        })
        .await;
    };
    setup.sandbox.archive("U0MINA", CHANNEL, true).unwrap();
    broken("the archive", 1, sink.clone()).await;
    setup.sandbox.archive("U0MINA", CHANNEL, false).unwrap();
    restored("the unarchive", 1, sink.clone()).await;
    setup.sandbox.kick("U0MINA", "UTLINEBOT", CHANNEL).unwrap();
    broken("the kick", 2, sink.clone()).await;
    setup.sandbox.invite("U0MINA", "UTLINEBOT", CHANNEL).unwrap();
    restored("the invitation", 2, sink.clone()).await;
    setup.sandbox.uninstall(APP).unwrap();
    sink.event("the end", |inbound| matches!(inbound.event, InboundEvent::ConnectionBroken { .. }).then_some(())).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_click_is_heard_and_answered_privately() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    assert!(setup.sandbox.click("U0MINA", CHANNEL, &root, "threadline.close").await.unwrap().acked);
    let (key, click) = sink
        .event("the click", |inbound| match &inbound.event {
            InboundEvent::Click(click) => Some((inbound.dedupe_key.clone(), click.clone())),
            _ => None,
        })
        .await;
    assert!(key.starts_with("click:"));
    assert_eq!((click.action, click.thread.as_deref()), (Action::Close, Some(root.as_str())));

    // Even an answer that is to replace its question leaves a card alone.
    let ask = Answer {
        text: "Send to visitor?".into(),
        buttons: vec![AnswerButton { label: "Send".into(), action: Action::SendHeld("m1".into()) }],
        replace: true,
        link: None,
    };
    setup.bridge.respond(&click.reply, &ask).await.unwrap();
    let asked = setup.sandbox.ephemerals("U0MINA");
    assert_eq!(asked[0].text, "Send to visitor?");
    assert_eq!(setup.sandbox.thread(CHANNEL, &root)[0].metadata_str("kind"), Some("card"));

    assert!(setup.sandbox.click("U0MINA", CHANNEL, &asked[0].ts, "threadline.send_held").await.unwrap().acked);
    let pressed = sink
        .event("the second click", |inbound| match &inbound.event {
            InboundEvent::Click(click) if click.action == Action::SendHeld("m1".into()) => Some(click.clone()),
            _ => None,
        })
        .await;
    setup.bridge.respond(&pressed.reply, &Answer { replace: true, ..Answer::text("Sent.") }).await.unwrap();
    let left = setup.sandbox.ephemerals("U0MINA");
    assert_eq!(left.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["Sent."]);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn the_author_of_a_reply_is_answered_in_the_thread() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let said = setup.sandbox.say("U0TOM", CHANNEL, Some(&root), "May I?").unwrap();
    let reply = sink.message(&said).await;
    setup.bridge.respond(&reply.reply, &Answer::text("Guests stay inside.")).await.unwrap();
    let told = setup.sandbox.ephemerals("U0TOM");
    assert_eq!((told[0].text.as_str(), told[0].thread_ts.as_deref()), ("Guests stay inside.", Some(root.as_str())));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_slash_command_tells_what_can_be_typed() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    assert!(setup.sandbox.command("U0MINA", CHANNEL, None, "/threadline", "").await.unwrap().acked);
    let help = setup
        .sandbox
        .wait_for("the help", PATIENCE, |view| view.ephemerals("U0MINA").first().map(|it| it.text.clone()))
        .await
        .unwrap();
    assert!(help.contains("!assign") && help.contains("!close") && help.contains("!reopen"), "{help}");
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn our_own_edits_are_no_news() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let id = setup.apply(&in_thread(&root), &Op::Post(post("helo")), 2).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    setup.apply(&in_thread(&root), &Op::Edit { id, post: post("hello") }, 3).await;
    setup.apply(&in_thread(&root), &Op::UpdateCard { id: root.clone(), card: card() }, 4).await;
    let acked = setup.sandbox.wait_for("both changes", PATIENCE, |view| {
        let changes = view.deliveries_about("message/message_changed");
        (changes.iter().filter(|it| it.app == APP && it.outcome == "acked").count() >= 2).then_some(())
    });
    acked.await.unwrap();
    assert!(!sink.told().inbound.iter().any(|inbound| matches!(inbound.event, InboundEvent::Edited(_))));
    listening.stop().await.unwrap();
}
