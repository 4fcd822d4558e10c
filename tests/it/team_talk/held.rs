//! Replies that are held until their author says that they are meant for the visitor.
//!
//! What lives here: why one is held, and each way in which that ends. What must not: edits (see `edits`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::{PersonError, Standing};

use super::Talk;
use crate::support::database::{Database, on_both};
use crate::support::team::{JONAS, MINA, SHOP};

on_both!(
    what_is_doubtful_is_held_and_sent_on_request,
    what_is_kept_inside_stays_inside,
    a_held_reply_takes_its_place_when_it_is_sent,
    who_is_no_longer_an_operator_sends_nothing,
    a_held_reply_waits_while_the_conversation_is_closed,
);

const ASKS: &str = "Send to visitor?";

async fn what_is_doubtful_is_held_and_sent_on_request(db: &Database) {
    let talk = Talk::begin(db).await;
    let unknown = "It begins like a command, but I know no such word (I know !assign, !close and !reopen).";
    let mention = "It mentions a teammate, so it may be meant for them.";
    let mut sent = Vec::new();
    for (typed, why, shown) in [
        ("!clsoe", unknown, "!clsoe"),
        ("!close the window and try again", unknown, "!close the window and try again"),
        ("@jonas can you look?", mention, "@Jonas can you look?"),
        ("*ask @jonas*", mention, "ask @Jonas"),
        ("@here anybody?", mention, "@here anybody?"),
        ("@support please", mention, "@teammate please"),
    ] {
        talk.say(MINA, typed).await;
        let asked = talk.team.told(MINA, ASKS).await;
        assert_eq!(asked.text, format!("I kept your message inside. {why} Send to visitor?"));
        assert_eq!(asked.thread_ts.as_deref(), Some(talk.card.as_str()));
        talk.only(&sent).await;
        talk.press_private(MINA, ASKS, "send_held").await;
        talk.team.told(MINA, "Sent to the visitor.").await;
        sent.push(shown);
        talk.only(&sent).await;
    }
    talk.end().await;
}

async fn what_is_kept_inside_stays_inside(db: &Database) {
    let talk = Talk::begin(db).await;
    talk.say(MINA, "@jonas is he lying?").await;
    let asked = talk.team.told(MINA, ASKS).await;
    talk.team.press(MINA, SHOP, &asked.ts, "keep_inside").await;
    let kept = talk.team.told(MINA, "It stays inside.").await;
    assert_eq!((kept.ts, kept.blocks.len()), (asked.ts, 1), "the question was replaced, and its buttons are gone");
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn a_held_reply_takes_its_place_when_it_is_sent(db: &Database) {
    let talk = Talk::begin(db).await;
    talk.say(MINA, "@jonas says yes").await;
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

async fn who_is_no_longer_an_operator_sends_nothing(db: &Database) {
    let talk = Talk::begin(db).await;
    talk.say(MINA, "@jonas is he lying?").await;
    let asked = talk.team.told(MINA, ASKS).await;
    let not_hers = talk.team.slack.click(JONAS, SHOP, &asked.ts, "threadline.send_held").await;
    assert!(matches!(not_hers, Err(PersonError::NoSuchMessage(_))), "nobody else sees the question");
    let demote = || talk.team.slack.change_profile(MINA, |person| person.standing = Standing::Guest).unwrap();
    talk.heard("user_change", demote).await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.team.told(MINA, "Only operators can do that. Ask an admin to make you one.").await;
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn a_held_reply_waits_while_the_conversation_is_closed(db: &Database) {
    let talk = Talk::begin(db).await;
    talk.say(MINA, "@jonas says yes").await;
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
