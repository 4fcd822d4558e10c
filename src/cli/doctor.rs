//! `threadline doctor`: does every connection work?
//!
//! What lives here: showing the findings. What must not: the looking (each bridge does that).

use std::process::ExitCode;

use bridge_core::Severity;

use super::CliError;
use crate::settings::Settings;
use crate::{app, telemetry};

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(super) async fn doctor(settings: &Settings) -> Result<ExitCode, CliError> {
    telemetry::start(&settings.log);
    for warning in settings.warnings() {
        println!("{:<8} settings: {warning}", word(Severity::Warning));
    }
    if !settings.has_connections() {
        println!("{:<8} connections: none is configured, so there is nothing to ask", word(Severity::Warning));
        return Ok(ExitCode::SUCCESS);
    }
    let findings = app::diagnose(settings).await;
    for finding in &findings {
        println!("{:<8} {}: {}", word(finding.severity), finding.subject, finding.message);
    }
    let broken = findings.iter().any(|finding| finding.severity == Severity::Broken);
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Fine => "fine",
        Severity::Warning => "warning",
        Severity::Broken => "broken",
    }
}
