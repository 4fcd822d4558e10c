//! What Discord refuses before it looks at an operation, and the limits of a body.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BOT, GUILD, MINA, SHOP, SUPPORT, TOM, discord};

#[tokio::test]
async fn only_a_known_bot_token_opens_the_api() {
    let discord = discord().await;
    let me = format!("{}/api/v10/users/@me", discord.serving.base_url);
    for token in [None, Some("Bot wrong"), Some("Bearer x"), Some(bridge_sandbox::discord::seed::TOKEN)] {
        let request = discord.http.get(&me);
        let request = match token {
            Some(token) => request.header("authorization", token),
            None => request,
        };
        let answer = discord.send(request).await;
        assert_eq!(
            (answer.status, answer.body),
            (401, json!({"message": "401: Unauthorized", "code": 0})),
            "{token:?}"
        );
    }
    assert_eq!(discord.get("users/@me").await.body["id"], json!(BOT));
    discord.sandbox.revoke_token();
    assert_eq!(discord.get("users/@me").await.status, 401);
}

#[tokio::test]
async fn unknown_routes_and_versions_are_refused() {
    let discord = discord().await;
    assert_eq!(discord.get("nowhere").await.body, json!({"message": "404: Not Found", "code": 0}));
    assert_eq!(discord.delete("users/@me").await.body, json!({"message": "405: Method Not Allowed", "code": 0}));
    let old = discord.http.get(format!("{}/api/v5/gateway", discord.serving.base_url));
    assert_eq!(discord.send(old).await.refusal(), (400, 50_041));
}

#[tokio::test]
async fn a_body_must_be_json() {
    let discord = discord().await;
    let path = format!("channels/{SHOP}/messages");
    let broken = discord.request(Method::POST, &path).header("content-type", "application/json").body("{");
    assert_eq!(discord.send(broken).await.refusal(), (400, 50_109));
    let form = discord.request(Method::POST, &path).header("content-type", "text/plain").body("content=x");
    assert_eq!(discord.send(form).await.wrong(&[]), "CONTENT_TYPE_INVALID");
}

#[tokio::test]
async fn a_message_has_two_thousand_characters_at_most() {
    let discord = discord().await;
    let long = |length: usize| json!({"content": "🧵".repeat(length)});
    assert_eq!(discord.create(SHOP, long(2_000)).await.status, 200);
    assert_eq!(discord.create(SHOP, long(2_001)).await.wrong(&["content"]), "BASE_TYPE_MAX_LENGTH");
    for empty in [json!({}), json!({"content": " \n"}), json!({"embeds": []})] {
        assert_eq!(discord.create(SHOP, empty).await.refusal(), (400, 50_006));
    }
    let nonce = json!({"content": "x", "nonce": "n".repeat(26)});
    assert_eq!(discord.create(SHOP, nonce).await.wrong(&["nonce"]), "BASE_TYPE_MAX_LENGTH");
}

#[tokio::test]
async fn embeds_have_limits() {
    let discord = discord().await;
    let wrong = async |embed: Value, path: &[&str]| {
        let full: Vec<&str> = ["embeds", "0"].into_iter().chain(path.iter().copied()).collect();
        discord.create(SHOP, json!({"embeds": [embed]})).await.wrong(&full)
    };
    let long = |length: usize| "x".repeat(length);
    assert_eq!(wrong(json!({"title": long(257)}), &["title"]).await, "BASE_TYPE_MAX_LENGTH");
    assert_eq!(wrong(json!({"description": long(4_097)}), &["description"]).await, "BASE_TYPE_MAX_LENGTH");
    assert_eq!(wrong(json!({"title": "x", "url": "javascript:x"}), &["url"]).await, "URL_TYPE_INVALID_SCHEME");
    assert_eq!(wrong(json!({}), &["description"]).await, "BASE_TYPE_REQUIRED");
    let field = |name: usize, value: usize| json!({"fields": [{"name": long(name), "value": long(value)}]});
    assert_eq!(wrong(field(257, 1), &["fields", "0", "name"]).await, "BASE_TYPE_BAD_LENGTH");
    assert_eq!(wrong(field(1, 1_025), &["fields", "0", "value"]).await, "BASE_TYPE_BAD_LENGTH");
    assert_eq!(wrong(field(1, 0), &["fields", "0", "value"]).await, "BASE_TYPE_REQUIRED");
    let many = json!({"fields": vec![json!({"name": "x", "value": "y"}); 26]});
    assert_eq!(wrong(many, &["fields"]).await, "BASE_TYPE_MAX_LENGTH");
    let whole = json!({"embeds": [{"description": long(4_000)}, {"description": long(2_001)}]});
    assert_eq!(discord.create(SHOP, whole).await.wrong(&["embeds"]), "MAX_EMBED_SIZE_EXCEEDED");
    let eleven = json!({"embeds": vec![json!({"title": "x"}); 11]});
    assert_eq!(discord.create(SHOP, eleven).await.wrong(&["embeds"]), "BASE_TYPE_MAX_LENGTH");
}

