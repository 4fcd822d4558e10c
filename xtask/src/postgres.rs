//! A real PostgreSQL in a temporary folder, gone when the work is.
//!
//! The server runs under a small shell script (`postgres.sh`) that outlives us: it stops the server and removes the
//! folder as soon as our end of its standard input closes, so Ctrl-C and even `kill -9` clean up.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use tempfile::TempDir;

use crate::process::{command, output, succeed};
use crate::{scratch, tools};

/// Where tests look for the server: a URL of a role that may create databases.
pub(crate) const URL: &str = "THREADLINE_TEST_POSTGRES_URL";

const SCRIPT: &str = include_str!("postgres.sh");

/// Somebody else may take the port between our choosing it and the server's opening it.
const TRIES: u32 = 3;

#[derive(Args)]
pub(crate) struct Options {
    /// The command, and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    command: Vec<String>,
}

/// `cargo xtask postgres -- CMD…`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let server = Server::given_or_started(Fsync::Off)?;
    let (program, arguments) = options.command.split_first().context("no command given")?;
    let mut asked = if program == "cargo" { crate::process::cargo()? } else { command(program)? };
    let scratch = scratch::folder()?;
    asked.current_dir(std::env::current_dir()?).args(arguments).env(URL, server.url());
    succeed(asked.env("TMPDIR", scratch.path()))
}

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fsync {
    /// As in production: for figures.
    On,
    /// For tests, which need no database to survive a power cut.
    Off,
}

/// A PostgreSQL to test against. Dropping it stops the server if we started it.
pub(crate) struct Server {
    url: String,
    started: Option<Started>,
}

struct Started {
    watchdog: Child,
    /// Dropped after the server has stopped.
    _folder: TempDir,
}

impl Server {
    /// The server named by `THREADLINE_TEST_POSTGRES_URL`, else a new one.
    ///
    /// # Errors
    /// When PostgreSQL isn't installed, or doesn't start; its log's end is then on the terminal.
    pub(crate) fn given_or_started(fsync: Fsync) -> Result<Self> {
        match std::env::var(URL) {
            Ok(url) if !url.is_empty() => Ok(Self { url, started: None }),
            _ => Self::start(fsync),
        }
    }

    fn start(fsync: Fsync) -> Result<Self> {
        let bin = tools::postgres_bin()?;
        let mut tries = 1;
        loop {
            let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            match Started::new(&bin, port, fsync) {
                Ok(started) => {
                    let url = format!("postgres://threadline@127.0.0.1:{port}/postgres");
                    return Ok(Self { url, started: Some(started) });
                }
                Err(error) if tries == TRIES => return Err(error),
                Err(_) => tries += 1,
            }
        }
    }

    /// For the tests' environment.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether this is one of ours, which ends with us.
    pub(crate) fn is_temporary(&self) -> bool {
        self.started.is_some()
    }
}

impl Started {
    fn new(bin: &std::path::Path, port: u16, fsync: Fsync) -> Result<Self> {
        let runner = Runner::choose()?;
        let base = match (scratch::memory(), &runner) {
            (Some(memory), _) if fsync == Fsync::Off => memory,
            // Root's own temporary folder may be closed to the user that runs the server.
            (_, Some(_)) => "/tmp".into(),
            (_, None) => std::env::temp_dir(),
        };
        let folder = tempfile::Builder::new().prefix("threadline-pg-").tempdir_in(base)?;
        std::fs::write(folder.path().join("test.conf"), settings(port, fsync))?;

        let mut watchdog = Command::new("/bin/sh");
        watchdog.args(["-c", SCRIPT, "postgres.sh"]).arg(folder.path()).arg(bin).current_dir(folder.path());
        // A group of its own: the terminal's Ctrl-C must reach us and not the one who cleans up after us.
        watchdog.env("LC_ALL", "C").process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(runner) = runner {
            std::os::unix::fs::chown(folder.path(), Some(runner.uid), Some(runner.gid))?;
            watchdog.uid(runner.uid).gid(runner.gid);
        }
        let mut watchdog = watchdog.spawn().context("could not start /bin/sh")?;

        let mut line = String::new();
        let said = watchdog.stdout.take().map(BufReader::new).map(|mut out| out.read_line(&mut line)).transpose();
        let this = Self { watchdog, _folder: folder };
        said.context("lost the script that runs PostgreSQL")?;
        if line.trim() != "ready" {
            bail!("the temporary PostgreSQL did not start (programs in {})", bin.display());
        }
        Ok(this)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Closing our end is the whole signal; waiting keeps the folder until the server has left it.
        drop(self.watchdog.stdin.take());
        if let Err(error) = self.watchdog.wait() {
            eprintln!("xtask: could not wait for PostgreSQL to stop: {error}");
        }
    }
}

fn settings(port: u16, fsync: Fsync) -> String {
    let durable = if fsync == Fsync::On { "on" } else { "off" };
    format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nmax_connections = 300\n\
         shared_buffers = '64MB'\nfsync = {durable}\nfull_page_writes = {durable}\nsynchronous_commit = on\n\
         max_wal_size = '2GB'\ntimezone = 'UTC'\n"
    )
}

/// The ordinary user that runs the server when we are root, which PostgreSQL refuses to run as.
struct Runner {
    uid: u32,
    gid: u32,
}

impl Runner {
    /// `None` when we are an ordinary user ourselves.
    fn choose() -> Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Some(Self { uid, gid }));
            }
        }
        bail!("PostgreSQL can't run as root, and there is neither a user `postgres` nor `nobody` to run it as")
    }
}

fn id(which: &str, user: &str) -> Option<u32> {
    output(command("id").ok()?.args([which, user])).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_wait_for_the_disk() {
        assert!(settings(5, Fsync::Off).contains("\nfsync = off\n"));
        assert!(settings(5, Fsync::On).contains("\nfsync = on\n"));
        assert!(settings(54_321, Fsync::Off).contains("\nport = 54321\n"));
    }
}
