//! A crowd of strangers opens conversations while others are in the middle of theirs.
//!
//! What lives here: the crowd, and how long the real visitors wait before, during and after it. What must not: faults.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where its stand fails; its figures are its result"
)]

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use threadline::settings::{Rate, Settings};
use tokio::time::Instant;

use crate::support::program::Program;
use crate::support::stand::{Stand, Surface, everywhere};
use crate::support::team::{MINA, Nature, SHOP, Shown, Sort, Team};
use crate::support::visitor::Visitor;

everywhere!(a_crowd_delays_nobody_who_talks);

/// How many strangers come.
const CROWD: usize = 1_000;
/// How many of them knock at the same time.
const AT_ONCE: usize = 32;
/// How many posts may go before a message in a thread that is open: those under way, and a few in other open threads.
const POSTS_BEFORE: usize = 8;

/// The platforms' own pace, and room for the crowd.
fn settings(stand: &Stand, team: &Team) -> Settings {
    let mut settings = stand.settings(team);
    settings.limits.conversations_per_domain = Rate::new(1_000_000, 1_000_000);
    settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    for connection in settings.slack.values_mut() {
        (connection.post_interval, connection.post_burst) = (Duration::from_secs(1), 3);
    }
    for connection in settings.discord.values_mut() {
        (connection.post_interval, connection.post_burst) = (Duration::from_millis(20), 10);
    }
    settings
}

/// How a message of the real visitor's fared.
#[derive(Debug, Clone, Copy)]
struct Fared {
    /// From the click on *Send* until it showed in the thread.
    shown: Duration,
    /// How many other messages of ours stood in the channel after it was accepted and before it showed.
    posts_before: usize,
    /// From a reply until the visitor saw it.
    told: Duration,
}

/// How many real visitors there are. They take turns, so that none of them writes more in their thread than a platform lets us
/// post there at once: then only the crowd can delay them. (Discord takes five messages in five seconds.)
const TALKS: usize = 3;

/// A real visitor, in the middle of a conversation.
struct Talk<'a> {
    team: &'a Team,
    visitor: Visitor,
    card: String,
    written: Vec<String>,
    replied: Vec<String>,
}

async fn exchange(talks: &mut [Talk<'_>], what: &str, rounds: usize) -> Vec<Fared> {
    let mut fared = Vec::new();
    for round in 1..=rounds {
        for (number, talk) in talks.iter_mut().enumerate() {
            let words = format!("{what}, {round} of {number}");
            fared.push(talk.once(&format!("question {words}"), &format!("answer {words}")).await);
        }
    }
    fared
}

impl<'a> Talk<'a> {
    async fn begin(team: &'a Team, program: &Program, number: usize) -> Self {
        let visitor = program.visitor("shop.example").await;
        let hello = format!("Hello from {number}");
        visitor.write(&hello).await;
        let card = team.cards(SHOP, number + 1).await.remove(number);
        team.shows(SHOP, &card, &hello).await;
        Self { team, visitor, card, written: vec![hello], replied: Vec::new() }
    }

    async fn once(&mut self, question: &str, answer: &str) -> Fared {
        let begun = Instant::now();
        self.visitor.write(question).await;
        let before = posted(self.team).len();
        self.team.shows(SHOP, &self.card, question).await;
        let shown = begun.elapsed();
        let place = posted(self.team).iter().position(|message| message.words.contains(question));
        let begun = Instant::now();
        self.team.say(MINA, SHOP, self.card.as_str(), answer);
        self.visitor.until_told(answer).await;
        self.written.push(question.to_owned());
        self.replied.push(answer.to_owned());
        Fared { shown, posts_before: place.unwrap().saturating_sub(before), told: begun.elapsed() }
    }
}

/// What we wrote in the shop's channel, in order.
fn posted(team: &Team) -> Vec<Shown> {
    let mut written = team.room().everything(SHOP);
    written.retain(|message| message.sort != Sort::Other);
    written
}

async fn a_crowd_delays_nobody_who_talks(stand: &Stand) {
    let team = stand.team_of(Nature::rated()).await;
    let program = stand.program_with(&team, settings(stand, &team)).await;
    let mut talks = Vec::new();
    for number in 0..TALKS {
        talks.push(Talk::begin(&team, &program, number).await);
    }
    let normal = exchange(&mut talks, "on a quiet day", 1).await;
    let begun = Instant::now();
    let crowd = async {
        let http = reqwest::Client::new();
        let coming = stream::iter(0..CROWD).map(|number| stranger(&http, &program.url, number));
        let came: Vec<()> = coming.buffer_unordered(AT_ONCE).collect().await;
        (came.len(), begun.elapsed())
    };
    let ((came, took), during) = tokio::join!(crowd, exchange(&mut talks, "while they come", 2));
    let waiting = came - (team.cards(SHOP, 1).await.len() - TALKS);
    let behind = exchange(&mut talks, "while they wait", 1).await;

    let on = format!("{:?} on {:?}", stand.surface, stand.db.kind);
    println!("{on}: {came} strangers came within {took:.1?}; then {waiting} of them waited for their thread");
    for (when, fared) in [("before", &normal), ("while they came", &during), ("while they waited", &behind)] {
        let shown = figures(fared.iter().map(|fared| fared.shown));
        let told = figures(fared.iter().map(|fared| fared.told));
        let most = fared.iter().map(|fared| fared.posts_before).max().unwrap();
        println!("{on}: {when}: shown {shown}, behind {most} posts at most; replies told {told}");
    }
    assert!(waiting > CROWD / 2, "the crowd was still waiting, so there was something to be delayed by");
    for fared in during.iter().chain(&behind) {
        assert!(fared.posts_before <= POSTS_BEFORE, "a message in an open thread goes before new threads: {fared:?}");
    }
    for talk in &talks {
        assert_eq!(team.relayed(SHOP, &talk.card), talk.written);
        assert_eq!(talk.visitor.replies().await, talk.replied);
    }
    // Now that they are quiet, it is the crowd's turn.
    if stand.surface == Surface::Slack {
        let opened = team.cards(SHOP, 1).await.len();
        team.cards(SHOP, opened + 3).await;
    } else {
        // Discord lets ten in, and then nobody for two minutes.
        team.cards(SHOP, 5).await;
    }
    program.stop().await;
}

/// A stranger with an address of their own arrives and writes.
async fn stranger(http: &reqwest::Client, url: &str, number: usize) {
    let address = format!("198.51.{}.{}", number / 250, number % 250);
    let call = async |path: &str, token: Option<&str>, body: Value| -> Value {
        let mut request = http.post(format!("{url}/v1/widget/{path}")).json(&body);
        request = request.header("origin", "https://shop.example").header("x-forwarded-for", &address);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    };
    let session = call("sessions", None, json!({"domain": "shop.example"})).await;
    let token = session["visitor_token"].as_str();
    call("messages", token, json!({"client_key": "hi", "body": format!("Hi from stranger {number}")})).await;
}

fn figures(of: impl Iterator<Item = Duration>) -> String {
    let mut sorted: Vec<Duration> = of.collect();
    sorted.sort_unstable();
    let (median, most) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    format!("{} ms in the middle, {} ms at most", median.as_millis(), most.as_millis())
}
