//! Those who come in by the team's chat: their link, their account there, and that they go when their right goes.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::discord::{Member, seed};
use bridge_sandbox::slack::Standing;
use reqwest::Method;
use serde_json::json;

use crate::presence::Line;
use crate::support::operator::{Desk, post_link};
use crate::support::program::Program;
use crate::support::refusal::Refusal;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{About, JONAS, MINA, Nature, Person, Room, SHOP, TOM, Team, Told, until};

everywhere!(who_loses_the_right_is_signed_out, a_code_of_the_page_ties_an_account_to_its_owner);

/// Gives the command that asks for a link.
async fn ask(team: &Team, who: Person) {
    if team.room().platform() == "slack" {
        let given = team.slack().command(who.slack(), SHOP.slack(), None, "/threadline", "inbox").await;
        assert!(given.unwrap().acked);
    } else {
        team.command(who, SHOP, None, "threadline", &[("inbox", json!([]))]).await;
    }
}

/// A fresh link: one that they weren't told before.
pub(crate) async fn link_for(team: &Team, who: Person) -> String {
    let link_in = |told: &Told| {
        let link = told.text.split_whitespace().find(|word| word.contains("/sign-in#"))?;
        Some(link.trim_matches(|sign| matches!(sign, '<' | '>')).to_owned())
    };
    let before: Vec<_> = team.all_told(who).iter().filter_map(link_in).collect();
    ask(team, who).await;
    let fresh = |room: &dyn Room| room.told(who).iter().filter_map(link_in).find(|link| !before.contains(link));
    until(team.room(), "a link of their own", fresh).await
}

/// Takes away what makes somebody an operator there.
fn take_right(team: &Team, who: Person) {
    if team.room().platform() == "slack" {
        team.slack().change_profile(who.slack(), |person| person.standing = Standing::Guest).unwrap();
    } else {
        let lose = |member: &mut Member| member.roles.retain(|role| role != seed::SUPPORT);
        team.discord().change_member(who.discord(), lose).unwrap();
    }
}

async fn who_loses_the_right_is_signed_out(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;

    ask(&team, TOM).await;
    team.told(TOM, "Only operators can do that. Ask an admin to make you one.").await;

    let mina = Desk::sign_in(&program.url, &link_for(&team, MINA).await).await;
    let me = mina.get("/v1/inbox/session").await;
    assert_eq!((&me["operator"]["name"], &me["role"]), (&json!("Mina"), &json!("operator")));
    assert_eq!(me["domains"], json!(["blog.example", "shop.example"]), "where their chat has a channel");
    assert_eq!(me["selves"][0]["platform"], team.room().platform());
    assert_eq!(mina.refused(Method::GET, "/v1/admin/domains", None).await.status, 403);

    let late = link_for(&team, MINA).await;
    team.heard(About::Person, || take_right(&team, MINA)).await;
    team.heard(About::Message, || team.say(MINA, SHOP, card.as_str(), "I am no operator any more")).await;
    team.told(MINA, "Your message stays inside").await;
    let refusal = mina.refused(Method::GET, "/v1/inbox/session", None).await;
    assert_eq!((refusal.status, refusal.problem["type"].as_str()), (401, Some("urn:threadline:problem:signed-out")));
    let refusal = Refusal::read(post_link(&program.url, &late, None).await).await;
    refusal.is(401, "link-not-valid", "This link is for somebody who may no longer sign in: ask an admin.");
    program.stop().await;
}

async fn a_code_of_the_page_ties_an_account_to_its_owner(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program: Program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    // A reply waits a moment for its author's picture, and goes without it where the platform is slow; the next one has it.
    let mut picture = json!(null);
    for words in ["I am Jonas", "Still Jonas", "And still"] {
        team.say(JONAS, SHOP, card.as_str(), words);
        let told = visitor.until_told(words).await;
        assert_eq!(told.from, "Jonas");
        picture = visitor.message(&told.id).await["author"]["picture"].clone();
        if picture != json!(null) {
            break;
        }
    }
    assert_ne!(picture, json!(null));

    let ada = Desk::admin(&stand.db, &program.url, "Ada").await;
    let (mut line, _) = Line::open(&ada, false).await;
    let code = ada.post("/v1/inbox/profile/link-code", &json!({})).await["code"].as_str().unwrap().to_owned();
    team.say(JONAS, SHOP, card.as_str(), &format!("!link {code}"));
    team.told(JONAS, "Done: your accounts are one operator now, and visitors see the name Ada.").await;
    line.until("her page to hear of it", |frame| (frame["type"] == "me").then_some(())).await;
    let me = ada.get("/v1/inbox/session").await;
    assert_eq!((&me["role"], &me["operator"]["name"]), (&json!("admin"), &json!("Ada")));
    assert_eq!(me["selves"].as_array().unwrap().len(), 1);
    assert_ne!(me["operator"]["picture"], json!(null), "what the page's owner lacked comes from the account");

    // From now on they are one, and what they chose for themselves stays.
    team.say(JONAS, SHOP, card.as_str(), "I am Ada now");
    assert_eq!(visitor.until_told("I am Ada now").await.from, "Ada");
    let operators = ada.get("/v1/admin/operators").await;
    // In a second room he is still somebody of his own.
    let left = operators["operators"].as_array().unwrap().iter().filter(|it| it["name"] == "Jonas").count();
    assert!(left < team.rooms().count(), "{operators}");
    let audit = ada.get("/v1/admin/audit").await;
    assert_eq!(audit["entries"][0]["action"], "operators.united");
    program.stop().await;
}
