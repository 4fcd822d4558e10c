//! Replies that are held until their author says that they are meant for the visitor.
//!
//! What lives here: why one is held, and each way in which that ends. What must not: edits (see `edits`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::{PersonError, Standing};

use super::Talk;
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{About, JONAS, MINA, SHOP};

everywhere!(
    what_is_doubtful_is_held_and_sent_on_request,
    what_is_kept_inside_stays_inside,
    a_held_reply_takes_its_place_when_it_is_sent,
    a_held_reply_waits_while_the_conversation_is_closed,
);
on_slack!(who_is_no_longer_an_operator_sends_nothing, what_calls_many_is_held);

const ASKS: &str = "Send to visitor?";

async fn what_is_doubtful_is_held_and_sent_on_request(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let unknown = "It begins like a command, but I know no such word (I know !assign, !close, !reopen and !link).";
    let mention = "It mentions a teammate, so it may be meant for them.";
    let mut sent: Vec<&str> = Vec::new();
    let jonas = talk.call(JONAS);
    let bold = talk.team.room().bold(&format!("ask {jonas}"));
    for (typed, why, shown) in [
        ("!clsoe", unknown, "!clsoe"),
        ("!close the window and try again", unknown, "!close the window and try again"),
        (&format!("{jonas} can you look?"), mention, "@Jonas can you look?"),
        (&bold, mention, "ask @Jonas"),
        ("@here anybody?", mention, "@here anybody?"),
    ] {
        held_and_sent(&talk, typed, why).await;
        sent.push(shown);
        talk.only(&sent).await;
    }
    talk.end().await;
}

/// Mina writes something that is held for this reason, and has it sent.
async fn held_and_sent(talk: &Talk, typed: &str, why: &str) {
    let before = talk.visitor.replies().await.len();
    talk.say(MINA, typed).await;
    let asked = talk.team.told(MINA, &format!("I kept your message inside. {why} Send to visitor?")).await;
    assert_eq!(asked.thread.as_deref(), Some(talk.card.as_str()));
    assert_eq!(talk.visitor.replies().await.len(), before, "nothing is sent before that is asked for");
    talk.team.press(MINA, SHOP, &asked.id, "send_held").await;
    talk.team.told(MINA, "Sent to the visitor.").await;
}

async fn what_calls_many_is_held(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    held_and_sent(&talk, "@support please", "It mentions a teammate, so it may be meant for them.").await;
    talk.only(&["@teammate please"]).await;
    talk.end().await;
}

async fn what_is_kept_inside_stays_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, &format!("{} is he lying?", talk.call(JONAS))).await;
    let asked = talk.team.told(MINA, ASKS).await;
    talk.team.press(MINA, SHOP, &asked.id, "keep_inside").await;
    let kept = talk.team.told(MINA, "It stays inside.").await;
    assert_eq!((kept.id, kept.buttons), (asked.id, 0), "the question was replaced, and its buttons are gone");
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn a_held_reply_takes_its_place_when_it_is_sent(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, &format!("{} says yes", talk.call(JONAS))).await;
    talk.team.told(MINA, ASKS).await;
    talk.say(JONAS, "Yes").await;
    talk.visitor.until_told("Yes").await;
    talk.visitor.write("Thank you").await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.visitor.until_told("@Jonas says yes").await;
    let seen: Vec<String> = talk.visitor.sees().await.into_iter().map(|seen| seen.body).collect();
    assert_eq!(seen, ["Hello", "Yes", "Thank you", "@Jonas says yes"]);
    talk.end().await;
}

async fn who_is_no_longer_an_operator_sends_nothing(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, &format!("{} is he lying?", talk.call(JONAS))).await;
    let asked = talk.team.told(MINA, ASKS).await;
    let not_hers = talk.team.slack().click(JONAS.slack(), SHOP.slack(), &asked.id, "threadline.send_held").await;
    assert!(matches!(not_hers, Err(PersonError::NoSuchMessage(_))), "nobody else sees the question");
    let demote = || talk.team.slack().change_profile(MINA.slack(), |person| person.standing = Standing::Guest).unwrap();
    talk.heard(About::Person, demote).await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.team.told(MINA, "Only operators can do that. Ask an admin to make you one.").await;
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn a_held_reply_waits_while_the_conversation_is_closed(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, &format!("{} says yes", talk.call(JONAS))).await;
    talk.team.told(MINA, ASKS).await;
    talk.say(JONAS, "!close").await;
    talk.visitor.until_status("closed").await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.team.told(MINA, "The conversation is closed. Reopen it, then press the button again.").await;
    assert_eq!(talk.visitor.replies().await, [""; 0]);
    talk.say(JONAS, "!reopen").await;
    talk.visitor.until_status("open").await;
    talk.press_private(MINA, "The conversation is closed.", "send_held").await;
    talk.only(&["@Jonas says yes"]).await;
    talk.end().await;
}
