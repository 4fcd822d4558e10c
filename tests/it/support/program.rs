//! The program, run inside the test: the same `app::run` that `threadline serve` calls.
//!
//! What lives here: starting it on a free port and ending it in an orderly way. What must not: what it serves.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use secrecy::SecretString;
use threadline::app;
use threadline::settings::{Database as DatabaseSettings, Domain, Rate, Settings};
use threadline::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::PATIENCE;
use super::database::Database;
use super::room::slack::APP;
use super::team::{BLOG, SHOP, Team};
use super::visitor::Visitor;

/// The program, running.
pub(crate) struct Program {
    /// Where it answers, without a slash at the end.
    pub(crate) url: String,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), app::AppError>>,
}

/// Two domains, each on a channel of every room of the team; limits that no test meets by accident.
pub(crate) fn settings(db: &Database, team: &Team) -> Settings {
    let mut settings = bare(db);
    for room in team.rooms() {
        room.connect(&mut settings);
    }
    settings.domains = [SHOP, BLOG].map(|at| domain(at.domain(), team.rooms().map(|room| room.channel(at)))).into();
    settings.delivery.find_after = Duration::from_millis(200);
    let plenty = Rate::new(1_000_000, 1_000_000);
    settings.limits.requests_per_address = plenty;
    settings.limits.messages_per_visitor = plenty;
    settings.limits.messages_per_address = plenty;
    settings
}

/// Sets how fast every connection writes.
pub(crate) fn pace(settings: &mut Settings, interval: Duration, burst: u32) {
    for connection in settings.slack.values_mut() {
        (connection.post_interval, connection.post_burst) = (interval, burst);
    }
    for connection in settings.discord.values_mut() {
        (connection.post_interval, connection.post_burst) = (interval, burst);
    }
}

/// Two domains that no channel shows.
pub(crate) fn bare(db: &Database) -> Settings {
    Settings {
        database: DatabaseSettings { url: SecretString::from(db.url()) },
        domains: ["shop.example", "blog.example"].map(Domain::named).into(),
        ..Settings::default()
    }
}

/// A domain on these channels.
pub(crate) fn domain(name: &str, channels: impl IntoIterator<Item = String>) -> Domain {
    let channels = channels.into_iter().map(|channel| channel.parse().unwrap()).collect();
    Domain { origins: vec![format!("https://{name}")], channels, ..Domain::named(name) }
}

impl Program {
    /// Starts it so that Slack calls it over HTTP, and saves its addresses in the app's settings as an admin would.
    pub(crate) async fn over_hooks(team: &Team, mut settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hooks = format!("http://{}/hooks/slack/acme", listener.local_addr().unwrap());
        for connection in settings.slack.values_mut() {
            connection.app_token = None;
            connection.signing_secret = Some(SecretString::from("secret-TLINE"));
        }
        let change = |app: &mut bridge_sandbox::slack::App| {
            app.socket_mode = false;
            app.event_url = Some(format!("{hooks}/events"));
            app.interaction_url = Some(format!("{hooks}/interactions"));
            app.command_url = Some(format!("{hooks}/commands"));
        };
        team.slack().change_app(APP, change).unwrap();
        let program = Self::on(listener, settings).await;
        team.slack().verify_request_url(APP).await.unwrap();
        program
    }

    /// Starts it with these settings, and waits until it is heard: with a connection, until events arrive.
    pub(crate) async fn with(settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, settings).await
    }

    /// The same, on this listener.
    pub(crate) async fn on(listener: TcpListener, settings: Settings) -> Self {
        let online = settings.domains.iter().find(|domain| !domain.channels.is_empty());
        let online = online.map(|domain| domain.name.clone());
        let program = Self::started(listener, settings);
        if let Some(domain) = online {
            program.visitor(&domain).await.until_online().await;
        }
        program
    }

    /// Starts it and waits for nothing: perhaps nobody of the team is there.
    pub(crate) async fn unattended(settings: Settings) -> Self {
        Self::started(TcpListener::bind("127.0.0.1:0").await.unwrap(), settings)
    }

    fn started(listener: TcpListener, mut settings: Settings) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        settings.server.public_url = Some(url.parse().unwrap());
        let shutdown = Shutdown::new();
        let assets = threadline_web::Assets::embedded();
        let running = tokio::spawn(app::run(settings, listener, assets, shutdown.clone()));
        Self { url, shutdown, running }
    }

    /// A visitor who arrives on a domain.
    pub(crate) async fn visitor(&self, domain: &str) -> Visitor {
        Visitor::arrive(&self.url, domain).await
    }

    /// Ends it softly, and waits until it has ended.
    pub(crate) async fn stop(self) {
        self.shutdown.soft.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.unwrap().unwrap().unwrap();
    }
}
