//! Clicks and slash commands: what the app is sent, what it may answer, and what people see of it.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{Clicked, DiscordOptions, DiscordSandbox, PersonError};
use bridge_sandbox::faults::CallFault;
use bridge_sandbox::serve::Serving;
use serde_json::{Value, json};

use crate::gateway::{demo, served};
use crate::gateway_client::{Bot, TOKEN, USUAL, WITHIN};

const APP: &str = "700000000000000401";
const GUILD: &str = "700000000000000001";
const SHOP: &str = "700000000000000101";
const MINA: &str = "700000000000000301";
const TOM: &str = "700000000000000304";

/// A sandbox, a bot that listens, and its calls.
struct Stand {
    sandbox: DiscordSandbox,
    bot: Bot,
    http: reqwest::Client,
    _serving: Serving,
}

async fn stand_with(options: DiscordOptions) -> Stand {
    let (sandbox, serving) = served(options).await;
    let bot = Bot::identified(&sandbox, USUAL).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Stand { sandbox, bot, http, _serving: serving }
}

async fn stand() -> Stand {
    stand_with(demo()).await
}

impl Stand {
    /// A call; status and body.
    async fn call(&self, method: reqwest::Method, path: &str, body: Value, token: bool) -> (u16, Value) {
        let url = format!("{}/v10/{path}", self.sandbox.api_url());
        let mut request = self.http.request(method, url).header("content-type", "application/json");
        if token {
            request = request.header("authorization", format!("Bot {TOKEN}"));
        }
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    /// Posts a message with a button in the shop's channel. Gives its id.
    async fn card(&self) -> String {
        let button = json!({"type": 2, "style": 1, "label": "Close", "custom_id": "threadline.close/k"});
        let body = json!({"content": "a card", "components": [{"type": 1, "components": [button]}]});
        let (status, posted) = self.call(reqwest::Method::POST, &format!("channels/{SHOP}/messages"), body, true).await;
        assert_eq!(status, 200, "{posted}");
        posted["id"].as_str().unwrap().to_owned()
    }

    /// Starts a thread from the card.
    async fn thread(&self, card: &str) {
        let path = format!("channels/{SHOP}/messages/{card}/threads");
        let (status, thread) = self.call(reqwest::Method::POST, &path, json!({"name": "a visitor"}), true).await;
        assert_eq!(status, 201, "{thread}");
    }

    /// Registers `/close` and `/link [code]` for the guild, `/assign operator` globally.
    async fn register(&self) {
        let text =
            |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
        let guild = json!([
            {"name": "close", "description": "Close it"},
            {"name": "link", "description": "Link", "options": [text("code", false)]},
        ]);
        let user = json!({"type": 6, "name": "operator", "description": "Who", "required": true});
        let global = json!([{"name": "assign", "description": "Assign", "options": [user]}]);
        for (path, body) in [
            (format!("applications/{APP}/guilds/{GUILD}/commands"), guild),
            (format!("applications/{APP}/commands"), global),
        ] {
            let (status, set) = self.call(reqwest::Method::PUT, &path, body, true).await;
            assert_eq!(status, 200, "{set}");
        }
    }

    /// Somebody clicks the card while this answers with that callback. Gives the interaction and how both saw it.
    async fn clicked(&mut self, card: &str, answer: Value) -> (Value, Clicked, (u16, Value)) {
        let sandbox = self.sandbox.clone();
        let id = card.to_owned();
        let click = tokio::spawn(async move { sandbox.click(MINA, SHOP, &id, "threadline.close").await.unwrap() });
        let interaction = self.bot.event("INTERACTION_CREATE").await;
        let answered = self.answer(&interaction, answer).await;
        (interaction, click.await.unwrap(), answered)
    }

    async fn answer(&self, interaction: &Value, answer: Value) -> (u16, Value) {
        let (id, token) = (interaction["id"].as_str().unwrap(), interaction["token"].as_str().unwrap());
        self.call(reqwest::Method::POST, &format!("interactions/{id}/{token}/callback"), answer, false).await
    }

    /// A call of the interaction's webhook; `rest` begins with a slash or is empty.
    async fn webhook(&self, interaction: &Value, method: reqwest::Method, rest: &str, body: Value) -> (u16, Value) {
        let path = format!("webhooks/{APP}/{}{rest}", interaction["token"].as_str().unwrap());
        self.call(method, &path, body, false).await
    }

    /// Gives a command while this answers with that callback.
    async fn commanded(&mut self, user: &str, thread: Option<&str>, name: &str, answer: Value) -> (Value, Clicked) {
        let sandbox = self.sandbox.clone();
        let (user, name, thread) = (user.to_owned(), name.to_owned(), thread.map(str::to_owned));
        let given =
            tokio::spawn(async move { sandbox.command(&user, SHOP, thread.as_deref(), &name, &[]).await.unwrap() });
        let interaction = self.bot.event("INTERACTION_CREATE").await;
        let (status, body) = self.answer(&interaction, answer).await;
        assert_eq!(status, 204, "{body}");
        (interaction, given.await.unwrap())
    }
}

const ORIGINAL: &str = "/messages/@original";

#[tokio::test]
async fn a_click_reaches_the_app_with_everything_it_needs() {
    let mut stand = stand().await;
    let card = stand.card().await;
    let (seen, clicked, (status, _)) = stand.clicked(&card, json!({"type": 6})).await;
    assert!(clicked.acked);
    assert_eq!((status, clicked.interaction.as_str()), (204, seen["id"].as_str().unwrap()));
    assert_eq!((&seen["type"], &seen["application_id"], &seen["version"]), (&json!(3), &json!(APP), &json!(1)));
    assert_eq!(seen["data"]["custom_id"], "threadline.close/k");
    assert_eq!(seen["data"]["component_type"], 2);
    assert_eq!((&seen["channel_id"], &seen["channel"]["id"]), (&json!(SHOP), &json!(SHOP)));
    assert_eq!((&seen["guild_id"], &seen["message"]["id"]), (&json!(GUILD), &json!(card)));
    assert_eq!(seen["member"]["user"]["id"], MINA);
    assert_eq!(seen["member"]["roles"], json!(["700000000000000201"]));
    assert!(seen["member"]["permissions"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    assert!(seen["app_permissions"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(seen["locale"], "en-US");
    assert!(stand.sandbox.ephemerals(MINA).is_empty(), "a deferred update shows nothing");
}

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let options = DiscordOptions { clock: clock.clone(), ack_within: Duration::from_secs(3), ..demo() };
    let mut stand = stand_with(options).await;
    let card = stand.card().await;
    let (seen, ..) = stand.clicked(&card, json!({"type": 6})).await;
    let (status, body) = stand.answer(&seen, json!({"type": 6})).await;
    assert_eq!((status, &body["code"]), (400, &json!(40_060)));
    let sandbox = stand.sandbox.clone();
    let id = card.clone();
    let click = tokio::spawn(async move { sandbox.click(MINA, SHOP, &id, "threadline.close").await.unwrap() });
    let late = stand.bot.event("INTERACTION_CREATE").await;
    let before = stand.webhook(&late, reqwest::Method::POST, "", json!({"content": "too early"})).await;
    assert_eq!((before.0, &before.1["code"]), (404, &json!(10_015)));
    clock.advance(Duration::from_millis(3_001));
    assert!(!click.await.unwrap().acked, "the person reads that it failed");
    let (status, body) = stand.answer(&late, json!({"type": 6})).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_062)));
    let unknown = json!({"id": "1", "token": "nobody"});
    assert_eq!(stand.answer(&unknown, json!({"type": 6})).await.1["code"], 10_062);
}

#[tokio::test]
async fn an_answer_can_be_for_one_person_alone() {
    let mut stand = stand().await;
    let card = stand.card().await;
    let data = json!({"content": "Only you read this", "flags": 64});
    let (seen, clicked, _) = stand.clicked(&card, json!({"type": 4, "data": data})).await;
    assert!(clicked.acked);
    let private = stand.sandbox.ephemerals(MINA);
    assert_eq!((private.len(), private[0].content.as_str(), private[0].pending), (1, "Only you read this", false));
    assert_eq!((private[0].channel.as_str(), stand.sandbox.ephemerals(TOM).len()), (SHOP, 0));
    assert_eq!(stand.sandbox.channel_messages(SHOP).len(), 1, "nobody else sees it");
    let button = json!({"type": 2, "style": 2, "label": "Yes", "custom_id": "yes"});
    let more = json!({"content": "Sure?", "flags": 64, "components": [{"type": 1, "components": [button]}]});
    let (status, posted) = stand.webhook(&seen, reqwest::Method::POST, "", more).await;
    assert_eq!((status, &posted["flags"]), (200, &json!(64)));
    let id = posted["id"].as_str().unwrap().to_owned();
    // A button of a private answer works too, and its answer can take the message's place.
    let (sandbox, message) = (stand.sandbox.clone(), id.clone());
    let click = tokio::spawn(async move { sandbox.click(MINA, SHOP, &message, "yes").await.unwrap() });
    let second = stand.bot.event("INTERACTION_CREATE").await;
    assert_eq!((&second["message"]["id"], &second["message"]["flags"]), (&json!(id), &json!(64)));
    stand.answer(&second, json!({"type": 7, "data": {"content": "Done", "components": []}})).await;
    assert!(click.await.unwrap().acked);
    assert_eq!(stand.sandbox.ephemerals(MINA)[1].content, "Done");
    assert!(matches!(
        stand.sandbox.click(TOM, SHOP, &id, "yes").await,
        Err(PersonError::NoSuchMessage(message)) if message == id
    ));
    let path = format!("/messages/{id}");
    assert_eq!(stand.webhook(&second, reqwest::Method::DELETE, ORIGINAL, Value::Null).await.0, 204);
    assert_eq!(stand.webhook(&seen, reqwest::Method::GET, &path, Value::Null).await.1["code"], 10_008);
    assert_eq!(stand.sandbox.ephemerals(MINA).len(), 1);
}

#[tokio::test]
async fn a_deferred_private_answer_thinks_then_speaks_or_goes() {
    let mut stand = stand().await;
    stand.register().await;
    let private = json!({"type": 5, "data": {"flags": 64}});
    let (seen, given) = stand.commanded(MINA, None, "/close", private.clone()).await;
    assert!(given.acked);
    assert_eq!((&seen["type"], &seen["data"]["name"]), (&json!(2), &json!("close")));
    assert_eq!(seen["data"]["guild_id"], GUILD);
    let pending = stand.sandbox.ephemerals(MINA);
    assert!(pending[0].pending && pending[0].content.is_empty());
    let (status, edited) = stand.webhook(&seen, reqwest::Method::PATCH, ORIGINAL, json!({"content": "Closed."})).await;
    assert_eq!((status, &edited["content"]), (200, &json!("Closed.")));
    let spoken = stand.sandbox.ephemerals(MINA);
    assert_eq!((spoken.len(), spoken[0].pending, spoken[0].content.as_str()), (1, false, "Closed."));
    let (seen, _) = stand.commanded(TOM, None, "close", private.clone()).await;
    assert_eq!(stand.webhook(&seen, reqwest::Method::DELETE, ORIGINAL, Value::Null).await.0, 204);
    assert!(stand.sandbox.ephemerals(TOM).is_empty());
    // The first follow-up takes the place of what was deferred.
    let (seen, _) = stand.commanded(TOM, None, "close", private).await;
    stand.webhook(&seen, reqwest::Method::POST, "", json!({"content": "first"})).await;
    stand.webhook(&seen, reqwest::Method::POST, "", json!({"content": "second", "flags": 64})).await;
    let words: Vec<String> = stand.sandbox.ephemerals(TOM).into_iter().map(|it| it.content).collect();
    assert_eq!(words, ["first", "second"]);
}

#[tokio::test]
async fn the_message_with_the_button_can_be_changed_now_or_later() {
    let mut stand = stand().await;
    let card = stand.card().await;
    stand.clicked(&card, json!({"type": 7, "data": {"content": "closed now"}})).await;
    let message = |stand: &Stand| stand.sandbox.read(|view| view.message(SHOP, &card).cloned().unwrap());
    assert_eq!(message(&stand).content, "closed now");
    assert!(message(&stand).edited.is_some());
    let (seen, ..) = stand.clicked(&card, json!({"type": 6})).await;
    let bare = json!({"content": "closed later", "components": []});
    assert_eq!(stand.webhook(&seen, reqwest::Method::PATCH, ORIGINAL, bare).await.0, 200);
    assert_eq!((message(&stand).content.as_str(), message(&stand).components.len()), ("closed later", 0));
    assert!(matches!(
        stand.sandbox.click(MINA, SHOP, &card, "threadline.close").await,
        Err(PersonError::NoSuchButton { .. })
    ));
}

#[tokio::test]
async fn a_public_answer_is_a_message_that_everybody_sees() {
    let mut stand = stand().await;
    stand.register().await;
    let (seen, _) = stand.commanded(MINA, None, "close", json!({"type": 5})).await;
    let all = stand.sandbox.channel_messages(SHOP);
    assert_eq!((all.len(), all[0].flags & 128, all[0].kind), (1, 128, 20));
    stand.webhook(&seen, reqwest::Method::PATCH, ORIGINAL, json!({"content": "Closed by Mina"})).await;
    let all = stand.sandbox.channel_messages(SHOP);
    assert_eq!((all[0].content.as_str(), all[0].flags & 128, all[0].edited), ("Closed by Mina", 0, None));
    let got = stand.webhook(&seen, reqwest::Method::GET, ORIGINAL, Value::Null).await.1;
    assert_eq!(got["interaction_metadata"]["id"], seen["id"]);
}

#[tokio::test]
async fn a_token_is_good_for_fifteen_minutes() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let mut stand = stand_with(DiscordOptions { clock: clock.clone(), ..demo() }).await;
    let card = stand.card().await;
    let (seen, ..) = stand.clicked(&card, json!({"type": 6})).await;
    clock.advance(Duration::from_secs(899));
    assert_eq!(stand.webhook(&seen, reqwest::Method::POST, "", json!({"content": "a"})).await.0, 200);
    clock.advance(Duration::from_secs(2));
    let (status, body) = stand.webhook(&seen, reqwest::Method::POST, "", json!({"content": "b"})).await;
    assert_eq!((status, &body["code"]), (401, &json!(50_027)));
}

