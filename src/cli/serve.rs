//! `threadline serve` and `threadline demo`: running until told to stop.
//!
//! What lives here: the order of a start and an end. What must not: what is served.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::{CliError, listen};
use crate::settings::{Log, Settings};
use crate::shutdown::Shutdown;
use crate::{app, demo, telemetry};

/// How long a hard stop waits for the parts to notice it.
const HARD_STOP: Duration = Duration::from_secs(1);
/// What a shell makes of a program that ended by ctrl-c.
const INTERRUPTED: u8 = 130;

pub(super) async fn serve(settings: Settings, assets: threadline_web::Assets) -> Result<ExitCode, CliError> {
    telemetry::start(&settings.log);
    for warning in settings.warnings() {
        tracing::warn!("{warning}");
    }
    let listener = listen::bind(settings.server.listen, "change server.listen").await?;
    let shutdown = Shutdown::on_signals().map_err(CliError::Signals)?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(server.listen = %address, "listening on http://{address}");
    }
    until_stopped(&shutdown, app::run(settings, listener, assets, shutdown.clone())).await
}

pub(super) async fn demo(
    host: IpAddr,
    port: u16,
    data: Option<PathBuf>,
    more: Option<PathBuf>,
    assets: threadline_web::Assets,
) -> Result<ExitCode, CliError> {
    telemetry::start(&Log { filter: "warn".to_owned(), ..Log::default() });
    let listener = listen::bind(SocketAddr::from((host, port)), "choose another --port or --host").await?;
    let shutdown = Shutdown::on_signals().map_err(CliError::Signals)?;
    until_stopped(&shutdown, demo::run(listener, assets, data, more.as_deref(), shutdown.clone())).await
}

/// Runs to the end, or until a hard stop has gone unheard for a moment.
async fn until_stopped<E: Into<CliError>>(
    shutdown: &Shutdown,
    running: impl Future<Output = Result<(), E>>,
) -> Result<ExitCode, CliError> {
    let cut_short = async {
        shutdown.hard.cancelled().await;
        tokio::time::sleep(HARD_STOP).await;
    };
    tokio::select! {
        ended = running => ended.map_err(Into::into)?,
        () = cut_short => {}
    }
    Ok(if shutdown.hard.is_cancelled() { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}
