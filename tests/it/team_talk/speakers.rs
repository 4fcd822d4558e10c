//! Who may speak for the team.
//!
//! What lives here: everybody who may not, how they are told, and that their later edits change nothing. What must not:
//! what operators say.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::discord::{Member, seed};
use bridge_sandbox::slack::{ReleaseOrder, Standing};

use super::Talk;
use crate::support::room::slack::heard;
use crate::support::stand::{Stand, everywhere, on_discord, on_slack};
use crate::support::team::{LUCIA, MINA, Nature, PRIYA, SHOP, TOM};

everywhere!(others_stay_inside, others_press_no_buttons);
on_slack!(
    integrations_stay_inside,
    a_guest_becomes_a_member,
    only_the_group_speaks,
    who_was_switched_off_speaks_no_more
);

on_discord!(only_the_role_speaks, webhooks_and_other_bots_stay_inside);

const GUEST: &str = "guests of this workspace don't answer visitors";
const NOT_IN_GROUP: &str =
    "Your message stays inside: only the operators' group answers visitors. Ask an admin to add you to it.";

async fn others_stay_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for who in [TOM, LUCIA] {
        let refusal = talk.team.room().refusal(who);
        let message = talk.say(who, "I know better").await;
        assert_eq!(talk.team.told(who, refusal).await.text, refusal);
        talk.edit(who, &message, "I still know better").await;
    }
    talk.only(&[]).await;
    for who in [TOM, LUCIA] {
        assert_eq!(talk.team.all_told(who).len(), 1, "an edit is no new message, so nothing is said again");
    }
    talk.end().await;
}

async fn integrations_stay_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let slack = talk.team.slack();
    let app = || slack.say("UROTABOT", SHOP.slack(), Some(&talk.card), "I am another app").unwrap();
    heard(talk.team.slack(), "message", app).await;
    let integration =
        || slack.say_as_integration(SHOP.slack(), Some(&talk.card), "Deploys", "I am an integration").unwrap();
    heard(talk.team.slack(), "message/bot_message", integration).await;
    talk.only(&[]).await;
    assert!(slack.ephemerals("UROTABOT").is_empty(), "a bot reads no private messages");
    talk.end().await;
}

/// Whoever becomes an operator later speaks from then on, and not for what was said before.
async fn a_guest_becomes_a_member(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let slack = talk.team.slack();
    let guest = talk.say(TOM, "I am a guest").await;
    talk.team.told(TOM, GUEST).await;
    let promote = || slack.change_profile(TOM.slack(), |person| person.standing = Standing::Member).unwrap();
    heard(talk.team.slack(), "user_change", promote).await;
    talk.edit(TOM, &guest, "I was a guest").await;
    talk.say(TOM, "I am a member now").await;
    talk.only(&["I am a member now"]).await;
    talk.end().await;
}

async fn only_the_group_speaks(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let mut settings = stand.settings(&team);
    settings.slack.get_mut("acme").unwrap().operators = "group:S0SUPPORT".into();
    let program = stand.program_with(&team, settings).await;
    let talk = Talk::between(team, program).await;
    let slack = talk.team.slack();
    talk.say(PRIYA, "I am an admin").await;
    talk.team.told(PRIYA, NOT_IN_GROUP).await;
    talk.say(TOM, "I am a guest").await;
    talk.team.told(TOM, GUEST).await;
    let before = talk.say(MINA, "I am in the group").await;
    talk.only(&["I am in the group"]).await;

    heard(talk.team.slack(), "subteam_updated", || slack.set_in_group("S0SUPPORT", MINA.slack(), false).unwrap()).await;
    talk.say(MINA, "I have left the group").await;
    talk.team.told(MINA, NOT_IN_GROUP).await;
    heard(talk.team.slack(), "subteam_updated", || slack.set_in_group("S0SUPPORT", PRIYA.slack(), true).unwrap()).await;
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

async fn only_the_role_speaks(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let discord = talk.team.discord();
    talk.say(PRIYA, "I am an administrator").await;
    talk.team.told(PRIYA, NOT_IN_GROUP).await;
    let before = talk.say(MINA, "I have the role").await;
    talk.only(&["I have the role"]).await;
    let lose = |member: &mut Member| member.roles.retain(|role| role != seed::SUPPORT);
    let get = |member: &mut Member| member.roles.extend([seed::SUPPORT.to_owned()]);
    discord.change_member(MINA.discord(), lose).unwrap();
    discord.change_member(TOM.discord(), get).unwrap();
    talk.say(MINA, "I have lost the role").await;
    talk.team.told(MINA, NOT_IN_GROUP).await;
    talk.say(TOM, "I have it now").await;
    talk.visitor.until_told("I have it now").await;
    // What she said as an operator is out; changing it is speaking again.
    talk.edit(MINA, &before, "I had the role").await;
    talk.team.told(MINA, "The visitor still sees your earlier words").await;
    talk.edit(MINA, &before, "// I had the role").await;
    talk.only(&["I have it now"]).await;
    talk.end().await;
}

async fn webhooks_and_other_bots_stay_inside(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let discord = talk.team.discord();
    discord.say_as_webhook(SHOP.discord(), Some(&talk.card), "Mina", "I am a webhook").unwrap();
    talk.only(&[]).await;
    talk.end().await;
}

async fn who_was_switched_off_speaks_no_more(stand: &Stand) {
    // Two sockets would mix the two events again.
    let talk = Talk::over_hooks(stand).await;
    let slack = talk.team.slack();
    slack.hold_events();
    slack.say(PRIYA.slack(), SHOP.slack(), Some(&talk.card), "My last words").unwrap();
    slack.deactivate(PRIYA.slack()).unwrap();
    // That she left is told first: until then she counts as what Slack said of her last.
    heard(talk.team.slack(), "message", || slack.release_events(ReleaseOrder::Reverse)).await;
    talk.only(&[]).await;
    talk.end().await;
}

async fn others_press_no_buttons(stand: &Stand) {
    let talk = Talk::begin(stand).await;
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
