//! The real program with a configuration of the test's own, and what it says on the terminal.
//!
//! What lives here: running it to its end, or until it says something. What must not: killing it for a fault (see
//! [`super::process`]).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its stand fails")]

use std::path::Path;
use std::process::{Output, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use super::PATIENCE;
use super::port::Port;

/// A running program.
pub(crate) struct Binary {
    /// Where it answers, without a slash at the end.
    pub(crate) url: String,
    /// Keeps it running; dropping it ends it.
    _child: Child,
    _port: Port,
    stderr: Lines<BufReader<ChildStderr>>,
    said: Vec<String>,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_threadline"));
    command.args(arguments).current_dir(folder).env_remove("THREADLINE_CONFIG").env_remove("RUST_LOG");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// A configuration on a port of its own with this database, and what else stands in `more`.
pub(crate) fn configure(folder: &Path, database: &str, more: &str) -> Port {
    let port = Port::take();
    let text = format!("server.listen = \"127.0.0.1:{}\"\n[database]\nurl = \"{database}\"\n{more}", port.number);
    std::fs::write(folder.join("threadline.toml"), text).unwrap();
    port
}

/// Runs it in a folder to its end.
pub(crate) async fn run(folder: &Path, arguments: &[&str]) -> Output {
    tokio::time::timeout(PATIENCE, command(folder, arguments).output()).await.unwrap().unwrap()
}

/// What it said on the terminal when it could not start, and its exit code. The log stands in the same place and is left
/// out: the last words begin with the program's name.
pub(crate) async fn last_words(folder: &Path) -> (String, Option<i32>) {
    let ran = run(folder, &["serve"]).await;
    let said = String::from_utf8(ran.stderr).unwrap();
    let at = said.find("threadline: ").unwrap_or_else(|| panic!("it said only {said:?}"));
    (said.split_at(at).1.to_owned(), ran.status.code())
}

impl Binary {
    /// Starts `threadline serve` in a folder that [`configure`] has prepared, and waits until it is ready.
    pub(crate) async fn serve(folder: &Path, port: Port) -> Self {
        let mut child = command(folder, &["serve"]).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = format!("http://127.0.0.1:{}", port.number);
        let mut binary = Self { url, _child: child, _port: port, stderr, said: Vec::new() };
        binary.until_said("listening on").await;
        let ready = reqwest::Client::new().get(format!("{}/readyz", binary.url)).send().await.unwrap();
        assert_eq!(ready.status(), 200);
        binary
    }

    /// Reads its log until a line holds these words, and gives the line.
    pub(crate) async fn until_said(&mut self, words: &str) -> String {
        loop {
            match tokio::time::timeout(PATIENCE, self.stderr.next_line()).await {
                Ok(Ok(Some(line))) => {
                    self.said.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                _ => panic!("it never said {words:?}, but {:#?}", self.said),
            }
        }
    }
}
