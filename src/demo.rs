//! `threadline demo`: the whole loop in a browser, with stand-ins in the place of the team chats.
//!
//! What lives here: the demo's settings, its data folder, and what it says on the terminal. What must not: behaviour that
//! the real service doesn't have, and which team chats there are (the sandbox's stage knows).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bridge_sandbox::stage::Stage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::app::{self, AppError};
use crate::settings::{Settings, SettingsErrors};
use crate::shutdown::Shutdown;

/// The name that the demo's page gives its widget.
const DOMAIN: &str = "shop.example";
/// How long the bridges have to close their sockets at the end, before the stage cuts them.
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
    /// The file with more settings can't be read.
    #[error("the settings file {} can't be read", .file.display())]
    More {
        /// Which one.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The settings don't fit the program.
    #[error(
        "the demo's settings can't be used: does the file with more of them hold only what the demo hasn't set itself?"
    )]
    Settings(#[from] SettingsErrors),
    /// The service ended with an error.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Runs the demo on this listener until `shutdown`. Without `data`, everything is forgotten at the end. `more` is a file of
/// settings that are put beside the demo's own: other domains, limits.
///
/// # Errors
/// See [`DemoError`].
pub async fn run(
    listener: TcpListener,
    assets: threadline_web::Assets,
    data: Option<PathBuf>,
    more: Option<&Path>,
    shutdown: Shutdown,
) -> Result<(), DemoError> {
    let more = more.map_or_else(|| Ok(String::new()), read)?;
    let bound = listener.local_addr().map_err(DemoError::Listener)?;
    let address = reachable(bound);
    let folder = Folder::open(data)?;
    let stage = Stage::new(&format!("http://{address}"));
    let settings = settings(bound, address, folder.path(), &stage)? + "\n" + &more;
    let settings = Settings::parse(&settings, std::iter::empty())?;
    app::tie(&settings, &stage.people()).await?;
    let router = stage.router();

    let (stopping, ending) = (shutdown.soft.clone(), stage.clone());
    shutdown.tasks.spawn(async move {
        stopping.cancelled().await;
        tokio::time::sleep(GOODBYE).await;
        ending.stop();
    });
    let serving = app::run_with(settings, listener, assets, shutdown, Some(router), true);
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = ready(address) => say(address, &folder, &stage),
    }
    Ok(serving.await?)
}

fn read(file: &Path) -> Result<String, DemoError> {
    std::fs::read_to_string(file).map_err(|source| DemoError::More { file: file.to_path_buf(), source })
}

/// The demo's settings file.
fn settings(bound: SocketAddr, address: SocketAddr, folder: &Path, stage: &Stage) -> Result<String, DemoError> {
    let port = bound.port();
    let own = format!("http://{address}");
    let origins =
        [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}"), format!("http://[::1]:{port}"), own];
    let database = folder.join("threadline.db");
    let database = database.to_str().ok_or_else(|| DemoError::Path(folder.to_path_buf()))?;
    Ok(format!(
        "[server]\nlisten = \"{bound}\"\npublic_url = \"http://{address}\"\n\n[database]\nurl = {}\n\n{}\n\
         [[domain]]\nname = \"{DOMAIN}\"\norigins = {}\nchannels = {}\n",
        quoted(&format!("sqlite:{database}")),
        stage.settings(),
        list(&origins),
        list(&stage.channels()),
    ))
}

/// A text as TOML writes it, whatever is in it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    toml::Value::from(texts.to_vec()).to_string()
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
fn say(address: SocketAddr, folder: &Folder, stage: &Stage) {
    println!("Open http://{address}/demo");
    println!();
    println!(
        "On the left a shop's page with the chat widget, beside it the team's chats, which mirror each other: write as"
    );
    println!("the visitor, answer as one of the team. The team chats are stand-ins; nothing leaves this computer.");
    println!();
    for room in stage.rooms() {
        println!("{:<9}http://{address}{}", room.title, room.path);
        println!("{:<9}{}", "", room.hint);
    }
    println!("{:<9}http://{address}/demo/inbox", "Inbox");
    println!("{:<9}The same conversations as a page of their own; signs you in as the demo's admin.", "");
    println!();
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
