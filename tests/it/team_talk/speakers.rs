//! Who may speak for the team.
//!
//! What lives here: everybody who may not, how they are told, and that their later edits change nothing. What must not:
//! what operators say.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::{ReleaseOrder, Standing};

use super::{Talk, heard, quiet_team};
use crate::support::database::{Database, on_both};
use crate::support::program::{Program, settings};
use crate::support::team::{LUCIA, MINA, PRIYA, SHOP, TOM, Team};

on_both!(others_stay_inside, only_the_group_speaks, who_was_switched_off_speaks_no_more, others_press_no_buttons);

const GUEST: &str =
    "Your message stays inside: guests of this workspace don't answer visitors. Ask a full member to do it.";
const STRANGER: &str = "Your message stays inside: only members of this workspace answer visitors.";
const NOT_IN_GROUP: &str =
    "Your message stays inside: only the operators' group answers visitors. Ask an admin to add you to it.";

/// What somebody was told privately, oldest first.
fn told(team: &Team, user: &str) -> Vec<String> {
    team.slack.ephemerals(user).into_iter().map(|told| told.text).collect()
}

async fn others_stay_inside(db: &Database) {
    let talk = Talk::begin(db).await;
    let slack = &talk.team.slack;
    let guest = talk.say(TOM, "I am a guest").await;
    let stranger = talk.say(LUCIA, "I am from elsewhere").await;
    talk.say("UROTABOT", "I am another app").await;
    let integration = || slack.say_as_integration(SHOP, Some(&talk.card), "Deploys", "I am an integration").unwrap();
    talk.heard("message/bot_message", integration).await;
    talk.team.told(TOM, GUEST).await;
    talk.team.told(LUCIA, STRANGER).await;
    talk.edit(TOM, &guest, "I am still a guest").await;
    talk.edit(LUCIA, &stranger, "I am still from elsewhere").await;
    talk.only(&[]).await;
    assert_eq!(told(&talk.team, TOM), [GUEST], "an edit is no new message, so nothing is said again");
    assert_eq!(told(&talk.team, LUCIA), [STRANGER]);
    assert_eq!(told(&talk.team, "UROTABOT"), [""; 0], "a bot reads no private messages");

    // Whoever becomes an operator later speaks from then on, and not for what was said before.
    let promote = || slack.change_profile(TOM, |person| person.standing = Standing::Member).unwrap();
    talk.heard("user_change", promote).await;
    talk.edit(TOM, &guest, "I was a guest").await;
    talk.say(TOM, "I am a member now").await;
    talk.only(&["I am a member now"]).await;
    talk.end().await;
}

async fn only_the_group_speaks(db: &Database) {
    let team = quiet_team().await;
    let mut settings = settings(db, &team);
    settings.slack.get_mut("acme").unwrap().operators = "group:S0SUPPORT".into();
    let talk = Talk::between(team, Program::with(settings).await).await;
    let slack = &talk.team.slack;
    talk.say(PRIYA, "I am an admin").await;
    talk.team.told(PRIYA, NOT_IN_GROUP).await;
    talk.say(TOM, "I am a guest").await;
    talk.team.told(TOM, GUEST).await;
    let before = talk.say(MINA, "I am in the group").await;
    talk.only(&["I am in the group"]).await;

    talk.heard("subteam_updated", || slack.set_in_group("S0SUPPORT", MINA, false).unwrap()).await;
    talk.say(MINA, "I have left the group").await;
    talk.team.told(MINA, NOT_IN_GROUP).await;
    talk.heard("subteam_updated", || slack.set_in_group("S0SUPPORT", PRIYA, true).unwrap()).await;
    talk.say(PRIYA, "I am in the group now").await;
    talk.only(&["I am in the group", "I am in the group now"]).await;

    // What she said as an operator is out; changing it is speaking again.
    talk.edit(MINA, &before, "I was in the group").await;
    talk.team
        .told(MINA, "The visitor still sees your earlier words: you are no longer one of those who answer visitors.")
        .await;
    talk.only(&["I am in the group", "I am in the group now"]).await;
    // What she takes back is taken back.
    talk.edit(MINA, &before, ";; I was in the group").await;
    talk.only(&["I am in the group now"]).await;
    talk.end().await;
}

async fn who_was_switched_off_speaks_no_more(db: &Database) {
    let talk = Talk::begin(db).await;
    let slack = &talk.team.slack;
    slack.hold_events();
    slack.say(PRIYA, SHOP, Some(&talk.card), "My last words").unwrap();
    slack.deactivate(PRIYA).unwrap();
    heard(&talk.team, "message", || slack.release_events(ReleaseOrder::AsTheyCame)).await;
    talk.only(&[]).await;
    talk.end().await;
}

async fn others_press_no_buttons(db: &Database) {
    let talk = Talk::begin(db).await;
    for user in [TOM, LUCIA] {
        for action in ["assign", "close"] {
            talk.team.press(user, SHOP, &talk.card, action).await;
            talk.team.told(user, "Only operators can do that. Ask an admin to make you one.").await;
        }
    }
    for word in ["!close", "!assign"] {
        talk.say(TOM, word).await;
    }
    talk.only(&[]).await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!((conversation["status"].as_str(), conversation["assignee"].is_null()), (Some("open"), true));
    talk.end().await;
}
