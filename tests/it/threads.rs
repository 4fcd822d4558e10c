//! Which threads a conversation has, and what belongs in them.
//!
//! What lives here: several channels for one domain, a domain that is mapped late, an older conversation that is reopened,
//! and words that come after their time. What must not: faults.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::{Message, ReleaseOrder};

use crate::support::database::{Database, on_both};
use crate::support::program::{Program, domain, settings};
use crate::support::team::{BLOG, JONAS, MINA, SHOP, Team, kind, says, words};

on_both!(
    a_domain_on_two_channels_mirrors_them,
    a_long_edit_grows_and_shrinks_in_the_mirror,
    a_reply_that_was_withdrawn_can_be_sent_again,
    a_domain_that_is_mapped_late_shows_what_was_said,
    a_reopened_older_conversation_is_the_one_that_counts,
    a_remark_in_a_closed_thread_stays_inside_though_it_comes_after_reopening
);

/// One domain whose conversations land in two channels.
async fn mirrored(db: &Database, team: &Team) -> Program {
    let mut settings = settings(db, team);
    settings.domains = vec![domain("shop.example", SHOP)];
    settings.domains[0].channels.push(format!("slack.acme/{BLOG}").parse().unwrap());
    Program::with(settings).await
}

/// The words of our own posts in a thread, in order.
fn posts(thread: &[&Message]) -> Vec<String> {
    thread.iter().filter(|message| kind(message) == Some("post")).map(|message| words(message)).collect()
}

