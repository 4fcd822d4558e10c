//! How long the pages' questions take, over HTTP as a browser asks them: in a small database (1,000 conversations of 20
//! messages each) and in a large one (100,000 conversations, 2,000,000 messages), in one run. What counts is the ratio: a
//! question that goes by an index takes about as long in both. How many conversations an answer shows stands beside it: a page
//! of fifty takes longer than a page of two, however they were found.
//!
//! `cargo xtask bench inbox`, or `cargo bench --bench inbox` for SQLite alone. `THREADLINE_BENCH_CONVERSATIONS` makes the
//! large one smaller, for trying.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that fails stops, and its figures are printed")]

mod fill;

use std::time::{Duration, Instant};

use fill::Of;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use sqlx::Connection;
use threadline::clock::new_id;
use threadline::settings::{Database, Domain, Rate, Settings};
use threadline::shutdown::Shutdown;
use threadline::store::{Options, Store};
use tokio::net::TcpListener;

const SMALL: i64 = 1_000;
const LARGE: i64 = 100_000;
const TOKEN: &str = "bench";
/// How often a question is asked; the figure is the median.
const TIMES: usize = 15;
/// What is hoped for in the large database.
const SLOWEST: Duration = Duration::from_millis(50);
const STEEPEST: f64 = 5.0;

/// The questions: a name, the path, and whether it is a list or a search, which the hopes are about.
const QUESTIONS: [(&str, &str, bool); 35] = [
    ("inbox, domains", "domains", false),
    ("inbox, open", "conversations?filter=open", true),
    ("inbox, unassigned", "conversations?filter=unassigned", true),
    ("inbox, mine", "conversations?filter=mine", true),
    ("inbox, closed", "conversations?filter=closed", true),
    ("inbox, all", "conversations?filter=all", true),
    ("inbox, one domain", "conversations?filter=all&domain=shop3.example", true),
    ("inbox, a frequent word", "conversations?filter=all&q=j00n0", true),
    ("conversation", "conversations/{id}", true),
    ("conversation, messages", "conversations/{id}/messages?before=11", true),
    ("conversation, events", "conversations/{id}/events?after=0", true),
    ("history", "history", true),
    ("history, one domain", "history?domain=shop3.example", true),
    ("history, open", "history?status=open", true),
    ("history, closed", "history?status=closed", true),
    ("history, an operator", "history?operator={operator}", true),
    ("history, a tag", "history?tag=tag3", true),
    ("history, one star", "history?rating=1", true),
    ("history, unrated", "history?rating=none", true),
    ("history, two days", "history?from=2026-01-02&to=2026-01-03", true),
    ("search, a rare word", "history?q=j16n{rare}", true),
    ("search, in every one", "history?q=j00n0", true),
    ("search, in every second", "history?q=j01n0", true),
    ("search, two frequent words", "history?q=j00n0 j01n0", true),
    ("search, frequent and rare", "history?q=j00n0 j16n{rare}", true),
    ("search, a frequent beginning", "history?q=j0", true),
    ("search, a rare beginning", "history?q=j16n{rare_start}", true),
    ("search, frequent and a beginning", "history?q=j01n0 j02", true),
    ("search, two that never meet", "history?q=j01n0 j01n1", true),
    ("search, never met by a beginning", "history?q=j01n0 j00n0 zz", true),
    ("search, two of a hundred, never met", "history?q=j06n0 j06n1", true),
    ("search, a word and a tag", "history?q=j01n0&tag=tag3", true),
    ("search, a word in a small domain", "history?q=j02n1&domain=shop3.example", true),
    ("monitor, 30 days", "monitor?from=2026-01-02&to=2026-01-31", false),
    ("monitor, a year", "monitor?from=2026-01-01&to=2026-12-31", false),
];

#[tokio::main]
async fn main() {
    let large =
        std::env::var("THREADLINE_BENCH_CONVERSATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(LARGE);
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    compare("SQLite", large, [file("small.db"), file("large.db")]).await;
    match std::env::var("THREADLINE_TEST_POSTGRES_URL") {
        Ok(base) => {
            let (small, large_one) = (create(&base).await, create(&base).await);
            compare("PostgreSQL", large, [small.clone(), large_one.clone()]).await;
            drop_database(&base, &small).await;
            drop_database(&base, &large_one).await;
        }
        Err(_) => println!("PostgreSQL: not measured; run this under `cargo xtask postgres --`"),
    }
}

async fn create(base: &str) -> String {
    let name = format!("bench_{}", new_id::<uuid::Uuid>().simple());
    let mut server = sqlx::PgConnection::connect(base).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut server).await.unwrap();
    let mut url: url::Url = base.parse().unwrap();
    url.set_path(&name);
    url.into()
}

