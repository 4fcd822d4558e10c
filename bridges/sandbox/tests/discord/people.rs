//! What people do, and the rules that Discord holds them to.

use bridge_sandbox::discord::permissions::{MANAGE_THREADS, SEND_MESSAGES_IN_THREADS};
use bridge_sandbox::discord::{DiscordOptions, PersonError, Seed, Upload};
use serde_json::{Value, json};

use crate::support::{BLOG, BOT, Discord, GUILD, JONAS, MINA, PRIYA, SHOP, SUPPORT, TOM, discord, discord_with};

fn words(discord: &Discord, thread: &str) -> Vec<String> {
    let messages = discord.sandbox.thread(SHOP, thread);
    messages.iter().filter(|message| !message.is_system()).map(|message| message.content.clone()).collect()
}

#[tokio::test]
async fn somebody_writes_edits_and_deletes() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let id = discord.sandbox.say(MINA, SHOP, Some(&thread), "hello @Jonas").unwrap();
    let told = discord.last_event("MESSAGE_CREATE");
    assert_eq!((&told["content"], &told["channel_id"]), (&json!(format!("hello <@{JONAS}>")), &json!(thread)));
    assert_eq!((&told["member"]["roles"], told["nonce"].is_string()), (&json!([SUPPORT]), true));
    discord.sandbox.edit(MINA, SHOP, &id, "changed").unwrap();
    assert_eq!(words(&discord, &thread), ["changed"]);
    assert!(discord.last_event("MESSAGE_UPDATE")["edited_timestamp"].is_string());
    assert_eq!(discord.sandbox.edit(JONAS, SHOP, &id, "x").unwrap_err(), PersonError::NotTheirs(id.clone()));
    assert_eq!(discord.sandbox.delete(JONAS, SHOP, &id).unwrap_err(), PersonError::NotTheirs(id.clone()));
    discord.sandbox.delete(MINA, SHOP, &id).unwrap();
    assert_eq!(discord.last_event("MESSAGE_DELETE")["id"], json!(id));
    assert!(words(&discord, &thread).is_empty());
    let ours = discord.write(&thread, "ours").await;
    discord.sandbox.delete(PRIYA, SHOP, &ours).unwrap();
}

#[tokio::test]
async fn a_preview_is_no_edit() {
    let discord = discord().await;
    let id = discord.sandbox.say(MINA, SHOP, None, "https://shop.example").unwrap();
    discord.sandbox.unfurl(SHOP, &id, "https://shop.example").unwrap();
    let told = discord.last_event("MESSAGE_UPDATE");
    assert_eq!((&told["edited_timestamp"], &told["embeds"][0]["type"]), (&Value::Null, &json!("link")));
}

#[tokio::test]
async fn people_are_held_to_the_limits() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let say = |user: &str, thread: Option<&str>, text: &str| discord.sandbox.say(user, SHOP, thread, text);
    assert_eq!(say(MINA, None, " ").unwrap_err(), PersonError::Empty);
    assert_eq!(say(MINA, None, &"x".repeat(2_001)).unwrap_err(), PersonError::TooLong(2_001));
    assert!(matches!(say("1", None, "x").unwrap_err(), PersonError::NoSuchPerson(_)));
    assert!(matches!(say(MINA, Some(BLOG), "x").unwrap_err(), PersonError::NoSuchChannel(_)));
    discord.sandbox.set_role_permission(SHOP, GUILD, SEND_MESSAGES_IN_THREADS, false).unwrap();
    assert!(matches!(say(TOM, Some(&thread), "x").unwrap_err(), PersonError::Forbidden { .. }));
    discord.sandbox.ban(TOM).unwrap();
    assert!(matches!(say(TOM, None, "x").unwrap_err(), PersonError::NoSuchPerson(_)));
    assert!(matches!(discord.sandbox.join(TOM, GUILD, None).unwrap_err(), PersonError::Refused(_)));
}

#[tokio::test]
async fn a_persons_message_brings_a_thread_back_unless_it_is_locked() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let ours = discord.write(&thread, "ours").await;
    discord.archive(&thread, true).await;
    discord.sandbox.say(TOM, SHOP, Some(&thread), "still there?").unwrap();
    assert!(!discord.sandbox.read(|view| view.channel(&thread).unwrap().is_archived()));
    assert!(matches!(discord.sandbox.archive_thread(TOM, &thread, true).unwrap_err(), PersonError::Forbidden { .. }));
    discord.sandbox.lock_thread(PRIYA, &thread, true).unwrap();
    let locked = PersonError::Locked(thread.clone());
    assert_eq!(discord.sandbox.say(TOM, SHOP, Some(&thread), "x").unwrap_err(), locked);
    discord.sandbox.say(PRIYA, SHOP, Some(&thread), "locked").unwrap();
    discord.sandbox.archive_thread(PRIYA, &thread, true).unwrap();
    assert_eq!(discord.sandbox.say(PRIYA, SHOP, Some(&thread), "x").unwrap_err(), locked);
    assert_eq!(discord.last_event("THREAD_UPDATE")["thread_metadata"]["locked"], true);
    // What Discord's own app does: it brings the thread back before it deletes.
    discord.sandbox.delete(PRIYA, SHOP, &ours).unwrap();
    assert!(!discord.sandbox.read(|view| view.channel(&thread).unwrap().is_archived()));
}

