//! The page, the live stream, and two workspaces in one sandbox.

use axum::Router;
use bridge_sandbox::slack::{Seed, SlackOptions, SlackSandbox, Standing};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{MINA, SHOP, SOON, slack, slack_with};

#[tokio::test]
async fn the_page_works_when_nested_and_may_be_framed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/sandbox/slack", listener.local_addr().unwrap());
    let sandbox = SlackSandbox::new(SlackOptions { base_url: base_url.clone(), ..SlackOptions::seeded(Seed::demo()) });
    let app = Router::new().nest("/sandbox/slack", sandbox.router());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(&base_url).send().await.unwrap();
    assert!(page.headers().get("x-frame-options").is_none());
    let html = page.text().await.unwrap();
    assert!(!html.contains("<script>") && !html.contains("style="), "nothing inline, so a strict policy fits");
    for file in ["page.css", "page.js"] {
        assert!(html.contains(&format!("\"/sandbox/slack/{file}\"")));
        assert_eq!(http.get(format!("{base_url}/{file}")).send().await.unwrap().status(), 200);
    }
    let view = format!("{base_url}/people/view?user={MINA}&channel={SHOP}");
    let view: Value = http.get(view).send().await.unwrap().json().await.unwrap();
    assert_eq!(view["team"], "Kettle & Thread");
}

#[tokio::test]
async fn the_view_hides_what_the_person_may_not_see() {
    let seed = Seed::demo().private_channel("T0SHOP", "C0HIDDEN", "hidden", &["U0JONAS", "UTLINEBOT"]);
    let slack = slack_with(SlackOptions::seeded(seed)).await;
    slack.sandbox.say("U0JONAS", "C0HIDDEN", None, "secret").unwrap();
    slack.write("chat.postEphemeral", json!({"channel": SHOP, "user": "U0JONAS", "text": "for Jonas"})).await;
    let view = async |user: &str, channel: &str| -> Value {
        let url = format!("{}/people/view?user={user}&channel={channel}", slack.serving.base_url);
        slack.http.get(url).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(view(MINA, "C0HIDDEN").await["timeline"], json!([]));
    assert_eq!(view("U0JONAS", "C0HIDDEN").await["timeline"][0]["text"], "secret");
    assert_eq!(view(MINA, SHOP).await["ephemerals"], json!([]));
    assert_eq!(view("U0JONAS", SHOP).await["ephemerals"][0]["text"], "for Jonas");
}

#[tokio::test]
async fn the_live_stream_tells_of_changes() {
    let slack = slack().await;
    let answer = slack.http.get(format!("{}/people/live", slack.serving.base_url)).send().await.unwrap();
    let mut stream = answer.bytes_stream();
    let mut next = async || tokio::time::timeout(SOON, stream.next()).await.unwrap().unwrap().unwrap();
    assert!(next().await.starts_with(b"data: "));
    slack.sandbox.say(MINA, SHOP, None, "news").unwrap();
    assert!(next().await.starts_with(b"data: "));
}

#[tokio::test]
async fn two_workspaces_know_nothing_of_each_other() {
    let seed = Seed::demo()
        .team("T0OTHER", "Other", "other")
        .person("T0OTHER", "U0OLA", "Ola Berg", Standing::Member)
        .app("T0OTHER", "OTHER", "Threadline")
        .channel("T0OTHER", "C0OTHER", "visitors", &["U0OLA", "UOTHERBOT"]);
    let slack = slack_with(SlackOptions::seeded(seed)).await;
    let mut socket = slack.socket().await;
    let body = json!({"channel": "C0OTHER", "text": "x"});
    assert_eq!(slack.write("chat.postMessage", body.clone()).await["error"], "channel_not_found");
    let theirs: Value = slack.json("xoxb-OTHER", "chat.postMessage", body).await.unwrap().json().await.unwrap();
    assert_eq!(theirs["ok"], true);
    assert_eq!(slack.get("users.info", &[("user", "U0OLA")]).await["error"], "user_not_visible");
    slack.sandbox.say("U0OLA", "C0OTHER", None, "over here").unwrap();
    slack.sandbox.say(MINA, SHOP, None, "and here").unwrap();
    assert_eq!(socket.take().await["payload"]["event"]["text"], "and here");
}
