//! The program's beginning and end: the command line in, an exit code out.
//!
//! What lives here: the runtime and the last word to a person when something fails. What must not: anything else.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use threadline::cli::{self, Cli};

/// How long the end waits for threads that are still busy; what they leave undone is in the database.
const LAST_WAIT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let ended = runtime.block_on(cli::run(cli));
    runtime.shutdown_timeout(LAST_WAIT);
    ended.unwrap_or_else(|error| fail(&error))
}

/// Tells a person what went wrong, with what lies beneath it.
#[expect(clippy::print_stderr, reason = "the last word of a command-line program")]
fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("threadline: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
