//! What is done in a page shows in the threads, and the other way round.
//!
//! What lives here: closing, reopening, assigning, held replies. What must not: words (see `replies`).

use reqwest::Method;
use serde_json::{Value, json};

use super::{Scene, kind, message_at, write};
use crate::support::operator::Desk;
use crate::support::stand::{Stand, on_mirrors, on_slack};
use crate::support::team::{MINA, SHOP};

on_mirrors!(closing_and_assigning_agree_everywhere, who_is_deactivated_takes_care_of_nothing);
on_slack!(held_replies_are_decided_in_the_page, an_open_one_keeps_a_closed_one_closed);

async fn act(scene: &Scene, what: &str, body: Value) -> Value {
    scene.desk.post(&format!("{}/{what}", scene.at), &body).await["conversation"].clone()
}

async fn closing_and_assigning_agree_everywhere(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    assert_eq!(act(&scene, "assign", json!({"operator": "me"})).await["assignee"]["name"], "Ada");
    scene.team.cards_show(SHOP, "Ada").await;
    scene.team.press(MINA, SHOP, &scene.card, "assign").await;
    scene.team.all_show(SHOP, "takes care of this conversation now.").await;
    scene.team.cards_show(SHOP, "Mina").await;
    assert_eq!(scene.shown().await["conversation"]["assignee"]["name"], "Mina");

    let operators = scene.desk.get("/v1/inbox/operators?domain=shop.example").await;
    let mina = operators["operators"].as_array().unwrap().iter().find(|it| it["name"] == "Mina").unwrap().clone();
    act(&scene, "assign", json!({"operator": null})).await;
    scene.team.all_show(SHOP, "Nobody takes care of this conversation now").await;
    assert_eq!(act(&scene, "assign", json!({"operator": mina["id"]})).await["assignee"]["name"], "Mina");
    for wrong in [json!({}), json!({"operator": "somebody"}), json!({"operator": scene.at})] {
        let at = format!("{}/assign", scene.at);
        let refused = scene.desk.refused(Method::POST, &at, Some(&wrong)).await;
        assert_eq!(kind(&refused), (422, "validation-failed"), "{wrong}");
    }

    scene.team.press(MINA, SHOP, &scene.card, "close").await;
    scene.visitor.until_status("closed").await;
    assert_eq!(scene.shown().await["conversation"]["status"], "closed");
    let messages = format!("{}/messages", scene.at);
    let late = json!({"client_key": "late", "body": "Too late"});
    let refused = scene.desk.refused(Method::POST, &messages, Some(&late)).await;
    assert_eq!(kind(&refused), (409, "conversation-closed"));
    write(&scene.desk, &scene.at, "Call the bank", true).await;

    assert_eq!(act(&scene, "reopen", json!({})).await["status"], "open");
    scene.visitor.until_status("open").await;
    scene.team.all_show(SHOP, "Ada reopened the conversation.").await;
    scene.desk.post(&messages, &late).await;
    scene.visitor.until_told("Too late").await;
    assert_eq!(act(&scene, "close", json!({})).await["status"], "closed");
    assert_eq!(scene.visitor.until_status("closed").await["closed_by"]["name"], "Ada");
    scene.team.all_show(SHOP, "Ada closed the conversation.").await;
    scene.team.cards_show(SHOP, "Closed by Ada").await;
    assert_eq!(act(&scene, "close", json!({})).await["status"], "closed", "closing twice is no error");

    let batch = scene.desk.get(&format!("{}/events?after=0", scene.at)).await;
    let kinds: Vec<&str> =
        batch["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    for kind in ["conversation_opened", "conversation_assigned", "conversation_closed", "conversation_reopened"] {
        assert!(kinds.contains(&kind), "{kind} is missing: {kinds:?}");
    }
    scene.program.stop().await;
}

async fn who_is_deactivated_takes_care_of_nothing(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    act(&scene, "assign", json!({"operator": "me"})).await;
    scene.team.cards_show(SHOP, "Ada").await;
    let off = json!({"deactivated": true});
    let at = format!("/v1/admin/operators/{}", scene.desk.id);
    // What is refused changes nothing.
    assert_eq!(kind(&scene.desk.refused(Method::PATCH, &at, Some(&off)).await), (409, "last-admin"));
    assert_eq!(scene.shown().await["conversation"]["assignee"]["name"], "Ada");

    let grace = Desk::admin(&stand.db, &scene.program.url, "Grace").await;
    grace.patch(&at, &off).await;
    assert_eq!(grace.get(&scene.at).await["conversation"]["assignee"], json!(null));
    scene.team.all_show(SHOP, "Nobody takes care of this conversation now: Grace gave it back.").await;
    scene.team.cards_show(SHOP, "assigned to nobody").await;
    scene.program.stop().await;
}

async fn held_replies_are_decided_in_the_page(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    for (text, becomes) in [("!clsoe send it", "release"), ("!clsoe keep it", "keep")] {
        scene.team.say(MINA, SHOP, scene.card.as_str(), text);
        scene.team.told(MINA, "Send").await;
        let held = scene.until_message("a held reply", text, |it| (it["held"] == true).then(|| it.clone())).await;
        assert_eq!(held["audience"], "operators");
        let at = format!("{}/{becomes}", message_at(&scene.at, &held));
        let message = scene.desk.post(&at, &json!({})).await["message"].clone();
        let audience = if becomes == "release" { "all" } else { "operators" };
        assert_eq!((&message["held"], &message["audience"]), (&json!(false), &json!(audience)));
    }
    scene.visitor.until_told("!clsoe send it").await;
    assert_eq!(scene.visitor.replies().await, ["!clsoe send it"]);
    scene.program.stop().await;
}

async fn an_open_one_keeps_a_closed_one_closed(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    act(&scene, "close", json!({})).await;
    scene.visitor.write("Something else").await;
    let refused = scene.desk.refused(Method::POST, &format!("{}/reopen", scene.at), Some(&json!({}))).await;
    assert_eq!(kind(&refused), (409, "conflict"));
    let other = super::conversation(&scene.desk).await;
    let earlier = scene.desk.get(&other).await["earlier"].clone();
    assert_eq!((earlier.as_array().unwrap().len(), &earlier[0]["preview"]), (1, &json!("Hello")));
    scene.program.stop().await;
}
