//! What was said while the program was not running. Slack tells nothing again here, so only catch-up can find it.
//!
//! What lives here: replies, edits, deletions and long threads between two runs. What must not: threads that are gone.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use super::talk::{Talk, forgetful_team, settings};
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{JONAS, MINA, SHOP};

on_both!(replies_edits_and_deletions, only_an_edit, only_a_deletion, a_long_thread, words_of_command);

async fn replies_edits_and_deletions(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let edited = talk.reply_and_see("It costs 10.").await;
    let deleted = talk.reply_and_see("Wrong window.").await;
    talk.reply_and_see("Anything else?").await;
    program.stop().await;

    team.slack.edit(MINA, SHOP, &edited, "It costs 12.").unwrap();
    team.slack.delete(MINA, SHOP, &deleted).unwrap();
    talk.reply("We close at six.").await;
    let unsaid = talk.reply("This is taken back before anybody hears it.").await;
    team.slack.delete(MINA, SHOP, &unsaid).unwrap();
    talk.reply("Until tomorrow.").await;
    talk.replied = ["It costs 12.", "Anything else?", "We close at six.", "Until tomorrow."].map(str::to_owned).into();

    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}

/// The thread was read to its end before, and nothing is added to it.
async fn only_an_edit(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let edited = talk.reply_and_see("It costs 10.").await;
    talk.reply_and_see("Anything else?").await;
    let program = restarted(db, &team, program, &mut talk).await;
    program.stop().await;

    team.slack.edit(MINA, SHOP, &edited, "It costs 12.").unwrap();
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_told("It costs 12.").await;
    talk.replied[0] = "It costs 12.".to_owned();
    talk.kept().await;
    program.stop().await;
}

/// The same with a deletion.
async fn only_a_deletion(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let deleted = talk.reply_and_see("Wrong window.").await;
    talk.reply_and_see("Anything else?").await;
    let gone = talk.visitor.until_told("Wrong window.").await.id;
    let program = restarted(db, &team, program, &mut talk).await;
    program.stop().await;

    team.slack.delete(MINA, SHOP, &deleted).unwrap();
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_removed(&gone).await;
    talk.replied.remove(0);
    talk.kept().await;
    program.stop().await;
}

/// Stops and starts it, and waits until it has caught up: by a reply that was written in between.
async fn restarted(db: &Database, team: &crate::support::team::Team, program: Program, talk: &mut Talk<'_>) -> Program {
    program.stop().await;
    talk.reply("Said in between.").await;
    let program = Program::with(settings(db, team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_told("Said in between.").await;
    program
}

/// More replies than Slack gives on a page.
async fn a_long_thread(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Tell me everything.").await;
    talk.reply_and_see("Sit down.").await;
    program.stop().await;

    for number in 1..=230 {
        let who = if number % 3 == 0 { JONAS } else { MINA };
        let text = format!("fact {number}");
        team.slack.say(who, SHOP, Some(&talk.card().await), &text).unwrap();
        talk.replied.push(text);
    }
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}

async fn words_of_command(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    program.stop().await;

    talk.word(MINA, "note: the one from yesterday").await;
    talk.reply("I look into it.").await;
    talk.word(MINA, "!assign").await;
    talk.reply("Done.").await;
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.assigned_to("Mina", 1).await;
    assert_eq!(talk.notices("takes care of this conversation now").await, 1);
    talk.kept().await;
    program.stop().await;
}
