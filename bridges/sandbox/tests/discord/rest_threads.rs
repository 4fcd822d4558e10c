//! Threads over HTTP: starting, archiving, locking, members, lists, forums.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::permissions::{CREATE_PUBLIC_THREADS, MANAGE_THREADS, VIEW_CHANNEL};
use bridge_sandbox::discord::{DiscordOptions, Seed};
use serde_json::{Value, json};

use crate::support::{BOT, Discord, GUILD, HELP, JONAS, MINA, PRIYA, SHOP, TOM, discord, discord_with};

#[tokio::test]
async fn a_thread_from_a_message_has_its_id_and_starts_but_once() {
    let discord = discord().await;
    let card = discord.write(SHOP, "a card").await;
    let path = format!("channels/{SHOP}/messages/{card}/threads");
    let started = discord.post(&path, json!({"name": "Visitor 7F3A", "auto_archive_duration": 10_080})).await;
    assert_eq!((started.status, &started.body["id"], &started.body["parent_id"]), (201, &json!(card), &json!(SHOP)));
    assert_eq!((&started.body["type"], &started.body["owner_id"]), (&json!(11), &json!(BOT)));
    assert_eq!(started.body["thread_metadata"]["auto_archive_duration"], 10_080);
    assert_eq!(started.body["member"]["user_id"], json!(BOT));
    assert_eq!(discord.post(&path, json!({"name": "Again"})).await.refusal(), (400, 160_004));
    // The card says that it has a thread; the thread begins with a message that points to it.
    assert_eq!(discord.events(), ["MESSAGE_CREATE", "THREAD_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE"]);
    assert_eq!(discord.last_event("THREAD_CREATE")["newly_created"], true);
    let inside = discord.get(&format!("channels/{card}/messages")).await.body;
    assert_eq!((&inside[0]["type"], &inside[0]["content"]), (&json!(21), &json!("")));
    assert_eq!(inside[0]["referenced_message"]["id"], json!(card));
    let outside = discord.get(&format!("channels/{SHOP}/messages/{card}")).await.body;
    assert_eq!((&outside["flags"], &outside["thread"]["id"]), (&json!(32), &json!(card)));
}

#[tokio::test]
async fn a_thread_without_a_message_is_announced() {
    let discord = discord().await;
    let started = discord.post(&format!("channels/{SHOP}/threads"), json!({"name": "Talk", "type": 11})).await;
    assert_eq!(started.status, 201);
    let said = discord.get(&format!("channels/{SHOP}/messages")).await.body;
    assert_eq!((&said[0]["type"], &said[0]["content"]), (&json!(18), &json!("Talk")));
    assert_eq!(said[0]["message_reference"]["channel_id"], started.body["id"]);
}

#[tokio::test]
async fn starting_a_thread_is_held_to_the_rules() {
    let discord = discord().await;
    let card = discord.write(SHOP, "a card").await;
    let path = format!("channels/{SHOP}/messages/{card}/threads");
    assert_eq!(discord.post(&path, json!({})).await.wrong(&["name"]), "BASE_TYPE_REQUIRED");
    let long = json!({"name": "x".repeat(101)});
    assert_eq!(discord.post(&path, long).await.wrong(&["name"]), "BASE_TYPE_BAD_LENGTH");
    let odd = json!({"name": "x", "auto_archive_duration": 61});
    assert_eq!(discord.post(&path, odd).await.wrong(&["auto_archive_duration"]), "BASE_TYPE_CHOICES");
    let missing = format!("channels/{SHOP}/messages/700000000000009999/threads");
    assert_eq!(discord.post(&missing, json!({"name": "x"})).await.refusal(), (404, 10_008));
    discord.sandbox.forbid(SHOP, CREATE_PUBLIC_THREADS).unwrap();
    assert_eq!(discord.post(&path, json!({"name": "x"})).await.refusal(), (403, 50_013));
    let thread = discord.sandbox.start_thread(MINA, SHOP, None, "theirs").unwrap();
    let inside = discord.write(&thread, "inside").await;
    let nested = format!("channels/{thread}/messages/{inside}/threads");
    assert_eq!(discord.post(&nested, json!({"name": "x"})).await.refusal(), (400, 50_024));
}

#[tokio::test]
async fn a_message_brings_an_archived_thread_back_first() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let ours = discord.write(&thread, "ours").await;
    discord.archive(&thread, true).await;
    let path = format!("channels/{thread}/messages/{ours}");
    assert_eq!(discord.patch(&path, json!({"content": "x"})).await.refusal(), (400, 50_083));
    assert_eq!(discord.delete(&path).await.refusal(), (400, 50_083));
    let again = discord.patch(&format!("channels/{thread}"), json!({"archived": true})).await;
    assert_eq!(again.refusal(), (400, 50_083), "an archived thread must be brought back in the same call");
    let before = discord.events().len();
    discord.write(&thread, "back").await;
    assert_eq!(discord.events().get(before..).unwrap(), ["THREAD_UPDATE", "MESSAGE_CREATE"]);
    assert_eq!(discord.last_event("THREAD_UPDATE")["thread_metadata"]["archived"], false);
    assert_eq!(discord.patch(&path, json!({"content": "x"})).await.status, 200);
}

