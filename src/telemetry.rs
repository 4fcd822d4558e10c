//! Logging: which lines are written, in which form, to standard error.
//!
//! What lives here: setting it up once. What must not: any message's text or any secret; crates that would show those
//! are held at `info` or silenced, whatever a filter says.

use std::io::IsTerminal;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::{Format, Log, SILENT_CRATES, WIRE_CRATES, read_filter};

/// Starts logging for the whole process. `RUST_LOG` wins over the settings' filter, when it can be read. A second call
/// changes nothing.
pub fn start(log: &Log) {
    let spoken = std::env::var(EnvFilter::DEFAULT_ENV).ok().filter(|given| !given.is_empty());
    let from_env = spoken.as_deref().map(read_filter);
    let unreadable = matches!(from_env, Some(None));
    // The settings' filter was read once already, when they were checked.
    let filter = from_env.flatten().or_else(|| read_filter(&log.filter)).unwrap_or_default();
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match log.format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    let registry = tracing_subscriber::registry().with(filter).with(lines.with_filter(filter_fn(harmless)));
    let started = registry.try_init().is_ok();
    if started && unreadable {
        tracing::warn!("RUST_LOG is not a filter; log.filter of the settings is used");
    }
}

/// Whether a line may be shown: not what a crate of the wire says about its bytes.
fn harmless(line: &Metadata<'_>) -> bool {
    let from = crate_of(line.target());
    let quiet = *line.level() <= LevelFilter::INFO || !WIRE_CRATES.contains(&from);
    quiet && !SILENT_CRATES.contains(&from)
}

/// The crate that a target begins with.
fn crate_of(target: &str) -> &str {
    target.split("::").next().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_belongs_to_its_crate() {
        assert_eq!(crate_of("hyper::proto::h1"), "hyper");
        assert_eq!(crate_of("hyper_util"), "hyper_util");
        assert_eq!(crate_of(""), "");
    }

    #[test]
    fn the_wire_is_quiet_whatever_the_filter_says() {
        use std::io::Write;
        use std::sync::{Arc, Mutex};

        #[derive(Clone, Default)]
        struct Kept(Arc<Mutex<Vec<u8>>>);
        impl Write for Kept {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        let kept = Kept::default();
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let all =
            tracing_subscriber::registry().with(EnvFilter::new("trace")).with(lines.with_filter(filter_fn(harmless)));
        tracing::subscriber::with_default(all, || {
            tracing::debug!(target: "tungstenite::protocol", "a frame");
            tracing::info!(target: "tungstenite::protocol", "a handshake");
            tracing::debug!(target: "threadline::worker", "a lane");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("a frame"), "{text}");
        assert!(text.contains("a handshake") && text.contains("a lane"), "{text}");
    }
}
