//! `threadline openapi`: the description of the HTTP API.
//!
//! What lives here: printing it. What must not: the description (the handlers describe themselves).

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use super::CliError;
use crate::app;

pub(super) fn openapi() -> Result<ExitCode, CliError> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &app::openapi())
        .map_err(std::io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .or_else(|error| match error.kind() {
            // Whoever reads has read enough (`threadline openapi | head`).
            ErrorKind::BrokenPipe => Ok(()),
            _ => Err(CliError::Output(error)),
        })?;
    Ok(ExitCode::SUCCESS)
}
