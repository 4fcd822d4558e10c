//! The outbox's work: posting, changing, removing, and finding out what was done.

use std::time::Duration;

use bridge_core::{
    Action, AnswerButton, Applied, Bridge, BridgeError, CardStatus, Found, IdempotencyKey, Inline, Micros, Notice, Op,
    Outcome, Post, RemoteUser, StepState,
};
use bridge_sandbox::faults::{Act, CallFault};
use bridge_sandbox::slack::{Seed, SlackOptions, text};

use crate::support::*;

#[tokio::test]
async fn a_card_a_post_and_a_notice_arrive_as_they_were_meant() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let reply = setup.apply(&in_thread(&root), &Op::Post(post("hello\n<!channel> & you")), 2).await;
    let said = Notice { mention: Some(RemoteUser("U0MINA".into())), ..notice("takes care of Ada") };
    let notice = setup.apply(&in_thread(&root), &Op::Notice(said), 3).await;

    let messages = setup.sandbox.thread(CHANNEL, &root);
    let ids: Vec<&str> = messages.iter().map(|message| message.ts.as_str()).collect();
    assert_eq!(ids, [&root, &reply, &notice]);
    assert_eq!(messages[0].metadata_str("key"), Some(IdempotencyKey::from_bits(1).to_string().as_str()));
    assert_eq!(messages[1].username.as_deref(), Some("Ada · visitor"));
    assert_eq!(messages[1].text, "hello\n&lt;!channel&gt; &amp; you");
    assert_eq!(messages[1].metadata_str("kind"), Some("post"));
    assert!(messages[2].text.starts_with("<@U0MINA> "));
    assert!(!messages.iter().any(|message| message.broadcast));
}

#[tokio::test]
async fn a_broadcast_shows_in_the_channel_too() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    setup.apply(&in_thread(&root), &Op::Post(Post { broadcast: true, ..post("back again") }), 2).await;
    assert!(setup.sandbox.thread(CHANNEL, &root)[1].broadcast);
}

#[tokio::test]
async fn an_edit_and_a_card_keep_our_key() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let id = setup.apply(&in_thread(&root), &Op::Post(post("helo")), 2).await;
    setup.apply(&in_thread(&root), &Op::Edit { id: id.clone(), post: post("hello") }, 3).await;
    let mut closed = card();
    closed.status = CardStatus::Closed { by: "Mina".into() };
    setup.apply(&in_thread(&root), &Op::UpdateCard { id: root.clone(), card: closed }, 4).await;

    let messages = setup.sandbox.thread(CHANNEL, &root);
    assert_eq!(messages[1].text, "hello");
    assert_eq!(messages[1].metadata_str("key"), Some(IdempotencyKey::from_bits(2).to_string().as_str()));
    assert_eq!(messages[0].metadata_str("key"), Some(IdempotencyKey::from_bits(1).to_string().as_str()));
    assert!(messages[0].text.ends_with("Closed by Mina"));
    let sent_at = Micros(setup.sandbox.clock().now_micros());
    let found = setup.find(&in_thread(&root), &Op::Post(post("")), 2, sent_at).await;
    assert_eq!(found, Found::Yes(Outcome::Applied(Applied { id: Some(id), thread: None })));
}

#[tokio::test]
async fn to_remove_what_is_gone_is_no_error() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let id = setup.apply(&in_thread(&root), &Op::Post(post("oops")), 2).await;
    setup.apply(&in_thread(&root), &Op::Delete { id: id.clone() }, 3).await;
    setup.apply(&in_thread(&root), &Op::Delete { id: id.clone() }, 3).await;
    assert_eq!(setup.sandbox.thread(CHANNEL, &root).len(), 1);
    let edit = Op::Edit { id, post: post("too late") };
    assert!(matches!(setup.perform(&in_thread(&root), &edit, 4).await, Err(BridgeError::Rejected { .. })));
}