#[tokio::test]
async fn a_locked_thread_refuses_messages() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let hello = || json!({"content": "hello"});
    let locked = json!({"archived": true, "locked": true});
    assert_eq!(discord.patch(&format!("channels/{thread}"), locked).await.status, 200);
    assert_eq!(discord.create(&thread, hello()).await.refusal(), (400, 160_005));
    assert_eq!(discord.patch(&format!("channels/{thread}"), json!({"archived": false})).await.status, 200);
    assert_eq!(discord.create(&thread, hello()).await.status, 200, "who manages threads writes in a locked one");
    discord.sandbox.forbid(SHOP, MANAGE_THREADS).unwrap();
    assert_eq!(discord.create(&thread, hello()).await.refusal(), (400, 160_005));
    assert_eq!(discord.patch(&format!("channels/{thread}"), json!({"locked": false})).await.refusal(), (403, 50_013));
}

#[tokio::test]
async fn a_guild_has_room_for_so_many_active_threads() {
    let options = DiscordOptions { active_threads: 2, ..DiscordOptions::seeded(Seed::demo()) };
    let discord = discord_with(options).await;
    let first = discord.thread(SHOP).await;
    discord.thread(SHOP).await;
    let card = discord.write(SHOP, "a card").await;
    let path = format!("channels/{SHOP}/messages/{card}/threads");
    assert_eq!(discord.post(&path, json!({"name": "x"})).await.refusal(), (400, 160_006));
    discord.archive(&first, true).await;
    assert_eq!(discord.post(&path, json!({"name": "x"})).await.status, 201);
    // Bringing one back counts too, by a message or by a change.
    assert_eq!(discord.create(&first, json!({"content": "hello"})).await.refusal(), (400, 160_006));
    let back = discord.patch(&format!("channels/{first}"), json!({"archived": false})).await;
    assert_eq!(back.refusal(), (400, 160_006));
}

#[tokio::test]
async fn a_quiet_thread_archives_itself() {
    let clock = Clock::manual(1_790_000_000_000_000);
    let options = DiscordOptions { clock: clock.clone(), ..DiscordOptions::seeded(Seed::demo()) };
    let discord = discord_with(options).await;
    let card = discord.write(SHOP, "a card").await;
    let path = format!("channels/{SHOP}/messages/{card}/threads");
    discord.post(&path, json!({"name": "x", "auto_archive_duration": 60})).await;
    clock.advance(Duration::from_secs(3_599));
    let read = discord.get(&format!("channels/{card}")).await.body;
    assert_eq!(read["thread_metadata"]["archived"], false);
    clock.advance(Duration::from_secs(2));
    let read = discord.get(&format!("channels/{card}")).await.body;
    assert_eq!(read["thread_metadata"]["archived"], true);
    assert_eq!(discord.last_event("THREAD_UPDATE")["thread_metadata"]["archived"], true);
}

#[tokio::test]
async fn a_thread_outlives_its_card_but_not_its_channel() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    assert_eq!(discord.delete(&format!("channels/{SHOP}/messages/{thread}")).await.status, 204);
    discord.write(&thread, "still here").await;
    let other = discord.thread(SHOP).await;
    discord.sandbox.delete_thread(PRIYA, &other).unwrap();
    assert_eq!(discord.create(&other, json!({"content": "x"})).await.refusal(), (404, 10_003));
    assert_eq!(discord.get(&format!("channels/{SHOP}/messages/{other}")).await.status, 200);
    let told = discord.last_event("THREAD_DELETE");
    assert_eq!(told, json!({"id": other, "guild_id": GUILD, "parent_id": SHOP, "type": 11}));
    discord.sandbox.delete_channel(PRIYA, SHOP).unwrap();
    assert_eq!(discord.get(&format!("channels/{thread}")).await.refusal(), (404, 10_003));
    assert_eq!(discord.last_event("CHANNEL_DELETE")["id"], json!(SHOP));
}