async fn a_domain_on_two_channels_mirrors_them(db: &Database) {
    let team = Team::start().await;
    let program = mirrored(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Is anybody there?").await;
    let (shop, blog) = (team.card(SHOP).await, team.card(BLOG).await);
    team.shows(SHOP, &shop, "Is anybody there?").await;
    team.shows(BLOG, &blog, "Is anybody there?").await;

    let reply = team.slack.say(MINA, SHOP, Some(&shop), "Yes, I am.").unwrap();
    visitor.until_told("Yes, I am.").await;
    let mirror = team.shows(BLOG, &blog, "Yes, I am.").await;
    assert_eq!(mirror.username.as_deref(), Some("Mina"), "the mirror names the operator");
    team.slack.edit(MINA, SHOP, &reply, "Yes, we are.").unwrap();
    team.shows(BLOG, &blog, "Yes, we are.").await;
    team.slack.delete(MINA, SHOP, &reply).unwrap();
    let gone = |thread: &[&Message]| (posts(thread) == ["Is anybody there?"]).then_some(());
    team.thread("the mirrored reply to go", BLOG, &blog, gone).await;

    team.press(JONAS, BLOG, &blog, "close").await;
    team.shows(SHOP, &shop, "Jonas closed the conversation.").await;
    team.shows(BLOG, &blog, "Jonas closed the conversation.").await;
    assert_eq!(posts(&team.slack.thread(SHOP, &shop).iter().collect::<Vec<_>>()), ["Is anybody there?"]);
    program.stop().await;
}

async fn a_long_edit_grows_and_shrinks_in_the_mirror(db: &Database) {
    let team = Team::start().await;
    let program = mirrored(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Tell me more").await;
    let (shop, blog) = (team.card(SHOP).await, team.card(BLOG).await);
    let reply = team.slack.say(MINA, SHOP, Some(&shop), "short").unwrap();
    team.shows(BLOG, &blog, "short").await;
    let long = |letter: &str| format!("{} end-{letter}", format!("{letter}word ").repeat(700));
    for letter in ["a", "b"] {
        team.slack.edit(MINA, SHOP, &reply, &long(letter)).unwrap();
        let whole = |thread: &[&Message]| {
            let posts = posts(thread);
            let joined: String = posts[1..].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
            (joined == long(letter).split_whitespace().collect::<Vec<_>>().join(" ")).then_some(posts.len())
        };
        let parts = team.thread("the long edit, each part once", BLOG, &blog, whole).await;
        assert!(parts > 2, "it takes more than one part: {parts}");
        team.slack.edit(MINA, SHOP, &reply, &format!("short {letter}")).unwrap();
        let short = |thread: &[&Message]| {
            (posts(thread) == ["Tell me more".to_owned(), format!("short {letter}")]).then_some(())
        };
        team.thread("the short edit alone", BLOG, &blog, short).await;
    }
    program.stop().await;
}

async fn a_reply_that_was_withdrawn_can_be_sent_again(db: &Database) {
    let team = Team::start().await;
    let program = mirrored(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Well?").await;
    let (shop, blog) = (team.card(SHOP).await, team.card(BLOG).await);
    let reply = team.slack.say(MINA, SHOP, Some(&shop), "I think so").unwrap();
    team.shows(BLOG, &blog, "I think so").await;
    team.slack.edit(MINA, SHOP, &reply, &format!("I think so, <@{JONAS}>?")).unwrap();
    let question = team.told(MINA, "Send to visitor?").await;
    let gone = |thread: &[&Message]| (posts(thread) == ["Well?"]).then_some(());
    team.thread("the withdrawn reply to go", BLOG, &blog, gone).await;
    team.press(MINA, SHOP, &question.ts, "send_held").await;
    visitor.until_told("I think so, @Jonas?").await;
    team.shows(BLOG, &blog, "I think so, @Jonas?").await;
    // The lane goes on behind it.
    visitor.write("Thanks").await;
    team.shows(BLOG, &blog, "Thanks").await;
    program.stop().await;
}

async fn a_domain_that_is_mapped_late_shows_what_was_said(db: &Database) {
    let team = Team::start().await;
    let mut unmapped = settings(db, &team);
    unmapped.domains.iter_mut().for_each(|domain| domain.channels.clear());
    let program = Program::with(unmapped).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("First words").await;
    program.stop().await;

    let program = Program::start(db, &team).await;
    let visitor = visitor.at(&program.url);
    visitor.write("Second words").await;
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, "Second words").await;
    assert_eq!(team.relayed(SHOP, &card), ["First words", "Second words"]);
    program.stop().await;
}

async fn a_reopened_older_conversation_is_the_one_that_counts(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("first").await;
    let first = team.card(SHOP).await;
    visitor.close().await;
    visitor.write("second").await;
    team.cards(SHOP, 2).await;
    visitor.close().await;
    team.slack.say(MINA, SHOP, Some(&first), "!reopen").unwrap();
    let conversation = visitor.until_status("open").await;
    team.slack.say(MINA, SHOP, Some(&first), "One more thing").unwrap();
    visitor.until_told("One more thing").await;

    let returning = serde_json::json!({"domain": "shop.example", "visitor_token": visitor.token});
    let answer = visitor.request(reqwest::Method::POST, "/sessions").json(&returning).send().await.unwrap();
    let session: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(session["conversation"]["id"], conversation["id"], "the open one is the one that a session begins with");
    let closed = visitor.close().await;
    assert_eq!(closed["conversation"]["id"], conversation["id"], "and the one that is closed");
    program.stop().await;
}

async fn a_remark_in_a_closed_thread_stays_inside_though_it_comes_after_reopening(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Bye").await;
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "close").await;
    let closed =
        |thread: &[&Message]| thread.iter().any(|message| words(message).contains("Closed by Mina")).then_some(());
    team.thread("the card to offer reopening", SHOP, &card, closed).await;
    // Slack tells of the remark only after somebody has reopened the conversation.
    team.slack.hold_events();
    team.slack.say(MINA, SHOP, Some(&card), "what a pain").unwrap();
    team.press(JONAS, SHOP, &card, "reopen").await;
    visitor.until_status("open").await;
    team.slack.release_events(ReleaseOrder::AsTheyCame);
    team.told(MINA, "stays inside").await;
    team.slack.say(MINA, SHOP, Some(&card), "Hello again").unwrap();
    visitor.until_told("Hello again").await;
    assert_eq!(visitor.replies().await, ["Hello again"]);
    assert!(team.slack.thread(SHOP, &card).iter().any(|message| says(message, "Jonas reopened the conversation.")));
    program.stop().await;
}
