//! Notes: what operators say to each other in the thread.
//!
//! What lives here: every way to write one, and a closed conversation, where everything is one. What must not: edits.

use super::Talk;
use crate::support::stand::{Stand, everywhere, on_discord};
use crate::support::team::{JONAS, MINA, SHOP};

everywhere!(notes_stay_inside, what_only_looks_like_a_note_is_a_reply, a_closed_thread_keeps_everything_inside);
on_discord!(two_slashes_make_a_note);

async fn notes_stay_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for note in [
        ";; he is lying",
        ";;without a space",
        "note: call the bank",
        "NOTE: call the bank",
        "Note:call the bank",
        "；；full-width",
        "note：full-width",
        "  ;; indented",
        "\u{200b};; behind something invisible",
        &talk.team.room().bold(";; bold"),
        "```;; code```",
        &format!(";; {} what now?", talk.call(JONAS)),
        ";; !close",
        ";;\nhttps://shop.example/admin",
    ] {
        talk.say(MINA, note).await;
    }
    talk.only(&[]).await;
    let text = talk.all_text().await;
    for word in ["lying", "bank", "full-width", "indented", "invisible", "bold", "code", "what now", "admin"] {
        assert!(!text.contains(word), "{word} has leaked: {text}");
    }
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");
    assert!(talk.team.all_told(MINA).is_empty(), "a note needs no words about it");
    talk.end().await;
}

async fn two_slashes_make_a_note(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for note in ["// he is lying", "//without a space", "  // indented"] {
        talk.say(MINA, note).await;
    }
    talk.only(&[]).await;
    assert!(talk.team.all_told(MINA).is_empty(), "a note needs no words about it");
    talk.end().await;
}

async fn what_only_looks_like_a_note_is_a_reply(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let replies = ["; one semicolon", "notes: 12 euros", "a note: we are closed", "!!! great", "!"];
    for reply in replies {
        talk.say(MINA, reply).await;
    }
    talk.only(&replies).await;
    talk.end().await;
}

async fn a_closed_thread_keeps_everything_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.team.press(MINA, SHOP, &talk.card, "close").await;
    talk.visitor.until_status("closed").await;
    talk.say(MINA, "He will come back").await;
    let words = "This conversation is closed, so your message stays inside. Reopen it to answer the visitor.";
    talk.team.told(MINA, words).await;
    talk.say(MINA, ";; a note as ever").await;
    talk.say(MINA, "!reopen").await;
    talk.visitor.until_status("open").await;
    talk.only(&[]).await;
    assert_eq!(talk.team.all_told(MINA).len(), 1, "nothing is said about a note");
    assert!(!talk.all_text().await.contains("come back"));
    talk.end().await;
}