#[tokio::test]
async fn wrong_answers_are_refused_and_leave_time_for_a_right_one() {
    let mut stand = stand().await;
    let card = stand.card().await;
    let sandbox = stand.sandbox.clone();
    let click = tokio::spawn(async move { sandbox.click(MINA, SHOP, &card, "threadline").await.unwrap() });
    let seen = stand.bot.event("INTERACTION_CREATE").await;
    for (answer, code) in [
        (json!({"type": 99}), 50_035),
        (json!({"type": 4, "data": {}}), 50_006),
        (json!({"type": 4, "data": {"content": "x".repeat(2001)}}), 50_035),
    ] {
        assert_eq!(stand.answer(&seen, answer.clone()).await.1["code"], code, "{answer}");
    }
    assert_eq!(stand.answer(&seen, json!({"type": 6})).await.0, 204);
    assert!(click.await.unwrap().acked);
}

#[tokio::test]
async fn buttons_of_an_archived_or_locked_thread_do_nothing_but_the_card_s_do() {
    let mut stand = stand().await;
    let card = stand.card().await;
    stand.thread(&card).await;
    let button = json!({"type": 2, "style": 1, "label": "Reopen", "custom_id": "threadline.reopen"});
    let body = json!({"content": "closed", "components": [{"type": 1, "components": [button]}]});
    let posted = stand.call(reqwest::Method::POST, &format!("channels/{card}/messages"), body, true).await.1;
    let notice = posted["id"].as_str().unwrap();
    let archive = json!({"archived": true});
    assert_eq!(stand.call(reqwest::Method::PATCH, &format!("channels/{card}"), archive, true).await.0, 200);
    let refused = stand.sandbox.click(MINA, SHOP, notice, "threadline.reopen").await;
    assert!(matches!(refused, Err(PersonError::Archived(thread)) if thread == card));
    let (_, clicked, _) = stand.clicked(&card, json!({"type": 6})).await;
    assert!(clicked.acked, "the card is in the channel itself");
}

