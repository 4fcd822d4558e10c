//! `threadline check`: are the settings right? Nothing is opened, bound or called.
//!
//! What lives here: showing the answer. What must not: the rules (see settings).

use std::path::Path;
use std::process::ExitCode;

use super::CliError;
use crate::settings::{Settings, SettingsErrors};

#[expect(clippy::print_stdout, reason = "the answer of a command")]
#[expect(clippy::unnecessary_wraps, reason = "every command answers alike")]
pub(super) fn check(file: &Path, settings: Result<Settings, SettingsErrors>) -> Result<ExitCode, CliError> {
    match settings {
        Ok(settings) => {
            println!("{} is fine", file.display());
            for warning in settings.warnings() {
                println!("  warning: {warning}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(errors) => {
            print!("{errors}");
            Ok(ExitCode::FAILURE)
        }
    }
}
