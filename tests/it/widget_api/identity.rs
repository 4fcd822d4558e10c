//! A website says who its visitor is.
//!
//! What lives here: whose words are whose when visitors sign in and out, on one browser and on several. What must not: the
//! token's form in detail (`service/identity` tests that).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use futures_util::future::join_all;
use reqwest::{Method, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use threadline::settings::{Rate, Settings};

use crate::support::database::{Database, on_both};
use crate::support::jwt::{self, identity};
use crate::support::operator::Desk;
use crate::support::program::{self, Program, bare};
use crate::support::refusal::Refusal;
use crate::support::team::{MINA, SHOP, Team};
use crate::support::visitor::Visitor;

on_both!(
    the_website_says_who_a_visitor_is,
    an_address_that_a_known_visitor_types_proves_nothing,
    a_word_that_is_not_the_websites_is_refused,
    b_follows_a_on_one_browser_and_sees_nothing_of_as,
    what_a_stranger_said_moves_to_whom_they_turn_out_to_be,
    of_two_open_conversations_the_newer_stays_open,
    two_tabs_at_once_are_one_visitor,
    a_stranger_becomes_one_of_two_and_never_both,
    nothing_written_meanwhile_is_lost,
);

fn vouching(mut settings: Settings) -> Settings {
    settings.domains[0].identity_secret = Some(SecretString::from(jwt::SECRET));
    // Messages that are written at once are each counted as one that may open a conversation.
    settings.limits.conversations_per_address = Rate::new(1_000, 1_000);
    settings
}

async fn ask(url: &str, token: Option<&str>, word: Option<&str>) -> Response {
    let body = json!({"domain": "shop.example", "visitor_token": token, "identity_jwt": word});
    let request = reqwest::Client::new().post(format!("{url}/v1/widget/sessions"));
    request.header("origin", "https://shop.example").json(&body).send().await.unwrap()
}

async fn session(url: &str, token: Option<&str>, word: Option<&str>) -> Value {
    let answer = ask(url, token, word).await;
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

/// The visitor of a session.
fn visitor(url: &str, session: &Value) -> Visitor {
    Visitor::known(url, "shop.example", session["visitor_token"].as_str().unwrap())
}

async fn is_signed_out(visitor: &Visitor) -> bool {
    visitor.request(Method::GET, "/messages?after=0").send().await.unwrap().status() == 401
}

async fn words(visitor: &Visitor) -> Vec<String> {
    visitor.sees().await.into_iter().map(|seen| seen.body).collect()
}

async fn the_website_says_who_a_visitor_is(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    let first = session(url, None, Some(&identity("ada"))).await;
    let known = json!({"name": "Name of ada", "email": "ada@shop.example", "verified": true});
    assert_eq!(first["visitor"], known);
    let token = first["visitor_token"].as_str().unwrap();
    visitor(url, &first).write("Hello").await;
    for word in [Some(identity("ada")), None] {
        let again = session(url, Some(token), word.as_deref()).await;
        assert_eq!((again["visitor_token"].as_str(), &again["visitor"]), (Some(token), &known), "a good token is kept");
    }
    let elsewhere = session(url, None, Some(&identity("ada"))).await;
    assert_ne!(elsewhere["visitor_token"].as_str(), Some(token), "another browser has a token of its own");
    assert_eq!(elsewhere["messages"][0]["body"], "Hello", "and the same person behind it");
    let ada = visitor(url, &first);
    let change = ada.request(Method::PATCH, "/visitor").json(&json!({"name": "Eve"})).send().await.unwrap();
    Refusal::read(change).await.is(
        409,
        "identity-verified",
        "The website says who you are, so that can't be changed here.",
    );
    program.stop().await;
}

async fn an_address_that_a_known_visitor_types_proves_nothing(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    let desk = Desk::admin(db, url, "Grace").await;
    let mut claims = jwt::claims("eve");
    claims.as_object_mut().unwrap().remove("email");
    let word = jwt::signed(&json!({"alg": "HS256"}), &claims, jwt::SECRET);
    let eve = visitor(url, &session(url, None, Some(&word)).await);
    eve.write("I forgot my password").await;
    let shown = async || {
        let list = desk.get("/v1/inbox/conversations").await;
        let visitor = &list["conversations"][0]["visitor"];
        (visitor["email"].clone(), visitor["verified"].clone(), visitor["external_id"].clone())
    };
    assert_eq!(shown().await, (json!(null), json!(true), json!("eve")));
    let typed = eve.request(Method::PATCH, "/visitor").json(&json!({"email": "ada@shop.example"}));
    assert_eq!(typed.send().await.unwrap().status(), 200);
    assert_eq!(shown().await, (json!("ada@shop.example"), json!(false), json!("eve")));
    session(url, Some(&eve.token), Some(&identity("eve"))).await;
    assert_eq!(shown().await, (json!("eve@shop.example"), json!(true), json!("eve")));
    program.stop().await;
}

async fn a_word_that_is_not_the_websites_is_refused(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let hs256 = json!({"alg": "HS256", "typ": "JWT"});
    let with = |claim: &str, value: Value| {
        let mut claims = jwt::claims("ada");
        claims[claim] = value;
        jwt::signed(&hs256, &claims, jwt::SECRET)
    };
    let unsigned = jwt::signed(&json!({"alg": "none"}), &jwt::claims("ada"), jwt::SECRET);
    let words = [
        ("forged", jwt::signed(&hs256, &jwt::claims("ada"), "another secret of thirty-two bytes..."), "signature"),
        ("expired", with("exp", json!(1_700_000_000)), "`exp` is over"),
        ("for ever", with("exp", json!(9_999_999_999_i64)), "7 days"),
        ("for another domain", with("aud", json!("blog.example")), "`aud` must be"),
        ("about nobody", with("sub", Value::Null), "`sub` is missing"),
        ("without an audience", with("aud", Value::Null), "`aud` is missing"),
        ("without an end", with("exp", Value::Null), "`exp` is missing"),
        ("alg none", unsigned.clone(), "HS256"),
        ("alg none, unsigned", format!("{}.", unsigned.rsplit_once('.').unwrap().0), "HS256"),
        ("RS256", jwt::signed(&json!({"alg": "RS256"}), &jwt::claims("ada"), jwt::SECRET), "HS256"),
        ("huge", "x".repeat(9_000), "bytes"),
        ("no token", "hello".to_owned(), "not a JSON Web Token"),
        ("nothing", String::new(), "not a JSON Web Token"),
    ];
    let known = session(&program.url, None, Some(&identity("ada"))).await;
    let token = known["visitor_token"].as_str().unwrap();
    for (what, word, why) in words {
        let refusal = Refusal::read(ask(&program.url, Some(token), Some(&word)).await).await;
        let told = refusal.problem["detail"].as_str().unwrap();
        assert_eq!(refusal.status, 401, "{what}: {told}");
        assert_eq!(refusal.problem["type"], "urn:threadline:problem:identity-not-valid", "{what}");
        assert!(told.contains(why), "{what}: {told}");
        assert!(!told.contains(jwt::SECRET), "{what}");
    }
    assert!(!is_signed_out(&visitor(&program.url, &known)).await, "a bad word ends nothing");
    program.stop().await;
}

async fn b_follows_a_on_one_browser_and_sees_nothing_of_as(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    let of_a = session(url, None, Some(&identity("a"))).await;
    let a = visitor(url, &of_a);
    a.write("The number of my card").await;
    let mut line = a.live(0).await;
    assert_eq!(line.frame().await["type"], "ready");
    let of_b = session(url, Some(&a.token), Some(&identity("b"))).await;
    assert_ne!(of_b["visitor_token"].as_str(), Some(a.token.as_str()));
    assert_eq!((of_b["conversation"].is_null(), &of_b["messages"], &of_b["after"]), (true, &json!([]), &json!(0)));
    assert_eq!(of_b["visitor"]["name"], "Name of b");
    let b = visitor(url, &of_b);
    assert_eq!(words(&b).await, [""; 0]);
    assert!(is_signed_out(&a).await, "the token that the browser had is nobody's now");
    let ended = loop {
        if let Err(code) = line.next().await {
            break code;
        }
    };
    assert_eq!(ended, Some(4401), "a tab that still follows is told to come again");
    let back = session(url, Some(&b.token), Some(&identity("a"))).await;
    assert_eq!(words(&visitor(url, &back)).await, ["The number of my card"], "it is still there for A");
    assert!(is_signed_out(&b).await);
    program.stop().await;
}

async fn what_a_stranger_said_moves_to_whom_they_turn_out_to_be(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(vouching(program::settings(db, &team))).await;
    let url = program.url.as_str();
    let earlier = visitor(url, &session(url, None, Some(&identity("ada"))).await);
    earlier.send("1", "Long ago").await.unwrap();
    earlier.close().await;
    let (known, _, _) = earlier.everything().await;
    let last = known.last().unwrap()["event_seq"].as_i64().unwrap();
    let first_card = team.card(SHOP).await;
    let stranger = program.visitor("shop.example").await;
    // The same key as the known visitor once used: no two messages of one visitor may share it.
    stranger.send("1", "Hello").await.unwrap();
    stranger.write("It is me").await;
    let card = team.until_another_card(SHOP, &first_card).await;
    team.shows(SHOP, &card, "It is me").await;

    let session = session(url, Some(&stranger.token), Some(&identity("ada"))).await;
    let bodies: Vec<&str> =
        session["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["Hello", "It is me"]);
    assert!(is_signed_out(&stranger).await, "the stranger is no more");
    let ada = visitor(url, &session);
    assert_eq!(words(&ada).await, ["Long ago", "Hello", "It is me"]);
    let numbers: Vec<i64> = ada.everything().await.0.iter().map(|event| event["event_seq"].as_i64().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let since = earlier.events_after(last).await;
    let told: Vec<&str> =
        since["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!(told, ["Hello", "It is me"], "another browser of hers is told of all of it");

    team.cards_show(SHOP, "Name of ada").await;
    assert_eq!(team.cards(SHOP, 2).await.len(), 2, "the thread stays the same");
    team.say(MINA, SHOP, card.as_str(), "Welcome back!");
    ada.until_told("Welcome back!").await;
    ada.write("Thank you").await;
    team.shows(SHOP, &card, "Thank you").await;
    program.stop().await;
}

async fn of_two_open_conversations_the_newer_stays_open(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(vouching(program::settings(db, &team))).await;
    let url = program.url.as_str();
    let known = visitor(url, &session(url, None, Some(&identity("ada"))).await);
    known.write("On my phone").await;
    let first_card = team.card(SHOP).await;
    let stranger = program.visitor("shop.example").await;
    let newer = stranger.write("On my laptop").await;
    team.until_another_card(SHOP, &first_card).await;
    let merged = session(url, Some(&stranger.token), Some(&identity("ada"))).await;
    assert_eq!(merged["conversation"]["id"], newer["conversation"]["id"]);
    assert_eq!(merged["conversation"]["status"], "open");
    let words = "Threadline closed the conversation: the visitor signed in and goes on in a newer one.";
    team.shows(SHOP, &first_card, words).await;
    let (events, _, _) = known.everything().await;
    let closed: Vec<&Value> = events.iter().filter(|event| event["kind"] == "conversation_closed").collect();
    assert_eq!(closed.len(), 1);
    assert_ne!(closed[0]["conversation_id"], newer["conversation"]["id"]);
    program.stop().await;
}

async fn two_tabs_at_once_are_one_visitor(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    visitor(url, &session(url, None, Some(&identity("ada"))).await).write("Long ago").await;
    let stranger = program.visitor("shop.example").await;
    stranger.write("Hello").await;
    let word = identity("ada");
    let tabs = join_all((0..6).map(|_| session(url, Some(&stranger.token), Some(&word)))).await;
    for tab in &tabs {
        assert_eq!(words(&visitor(url, tab)).await, ["Long ago", "Hello"]);
    }
    for round in 0..4 {
        let newcomer = program.visitor("shop.example").await;
        newcomer.write("I am new").await;
        let word = identity(&format!("bea-{round}"));
        let tabs = join_all((0..6).map(|_| session(url, Some(&newcomer.token), Some(&word)))).await;
        for tab in &tabs {
            assert_eq!(words(&visitor(url, tab)).await, ["I am new"]);
        }
    }
    program.stop().await;
}

async fn a_stranger_becomes_one_of_two_and_never_both(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    for round in 0..5 {
        let stranger = program.visitor("shop.example").await;
        stranger.write("A secret").await;
        let people = [identity(&format!("a{round}")), identity(&format!("b{round}"))];
        let sessions = join_all(people.iter().map(|word| session(url, Some(&stranger.token), Some(word)))).await;
        let mut told = 0;
        for session in &sessions {
            told += words(&visitor(url, session)).await.len();
        }
        assert_eq!(told, 1, "the words are one person's");
    }
    program.stop().await;
}

async fn nothing_written_meanwhile_is_lost(db: &Database) {
    let program = Program::with(vouching(bare(db))).await;
    let url = program.url.as_str();
    let known = visitor(url, &session(url, None, Some(&identity("ada"))).await);
    known.write("Long ago").await;
    for round in 0..4 {
        let stranger = program.visitor("shop.example").await;
        let texts: Vec<String> = (0..8).map(|number| format!("message {round}.{number}")).collect();
        let write = async |text: &String| {
            let status = stranger.send(text, text).await.unwrap().status().as_u16();
            assert!([201, 401].contains(&status), "{status}");
            (status == 201).then(|| text.clone())
        };
        let word = identity("ada");
        let (kept, _) =
            tokio::join!(join_all(texts.iter().map(write)), session(url, Some(&stranger.token), Some(&word)));
        let seen = words(&known).await;
        for text in kept.into_iter().flatten() {
            let count = seen.iter().filter(|body| **body == text).count();
            assert_eq!(count, 1, "{text} was accepted, and is seen {count} times");
        }
        known.close().await;
    }
    program.stop().await;
}
