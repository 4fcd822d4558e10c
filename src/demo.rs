//! `threadline demo`: the whole loop in a browser, with Slack's sandbox in the place of Slack.
//!
//! What lives here: the demo's settings, its data folder, and what it says on the terminal. What must not: behaviour that
//! the real service doesn't have.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use bridge_sandbox::slack::{Rates, Seed, SlackOptions, SlackSandbox};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::app::{self, AppError};
use crate::settings::{Database, Domain, Settings, SlackConnection};
use crate::shutdown::Shutdown;

/// The name that the demo's page gives its widget.
const DOMAIN: &str = "shop.example";
/// Where the sandbox is; the demo's page shows it there.
const SANDBOX: &str = "/sandbox/slack";
/// The seed's app and channel.
const BOT_TOKEN: &str = "xoxb-TLINE";
const APP_TOKEN: &str = "xapp-1-ATLINE";
const CHANNEL: &str = "slack.demo/C0SHOP";
/// Slack's limits hold here too, but loosely: one person who tries things out should never meet them.
const POSTS_PER_SECOND: u32 = 4;
const POST_BURST: u32 = 20;
/// How long the bridge has to close its sockets at the end, before the sandbox cuts them.
const GOODBYE: Duration = Duration::from_millis(300);

/// Why the demo ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The folder for the data can't be made.
    #[error("the folder {} can't be made", .folder.display())]
    Folder {
        /// Which one.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder's path can't stand in a database's address.
    #[error("the path {} is not UTF-8: choose another --data", .0.display())]
    Path(PathBuf),
    /// The listener has no address.
    #[error("the listener has no address")]
    Listener(#[source] io::Error),
    /// The demo's own settings don't fit the program.
    #[error("the demo's channel can't be read")]
    Channel(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The demo's own address is no web address.
    #[error("the demo's address can't be read")]
    Address(#[from] url::ParseError),
    /// The service ended with an error.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Runs the demo on this listener until `shutdown`. Without `data`, everything is forgotten at the end.
///
/// # Errors
/// See [`DemoError`].
pub async fn run(
    listener: TcpListener,
    assets: threadline_web::Assets,
    data: Option<PathBuf>,
    shutdown: Shutdown,
) -> Result<(), DemoError> {
    let bound = listener.local_addr().map_err(DemoError::Listener)?;
    let address = reachable(bound);
    let folder = Folder::open(data)?;
    let sandbox = sandbox(address);
    let settings = settings(bound, address, folder.path(), &sandbox)?;
    let router = Router::new().nest_service(SANDBOX, sandbox.router());

    let (stopping, slack) = (shutdown.soft.clone(), sandbox.clone());
    shutdown.tasks.spawn(async move {
        stopping.cancelled().await;
        tokio::time::sleep(GOODBYE).await;
        slack.stop();
    });
    let serving = app::run_with(settings, listener, assets, shutdown, Some(router), true);
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = ready(address) => say(address, &folder),
    }
    Ok(serving.await?)
}

fn sandbox(address: SocketAddr) -> SlackSandbox {
    let rates =
        Rates { posts_per_second: f64::from(POSTS_PER_SECOND), post_burst: f64::from(POST_BURST), ..Rates::slack() };
    let options =
        SlackOptions { base_url: format!("http://{address}{SANDBOX}"), rates, ..SlackOptions::seeded(Seed::demo()) };
    SlackSandbox::new(options)
}

fn settings(
    bound: SocketAddr,
    address: SocketAddr,
    folder: &Path,
    sandbox: &SlackSandbox,
) -> Result<Settings, DemoError> {
    let slack = SlackConnection {
        bot_token: SecretString::from(BOT_TOKEN),
        app_token: Some(SecretString::from(APP_TOKEN)),
        signing_secret: None,
        api_url: sandbox.api_url().parse()?,
        operators: "members".to_owned(),
        post_interval: Duration::from_secs(1) / POSTS_PER_SECOND,
        post_burst: POST_BURST / 2,
    };
    let port = bound.port();
    let mut settings = Settings::default();
    settings.server.listen = bound;
    settings.server.public_url = Some(format!("http://{address}").parse()?);
    settings.database = Database { url: database_url(folder)? };
    settings.slack.insert("demo".to_owned(), slack);
    settings.domains.push(Domain {
        origins: vec![
            format!("http://localhost:{port}"),
            format!("http://127.0.0.1:{port}"),
            format!("http://[::1]:{port}"),
            format!("http://{address}"),
        ],
        channels: vec![CHANNEL.parse().map_err(|error| DemoError::Channel(Box::new(error)))?],
        ..Domain::named(DOMAIN)
    });
    Ok(settings)
}

/// The address of the database in that folder.
fn database_url(folder: &Path) -> Result<SecretString, DemoError> {
    let file = folder.join("threadline.db");
    let path = file.to_str().ok_or_else(|| DemoError::Path(folder.to_path_buf()))?;
    Ok(SecretString::from(format!("sqlite:{path}")))
}

/// Where a browser on this machine reaches the listener.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Where the data is.
enum Folder {
    Kept(PathBuf),
    /// Removed when dropped.
    Passing(tempfile::TempDir),
}

impl Folder {
    fn open(data: Option<PathBuf>) -> Result<Self, DemoError> {
        let Some(folder) = data else {
            let made = tempfile::Builder::new().prefix("threadline-demo-").tempdir();
            return made
                .map(Self::Passing)
                .map_err(|source| DemoError::Folder { folder: std::env::temp_dir(), source });
        };
        std::fs::create_dir_all(&folder).map_err(|source| DemoError::Folder { folder: folder.clone(), source })?;
        Ok(Self::Kept(folder))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Passing(folder) => folder.path(),
        }
    }
}

/// Waits until the service says that it is ready.
async fn ready(address: SocketAddr) {
    while !matches!(ask_ready(address).await, Ok(true)) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One plain request; a whole HTTP client would be a lot for one line.
async fn ask_ready(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    Ok(status == *b"HTTP/1.1 200")
}

#[expect(clippy::print_stdout, reason = "the demo talks to the person who started it")]
fn say(address: SocketAddr, folder: &Folder) {
    println!("Open http://{address}/demo");
    println!();
    println!("On the left a shop's page with the chat widget, on the right the team's chat: write as the visitor,");
    println!("answer as one of the team. The team chat is a stand-in; nothing leaves this computer.");
    match folder {
        Folder::Kept(folder) => println!("Conversations are kept in {}. Press ctrl-c to stop.", folder.display()),
        Folder::Passing(folder) => {
            println!("Conversations are in {} until you press ctrl-c.", folder.path().display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_one_that_a_browser_can_open() {
        for (bound, shown) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("192.0.2.7:8080", "192.0.2.7:8080"),
        ] {
            assert_eq!(reachable(bound.parse().unwrap()).to_string(), shown);
        }
    }
}
