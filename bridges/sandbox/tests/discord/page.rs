//! The page, what it draws from, and acting as a person over HTTP.

use axum::Router;
use bridge_sandbox::discord::{DiscordOptions, DiscordSandbox, Seed};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Discord, MINA, PRIYA, SHOP, SOON, TOM, discord, discord_with};

async fn view(discord: &Discord, user: &str, channel: &str, thread: &str) -> Value {
    let base = &discord.serving.base_url;
    let url = format!("{base}/people/view?user={user}&channel={channel}&thread={thread}");
    discord.http.get(url).send().await.unwrap().json().await.unwrap()
}

async fn act(discord: &Discord, what: Value) -> (u16, Value) {
    let url = format!("{}/people/do", discord.serving.base_url);
    let answer = discord.http.post(url).json(&what).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_page_works_when_nested_and_may_be_framed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/sandbox/discord", listener.local_addr().unwrap());
    let options = DiscordOptions { base_url: base_url.clone(), ..DiscordOptions::seeded(Seed::demo()) };
    let app = Router::new().nest("/sandbox/discord", DiscordSandbox::new(options).router());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let page = http.get(&base_url).send().await.unwrap();
    assert!(page.headers().get("x-frame-options").is_none());
    let html = page.text().await.unwrap();
    assert!(!html.contains("<script>") && !html.contains("style="), "nothing inline, so a strict policy fits");
    for file in ["kit.css", "page.css", "page.js"] {
        assert!(html.contains(&format!("\"/sandbox/discord/{file}\"")));
    }
    for file in ["kit.css", "kit.js", "page.css", "page.js", "draw.js", "markdown.js", "commands.js"] {
        assert_eq!(http.get(format!("{base_url}/{file}")).send().await.unwrap().status(), 200, "{file}");
    }
    let link = http.get(format!("{base_url}/channels/1/{SHOP}")).send().await.unwrap();
    assert_eq!(link.headers()["location"].to_str().unwrap(), format!("{base_url}/#channel={SHOP}"));
}

#[tokio::test]
async fn people_write_edit_and_delete_over_http() {
    let discord = discord().await;
    let (status, said) = act(&discord, json!({"do": "say", "user": MINA, "channel": SHOP, "text": "first"})).await;
    assert_eq!((status, &said["ok"]), (200, &json!(true)), "{said}");
    let message = &said["message"];
    let started = json!({"do": "start_thread", "user": MINA, "channel": SHOP, "message": message, "name": "a thread"});
    let thread = act(&discord, started).await.1["thread"].as_str().unwrap().to_owned();
    let inside = json!({"do": "say", "user": TOM, "channel": SHOP, "thread": thread, "text": "inside"});
    let inside = act(&discord, inside).await.1["message"].clone();
    let edit = json!({"do": "edit", "user": TOM, "channel": SHOP, "message": inside, "text": "changed"});
    assert_eq!(act(&discord, edit.clone()).await.0, 200);
    let shown = view(&discord, MINA, SHOP, &thread).await;
    assert_eq!(shown["timeline"][0]["thread"]["name"], "a thread");
    assert_eq!(shown["messages"][0]["content"], "first", "a thread begins with the message that it hangs on");
    assert_eq!((&shown["messages"][1]["content"], &shown["messages"][1]["edited"]), (&json!("changed"), &json!(true)));
    let foreign = json!({"do": "delete", "user": MINA, "channel": SHOP, "message": inside});
    let (status, refused) = act(&discord, foreign).await;
    assert_eq!((status, &refused["ok"]), (400, &json!(false)));
    assert!(refused["error"].as_str().unwrap().contains("somebody else's"), "{refused}");
    let own = json!({"do": "delete", "user": TOM, "channel": SHOP, "message": inside});
    assert_eq!(act(&discord, own).await.0, 200);
    assert_eq!(view(&discord, MINA, SHOP, &thread).await["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn archived_threads_are_marked_and_brought_back_by_a_message() {
    let discord = discord().await;
    let first = discord.sandbox.say(MINA, SHOP, None, "first").unwrap();
    let thread = discord.sandbox.start_thread(MINA, SHOP, Some(&first), "a thread").unwrap();
    let archive = json!({"do": "archive_thread", "user": MINA, "thread": thread, "archived": true});
    assert_eq!(act(&discord, archive).await.0, 200);
    assert_eq!(view(&discord, MINA, SHOP, &thread).await["thread"]["archived"], true);
    discord.sandbox.say(TOM, SHOP, Some(&thread), "again").unwrap();
    assert_eq!(view(&discord, MINA, SHOP, &thread).await["thread"]["archived"], false);
    discord.sandbox.lock_thread(PRIYA, &thread, true).unwrap();
    assert_eq!(view(&discord, TOM, SHOP, &thread).await["thread"]["can_write"], false);
    assert_eq!(view(&discord, PRIYA, SHOP, &thread).await["thread"]["can_write"], true);
}

#[tokio::test]
async fn typing_ends_with_the_words_that_were_typed() {
    let discord = discord().await;
    discord.sandbox.typing(TOM, SHOP, None).unwrap();
    let shown = view(&discord, MINA, SHOP, "").await;
    assert_eq!(shown["typing"][0]["name"], "Tom");
    assert_eq!(view(&discord, TOM, SHOP, "").await["typing"], json!([]), "nobody is told of themselves");
    discord.sandbox.say(TOM, SHOP, None, "there").unwrap();
    assert_eq!(view(&discord, MINA, SHOP, "").await["typing"], json!([]));
}

#[tokio::test]
async fn a_private_channel_is_hidden_from_others() {
    let seed = Seed::demo().private(SHOP, &[], &[MINA]);
    let discord = discord_with(DiscordOptions::seeded(seed)).await;
    discord.sandbox.say(MINA, SHOP, None, "secret").unwrap();
    assert_eq!(view(&discord, MINA, SHOP, "").await["timeline"][0]["content"], "secret");
    let hidden = view(&discord, TOM, SHOP, "").await;
    assert_eq!(hidden["timeline"], json!([]));
    assert!(!hidden.to_string().contains(SHOP), "not even its name");
}

#[tokio::test]
async fn the_commands_of_the_app_are_offered() {
    let discord = discord().await;
    let path = format!("applications/{}/commands", bridge_sandbox::discord::seed::BOT);
    let who = json!({"name": "operator", "description": "who", "type": 6});
    let command = json!([{"name": "assign", "description": "Give it to somebody", "options": [who]}]);
    let answer = discord.call(Method::PUT, &path, &command).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let commands = view(&discord, MINA, SHOP, "").await["commands"].clone();
    let operator = json!({"name": "operator", "type": 6, "required": false});
    assert_eq!(commands, json!([{"name": "assign", "description": "Give it to somebody", "options": [operator]}]));
    let unknown = json!({"do": "command", "user": MINA, "channel": SHOP, "name": "nothing"});
    assert_eq!(act(&discord, unknown).await.0, 400);
}

#[tokio::test]
async fn the_live_stream_tells_of_changes() {
    let discord = discord().await;
    let answer = discord.http.get(format!("{}/people/live", discord.serving.base_url)).send().await.unwrap();
    let mut stream = answer.bytes_stream();
    let mut next = async || tokio::time::timeout(SOON, stream.next()).await.unwrap().unwrap().unwrap();
    assert!(next().await.starts_with(b"data: "));
    discord.sandbox.say(MINA, SHOP, None, "news").unwrap();
    assert!(next().await.starts_with(b"data: "));
}
