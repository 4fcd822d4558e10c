//! An admin looks at what is configured.
//!
//! What lives here: each domain with its channels and all its settings as text. What must not: a secret.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::monitor::{ChannelHealth, channels};
use super::{DomainInfo, Service, ServiceError};

/// A domain as an admin sees it.
#[derive(Debug, Clone)]
pub struct DomainReport {
    /// The domain.
    pub info: Arc<DomainInfo>,
    /// Its channels, and whether they can be used.
    pub channels: Vec<ChannelHealth>,
    /// Its settings by their keys in the configuration file. Of secrets only whether there is one.
    pub settings: Vec<(String, String)>,
    /// What a website's pages need for the chat.
    pub embed: String,
}

/// Every domain, by name.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn list_domains(service: &Service) -> Result<Vec<DomainReport>, ServiceError> {
    let mut reports = Vec::new();
    for info in service.book.domains() {
        let channels = channels(service, &[info.id]).await?;
        let embed =
            format!("<script src=\"{}/widget.js\" data-domain=\"{}\" async></script>", service.book.home(), info.name);
        let settings = settings(&info);
        reports.push(DomainReport { info, channels, settings, embed });
    }
    Ok(reports)
}

fn settings(info: &DomainInfo) -> Vec<(String, String)> {
    const UNSET: &str = "not set";
    let or_unset = |text: Option<&str>| text.unwrap_or(UNSET).to_owned();
    let privacy = info.privacy.as_ref();
    let mut all: Vec<(String, String)> = [
        ("mode", word(info.mode)),
        ("language", info.language.map_or_else(|| "auto".to_owned(), |language| language.to_string())),
        ("greeting", or_unset(info.greeting.as_deref())),
        ("ask_name", word(info.ask.name)),
        ("ask_email", word(info.ask.email)),
        ("privacy_text", or_unset(privacy.and_then(|privacy| privacy.text.as_deref()))),
        ("privacy_url", or_unset(privacy.and_then(|privacy| privacy.url.as_deref()))),
        ("color", or_unset(info.look.color.as_deref())),
        ("corner", word(info.look.corner)),
        ("icon", word(info.look.icon)),
        ("keep_page_query", info.keep_page_query.to_string()),
        ("quiet_after", span(info.quiet_after)),
        ("identity_secret", if info.identity_secret.is_some() { "set" } else { UNSET }.to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    all.extend(info.texts.iter().map(|(key, text)| (format!("texts.{key}"), text.clone())));
    all
}

/// An enum's word, as the configuration file has it.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A time span, as the configuration file has it.
fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