#[tokio::test]
async fn a_lost_answer_is_ambiguous_and_then_found() {
    let setup = Setup::new().await;
    let sent_at = Micros(setup.sandbox.clock().now_micros());
    setup.sandbox.faults().add(CallFault::drop_answer("chat.postMessage"));
    let open = Op::OpenThread(card());
    assert!(matches!(setup.perform(&in_channel(), &open, 1).await, Err(BridgeError::Ambiguous { .. })));
    let found = setup.find(&in_channel(), &open, 1, sent_at).await;
    let Found::Yes(Outcome::Applied(Applied { id: Some(root), thread })) = found else { panic!("{found:?}") };
    assert_eq!(thread.as_deref(), Some(root.as_str()));
    let other = setup.find(&in_channel(), &open, 9, sent_at).await;
    assert_eq!(other, Found::No);

    setup.sandbox.faults().add(CallFault::drop_answer("chat.postMessage"));
    let said = Op::Post(post("hello"));
    assert!(matches!(setup.perform(&in_thread(&root), &said, 2).await, Err(BridgeError::Ambiguous { .. })));
    let found = setup.find(&in_thread(&root), &said, 2, sent_at).await;
    let posted = setup.sandbox.thread(CHANNEL, &root)[1].ts.clone();
    assert_eq!(found, Found::Yes(Outcome::Applied(Applied { id: Some(posted), thread: None })));
}

#[tokio::test]
async fn a_key_is_found_over_many_pages() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let sent_at = Micros(setup.sandbox.clock().now_micros());
    for index in 0..230 {
        setup.sandbox.say("U0MINA", CHANNEL, Some(&root), &format!("line {index}")).unwrap();
    }
    let id = setup.apply(&in_thread(&root), &Op::Post(post("last")), 2).await;
    let found = setup.find(&in_thread(&root), &Op::Post(post("")), 2, sent_at).await;
    assert_eq!(found, Found::Yes(Outcome::Applied(Applied { id: Some(id), thread: None })));
}

#[tokio::test]
async fn soon_after_a_post_its_absence_proves_nothing() {
    let options = bridge_sandbox::slack::SlackOptions::seeded(bridge_sandbox::slack::Seed::demo());
    let setup = Setup::with(options, |settings| settings.settle = Duration::from_secs(3600)).await;
    let sent_at = Micros(setup.sandbox.clock().now_micros());
    let found = setup.find(&in_channel(), &Op::OpenThread(card()), 1, sent_at).await;
    assert_eq!(found, Found::NotYet);
}

#[tokio::test]
async fn every_fault_is_told_by_its_kind() {
    let options = bridge_sandbox::slack::SlackOptions::seeded(bridge_sandbox::slack::Seed::demo());
    let setup = Setup::with(options, |_| {}).await;
    let mut settings = settings(&setup.sandbox, socket());
    settings.call_timeout = Duration::from_secs(3);
    let hurried = bridge(&setup.sandbox, settings);
    let root = setup.open(1).await;
    let said = Op::Post(post("hello"));
    let error = |name: &str| Act::Error { code: name.to_owned() };
    let mut told = Vec::new();
    for (index, act) in [
        Act::RateLimited { retry_after_s: 7 },
        Act::Status { code: 503 },
        Act::Garbage,
        Act::Hang,
        Act::Close,
        error("thread_not_found"),
        error("is_archived"),
        error("not_in_channel"),
        error("missing_scope"),
        error("account_inactive"),
        error("msg_too_long"),
        error("service_unavailable"),
    ]
    .into_iter()
    .enumerate()
    {
        setup.sandbox.faults().add(CallFault::next("chat.postMessage", act.clone()));
        // Only who waits in vain should be in a hurry.
        let bridge = if act == Act::Hang { &hurried } else { &setup.bridge };
        let key = IdempotencyKey::from_bits(10 + index as u128);
        let failed = bridge.perform(&in_thread(&root), &said, &key, StepState::default()).await.unwrap_err();
        told.push(format!("{act:?}: {failed:?}"));
    }
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(setup.sandbox.thread(CHANNEL, &root).len(), 1);
}

#[tokio::test]
async fn nobody_there_is_transient_and_a_gone_thread_is_gone() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    setup.apply(&in_thread(&root), &Op::Post(post("hello")), 2).await;
    setup.sandbox.delete("U0PRIYA", CHANNEL, &root).unwrap();
    let said = Op::Post(post("still there?"));
    assert_eq!(setup.perform(&in_thread(&root), &said, 3).await.unwrap_err(), BridgeError::ThreadGone);

    // Held, so that nobody else listens there meanwhile.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = nobody.local_addr().unwrap().port();
    let mut settings = settings(&setup.sandbox, socket());
    settings.api_url = format!("http://127.0.0.1:{port}/api");
    let lonely = bridge(&setup.sandbox, settings);
    let failed = lonely.perform(&in_thread(&root), &said, &IdempotencyKey::from_bits(4), Default::default()).await;
    assert!(matches!(failed, Err(BridgeError::Transient { .. })), "{failed:?}");
}

