//! Threads that are deleted, and channels that are taken away, while messages wait for them.
//!
//! What lives here: the way into the next thread, and the pause of a channel. What must not: sockets and answers.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::discord::permissions::MANAGE_THREADS;
use bridge_sandbox::faults::{Act, CallFault};

use super::talk::{Talk, until_presence};
use crate::support::PATIENCE;
use crate::support::stand::{Stand, Surface, everywhere, on_discord};
use crate::support::team::{Call, MINA, Nature, PRIYA, Room, SHOP, Team, until_within, words};

everywhere!(
    a_thread_deleted_with_messages_waiting,
    a_thread_deleted_without_a_word,
    a_thread_deleted_while_down,
    a_channel_taken_away,
    a_channel_taken_away_without_a_word,
);
on_discord!(an_archived_thread_comes_back, a_locked_thread_has_a_next_one, a_deleted_card_changes_nothing);

async fn a_thread_deleted_with_messages_waiting(stand: &Stand) {
    let team = stand.team().await;
    deleted_with_messages_waiting(stand, &team, 0).await;
}

/// The deletion's event is lost: only the refused post tells.
async fn a_thread_deleted_without_a_word(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    deleted_with_messages_waiting(stand, &team, 50).await;
}

async fn deleted_with_messages_waiting(stand: &Stand, team: &Team, dropped: u32) {
    let program = stand.program(team).await;
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    talk.write_and_see("in the first thread").await;
    talk.reply_and_see("answered in the first thread").await;
    let card = talk.card().await;
    // It is held there until the thread is gone: none is posted before, however long that takes.
    let held = team.suffer(Call::Write, &CallFault::next("", Act::Hang));
    let waiting = ["waiting one", "waiting two", "waiting three"];
    for text in waiting {
        talk.write(text).await;
    }
    team.suffered(&held, 1).await;
    team.room().drop_events(dropped);
    team.room().delete_thread(SHOP, &card);
    team.room().drop_events(0);
    team.release(&held);
    let next = team.until_another_card(SHOP, &card).await;
    talk.shown().await;
    assert_eq!(team.relayed(SHOP, &next), waiting);
    talk.reply_and_see("answered in the next").await;
    talk.kept_over_threads(1).await;
    program.stop().await;
}

async fn a_thread_deleted_while_down(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("in the first thread").await;
    talk.reply_and_see("answered in the first thread").await;
    program.stop().await;
    team.room().delete_thread(SHOP, &talk.card().await);
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.write("in the next").await;
    talk.kept_over_threads(1).await;
    program.stop().await;
}

async fn an_archived_thread_comes_back(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    let edited = talk.reply_and_see("answered before").await;
    let card = talk.card().await;
    team.discord().archive_thread(PRIYA.discord(), &card, true).unwrap();
    talk.write_and_see("after").await;
    team.discord().archive_thread(PRIYA.discord(), &card, true).unwrap();
    team.edit(MINA, SHOP, &edited, "answered long before");
    talk.visitor.until_told("answered long before").await;
    talk.replied = vec!["answered long before".to_owned()];
    talk.kept().await;
    program.stop().await;
}

async fn a_locked_thread_has_a_next_one(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    let card = talk.card().await;
    team.discord().lock_thread(PRIYA.discord(), &card, true).unwrap();
    team.discord().archive_thread(PRIYA.discord(), &card, true).unwrap();
    // Whoever manages threads may write in a locked one, so our app has to be one who doesn't.
    team.discord().forbid(SHOP.discord(), MANAGE_THREADS).unwrap();
    talk.write("after").await;
    let next = team.until_another_card(SHOP, &card).await;
    talk.shown().await;
    assert_eq!(team.relayed(SHOP, &next), ["after"]);
    talk.reply_and_see("answered after").await;
    talk.kept_over_threads(2).await;
    program.stop().await;
}

async fn a_deleted_card_changes_nothing(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    let card = talk.card().await;
    team.delete(PRIYA, SHOP, &card);
    talk.visitor.write("after").await;
    team.shows(SHOP, &card, "after").await;
    team.say(MINA, SHOP, card.as_str(), "answered after");
    talk.visitor.until_told("answered after").await;
    team.say(MINA, SHOP, card.as_str(), "!close");
    talk.visitor.until_status("closed").await;
    team.shows(SHOP, &card, "Mina closed the conversation.").await;
    program.stop().await;
}

async fn a_channel_taken_away(stand: &Stand) {
    let team = stand.team().await;
    taken_away(stand, &team, 0).await;
}

/// The events are lost: only the refused post tells that it is gone, and only asking that it isn't any more.
async fn a_channel_taken_away_without_a_word(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    taken_away(stand, &team, 50).await;
}

async fn taken_away(stand: &Stand, team: &Team, dropped: u32) {
    let program = stand.program(team).await;
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    team.room().drop_events(dropped);
    team.room().take_channel(SHOP, true);
    for text in ["while it is gone", "and one more"] {
        talk.write(text).await;
    }
    let stranger = program.visitor("shop.example").await;
    if stand.surface == Surface::Mirrored {
        // The other channel is there, so the visitor is not alone.
        team.shows_in_mirror(SHOP, "and one more").await;
        until_presence(&stranger, true).await;
    } else {
        until_presence(&stranger, false).await;
    }
    team.room().take_channel(SHOP, false);
    team.room().drop_events(0);
    until_presence(&stranger, true).await;
    // A channel that nobody speaks of is asked after twice a minute.
    let shown = |room: &dyn Room| words(&room.everything(SHOP)).contains(&"and one more".to_owned()).then_some(());
    until_within(PATIENCE * 2, team.room(), "what was written meanwhile", shown).await;
    talk.word(MINA, "note: it was taken away by mistake").await;
    talk.reply("here again").await;
    talk.kept().await;
    program.stop().await;
}