#[tokio::test]
async fn a_command_in_a_thread_says_so() {
    let mut stand = stand().await;
    stand.register().await;
    let card = stand.card().await;
    stand.thread(&card).await;
    let (seen, _) = stand.commanded(MINA, Some(&card), "close", json!({"type": 5, "data": {"flags": 64}})).await;
    assert_eq!((&seen["channel_id"], &seen["channel"]["parent_id"]), (&json!(card), &json!(SHOP)));
    assert_eq!(seen["channel"]["type"], 11);
    assert_eq!(seen["channel"]["thread_metadata"]["archived"], false);
    assert_eq!(stand.sandbox.ephemerals(MINA)[0].channel, card);
}

#[tokio::test]
async fn a_command_takes_the_options_that_it_was_registered_with() {
    let mut stand = stand().await;
    stand.register().await;
    let wrong = |result| matches!(result, Err(PersonError::WrongOptions { .. }));
    let sandbox = stand.sandbox.clone();
    assert!(wrong(sandbox.command(MINA, SHOP, None, "assign", &[]).await));
    assert!(wrong(sandbox.command(MINA, SHOP, None, "assign", &[("operator", json!("5"))]).await));
    assert!(wrong(sandbox.command(MINA, SHOP, None, "link", &[("colour", json!("red"))]).await));
    assert!(wrong(sandbox.command(MINA, SHOP, None, "link", &[("code", json!(5))]).await));
    let unknown = sandbox.command(MINA, SHOP, None, "dance", &[]).await;
    assert!(matches!(unknown, Err(PersonError::NoSuchCommand(name)) if name == "dance"));
    let given =
        tokio::spawn(async move { sandbox.command(MINA, SHOP, None, "assign", &[("operator", json!(TOM))]).await });
    let seen = stand.bot.event("INTERACTION_CREATE").await;
    assert_eq!(seen["data"]["options"], json!([{"name": "operator", "type": 6, "value": TOM}]));
    assert_eq!(seen["data"]["resolved"]["users"][TOM]["global_name"], "Tom");
    assert!(seen["data"]["resolved"]["members"][TOM]["roles"].is_array());
    stand.answer(&seen, json!({"type": 4, "data": {"content": "ok", "flags": 64}})).await;
    assert!(given.await.unwrap().unwrap().acked);
}