#[tokio::test]
async fn members_come_by_being_added_writing_or_being_mentioned() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let members = async || -> Vec<String> {
        let list = discord.get(&format!("channels/{thread}/thread-members")).await.body;
        list.as_array().unwrap().iter().map(|one| one["user_id"].as_str().unwrap().to_owned()).collect()
    };
    let add = async |user: &str| discord.put(&format!("channels/{thread}/thread-members/{user}")).await;
    assert_eq!(add(MINA).await.status, 204);
    let said = discord.last_event("MESSAGE_CREATE");
    assert_eq!((&said["type"], &said["mentions"][0]["id"]), (&json!(1), &json!(MINA)));
    let before = discord.events().len();
    assert_eq!(add(MINA).await.status, 204);
    assert_eq!(discord.events().len(), before, "who is in it isn't added again");
    discord.sandbox.say(TOM, SHOP, Some(&thread), "hello").unwrap();
    discord.write(&thread, &format!("<@{JONAS}>")).await;
    assert_eq!(members().await, [MINA, JONAS, TOM, BOT]);
    assert_eq!(add("700000000000009999").await.refusal(), (404, 10_013));
    discord.sandbox.leave(JONAS).unwrap();
    assert_eq!(add(JONAS).await.refusal(), (404, 10_007));
    discord.archive(&thread, true).await;
    assert_eq!(add(PRIYA).await.refusal(), (400, 50_083));
}

/// Ids of a list of threads.
async fn listed(discord: &Discord, path: &str) -> Vec<String> {
    let answer = discord.get(path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = |thread: &Value| thread["id"].as_str().unwrap().to_owned();
    answer.body["threads"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn active_and_archived_threads_are_listed_newest_first() {
    let clock = Clock::manual(1_790_000_000_000_000);
    let options = DiscordOptions { clock: clock.clone(), ..DiscordOptions::seeded(Seed::demo()) };
    let discord = discord_with(options).await;
    let mut threads = Vec::new();
    for _ in 0..4 {
        clock.advance(Duration::from_secs(1));
        threads.push(discord.thread(SHOP).await);
    }
    for at in [2, 0, 1] {
        clock.advance(Duration::from_secs(1));
        discord.archive(&threads[at], true).await;
    }
    let hidden = discord.sandbox.start_thread(MINA, HELP, None, "elsewhere").unwrap();
    discord.sandbox.forbid(HELP, VIEW_CHANNEL).unwrap();
    let active = listed(&discord, &format!("guilds/{GUILD}/threads/active")).await;
    assert_eq!(active, [threads[3].as_str()]);
    assert!(!active.contains(&hidden));
    let path = format!("channels/{SHOP}/threads/archived/public");
    assert_eq!(listed(&discord, &path).await, [&*threads[1], &*threads[0], &*threads[2]]);
    let page = discord.get(&format!("{path}?limit=2")).await.body;
    assert_eq!((&page["has_more"], page["threads"].as_array().unwrap().len()), (&json!(true), 2));
    let last = page["threads"][1]["thread_metadata"]["archive_timestamp"].as_str().unwrap();
    let before = url::form_urlencoded::byte_serialize(last.as_bytes()).collect::<String>();
    let rest = discord.get(&format!("{path}?limit=2&before={before}")).await.body;
    assert_eq!((&rest["has_more"], &rest["threads"][0]["id"]), (&json!(false), &json!(threads[2])));
    assert_eq!(discord.get(&format!("{path}?limit=1")).await.wrong(&["limit"]), "NUMBER_TYPE_MIN");
}

#[tokio::test]
async fn a_forums_post_and_its_first_message_are_one_call() {
    let discord = discord().await;
    let path = format!("channels/{HELP}/threads");
    let body = json!({"name": "Visitor 7F3A", "message": {"content": "a card"}});
    let posted = discord.post(&path, body).await;
    assert_eq!((posted.status, &posted.body["message"]["id"]), (201, &posted.body["id"]));
    assert_eq!(discord.events(), ["THREAD_CREATE", "MESSAGE_CREATE"]);
    let no_words = discord.post(&path, json!({"name": "x"})).await;
    assert_eq!(no_words.wrong(&["message"]), "BASE_TYPE_REQUIRED");
    assert_eq!(discord.create(HELP, json!({"content": "x"})).await.refusal(), (400, 50_008));
}

#[tokio::test]
async fn a_forum_may_demand_a_tag() {
    const OPEN: &str = "700000000000000501";
    let seed = Seed::demo().forum(GUILD, HELP, "help", &[(OPEN, "open")], true);
    let discord = discord_with(DiscordOptions::seeded(seed)).await;
    let path = format!("channels/{HELP}/threads");
    let body = |tags: Value| json!({"name": "x", "message": {"content": "a card"}, "applied_tags": tags});
    assert_eq!(discord.post(&path, body(json!([]))).await.refusal(), (400, 40_067));
    assert_eq!(discord.post(&path, body(json!(["1"]))).await.wrong(&["applied_tags", "0"]), "INVALID_TAG");
    let posted = discord.post(&path, body(json!([OPEN]))).await;
    assert_eq!(posted.body["applied_tags"], json!([OPEN]));
    let forum = discord.get(&format!("channels/{HELP}")).await.body;
    assert_eq!((&forum["flags"], &forum["available_tags"][0]["id"]), (&json!(16), &json!(OPEN)));
    let untagged = discord.patch(&format!("channels/{}", posted.id()), json!({"applied_tags": []})).await;
    assert_eq!(untagged.refusal(), (400, 40_067));
}
