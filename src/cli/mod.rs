//! The command line: what a person can ask of the program.
//!
//! What lives here: the arguments, and one file a command. What must not: the work itself.
//!
//! Exit codes: 0 done, 1 something is wrong or failed (said on the terminal), 2 the command line itself is wrong, 130
//! stopped at once by a second signal.

mod check;
mod doctor;
mod invite;
mod listen;
mod openapi;
mod serve;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::app::AppError;
use crate::demo::DemoError;
use crate::settings::{Settings, SettingsErrors};

/// Live chat that a team answers from the chat it already uses.
#[derive(Debug, Parser)]
#[command(name = "threadline", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service until it is told to stop (ctrl-c)
    Serve {
        #[command(flatten)]
        config: Config,
        #[command(flatten)]
        pages: Pages,
    },
    /// Try everything in a browser, with a make-believe team chat and no account anywhere
    Demo {
        /// The port to listen on; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// The address to listen on
        #[arg(long, default_value = "127.0.0.1")]
        host: IpAddr,
        /// Keep the conversations in this folder, instead of in one that is removed at the end
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// More settings beside the demo's own, to try them: [[domain]] parts, [limits]
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
        #[command(flatten)]
        pages: Pages,
    },
    /// Read the settings and name every mistake with its fix; nothing is opened or called
    Check {
        #[command(flatten)]
        config: Config,
    },
    /// Ask every configured connection whether it works, and say exactly what is wrong
    Doctor {
        #[command(flatten)]
        config: Config,
    },
    /// Print a link that signs somebody in to the inbox; works while the service runs, and before it ever did
    Invite {
        /// The name that visitors see
        name: String,
        /// What they may do: `admin` or `operator`; somebody new is an operator
        #[arg(long, value_enum)]
        role: Option<invite::Role>,
        /// A domain that they see (may be given several times); without it somebody new sees all
        #[arg(long = "domain", value_name = "DOMAIN")]
        domains: Vec<String>,
        #[command(flatten)]
        config: Config,
    },
    /// Print the description of the HTTP API (OpenAPI, as JSON)
    Openapi,
}

/// Where the settings are.
#[derive(Debug, Args)]
struct Config {
    /// The settings file
    #[arg(long, value_name = "FILE", env = "THREADLINE_CONFIG", default_value = "threadline.toml")]
    config: PathBuf,
}

impl Config {
    fn load(&self) -> Result<Settings, SettingsErrors> {
        // A variable that is no text can't be one of ours.
        let env =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Settings::load(Some(&self.config), env)
    }
}

/// Where the widget and the pages come from.
#[derive(Debug, Args)]
struct Pages {
    /// Take the pages from this folder instead of from the program itself, for developing them
    #[arg(long, value_name = "DIR")]
    web_dir: Option<PathBuf>,
}

impl Pages {
    fn assets(self) -> Result<threadline_web::Assets, CliError> {
        match self.web_dir {
            None => Ok(threadline_web::Assets::embedded()),
            Some(folder) if folder.is_dir() => Ok(threadline_web::Assets::from_dir(folder)),
            Some(folder) => Err(CliError::NoPages(folder)),
        }
    }
}

/// Why a command failed, in a sentence for a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsErrors),
    /// The address to listen on can't be had.
    #[error(transparent)]
    Listen(#[from] listen::ListenError),
    /// The folder of `--web-dir` isn't there.
    #[error("there is no folder {}: build the pages with `npm run build` in web, and give --web-dir web/dist", .0.display())]
    NoPages(PathBuf),
    /// The system doesn't tell about signals.
    #[error("the system does not let this program listen for signals")]
    Signals(#[source] std::io::Error),
    /// The service ended with an error.
    #[error(transparent)]
    App(#[from] AppError),
    /// The demo ended with an error.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The output can't be written.
    #[error("the answer can't be written")]
    Output(#[source] std::io::Error),
}

/// Does what was asked.
///
/// # Errors
/// See [`CliError`]; the caller shows it and ends with code 1.
pub async fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command {
        Command::Serve { config, pages } => serve::serve(config.load()?, pages.assets()?).await,
        Command::Demo { port, host, data, settings, pages } => {
            serve::demo(host, port, data, settings, pages.assets()?).await
        }
        Command::Check { config } => check::check(&config.config, config.load()),
        Command::Doctor { config } => doctor::doctor(&config.load()?).await,
        Command::Invite { name, role, domains, config } => invite::invite(&config.load()?, name, role, domains).await,
        Command::Openapi => openapi::openapi(),
    }
}
