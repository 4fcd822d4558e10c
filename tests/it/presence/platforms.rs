//! What platforms tell of who is there.
//!
//! What lives here: each platform's own way of telling it, from there to the widget. What must not: pages.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::discord::Status;
use bridge_sandbox::faults::{Act, CallFault};
use threadline::model::Role;

use super::{Line, domain_of, monitoring, until_presence};
use crate::support::PATIENCE;
use crate::support::operator::Desk;
use crate::support::program::Program;
use crate::support::stand::{Stand, Surface, everywhere, on_discord, on_slack};
use crate::support::team::{BLOG, JONAS, MINA, PRIYA, Person, SHOP, Team};

everywhere!(who_is_active_is_named_and_nobody_is_nobody, whoever_answers_is_there);
on_slack!(a_channel_that_tells_nothing_hides_nobody_elsewhere, who_could_not_be_asked_is_asked_again_soon);
on_discord!(discord_tells_at_once_who_comes_and_goes, without_the_intent_words_tell);

/// Sits somebody down at their desk in every room, or lets them leave it.
fn sit(team: &Team, who: Person, there: bool) {
    if team.rooms().any(|room| room.platform() == "slack") {
        team.slack().set_presence(who.slack(), there).unwrap();
    }
    if team.rooms().any(|room| room.platform() == "discord") {
        let status = if there { Status::Online } else { Status::Offline };
        team.discord().set_presence(who.discord(), status).unwrap();
    }
}

async fn who_is_active_is_named_and_nobody_is_nobody(stand: &Stand) {
    let team = stand.team().await;
    [MINA, JONAS, PRIYA].into_iter().for_each(|who| sit(&team, who, false));
    let program = Program::unattended(stand.settings(&team)).await;
    team.until_heard().await;
    let visitor = program.visitor("shop.example").await;
    let mut seen = visitor.live(0).await;
    // Heard, and nobody there: what is written is kept and delivered all the same.
    visitor.write("Is anybody there?").await;
    team.all_show(SHOP, "Is anybody there?").await;
    while seen.frame().await["type"] != "batch" {}
    assert_eq!(program.visitor("shop.example").await.live(0).await.frame().await["presence"]["online"], false);
    program.stop().await;

    sit(&team, MINA, true);
    let program = stand.program(&team).await;
    let ada = Desk::invited(&stand.db, &program.url, "Ada", Role::Admin, &[]).await;
    let shop = domain_of(&ada, "shop.example").await;
    assert_eq!(shop["reason"], "platform");
    assert!(shop["since"].is_string());
    for monitor in monitoring(&shop) {
        assert!(["Mina: slack", "Mina: discord"].contains(&monitor.as_str()), "{monitor}");
    }
    program.stop().await;
}

async fn whoever_answers_is_there(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    // Priya may answer in Slack, and has no role in Discord.
    let who = if team.room().platform() == "slack" { PRIYA } else { JONAS };
    let ada = Desk::invited(&stand.db, &program.url, "Ada", Role::Admin, &[]).await;
    let (mut line, _) = Line::open(&ada, false).await;
    let names = |domain: &serde_json::Value, person: Person| {
        monitoring(domain).iter().any(|monitor| monitor.starts_with(person.name()))
    };
    sit(&team, who, false);
    if stand.surface == Surface::Discord {
        // It tells at once who goes, and that must not come after the words. Mina is still there.
        let left = |frame: &serde_json::Value| {
            let shop = &frame["domain"];
            let is_shop = frame["type"] == "domain" && shop["name"] == "shop.example";
            (is_shop && names(shop, MINA) && !names(shop, who)).then_some(())
        };
        line.until("whoever answers to have left", left).await;
    }
    team.say(who, SHOP, card.as_str(), "Hello to you");
    let named = |frame: &serde_json::Value| (frame["type"] == "domain" && names(&frame["domain"], who)).then_some(());
    if !names(&domain_of(&ada, "shop.example").await, who) {
        line.until("whoever answers to be there", named).await;
    }
    program.stop().await;
}

/// Each of the two channels once: in which order they are asked about is not said.
async fn a_channel_that_tells_nothing_hides_nobody_elsewhere(stand: &Stand) {
    for (silent, whole) in [(SHOP, BLOG), (BLOG, SHOP)] {
        let stand = stand.afresh().await;
        let team = stand.team().await;
        let channel = team.room().channel(silent);
        let channel = channel.split_once('/').map(|(_, id)| id).unwrap();
        let fault = CallFault::next("conversations.members", Act::Error { code: "channel_not_found".into() });
        team.slack().faults().add(fault.on_channel(channel).times(u32::MAX));
        let program = Program::unattended(stand.settings(&team)).await;
        team.until_heard().await;
        program.visitor(whole.domain()).await.until_online().await;
        program.stop().await;
    }
}

/// Sooner than the minute in which everybody is asked anyway: this test's patience is shorter.
async fn who_could_not_be_asked_is_asked_again_soon(stand: &Stand) {
    let team = stand.team().await;
    let fault = CallFault::next("conversations.members", Act::Status { code: 503 });
    let failed = team.slack().faults().add(fault);
    let program = stand.program(&team).await;
    team.slack().faults().wait_fired(failed, 1, PATIENCE).await.unwrap();
    program.stop().await;
}

async fn discord_tells_at_once_who_comes_and_goes(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut seen = program.visitor("shop.example").await.live(0).await;
    assert_eq!(seen.frame().await["presence"]["online"], true);
    [MINA, JONAS].into_iter().for_each(|who| team.discord().set_presence(who.discord(), Status::Idle).unwrap());
    until_presence(&mut seen, false).await;
    team.discord().set_presence(PRIYA.discord(), Status::Offline).unwrap();
    team.discord().set_presence(JONAS.discord(), Status::Online).unwrap();
    until_presence(&mut seen, true).await;
    let ada = Desk::invited(&stand.db, &program.url, "Ada", Role::Admin, &[]).await;
    assert_eq!(monitoring(&domain_of(&ada, "shop.example").await), ["Jonas: discord"]);
    program.stop().await;
}

/// Without the privileged intent Discord tells nobody's presence, and the rest works as before.
async fn without_the_intent_words_tell(stand: &Stand) {
    let team = stand.team().await;
    team.discord().allow_presences(false);
    let program = Program::unattended(stand.settings(&team)).await;
    team.until_heard().await;
    let visitor = program.visitor("shop.example").await;
    let mut seen = visitor.live(0).await;
    assert_eq!(seen.frame().await["presence"]["online"], false);
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    team.say(MINA, SHOP, card.as_str(), "Hello to you");
    until_presence(&mut seen, true).await;
    program.stop().await;
}