async fn drop_database(base: &str, url: &str) {
    let name = url.parse::<url::Url>().unwrap().path().trim_start_matches('/').to_owned();
    let mut server = sqlx::PgConnection::connect(base).await.unwrap();
    let text = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut server).await.unwrap();
}

async fn compare(name: &str, large: i64, urls: [String; 2]) {
    let [small_url, large_url] = urls;
    let small = measure(&small_url, SMALL).await;
    let start = Instant::now();
    let big = measure(&large_url, large).await;
    println!("{name}: {SMALL} and {large} conversations of 20 messages; {:.0} s in all", start.elapsed().as_secs_f64());
    println!("{:>36} {:>10} {:>10} {:>7}   shown", "", "small ms", "large ms", "ratio");
    for (((what, _, hoped), small), big) in QUESTIONS.iter().zip(small).zip(big) {
        let ratio = big.took.as_secs_f64() / small.took.as_secs_f64();
        let missed = *hoped && (ratio >= STEEPEST || big.took >= SLOWEST);
        let (fast, slow) = (small.took.as_secs_f64() * 1e3, big.took.as_secs_f64() * 1e3);
        let mark = if missed { "  !" } else { "" };
        println!("{what:>36} {fast:>10.2} {slow:>10.2} {ratio:>7.1}   {} / {}{mark}", small.shown, big.shown);
    }
}

/// How a question went.
struct Figure {
    /// The median.
    took: Duration,
    /// How many conversations the answer shows.
    shown: usize,
}

/// How each question goes.
async fn measure(url: &str, conversations: i64) -> Vec<Figure> {
    Store::open(url, Options::default()).await.unwrap().close().await;
    let hash = hex::encode(Sha256::digest(TOKEN.as_bytes()));
    let start = Instant::now();
    if url.starts_with("sqlite:") {
        fill::sqlite(url, conversations, &hash).await;
    } else {
        fill::postgres(url, conversations, &hash).await;
    }
    println!("filled with {conversations} conversations in {:.0} s", start.elapsed().as_secs_f64());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = Shutdown::new();
    let settings = settings(url, &address);
    let assets = threadline_web::Assets::embedded();
    let running = tokio::spawn(threadline::app::run(settings, listener, assets, shutdown.clone()));
    let http = reqwest::Client::new();
    let mut figures = Vec::new();
    for (what, path, _) in QUESTIONS {
        let url = format!("{address}/v1/inbox/{}", named(path, conversations));
        let (mut taken, mut shown) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let start = Instant::now();
            let answer = http.get(&url).header("cookie", format!("threadline_session={TOKEN}")).send().await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            taken.push(start.elapsed());
            assert_eq!(status, 200, "{what}: {text}");
            let answer: serde_json::Value = text.parse().unwrap();
            shown = answer["conversations"].as_array().map_or(0, Vec::len);
        }
        taken.sort_unstable();
        figures.push(Figure { took: taken.get(TIMES / 2).copied().unwrap_or_default(), shown });
    }
    shutdown.soft.cancel();
    running.await.unwrap().unwrap();
    figures
}

fn settings(url: &str, address: &str) -> Settings {
    let mut settings = Settings {
        database: Database { url: SecretString::from(url) },
        domains: (0..4).map(|n| Domain::named(&format!("shop{n}.example"))).collect(),
        ..Settings::default()
    };
    settings.server.public_url = Some(address.parse().unwrap());
    settings.limits.requests_per_address = Rate::new(1_000_000, 1_000_000);
    settings
}

/// A path with the ids and words of this database.
fn named(path: &str, conversations: i64) -> String {
    let middle = conversations / 2;
    // The word of the sixteenth band that the conversation in the middle holds.
    let rare = (middle * (2_654_435_761 + 16 * 15_838) / 32 % (1 << 16)).to_string();
    path.replace("{id}", &fill::id(Of::Conversation, middle).to_string())
        .replace("{operator}", &fill::id(Of::Operator, fill::LOOKS + 1).to_string())
        .replace("{rare_start}", rare.get(..rare.len().min(3)).unwrap_or(&rare))
        .replace("{rare}", &rare)
        .replace(' ', "%20")
}
