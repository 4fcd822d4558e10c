//! The other ways to be connected: over HTTP, and to a second workspace.
//!
//! What lives here: the main job over each. What must not: requests that Slack does not make (see `bad_input`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::{Delivery, sign};
use serde_json::json;

use super::Talk;
use crate::support::PATIENCE;
use crate::support::program::domain;
use crate::support::room::slack::connection;
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{MINA, Nature, SHOP, TOM, Team};

on_slack!(
    the_main_job_over_http,
    what_is_held_over_http,
    a_link_in_disguise_shows_where_it_leads,
    two_workspaces_never_mix
);

async fn the_main_job_over_http(stand: &Stand) {
    let talk = Talk::over_hooks(stand).await;
    assert_eq!(talk.team.slack().read(|view| view.sockets("ATLINE")), 0);
    talk.reply("Yes, *we do*!".replace('*', "").as_str()).await;
    talk.say(TOM, "I am a guest").await;
    talk.team.told(TOM, "guests of this workspace don't answer visitors").await;
    talk.say(MINA, ";; a note").await;
    talk.only(&["Yes, we do!"]).await;
    talk.team.press(MINA, SHOP, &talk.card, "assign").await;
    talk.card_shows("Open · assigned to Mina").await;
    talk.team.press(MINA, SHOP, &talk.card, "close").await;
    let closed = talk.visitor.until_status("closed").await;
    assert_eq!(closed["closed_by"]["name"], "Mina");
    talk.card_shows("Closed by Mina").await;
    let help = talk.team.slack().command(MINA.slack(), SHOP.slack(), None, "/threadline", "").await.unwrap();
    assert!(help.acked);
    talk.team.told(MINA, "`!assign`").await;
    let refused: Vec<Delivery> =
        talk.team.slack().deliveries().into_iter().filter(|delivery| delivery.outcome != "acked").collect();
    assert!(refused.is_empty(), "everything was taken at once: {refused:?}");
    talk.end().await;
}

async fn what_is_held_over_http(stand: &Stand) {
    let talk = Talk::over_hooks(stand).await;
    talk.say(MINA, "@jonas can you look?").await;
    talk.team.told(MINA, "Send to visitor?").await;
    talk.only(&[]).await;
    talk.press_private(MINA, "Send to visitor?", "send_held").await;
    talk.team.told(MINA, "Sent to the visitor.").await;
    talk.only(&["@Jonas can you look?"]).await;
    talk.end().await;
}

/// Slack's composer makes such links from what is pasted; nobody can type one.
async fn a_link_in_disguise_shows_where_it_leads(stand: &Stand) {
    let talk = Talk::over_hooks(stand).await;
    let link = json!({"type": "link", "url": "https://shop.example/norway", "text": "https://shop.example/free"});
    let unsafe_link = json!({"type": "link", "url": "javascript:alert(1)", "text": "press here"});
    let elements = json!([{"type": "text", "text": "See "}, link, {"type": "text", "text": " or "}, unsafe_link]);
    let block = json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]});
    let at = threadline::clock::Clock::system().now().0 / 1_000_000;
    let event = json!({
        "type": "message", "channel": SHOP.slack(), "user": MINA.slack(), "text": "See …", "blocks": [block], "ts": format!("{at}.900000"),
        "thread_ts": talk.card,
    });
    let body =
        json!({"type": "event_callback", "api_app_id": "ATLINE", "event_id": "EvLink", "event": event}).to_string();
    let request = talk.visitor.http.post(format!("{}/hooks/slack/acme/events", talk.program.url));
    let request = request.header("x-slack-request-timestamp", at.to_string());
    let request = request.header("x-slack-signature", sign("secret-TLINE", at, body.as_bytes()));
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);
    let plain = "See https://shop.example/free (https://shop.example/norway) or press here";
    let seen = talk.visitor.until_told(plain).await;
    let rich = talk.visitor.message(&seen.id).await["rich"].clone();
    assert_eq!(rich[0]["children"][1]["url"], "https://shop.example/norway");
    assert!(!rich.to_string().contains("javascript"), "{rich}");
    talk.end().await;
}

async fn two_workspaces_never_mix(stand: &Stand) {
    // The same ids everywhere: only the connection tells them apart.
    let (shop, blog) = (stand.team_of(Nature::quiet()).await, Team::in_slack().await);
    let mut settings = stand.settings(&shop);
    settings.slack.insert("other".into(), connection(blog.slack()));
    settings.domains[1] = domain("blog.example", [format!("slack.other/{}", SHOP.slack())]);
    let program = stand.program_with(&shop, settings).await;
    let reader = program.visitor("blog.example").await;
    reader.until_online().await;
    reader.write("from the blog").await;
    let talk = Talk::between(shop, program).await;
    let card = blog.card(SHOP).await;
    blog.shows(SHOP, &card, "from the blog").await;
    blog.say(MINA, SHOP, card.as_str(), "to the reader");
    reader.until_told("to the reader").await;
    talk.say(MINA, "to the shopper").await;
    talk.only(&["to the shopper"]).await;
    assert_eq!(reader.replies().await, ["to the reader"]);
    assert_eq!((talk.team.cards(SHOP, 1).await.len(), blog.cards(SHOP, 1).await.len()), (1, 1));
    blog.press(MINA, SHOP, &card, "close").await;
    reader.until_status("closed").await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");

    // One of them can't be reached; the other goes on.
    blog.slack().revoke_app_token("ATLINE").unwrap();
    blog.slack()
        .wait_for("the sockets to end", PATIENCE, |view| (view.sockets("ATLINE") == 0).then_some(()))
        .await
        .unwrap();
    talk.say(MINA, "still here").await;
    talk.only(&["to the shopper", "still here"]).await;
    talk.end().await;
}
