//! Messages over HTTP: writing, nonces, mentions, replies, edits, deletions, reading.

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::permissions::{EMBED_LINKS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL};
use bridge_sandbox::discord::{DiscordOptions, Seed};
use serde_json::{Value, json};

use crate::support::{BOT, GUILD, JONAS, MINA, PRIYA, SHOP, SUPPORT, TOM, discord, discord_with};

#[tokio::test]
async fn a_message_is_kept_trimmed_and_told() {
    let discord = discord().await;
    let posted = discord.create(SHOP, json!({"content": "  hello\n", "nonce": "n1"})).await;
    assert_eq!(posted.status, 200);
    assert_eq!((&posted.body["content"], &posted.body["nonce"]), (&json!("hello"), &json!("n1")));
    assert_eq!((&posted.body["type"], &posted.body["author"]["bot"]), (&json!(0), &json!(true)));
    assert_eq!(posted.body["edited_timestamp"], Value::Null);
    let told = discord.last_event("MESSAGE_CREATE");
    assert_eq!((&told["id"], &told["nonce"], &told["guild_id"]), (&posted.body["id"], &json!("n1"), &json!(GUILD)));
    assert_eq!(told["member"]["roles"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_read_has_no_nonce() {
    let discord = discord().await;
    let posted = discord.create(SHOP, json!({"content": "hello", "nonce": "n1"})).await.id();
    let read = discord.get(&format!("channels/{SHOP}/messages/{posted}")).await;
    assert_eq!((&read.body["content"], read.body.get("nonce")), (&json!("hello"), None));
    let list = discord.get(&format!("channels/{SHOP}/messages")).await;
    assert_eq!((&list.body[0]["id"], list.body[0].get("nonce")), (&json!(posted), None));
}

#[tokio::test]
async fn a_nonce_gives_the_first_message_while_it_is_remembered() {
    let clock = Clock::manual(1_790_000_000_000_000);
    let discord = discord_with(DiscordOptions { clock: clock.clone(), ..DiscordOptions::seeded(Seed::demo()) }).await;
    let body = |text: &str, enforce: bool| json!({"content": text, "nonce": "n1", "enforce_nonce": enforce});
    let first = discord.create(SHOP, body("one", true)).await;
    let again = discord.create(SHOP, body("two", true)).await;
    assert_eq!((again.status, &again.body["id"], &again.body["content"]), (200, &first.body["id"], &json!("one")));
    assert_eq!(discord.sandbox.channel_messages(SHOP).len(), 1);
    assert_ne!(discord.create(SHOP, body("three", false)).await.id(), first.id());
    clock.advance(std::time::Duration::from_secs(181));
    assert_ne!(discord.create(SHOP, body("four", true)).await.id(), first.id());
    assert_eq!(discord.sandbox.channel_messages(SHOP).len(), 3);
}

#[tokio::test]
async fn only_allowed_mentions_notify() {
    let discord = discord().await;
    let text = format!("<@{MINA}> <@&{SUPPORT}> @everyone `<@{TOM}>`");
    let pinged = async |allowed: Option<Value>| {
        let mut body = json!({"content": text});
        if let Some(allowed) = allowed {
            body["allowed_mentions"] = allowed;
        }
        let id = discord.create(SHOP, body).await.id();
        discord.sandbox.read(|view| view.message(SHOP, &id).unwrap().pinged.clone())
    };
    // Neither the role nor everybody: the bot has no permission for them.
    assert_eq!(pinged(None).await, [MINA]);
    assert_eq!(pinged(Some(json!({"parse": []}))).await, [""; 0]);
    assert_eq!(pinged(Some(json!({"users": [MINA]}))).await, [MINA]);
    assert_eq!(pinged(Some(json!({"users": [JONAS]}))).await, [""; 0]);
    let shown = discord.last_event("MESSAGE_CREATE");
    assert_eq!(shown["mentions"][0]["id"], json!(MINA), "the text shows the mention all the same");
    let both = json!({"content": text, "allowed_mentions": {"parse": ["users"], "users": [MINA]}});
    let refused = discord.create(SHOP, both).await;
    assert_eq!(refused.wrong(&["allowed_mentions"]), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE");
}

#[tokio::test]
async fn code_mentions_nobody_but_a_single_backtick_is_no_code() {
    let discord = discord().await;
    let pinged = async |text: String| {
        let id = discord.create(SHOP, json!({"content": text})).await.id();
        discord.sandbox.read(|view| view.message(SHOP, &id).unwrap().pinged.clone())
    };
    assert_eq!(pinged(format!("```\n<@{MINA}>\n```")).await, [""; 0]);
    assert_eq!(pinged(format!("`a` <@{MINA}>")).await, [MINA]);
    assert_eq!(pinged(format!("a ` <@{MINA}>")).await, [MINA]);
    assert_eq!(pinged(format!("``` <@{MINA}>")).await, [MINA]);
}

#[tokio::test]
async fn a_private_channel_is_out_of_sight() {
    let seed = Seed::demo().private(SHOP, &[SUPPORT], &[]);
    let discord = discord_with(DiscordOptions::seeded(seed)).await;
    assert_eq!(discord.get(&format!("channels/{SHOP}")).await.refusal(), (403, 50_001));
    discord.sandbox.say(MINA, SHOP, None, "among us").unwrap();
    discord.sandbox.say(TOM, SHOP, None, "hello").unwrap_err();
    discord.sandbox.say(PRIYA, SHOP, None, "an administrator sees everything").unwrap();
    discord.sandbox.set_permission(SHOP, VIEW_CHANNEL, true).unwrap();
    assert_eq!(discord.get(&format!("channels/{SHOP}")).await.status, 200);
}

#[tokio::test]
async fn a_person_with_the_permission_calls_everybody() {
    let discord = discord().await;
    let id = discord.sandbox.say(PRIYA, SHOP, None, "@everyone and @Support").unwrap();
    let pinged = discord.sandbox.read(|view| view.message(SHOP, &id).unwrap().pinged.clone());
    assert_eq!(pinged, [SUPPORT, "everyone"]);
    let id = discord.sandbox.say(TOM, SHOP, None, "@everyone").unwrap();
    assert!(discord.sandbox.read(|view| view.message(SHOP, &id).unwrap().pinged.is_empty()));
}

#[tokio::test]
async fn replies_point_to_a_message_that_is_there() {
    let discord = discord().await;
    let asked = discord.sandbox.say(MINA, SHOP, None, "a question").unwrap();
    let reply = |to: &str, fail: bool| {
        json!({
            "content": "an answer", "message_reference": {"message_id": to, "fail_if_not_exists": fail},
            "allowed_mentions": {"parse": [], "replied_user": true},
        })
    };
    let posted = discord.create(SHOP, reply(&asked, true)).await;
    assert_eq!((&posted.body["type"], &posted.body["referenced_message"]["id"]), (&json!(19), &json!(asked)));
    let pinged = discord.sandbox.read(|view| view.message(SHOP, &posted.id()).unwrap().pinged.clone());
    assert_eq!(pinged, [MINA]);
    let gone = discord.create(SHOP, reply("700000000000009999", true)).await;
    assert_eq!(gone.wrong(&["message_reference"]), "REPLIES_UNKNOWN_MESSAGE");
    let gone = discord.create(SHOP, reply("700000000000009999", false)).await;
    assert_eq!((gone.status, &gone.body["type"]), (200, &json!(0)));
}

#[tokio::test]
async fn writing_needs_permissions() {
    let discord = discord().await;
    let hello = || json!({"content": "hello"});
    discord.sandbox.forbid(SHOP, SEND_MESSAGES).unwrap();
    assert_eq!(discord.create(SHOP, hello()).await.refusal(), (403, 50_013));
    discord.sandbox.set_permission(SHOP, SEND_MESSAGES, true).unwrap();
    discord.sandbox.forbid(SHOP, EMBED_LINKS).unwrap();
    assert_eq!(discord.create(SHOP, hello()).await.status, 200);
    let card = json!({"embeds": [{"title": "Visitor"}]});
    assert_eq!(discord.create(SHOP, card).await.refusal(), (403, 50_013));
    discord.sandbox.forbid(SHOP, VIEW_CHANNEL).unwrap();
    assert_eq!(discord.create(SHOP, hello()).await.refusal(), (403, 50_001));
    assert_eq!(discord.create("700000000000000999", hello()).await.refusal(), (404, 10_003));
    assert_eq!(discord.sandbox.read(|view| view.invalid_requests()), 3, "401, 403 and 429 are counted");
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_says_when() {
    let discord = discord().await;
    let card = json!({"content": "words", "embeds": [{"title": "Visitor"}]});
    let posted = discord.create(SHOP, card).await.id();
    let path = format!("channels/{SHOP}/messages/{posted}");
    let edited = discord.patch(&path, json!({"content": "other words"})).await;
    assert_eq!((edited.status, &edited.body["content"]), (200, &json!("other words")));
    assert_eq!(edited.body["embeds"][0]["title"], "Visitor");
    assert!(edited.body["edited_timestamp"].is_string());
    assert_eq!(discord.last_event("MESSAGE_UPDATE")["content"], "other words");
    let emptied = discord.patch(&path, json!({"content": "", "embeds": []})).await;
    assert_eq!(emptied.refusal(), (400, 50_006));
}

#[tokio::test]
async fn nobody_edits_anothers_message() {
    let discord = discord().await;
    let theirs = discord.sandbox.say(MINA, SHOP, None, "mine").unwrap();
    let path = format!("channels/{SHOP}/messages/{theirs}");
    assert_eq!(discord.patch(&path, json!({"content": "no"})).await.refusal(), (403, 50_005));
    assert_eq!(discord.delete(&path).await.refusal(), (403, 50_013));
    let missing = format!("channels/{SHOP}/messages/700000000000009999");
    assert_eq!(discord.patch(&missing, json!({"content": "no"})).await.refusal(), (404, 10_008));
}

#[tokio::test]
async fn a_deleted_message_is_gone() {
    let discord = discord().await;
    let posted = discord.write(SHOP, "hello").await;
    let path = format!("channels/{SHOP}/messages/{posted}");
    assert_eq!(discord.delete(&path).await.status, 204);
    assert_eq!(discord.delete(&path).await.refusal(), (404, 10_008));
    assert_eq!(discord.get(&path).await.refusal(), (404, 10_008));
    assert_eq!(discord.last_event("MESSAGE_DELETE"), json!({"id": posted, "channel_id": SHOP, "guild_id": GUILD}));
}

#[tokio::test]
async fn messages_are_listed_newest_first_around_an_id() {
    let discord = discord().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(discord.write(SHOP, &format!("message {number}")).await);
    }
    let list = async |query: &str| -> Vec<usize> {
        let answer = discord.get(&format!("channels/{SHOP}/messages{query}")).await;
        let list = answer.body.as_array().unwrap().clone();
        list.iter().map(|message| ids.iter().position(|id| message["id"] == json!(id)).unwrap()).collect()
    };
    assert_eq!(list("").await, [5, 4, 3, 2, 1, 0]);
    assert_eq!(list("?limit=2").await, [5, 4]);
    assert_eq!(list(&format!("?limit=2&before={}", ids[3])).await, [2, 1]);
    // Those right after the id, not the newest ones.
    assert_eq!(list(&format!("?limit=2&after={}", ids[1])).await, [3, 2]);
    assert_eq!(list(&format!("?limit=3&around={}", ids[2])).await, [3, 2, 1]);
    assert_eq!(discord.get(&format!("channels/{SHOP}/messages?limit=101")).await.wrong(&["limit"]), "NUMBER_TYPE_MAX");
    assert_eq!(discord.get(&format!("channels/{SHOP}/messages?after=x")).await.wrong(&["after"]), "NUMBER_TYPE_COERCE");
}

#[tokio::test]
async fn without_the_history_there_is_nothing_to_read() {
    let discord = discord().await;
    let posted = discord.write(SHOP, "hello").await;
    discord.sandbox.forbid(SHOP, READ_MESSAGE_HISTORY).unwrap();
    let list = discord.get(&format!("channels/{SHOP}/messages")).await;
    assert_eq!((list.status, list.body), (200, json!([])));
    assert_eq!(discord.get(&format!("channels/{SHOP}/messages/{posted}")).await.refusal(), (403, 50_013));
}

#[tokio::test]
async fn without_the_intent_others_words_are_empty_over_http_too() {
    let seed = Seed::demo().with_app(|app| app.message_content = false);
    let discord = discord_with(DiscordOptions::seeded(seed)).await;
    discord.write(SHOP, "ours").await;
    discord.sandbox.say(MINA, SHOP, None, "theirs").unwrap();
    discord.sandbox.say(MINA, SHOP, None, &format!("to <@{BOT}>")).unwrap();
    let list = discord.get(&format!("channels/{SHOP}/messages")).await.body;
    let words: Vec<&str> = list.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
    assert_eq!(words, [format!("to <@{BOT}>").as_str(), "", "ours"]);
}

#[tokio::test]
async fn typing_is_seen_and_told() {
    let discord = discord().await;
    assert_eq!(discord.post(&format!("channels/{SHOP}/typing"), json!({})).await.status, 204);
    assert_eq!(discord.sandbox.typing_seen(BOT, SHOP), 1);
    assert_eq!(discord.last_event("TYPING_START")["user_id"], json!(BOT));
}