#[tokio::test]
async fn commands_keep_their_ids_when_the_list_is_written_again() {
    let stand = stand().await;
    stand.register().await;
    let path = format!("applications/{APP}/guilds/{GUILD}/commands");
    let before = stand.call(reqwest::Method::GET, &path, Value::Null, true).await.1;
    assert_eq!(before.as_array().unwrap().len(), 2);
    assert_eq!((&before[1]["name"], &before[1]["options"][0]["name"]), (&json!("link"), &json!("code")));
    assert_eq!((&before[0]["type"], &before[0]["guild_id"]), (&json!(1), &json!(GUILD)));
    let only = json!([{"name": "link", "description": "Link accounts"}]);
    let after = stand.call(reqwest::Method::PUT, &path, only, true).await.1;
    assert_eq!((after.as_array().unwrap().len(), &after[0]["id"]), (1, &before[1]["id"]));
    for (body, why) in [
        (json!([{"name": "Close", "description": "d"}]), "an upper-case letter"),
        (json!([{"name": "close"}]), "no description"),
        (json!([{"name": "a", "description": "d"}, {"name": "a", "description": "d"}]), "twice"),
        (json!([{"name": "a", "description": "d".repeat(101)}]), "too long"),
    ] {
        let (status, refused) = stand.call(reqwest::Method::PUT, &path, body, true).await;
        assert_eq!((status, &refused["code"]), (400, &json!(50_035)), "{why}");
    }
    let foreign = stand.call(reqwest::Method::GET, "applications/1/commands", Value::Null, true).await;
    assert_eq!((foreign.0, &foreign.1["code"]), (403, &json!(20_012)));
}