#[tokio::test]
async fn components_have_limits() {
    let discord = discord().await;
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "x", "custom_id": id});
    let rows = |rows: Vec<Vec<Value>>| -> Value {
        let rows: Vec<Value> = rows.iter().map(|row| json!({"type": 1, "components": row})).collect();
        json!({"content": "x", "components": rows})
    };
    let good = discord.create(SHOP, rows(vec![vec![button("a"), button("b")]])).await;
    assert_eq!(
        good.body["components"][0]["components"][1],
        json!({
            "type": 2, "style": 1, "label": "x", "custom_id": "b", "id": 3,
        })
    );
    let wrong = async |body: Value, path: &[&str]| {
        let full: Vec<&str> = ["components"].into_iter().chain(path.iter().copied()).collect();
        discord.create(SHOP, body).await.wrong(&full)
    };
    let six: Vec<Value> = ["a", "b", "c", "d", "e", "f"].map(button).to_vec();
    assert_eq!(wrong(rows(vec![six]), &["0", "components"]).await, "BASE_TYPE_BAD_LENGTH");
    let twice = rows(vec![vec![button("a"), button("a")]]);
    assert_eq!(wrong(twice, &["0", "components", "1", "custom_id"]).await, "COMPONENT_CUSTOM_ID_DUPLICATED");
    let long = rows(vec![vec![button(&"a".repeat(101))]]);
    assert_eq!(wrong(long, &["0", "components", "0", "custom_id"]).await, "BASE_TYPE_BAD_LENGTH");
    let label = json!({"type": 2, "style": 1, "label": "x".repeat(81), "custom_id": "a"});
    assert_eq!(wrong(rows(vec![vec![label]]), &["0", "components", "0", "label"]).await, "BASE_TYPE_MAX_LENGTH");
    assert_eq!(wrong(json!({"components": [button("a")]}), &["0", "type"]).await, "BASE_TYPE_CHOICES");
}

#[tokio::test]
async fn people_and_roles_can_be_looked_up() {
    let discord = discord().await;
    let mina = discord.get(&format!("guilds/{GUILD}/members/{MINA}")).await.body;
    assert_eq!((&mina["user"]["global_name"], &mina["roles"]), (&json!("Mina"), &json!([SUPPORT])));
    let unknown = format!("guilds/{GUILD}/members/700000000000009999");
    assert_eq!(discord.get(&unknown).await.refusal(), (404, 10_013));
    discord.sandbox.leave(TOM).unwrap();
    assert_eq!(discord.get(&format!("guilds/{GUILD}/members/{TOM}")).await.refusal(), (404, 10_007));
    let found = discord.get(&format!("guilds/{GUILD}/members/search?query=jo&limit=5")).await.body;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["user"]["username"]), (1, &json!("jonas")));
    let roles = discord.get(&format!("guilds/{GUILD}/roles")).await.body;
    assert!(roles.as_array().unwrap().iter().any(|role| role["name"] == "Support"));
    assert_eq!(discord.get("guilds/700000000000000999").await.refusal(), (404, 10_004));
    discord.sandbox.remove_bot();
    assert_eq!(discord.get(&format!("guilds/{GUILD}")).await.refusal(), (403, 50_001));
    assert_eq!(discord.get("users/@me/guilds").await.body, json!([]));
}

