//! `cargo xtask test`: every test there is, in phases, each with one header line.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::postgres::{Fsync, Server, URL};
use crate::process::{cargo, root, succeed};
use crate::{doctests, npm, scratch, tools};

/// What every build of the tests is made with, so that all of them share one set of compiled crates.
const BUILD: [&str; 3] = ["--workspace", "--features", "threadline/failpoints"];

#[derive(Args)]
#[command(after_help = "With NEXTEST ARGS only the Rust tests run: `cargo xtask test house::` or \
                        `cargo xtask test -E 'package(bridge-slack)'`.")]
pub(crate) struct Options {
    /// The Rust tests only
    #[arg(long)]
    quick: bool,
    /// Handed to `cargo nextest run`: a part of a test's name, `-E EXPR`, `--no-capture`, …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "NEXTEST ARGS")]
    nextest: Vec<String>,
}

/// Runs the phases and says how many passed.
///
/// # Errors
/// At the first phase that fails: what follows would mostly repeat its complaint.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = root()?;
    let only_rust = options.quick || !options.nextest.is_empty();
    let browser = Some(root.join("tests/browser")).filter(|tests| !only_rust && tests.join("package.json").is_file());
    let mut phases = Phases::default();
    // All at the start: what is missing should not be told after ten minutes of tests.
    let chromium = phases.run("tools: cargo-nextest, a C compiler, Node, npm, Chromium", || {
        tools::c_compiler()?;
        tools::node()?;
        tools::nextest()?;
        browser.as_ref().map(|_| tools::chromium()).transpose()
    })?;
    let server = phases.run("PostgreSQL: a server for the tests", || Server::given_or_started(Fsync::Off))?;
    println!("   {} {}", if server.is_temporary() { "temporary," } else { "given by the environment," }, URL);
    let scratch = scratch::folder()?;
    phases.run("Rust tests on SQLite and PostgreSQL", || {
        let mut tests = cargo()?;
        tests.args(["nextest", "run"]).args(BUILD).args(&options.nextest);
        succeed(tests.env(URL, server.url()).env("TMPDIR", scratch.path()))
    })?;
    if only_rust {
        return phases.end();
    }
    if doctests::exist(&root)? {
        phases.run("doc tests", || {
            succeed(cargo()?.args(["test", "--quiet", "--doc"]).args(BUILD).env(URL, server.url()))
        })?;
    }
    let web = root.join("web");
    if web.join("package.json").is_file() {
        phases.run("front end: types, tests, sizes", || {
            npm::install(&web)?;
            succeed(npm::npm(&web)?.args(["run", "--silent", "check"]))
        })?;
    }
    if let Some((browser, chromium)) = browser.zip(chromium) {
        phases.run("browser tests in Chromium", || {
            let binary = threadline()?;
            npm::install(&browser)?;
            let mut test = npm::npm(&browser)?;
            test.args(["test"]).env("THREADLINE_BIN", binary).env("THREADLINE_CHROMIUM", chromium);
            succeed(test.env(URL, server.url()).env("TMPDIR", scratch.path()))
        })?;
    }
    phases.end()
}

/// The program as the tests use it, built when it isn't; `THREADLINE_BIN` names another one.
///
/// Asking for the integration tests' build, rather than the binary's own, reuses what the Rust tests compiled: with
/// `cargo build` the dependencies' features could differ, and then everything is compiled a second time.
pub(crate) fn threadline() -> Result<PathBuf> {
    if let Some(binary) = std::env::var_os("THREADLINE_BIN") {
        return Ok(binary.into());
    }
    let mut build = cargo()?;
    build.args(["test", "--no-run", "--test", "it", "--message-format", "json-render-diagnostics"]).args(BUILD);
    let told = build.stderr(Stdio::inherit()).output().context("could not start cargo")?;
    if !told.status.success() {
        bail!("building threadline failed: {}", told.status);
    }
    String::from_utf8_lossy(&told.stdout)
        .lines()
        .filter_map(executable)
        .next_back()
        .context("cargo built the tests and named no `threadline` program")
}

/// The path in cargo's message about our binary; `None` for a message about anything else.
fn executable(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let target = &message["target"];
    let ours = target["name"] == "threadline" && target["kind"][0] == "bin" && message["profile"]["test"] == false;
    message["executable"].as_str().filter(|_| ours).map(PathBuf::from)
}

#[derive(Default)]
struct Phases {
    passed: u32,
}

impl Phases {
    fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("== {name}");
        let begun = Instant::now();
        let done = work().with_context(|| format!("failed in \"{name}\" after {} phases passed", self.passed))?;
        println!("   done in {:.1} s", begun.elapsed().as_secs_f64());
        self.passed += 1;
        Ok(done)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the last line of a chore, which answers a Result")]
    fn end(&self) -> Result<()> {
        println!("{} phases passed", self.passed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let ours = r#"{"reason":"compiler-artifact","target":{"name":"threadline","kind":["bin"]},
                       "profile":{"test":false},"executable":"/t/debug/threadline"}"#;
        assert_eq!(executable(ours), Some(PathBuf::from("/t/debug/threadline")));
        let its_unit_tests = ours.replace("false", "true");
        assert_eq!(executable(&its_unit_tests), None);
        assert_eq!(executable(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(executable("not JSON"), None);
    }
}
