//! One conversation with everything around it.
//!
//! What lives here: its shape. What must not: messages and events (those have their own file).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::widget::view::{ConversationStatus, rfc_3339};
use super::message::InboxMessage;
use super::people::{OperatorBrief, VisitorDetail};
use super::summary::{Summary, status};
use crate::model::{self, LinkState};
use crate::service::inbox_view as seen;

/// The page that the visitor looks at, or wrote from last. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct VisitorPage {
    /// Its address: http or https.
    url: String,
    title: String,
    #[schema(required = true)]
    referrer: Option<String>,
}

impl From<model::Page> for VisitorPage {
    fn from(page: model::Page) -> Self {
        Self { url: page.url, title: page.title, referrer: page.referrer }
    }
}

/// The visitor's browser. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct VisitorClient {
    /// The browser and the system it runs on.
    #[schema(required = true)]
    browser: Option<String>,
    /// Its first language, as a BCP 47 tag.
    #[schema(required = true)]
    language: Option<String>,
    /// Its time zone, by its IANA name.
    #[schema(required = true)]
    time_zone: Option<String>,
}

impl From<model::Client> for VisitorClient {
    fn from(client: model::Client) -> Self {
        Self { browser: client.browser, language: client.language, time_zone: client.time_zone }
    }
}

/// Whether a thread is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ThreadState {
    /// It is to be opened.
    Opening,
    /// It is there.
    Open,
    /// It is gone.
    Gone,
}

/// A thread of a conversation on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Thread {
    /// The connection, `KIND.NAME`.
    connection: String,
    /// The connection's kind.
    platform: String,
    /// The platform's id of the channel.
    channel: String,
    /// Where it opens in a browser.
    #[schema(required = true)]
    url: Option<String>,
    state: ThreadState,
    /// Why its channel can't be used now.
    #[schema(required = true)]
    broken: Option<String>,
}

impl From<seen::ThreadView> for Thread {
    fn from(view: seen::ThreadView) -> Self {
        Self {
            connection: view.place.connection,
            platform: view.place.platform,
            channel: view.place.channel,
            url: view.url,
            state: match view.state {
                LinkState::Opening => ThreadState::Opening,
                LinkState::Open => ThreadState::Open,
                LinkState::Gone => ThreadState::Gone,
            },
            broken: view.broken,
        }
    }
}

/// A conversation that the same visitor had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Earlier {
    id: Uuid,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(required = true, format = DateTime)]
    closed_at: Option<String>,
    status: ConversationStatus,
    /// Its last words.
    #[schema(required = true)]
    preview: Option<String>,
    /// The visitor's stars.
    #[schema(required = true)]
    rating: Option<i64>,
}

impl From<seen::EarlierView> for Earlier {
    fn from(view: seen::EarlierView) -> Self {
        Self {
            id: view.id.into(),
            opened_at: rfc_3339(view.opened_at),
            closed_at: view.closed_at.map(rfc_3339),
            status: status(view.status),
            preview: view.preview,
            rating: view.rating.map(|rating| rating.stars),
        }
    }
}

/// Whether somebody wrote down what remains to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum FollowUp {
    /// There is a note or a tag since the conversation was last opened.
    Recorded,
    /// There is none.
    None,
    /// It can't be said.
    Unknown,
}

/// What to look at before closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Checks {
    visitor_has_last_word: bool,
    /// How many pieces of work a platform refused.
    undelivered: i64,
    /// Other operators who have it open, or wrote in it of late.
    others_active: Vec<OperatorBrief>,
    follow_up: FollowUp,
}

impl From<seen::ChecksView> for Checks {
    fn from(view: seen::ChecksView) -> Self {
        Self {
            visitor_has_last_word: view.visitor_has_last_word,
            undelivered: view.undelivered,
            others_active: view.others_active.into_iter().map(Into::into).collect(),
            follow_up: match view.follow_up {
                seen::FollowUp::Recorded => FollowUp::Recorded,
                seen::FollowUp::None => FollowUp::None,
                seen::FollowUp::Unknown => FollowUp::Unknown,
            },
        }
    }
}

/// How far a conversation was read, each a message's `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct ReadMarks {
    /// By the asking operator.
    mine: i64,
    /// By the visitor.
    visitor: i64,
}

impl From<seen::ReadMarks> for ReadMarks {
    fn from(marks: seen::ReadMarks) -> Self {
        Self { mine: marks.mine, visitor: marks.visitor }
    }
}

/// What the visitor thinks of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct GivenRating {
    #[schema(minimum = 1, maximum = 5)]
    stars: i64,
    /// Untrusted text.
    #[schema(required = true)]
    comment: Option<String>,
    #[schema(format = DateTime)]
    at: String,
}

impl From<model::Rating> for GivenRating {
    fn from(rating: model::Rating) -> Self {
        Self { stars: rating.stars, comment: rating.comment, at: rfc_3339(rating.at) }
    }
}

/// One conversation with everything around it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Detail {
    conversation: Summary,
    visitor: VisitorDetail,
    #[schema(required = true)]
    page: Option<VisitorPage>,
    #[schema(required = true)]
    client: Option<VisitorClient>,
    /// Its threads on platforms.
    threads: Vec<Thread>,
    /// What the visitor had before; newest first, at most 20.
    earlier: Vec<Earlier>,
    checks: Checks,
    /// The latest 50, oldest first.
    messages: Vec<InboxMessage>,
    /// Whether there are older ones.
    more_before: bool,
    /// Where the stream of events goes on.
    after: i64,
    read: ReadMarks,
    #[schema(required = true)]
    rating: Option<GivenRating>,
}

impl From<seen::DetailView> for Detail {
    fn from(view: seen::DetailView) -> Self {
        let it = &view.summary.conversation;
        Self {
            visitor: VisitorDetail::new(&view.summary.visitor, view.visitor_online),
            page: it.page.clone().map(Into::into),
            client: it.client.clone().map(Into::into),
            threads: view.threads.into_iter().map(Into::into).collect(),
            earlier: view.earlier.into_iter().map(Into::into).collect(),
            checks: view.checks.into(),
            messages: view.messages.into_iter().map(Into::into).collect(),
            more_before: view.more_before,
            after: view.after,
            read: view.read.into(),
            rating: it.rating.clone().map(Into::into),
            conversation: view.summary.into(),
        }
    }
}
