//! The program as a process of its own, so that it can be killed.
//!
//! What lives here: its configuration file, starting it, and noticing its death. What must not: what it serves.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]
#![expect(clippy::print_stderr, reason = "the program's log belongs into a failed test's output")]

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};

use super::PATIENCE;
use super::database::Database;
use super::port::Port;
use super::team::{BLOG, Place, Room, SHOP, Team};

/// A program that can be killed and started again on the same database and port.
pub(crate) struct Process {
    /// Where it answers, without a slash at the end; the same after every start.
    pub(crate) url: String,
    config: PathBuf,
    /// Its own, between two starts too.
    _port: Port,
    child: Option<Child>,
    /// How much it logs, as `RUST_LOG` has it.
    pub(crate) log: &'static str,
    said: watch::Sender<String>,
}

impl Process {
    /// Writes its configuration; nothing is started yet.
    pub(crate) fn prepare(db: &Database, team: &Team) -> Self {
        let port = Port::take();
        let number = port.number;
        let url = format!("http://127.0.0.1:{number}");
        let config = db.folder().join("threadline.toml");
        let sections: String = team.rooms().map(Room::section).collect();
        let domain = |at: Place| {
            let channels: Vec<String> = team.rooms().map(|room| room.channel(at)).collect();
            format!("[[domain]]\nname = {:?}\nchannels = {channels:?}\n", at.domain())
        };
        let domains = [SHOP, BLOG].map(domain).concat();
        let text = format!(
            r#"
            [server]
            listen = "127.0.0.1:{number}"
            public_url = "{url}"
            [database]
            url = "{database}"
            [delivery]
            find_after = "200ms"
            {sections}
            {domains}
            "#,
            database = db.url(),
        );
        std::fs::write(&config, text).unwrap();
        Self { url, config, _port: port, child: None, log: "info", said: watch::Sender::default() }
    }

    /// Starts it; `failpoints` is what the variable `FAILPOINTS` shall hold (see `src/failpoint.rs`).
    pub(crate) async fn start(&mut self, failpoints: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_threadline"));
        command.arg("serve").arg("--config").arg(&self.config).env("FAILPOINTS", failpoints).env("RUST_LOG", self.log);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        self.child = Some(child);
        let (listening, heard) = oneshot::channel();
        let mut listening = Some(listening);
        let said = self.said.clone();
        // The log is read to its end, or the program would wait for somebody to read it.
        tokio::spawn(async move {
            while let Ok(Some(line)) = log.next_line().await {
                eprintln!("{line}");
                said.send_modify(|said| said.extend([line.as_str(), "\n"]));
                if line.contains("listening on")
                    && let Some(listening) = listening.take()
                {
                    let _ = listening.send(());
                }
            }
        });
        tokio::time::timeout(PATIENCE, heard).await.unwrap().unwrap();
    }

    /// Everything that it has logged so far.
    pub(crate) fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// Waits until its log holds these words.
    pub(crate) async fn until_said(&self, words: &str) {
        let mut said = self.said.subscribe();
        let heard = said.wait_for(|said| said.contains(words));
        assert!(tokio::time::timeout(PATIENCE, heard).await.is_ok(), "it never said {words:?}");
    }

    /// Waits until it has died by itself.
    pub(crate) async fn death(&mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap()
    }

    /// Kills it with SIGKILL.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }
}
