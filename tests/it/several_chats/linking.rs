//! One operator on two platforms, tied by a code or by an e-mail address.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use bridge_core::Action;
use threadline::model::Conversation;

use super::chat::Chat;
use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(
    a_code_makes_two_accounts_one_operator,
    what_is_not_right_about_a_code_is_said,
    a_code_is_shown_only_where_nobody_else_reads,
    an_email_address_makes_two_accounts_one_operator
);

/// The code in an answer's words.
fn code_in(words: &str) -> String {
    let code = words.strip_prefix("Your code is ").and_then(|rest| rest.split('.').next());
    code.unwrap_or_else(|| panic!("no code in: {words}")).to_owned()
}

async fn assignee_shown(chat: &Chat, thread: &str, name: &str) {
    chat.until(name, |world| (world.assignees.get(thread)?.as_deref() == Some(name)).then_some(())).await;
}

async fn conversation(stage: &Stage, conversation: &Conversation) -> Conversation {
    stage.service.store.conversation(conversation.id).await.unwrap().unwrap()
}

async fn a_code_makes_two_accounts_one_operator(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada Lovelace", None);
    stage.two.join("700", "ada_l", None);
    let (_, talk, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    stage.answered(&stage.two, "700", Some(&in_two), Action::Assign).await;
    assignee_shown(&stage.one, &in_one, "ada_l").await;
    let (older, younger) =
        (stage.operator(&stage.one, "U1").await.unwrap(), stage.operator(&stage.two, "700").await.unwrap());
    assert_ne!(older.id, younger.id);
    assert_eq!(conversation(&stage, &talk).await.assignee, Some(younger.id));

    // Whoever asks, and whoever writes the code: the one who was known first stays.
    let code = code_in(&stage.answered(&stage.two, "700", None, Action::Link(String::new())).await);
    stage.says(&stage.one, "U1", &in_one, &format!("!link {}", code.to_lowercase()), true).await;
    let done = stage.one.until("the answer", |world| Some(world.told("U1")?.text.clone()).filter(|it| !it.is_empty()));
    assert_eq!(done.await, "Done: your accounts are one operator now, and visitors see the name Ada Lovelace.");
    assert_eq!(stage.operator(&stage.one, "U1").await, Some(older.clone()));
    assert_eq!(stage.operator(&stage.two, "700").await, Some(older.clone()));
    assert_eq!(conversation(&stage, &talk).await.assignee, Some(older.id));
    assignee_shown(&stage.one, &in_one, "Ada Lovelace").await;
    assignee_shown(&stage.two, &in_two, "Ada Lovelace").await;

    // From now on they speak under one name, wherever they write, and neither platform's takes turns.
    stage.says(&stage.two, "700", &in_two, "from two", true).await;
    let authors = |text: &'static str| {
        move |world: &super::chat::World| {
            let shown = world.threads.get(&in_one)?.iter().find(|shown| shown.text == text)?;
            Some(shown.author.clone())
        }
    };
    assert_eq!(stage.one.until("the reply", authors("from two")).await, "Ada Lovelace");
    stage.one.join("U1", "Ada King", None);
    stage.says(&stage.one, "U1", &thread_in(&stage, &talk, &stage.one).await, "from one", true).await;
    let shown = stage.two.until("the reply", |world| {
        let shown = world.threads.get(&in_two)?.iter().find(|shown| shown.text == "from one")?;
        Some(shown.author.clone())
    });
    assert_eq!(shown.await, "Ada King", "the name follows the account by which they were known first");
    stage.end().await;
}

/// The thread of a conversation in a chat.
async fn thread_in(stage: &Stage, talk: &Conversation, chat: &Chat) -> String {
    stage.link(talk, chat).await.remote_thread.unwrap()
}

async fn what_is_not_right_about_a_code_is_said(db: &Database) {
    let stage = Stage::new(db).await;
    for (chat, user) in [(&stage.one, "U1"), (&stage.one, "U2"), (&stage.two, "700")] {
        chat.join(user, user, None);
    }
    let code = code_in(&stage.answered(&stage.one, "U1", None, Action::Link(String::new())).await);
    let write = async |chat, user, code: &str| stage.answered(chat, user, None, Action::Link(code.to_owned())).await;
    assert_eq!(
        write(&stage.one, "U1", &code).await,
        "That is the code of this very account. Write it from your other one."
    );
    let unknown = "I know no such code, or it is used or too old. Ask for a new one with !link (or /link) from your other account.";
    assert_eq!(write(&stage.two, "700", "NOSUCHCODE").await, unknown);
    assert_eq!(
        write(&stage.one, "U2", &code).await,
        "Both have an account on chat.one, and one operator has only one there, so nothing was changed."
    );
    assert_eq!(write(&stage.two, "700", &code).await, unknown, "it was used up by the wrong one");
    for _ in 0..3 {
        assert_eq!(write(&stage.two, "700", "NOSUCHCODE").await, unknown);
    }
    let good = code_in(&stage.answered(&stage.one, "U1", None, Action::Link(String::new())).await);
    let too_often = "Those were too many codes that I don't know. Try again in ten minutes.";
    assert_eq!(write(&stage.two, "700", &good).await, too_often);
    let (one, two) =
        (stage.operator(&stage.one, "U1").await.unwrap(), stage.operator(&stage.two, "700").await.unwrap());
    assert_ne!(one.id, two.id);
    stage.end().await;
}

async fn a_code_is_shown_only_where_nobody_else_reads(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage.says(&stage.one, "U1", &in_one, "!link", false).await;
    let words = stage.one.until("the answer", |world| Some(world.told("U1")?.text.clone())).await;
    assert!(words.contains("Ask for the code where only you can read the answer"), "{words}");
    assert!(!words.contains("Your code is"), "{words}");
    // The word is for nobody else: neither the visitor nor the other thread gets it.
    stage.says(&stage.one, "U1", &in_one, "a reply", false).await;
    stage.two.until("the reply", |world| world.texts(&in_two).contains(&"a reply".to_owned()).then_some(())).await;
    assert_eq!(stage.two.read(|world| world.texts(&in_two)), ["hello", "a reply"]);
    stage.end().await;
}

async fn an_email_address_makes_two_accounts_one_operator(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", Some("ada@acme.example"));
    stage.one.join("U2", "Ada's second", Some("ada@acme.example"));
    stage.two.join("700", "ada_l", Some("Ada@ACME.example"));
    stage.two.join("701", "somebody", None);
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    for (chat, user, thread) in [
        (&stage.one, "U1", &in_one),
        (&stage.two, "700", &in_two),
        (&stage.one, "U2", &in_one),
        (&stage.two, "701", &in_two),
    ] {
        stage.answered(chat, user, Some(thread), Action::Assign).await;
    }
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    assert_eq!(ada.name, "Ada", "the account by which we know them gives the name");
    assert_eq!(stage.operator(&stage.two, "700").await, Some(ada.clone()));
    assert_ne!(stage.operator(&stage.one, "U2").await.unwrap().id, ada.id, "nobody has two accounts on one connection");
    assert_ne!(stage.operator(&stage.two, "701").await.unwrap().id, ada.id);
    stage.end().await;
}