#[tokio::test]
async fn the_list_of_members_needs_its_intent() {
    let discord = discord().await;
    let path = format!("guilds/{GUILD}/members?limit=1000");
    assert_eq!(discord.get(&path).await.body.as_array().unwrap().len(), 8);
    discord.sandbox.change_app(|app| app.guild_members = false);
    assert_eq!(discord.get(&path).await.refusal(), (403, 50_001));
}

#[tokio::test]
async fn the_application_says_which_intents_are_on() {
    let discord = discord().await;
    let flags = async || discord.get("applications/@me").await.body["flags"].as_u64().unwrap();
    assert_ne!(flags().await & 1 << 19, 0);
    discord.sandbox.disallow_intent();
    assert_eq!(flags().await & 1 << 19, 0);
    let gateway = discord.get("gateway/bot").await.body;
    assert_eq!(gateway["session_start_limit"]["remaining"], 1_000);
    assert!(gateway["url"].as_str().unwrap().starts_with("ws://127.0.0.1:"));
}

#[tokio::test]
async fn pictures_are_there_under_their_hash() {
    let discord = discord().await;
    let mina = discord.get(&format!("guilds/{GUILD}/members/{MINA}")).await.body;
    let hash = mina["user"]["avatar"].as_str().unwrap().to_owned();
    let picture = async |hash: &str| {
        let url = format!("{}/cdn/avatars/{MINA}/{hash}.png?size=256", discord.serving.base_url);
        discord.http.get(url).send().await.unwrap()
    };
    let good = picture(&hash).await;
    assert_eq!(good.headers()["content-type"], "image/png");
    assert!(good.bytes().await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(picture("other").await.status(), 404);
}

/// Fields that an object lacks.
fn lacking<'n>(object: &Value, fields: &[&'n str]) -> Vec<&'n str> {
    fields.iter().copied().filter(|name| object.get(*name).is_none()).collect()
}

#[tokio::test]
async fn objects_have_every_field_that_the_published_api_requires() {
    // The `required` lists of MessageResponse, ThreadResponse, GuildChannelResponse, UserResponse, GuildMemberResponse,
    // GuildRoleResponse and PrivateApplicationResponse.
    const MESSAGE: &str = "type content mentions mention_roles attachments embeds timestamp edited_timestamp flags \
        components id channel_id author pinned mention_everyone tts";
    const THREAD: &str = "id type flags guild_id name owner_id thread_metadata message_count member_count \
        total_message_sent";
    const CHANNEL: &str = "id type flags guild_id name position";
    const USER: &str = "id username avatar discriminator public_flags flags global_name primary_guild";
    const MEMBER: &str = "avatar banner communication_disabled_until flags joined_at nick pending premium_since roles \
        user mute deaf";
    const ROLE: &str = "id name permissions position color colors hoist managed mentionable icon unicode_emoji flags";
    const APPLICATION: &str = "id name icon description type verify_key flags flags_new redirect_uris \
        interactions_endpoint_url role_connections_verification_url owner approximate_guild_count \
        approximate_user_install_count approximate_user_authorization_count explicit_content_filter team \
        eligible_oauth2_scopes";
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let message = discord.get(&format!("channels/{SHOP}/messages/{thread}")).await.body;
    let member = discord.get(&format!("guilds/{GUILD}/members/{MINA}")).await.body;
    let roles = discord.get(&format!("guilds/{GUILD}/roles")).await.body;
    let objects = [
        (message.clone(), MESSAGE),
        (message["author"].clone(), USER),
        (message["thread"].clone(), THREAD),
        (discord.get(&format!("channels/{thread}")).await.body, THREAD),
        (discord.get(&format!("channels/{SHOP}")).await.body, CHANNEL),
        (member["user"].clone(), USER),
        (member, MEMBER),
        (roles[0].clone(), ROLE),
        (discord.get("applications/@me").await.body, APPLICATION),
    ];
    for (object, fields) in objects {
        let fields: Vec<&str> = fields.split_whitespace().collect();
        assert_eq!(lacking(&object, &fields), [""; 0], "{object}");
    }
}