#[tokio::test]
async fn a_reply_that_strays_into_the_channel_is_taken_back_once() {
    let options = SlackOptions { stray_replies: true, ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let root = setup.open(1).await;
    setup.sandbox.delete("U0PRIYA", CHANNEL, &root).unwrap();
    let said = Op::Post(post("anybody there?"));
    assert_eq!(setup.perform(&in_thread(&root), &said, 2).await.unwrap_err(), BridgeError::ThreadGone);
    let deleted = setup.sandbox.read(|view| view.calls_of("chat.delete").len());
    assert_eq!(deleted, 1);

    // The next thread is there, so the same words stay in it.
    let next = setup.open(3).await;
    setup.apply(&in_thread(&next), &said, 4).await;
    assert_eq!(setup.sandbox.thread(CHANNEL, &next).len(), 2);
    assert_eq!(setup.sandbox.read(|view| view.calls_of("chat.delete").len()), deleted);
}

#[tokio::test]
async fn a_reply_that_cannot_be_looked_at_counts_as_in_its_place() {
    let options = SlackOptions { stray_replies: true, ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let root = setup.open(1).await;
    setup.sandbox.delete("U0PRIYA", CHANNEL, &root).unwrap();
    let unseen = Act::Error { code: "thread_not_found".into() };
    setup.sandbox.faults().add(CallFault::next("conversations.replies", unseen));
    setup.apply(&in_thread(&root), &Op::Post(post("anybody there?")), 2).await;
    assert_eq!(setup.sandbox.read(|view| view.calls_of("chat.delete").len()), 0);
}

#[tokio::test]
async fn nothing_that_a_visitor_writes_is_live_in_slack() {
    let setup = Setup::new().await;
    let mut hostile = card();
    hostile.visitor = "<!channel> @here".into();
    hostile.page = None;
    let root = setup.apply(&in_channel(), &Op::OpenThread(hostile), 1).await;
    let mut said = post("<!channel> <@U0MINA> @here <https://evil.example|your bank>");
    said.author.name = "<!here>".into();
    setup.apply(&in_thread(&root), &Op::Post(said), 2).await;
    for message in setup.sandbox.thread(CHANNEL, &root) {
        assert_eq!(text::pings(&message.text), Vec::<String>::new());
        assert!(!message.username.unwrap_or_default().contains(['<', '@']));
    }
}

#[tokio::test]
async fn an_operators_words_from_elsewhere_keep_their_formats_and_call_nobody() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let body = paragraph(vec![
        Inline::Bold { children: vec![Inline::text("yes")] },
        Inline::text(" "),
        Inline::Mention { user: RemoteUser("U0MINA".into()), name: Some("mina".into()) },
    ]);
    setup.apply(&in_thread(&root), &Op::Post(Post { body, ..post("") }), 2).await;
    let posted = &setup.sandbox.thread(CHANNEL, &root)[1];
    assert_eq!(posted.text, "yes @mina");
    let blocks = serde_json::to_string(&posted.blocks).unwrap();
    assert!(blocks.contains("\"bold\":true") && !blocks.contains("U0MINA"), "{blocks}");
}

#[tokio::test]
async fn a_notice_can_carry_a_button_that_can_be_pressed() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(2).await;
    let root = setup.open(1).await;
    let buttons = vec![AnswerButton { label: "Retry".into(), action: Action::Retry("o7".into()) }];
    let said = Op::Notice(Notice { buttons, ..notice("Not delivered") });
    let id = setup.apply(&in_thread(&root), &said, 2).await;
    assert!(setup.sandbox.click("U0MINA", CHANNEL, &id, "threadline.retry").await.unwrap().acked);
    let click = sink
        .event("the click", |inbound| match &inbound.event {
            bridge_core::InboundEvent::Click(click) => Some(click.clone()),
            _ => None,
        })
        .await;
    assert_eq!(click.action, Action::Retry("o7".into()));
    assert_eq!(click.thread, Some(root));
    listening.stop().await.unwrap();
}