#[tokio::test]
async fn people_start_rename_and_delete_threads() {
    let options = DiscordOptions { active_threads: 2, ..DiscordOptions::seeded(Seed::demo()) };
    let discord = discord_with(options).await;
    let message = discord.sandbox.say(MINA, SHOP, None, "let's talk").unwrap();
    let thread = discord.sandbox.start_thread(MINA, SHOP, Some(&message), "talk").unwrap();
    assert_eq!(thread, message);
    assert!(matches!(
        discord.sandbox.start_thread(JONAS, SHOP, Some(&message), "again").unwrap_err(),
        PersonError::Refused(_)
    ));
    discord.sandbox.rename_thread(PRIYA, &thread, "long talk").unwrap();
    assert_eq!(discord.last_event("MESSAGE_CREATE")["type"], 4);
    discord.sandbox.start_thread(MINA, SHOP, None, "second").unwrap();
    assert_eq!(discord.sandbox.start_thread(MINA, SHOP, None, "third").unwrap_err(), PersonError::TooManyThreads);
    assert!(matches!(discord.sandbox.delete_thread(MINA, &thread).unwrap_err(), PersonError::Forbidden { .. }));
    discord.sandbox.delete_thread(PRIYA, &thread).unwrap();
    assert!(matches!(discord.sandbox.say(MINA, SHOP, Some(&thread), "x").unwrap_err(), PersonError::NoSuchChannel(_)));
}

#[tokio::test]
async fn files_are_there_to_fetch() {
    let discord = discord().await;
    let upload = Upload {
        name: "note.txt".to_owned(),
        mimetype: "text/plain".to_owned(),
        bytes: bytes::Bytes::from_static(b"words"),
        comment: String::new(),
    };
    discord.sandbox.upload(MINA, SHOP, None, upload).unwrap();
    let file = discord.last_event("MESSAGE_CREATE")["attachments"][0].clone();
    assert_eq!((&file["filename"], &file["size"]), (&json!("note.txt"), &json!(5)));
    let bytes = discord.http.get(file["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&*bytes, b"words");
}

#[tokio::test]
async fn roles_and_permissions_change_and_are_told() {
    let discord = discord().await;
    discord
        .sandbox
        .change_member(TOM, |member| {
            member.roles.insert(SUPPORT.to_owned());
            member.nick = Some("Tommy".to_owned());
        })
        .unwrap();
    let told = discord.last_event("GUILD_MEMBER_UPDATE");
    assert_eq!((&told["nick"], &told["roles"], &told["user"]["id"]), (&json!("Tommy"), &json!([SUPPORT]), &json!(TOM)));
    discord.sandbox.forbid(SHOP, MANAGE_THREADS).unwrap();
    assert!(!discord.sandbox.read(|view| view.may(BOT, SHOP, MANAGE_THREADS)));
    assert_eq!(discord.last_event("CHANNEL_UPDATE")["permission_overwrites"][0]["id"], json!(BOT));
    discord.sandbox.set_permission(SHOP, MANAGE_THREADS, true).unwrap();
    assert!(discord.sandbox.read(|view| view.may(BOT, SHOP, MANAGE_THREADS)));
    discord.sandbox.delete_role(GUILD, SUPPORT).unwrap();
    let mina = discord.get(&format!("guilds/{GUILD}/members/{MINA}")).await.body;
    assert_eq!(mina["roles"], json!([]));
    discord.sandbox.remove_bot();
    assert_eq!(discord.last_event("GUILD_DELETE"), json!({"id": GUILD}));
    assert_eq!(discord.create(SHOP, json!({"content": "x"})).await.refusal(), (403, 50_001));
}

#[tokio::test]
async fn other_bots_webhooks_and_pins_are_seen_as_such() {
    let discord = discord().await;
    discord.sandbox.say(bridge_sandbox::discord::seed::ROTA, SHOP, None, "beep").unwrap();
    let told = discord.last_event("MESSAGE_CREATE");
    assert_eq!((&told["author"]["bot"], told.get("nonce")), (&json!(true), None));
    discord.sandbox.say_as_webhook(SHOP, None, "News", "beep").unwrap();
    let told = discord.last_event("MESSAGE_CREATE");
    assert_eq!((&told["author"]["username"], &told["webhook_id"]), (&json!("News"), &told["author"]["id"]));
    let id = discord.sandbox.say(MINA, SHOP, None, "pin me").unwrap();
    discord.sandbox.pin(PRIYA, SHOP, &id).unwrap();
    assert_eq!(discord.last_event("MESSAGE_CREATE")["type"], 6);
    discord.sandbox.react(MINA, SHOP, &id, "👍").unwrap();
    assert_eq!(discord.last_event("MESSAGE_REACTION_ADD")["emoji"]["name"], "👍");
}
