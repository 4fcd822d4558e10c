//! What was said while the program was not running. The platforms tell nothing again here, so only catch-up can find it.
//!
//! What lives here: replies, edits, deletions and long threads between two runs. What must not: threads that are gone.

use super::talk::Talk;
use crate::support::program::Program;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{JONAS, MINA, Nature, SHOP, Team};

everywhere!(replies_edits_and_deletions, only_an_edit, only_a_deletion, a_long_thread, words_of_command);

async fn replies_edits_and_deletions(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let edited = talk.reply_and_see("It costs 10.").await;
    let deleted = talk.reply_and_see("Wrong window.").await;
    talk.reply_and_see("Anything else?").await;
    let gone = talk.visitor.until_told("Wrong window.").await.id;
    program.stop().await;

    team.edit(MINA, SHOP, &edited, "It costs 12.");
    team.delete(MINA, SHOP, &deleted);
    talk.reply("We close at six.").await;
    let unsaid = talk.reply("This is taken back before anybody hears it.").await;
    team.delete(MINA, SHOP, &unsaid);
    talk.reply("Until tomorrow.").await;
    talk.replied = ["It costs 12.", "Anything else?", "We close at six.", "Until tomorrow."].map(str::to_owned).into();

    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_removed(&gone).await;
    talk.kept().await;
    program.stop().await;
}

/// The thread was read to its end before, and nothing is added to it.
async fn only_an_edit(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let edited = talk.reply_and_see("It costs 10.").await;
    talk.reply_and_see("Anything else?").await;
    let program = restarted(stand, &team, program, &mut talk).await;
    program.stop().await;

    team.edit(MINA, SHOP, &edited, "It costs 12.");
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_told("It costs 12.").await;
    talk.replied[0] = "It costs 12.".to_owned();
    talk.kept().await;
    program.stop().await;
}

/// The same with a deletion.
async fn only_a_deletion(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let deleted = talk.reply_and_see("Wrong window.").await;
    talk.reply_and_see("Anything else?").await;
    let gone = talk.visitor.until_told("Wrong window.").await.id;
    let program = restarted(stand, &team, program, &mut talk).await;
    program.stop().await;

    team.delete(MINA, SHOP, &deleted);
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_removed(&gone).await;
    talk.replied.remove(0);
    talk.kept().await;
    program.stop().await;
}

/// Stops and starts it, and waits until it has caught up: by a reply that was written in between.
async fn restarted(stand: &Stand, team: &Team, program: Program, talk: &mut Talk<'_>) -> Program {
    program.stop().await;
    talk.reply("Said in between.").await;
    let program = stand.program(team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.visitor.until_told("Said in between.").await;
    program
}

/// More replies than a platform gives on a page.
async fn a_long_thread(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Tell me everything.").await;
    talk.reply_and_see("Sit down.").await;
    program.stop().await;

    let card = talk.card().await;
    for number in 1..=230 {
        let who = if number % 3 == 0 { JONAS } else { MINA };
        let text = format!("fact {number}");
        team.say(who, SHOP, card.as_str(), &text);
        talk.replied.push(text);
    }
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}

async fn words_of_command(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    program.stop().await;

    talk.word(MINA, "note: the one from yesterday").await;
    talk.reply("I look into it.").await;
    talk.word(MINA, "!assign").await;
    talk.reply("Done.").await;
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.assigned_to("Mina", 1).await;
    talk.noticed("takes care of this conversation now", 1);
    talk.kept().await;
    program.stop().await;
}
