//! `[log]`: what is logged, and in which form.
//!
//! What lives here: that section. What must not: the logging itself.

use tracing_subscriber::EnvFilter;

use super::mistake::Wrong;
use super::read::{Section, text, word};

/// Crates that show what goes over the wire, tokens and messages included, below `info`. They are kept at `info`, whatever
/// a filter says, as no log may hold a secret or a visitor's words.
pub const WIRE_CRATES: [&str; 8] =
    ["tungstenite", "tokio_tungstenite", "hyper", "hyper_util", "reqwest", "rustls", "h2", "sqlx"];

/// Crates that show secrets at every level (the address of a Slack socket holds its ticket; serenity writes whole requests
/// and events, people's words included, into its spans). They say nothing; what they have to tell comes through the bridge.
pub const SILENT_CRATES: [&str; 2] = ["slack_morphism", "serenity"];

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Directives as `tracing-subscriber` has them: `info`, `info,threadline::worker=debug`. `RUST_LOG` wins over it.
    pub filter: String,
    /// The form of a line.
    pub format: Format,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: Format::Text }
    }
}

impl Log {
    pub(super) fn read(section: Section<'_>) -> Self {
        let default = Self::default();
        let log = Self {
            filter: section.value("filter", default.filter, |node| {
                let given = text(node)?;
                if given.is_empty() || read_filter(given).is_none() {
                    let fix = "write a level (error, warn, info, debug, trace), or \"info,threadline::worker=debug\"";
                    return Err(Wrong::new(format!("`{given}` is not a filter"), fix));
                }
                Ok(given.to_owned())
            }),
            format: section
                .value("format", default.format, |node| word(node, &[("text", Format::Text), ("json", Format::Json)])),
        };
        section.finish();
        log
    }
}

/// Reads a filter; `None` where it is none. A filter holds names of crates and levels, all of them plain ASCII; with other
/// letters tracing-subscriber 0.3 panics instead of refusing them.
pub(crate) fn read_filter(text: &str) -> Option<EnvFilter> {
    if !text.is_ascii() {
        return None;
    }
    EnvFilter::try_new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_filter_is_refused_and_never_a_panic() {
        assert!(read_filter("info,threadline=debug").is_some());
        for wrong in ["a=b=c", " X\u{a668}y\u{c4}=", "\u{c4}=", "threadline=loud"] {
            assert!(read_filter(wrong).is_none(), "{wrong}");
        }
    }
}
