//! A domain as the inbox's head shows it.
//!
//! What lives here: its shape, with who is monitoring it. What must not: working out who that is.

use serde::Serialize;
use utoipa::ToSchema;

use super::people::OperatorBrief;

/// How visitors of a domain may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum InboxMode {
    /// In a live chat.
    LiveChat,
    /// With a form.
    Form,
}

/// Why a domain is online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum OnlineReason {
    /// An operator uses the inbox.
    Inbox,
    /// An operator is active on a platform.
    Platform,
    /// An operator said so.
    Said,
}

/// An operator who can answer now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Monitor {
    pub(in crate::http) operator: OperatorBrief,
    /// By what we know: `inbox`, `said`, or the kind of a connection.
    #[schema(examples("inbox"))]
    pub(in crate::http) how: String,
    #[schema(required = true, format = DateTime)]
    pub(in crate::http) since: Option<String>,
}

/// How many conversations there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub(in crate::http) struct InboxCounts {
    pub(in crate::http) open: i64,
    pub(in crate::http) unassigned: i64,
    /// In the asking operator's care.
    pub(in crate::http) mine: i64,
    /// Whose visitor waits for an answer.
    pub(in crate::http) waiting: i64,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct InboxDomain {
    pub(in crate::http) name: String,
    pub(in crate::http) mode: InboxMode,
    /// Whether an operator can answer now.
    pub(in crate::http) online: bool,
    /// Since when it has been so.
    #[schema(required = true, format = DateTime)]
    pub(in crate::http) since: Option<String>,
    /// Who can answer now.
    pub(in crate::http) monitoring: Vec<Monitor>,
    /// Why it is online; null while it isn't.
    #[schema(required = true)]
    pub(in crate::http) reason: Option<OnlineReason>,
    /// What visitors see while it is offline.
    pub(in crate::http) offline_text: String,
    /// Where its settings are shown.
    #[schema(examples("/admin#domain=shop.example"))]
    pub(in crate::http) settings_url: String,
    pub(in crate::http) counts: InboxCounts,
}

/// The asking operator's domains.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct InboxDomains {
    pub(in crate::http) domains: Vec<InboxDomain>,
}