#[tokio::test]
async fn a_click_without_anybody_listening_fails() {
    let stand = stand_with(DiscordOptions { ack_within: Duration::from_millis(50), ..demo() }).await;
    let card = stand.card().await;
    stand.sandbox.cut_gateway();
    let cut = stand.sandbox.wait_for("no connection", WITHIN, |view| (view.connected_sessions() == 0).then_some(()));
    cut.await.unwrap();
    let clicked = stand.sandbox.click(MINA, SHOP, &card, "threadline.close").await.unwrap();
    assert!(!clicked.acked);
    // The session that comes back is told all the same, too late to answer.
    let mut bot = stand.bot.resumed(&stand.sandbox).await;
    let seen = bot.event("INTERACTION_CREATE").await;
    assert_eq!(stand.answer(&seen, json!({"type": 6})).await.1["code"], 10_062);
}

#[tokio::test]
async fn a_callback_whose_answer_is_lost_counts_all_the_same() {
    let mut stand = stand().await;
    let card = stand.card().await;
    let fault = stand.sandbox.faults().add(CallFault::drop_answer("create_interaction_response").on_channel(SHOP));
    let sandbox = stand.sandbox.clone();
    let click = tokio::spawn(async move { sandbox.click(MINA, SHOP, &card, "threadline").await.unwrap() });
    let seen = stand.bot.event("INTERACTION_CREATE").await;
    let (id, token) = (seen["id"].as_str().unwrap(), seen["token"].as_str().unwrap());
    let url = format!("{}/v10/interactions/{id}/{token}/callback", stand.sandbox.api_url());
    let lost = stand.http.post(url).header("content-type", "application/json").body(r#"{"type": 6}"#).send().await;
    assert!(lost.is_err(), "the connection was closed");
    assert!(click.await.unwrap().acked);
    assert_eq!(stand.sandbox.faults().fired(fault), 1);
    assert_eq!(stand.answer(&seen, json!({"type": 6})).await.1["code"], 40_060);
}

#[tokio::test]
async fn people_press_and_type_only_what_they_may() {
    let stand = stand().await;
    let off = json!({"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true});
    let body = json!({"content": "a card", "components": [{"type": 1, "components": [off]}]});
    let posted = stand.call(reqwest::Method::POST, &format!("channels/{SHOP}/messages"), body, true).await.1;
    let card = posted["id"].as_str().unwrap();
    assert!(matches!(stand.sandbox.click(MINA, SHOP, card, "off").await, Err(PersonError::Refused(_))));
    assert!(matches!(stand.sandbox.click("1", SHOP, card, "off").await, Err(PersonError::NoSuchPerson(_))));
    assert!(matches!(stand.sandbox.click(MINA, "2", card, "off").await, Err(PersonError::NoSuchChannel(_))));
    // Manage Server; Priya is an administrator, Mina isn't.
    let admins = json!([{"name": "setup", "description": "d", "default_member_permissions": "32"}]);
    stand.call(reqwest::Method::PUT, &format!("applications/{APP}/commands"), admins, true).await;
    let refused = stand.sandbox.command(MINA, SHOP, None, "setup", &[]).await;
    assert!(matches!(refused, Err(PersonError::Forbidden { .. })));
    let forum = stand.sandbox.command(MINA, "700000000000000104", None, "setup", &[]).await;
    assert!(matches!(forum, Err(PersonError::Refused(_))), "nothing is typed in a forum itself");
}
