//! The program, run inside the test: the same `app::run` that `threadline serve` calls.
//!
//! What lives here: starting it on a free port and ending it in an orderly way. What must not: what it serves.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use secrecy::SecretString;
use threadline::app;
use threadline::settings::{Database as DatabaseSettings, Domain, Settings, SlackConnection};
use threadline::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::PATIENCE;
use super::database::Database;
use super::team::{BLOG, SHOP, Team};
use super::visitor::Visitor;

/// The program, running.
pub(crate) struct Program {
    /// Where it answers, without a slash at the end.
    pub(crate) url: String,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), app::AppError>>,
}

/// Two domains on two channels of one connection, `slack.acme`, over Socket Mode; limits that no test meets by accident.
pub(crate) fn settings(db: &Database, team: &Team) -> Settings {
    let mut settings = bare(db);
    settings.slack.insert("acme".into(), connection(team));
    settings.domains = vec![domain("shop.example", SHOP), domain("blog.example", BLOG)];
    settings.delivery.find_after = Duration::from_millis(200);
    settings
}

/// Two domains that no channel shows.
pub(crate) fn bare(db: &Database) -> Settings {
    Settings {
        database: DatabaseSettings { url: SecretString::from(db.url()) },
        domains: ["shop.example", "blog.example"].map(Domain::named).into(),
        ..Settings::default()
    }
}

/// A connection to the team's app over Socket Mode.
pub(crate) fn connection(team: &Team) -> SlackConnection {
    SlackConnection {
        bot_token: SecretString::from("xoxb-TLINE"),
        app_token: Some(SecretString::from("xapp-1-ATLINE")),
        signing_secret: None,
        api_url: team.slack.api_url().parse().unwrap(),
        operators: "members".into(),
        post_interval: Duration::from_millis(1),
        post_burst: 50,
    }
}

/// A domain on one channel of `slack.acme`.
pub(crate) fn domain(name: &str, channel: &str) -> Domain {
    let channels = vec![format!("slack.acme/{channel}").parse().unwrap()];
    Domain { origins: vec![format!("https://{name}")], channels, ..Domain::named(name) }
}

impl Program {
    /// Starts it with the usual settings.
    pub(crate) async fn start(db: &Database, team: &Team) -> Self {
        Self::with(settings(db, team)).await
    }

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
        team.slack.change_app(super::team::APP, change).unwrap();
        let program = Self::on(listener, settings).await;
        team.slack.verify_request_url(super::team::APP).await.unwrap();
        program
    }

    /// Starts it with these settings, and waits until it is heard: with a connection, until events arrive.
    pub(crate) async fn with(settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, settings).await
    }

    /// The same, on this listener.
    pub(crate) async fn on(listener: TcpListener, mut settings: Settings) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        settings.server.public_url = Some(url.parse().unwrap());
        let online = settings
            .domains
            .iter()
            .filter(|domain| !domain.channels.is_empty())
            .map(|domain| domain.name.clone())
            .next();
        let shutdown = Shutdown::new();
        let assets = threadline_web::Assets::embedded();
        let running = tokio::spawn(app::run(settings, listener, assets, shutdown.clone()));
        let program = Self { url, shutdown, running };
        if let Some(domain) = online {
            program.visitor(&domain).await.until_online().await;
        }
        program
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
