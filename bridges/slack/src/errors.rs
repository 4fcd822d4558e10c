//! Slack's error codes, sorted into what must be done about them.
//!
//! What lives here: [`Failure`], and the one table of codes with their reasons and fixes in plain English. What must
//! not: making a call.

use std::time::Duration;

use bridge_core::{BridgeError, Scope};

/// How long to wait where Slack says "too fast" without saying for how long.
const UNSAID_WAIT: Duration = Duration::from_secs(5);

/// Slack said no, with a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Which method was called.
    pub(crate) method: String,
    /// Slack's code, such as `channel_not_found`.
    pub(crate) code: String,
    /// The scope that Slack misses, where that is the reason.
    pub(crate) needed: Option<String>,
    /// Slack's further words on what is wrong with the request; they name our fields, never a visitor's text.
    pub(crate) details: Vec<String>,
}

/// Why a call has no answer to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Slack said no; some callers know what a code means to them.
    Refused(Refusal),
    /// Anything else, sorted already.
    Other(BridgeError),
}

impl Failure {
    /// Slack's code, if it was Slack that said no.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            Self::Other(_) => None,
        }
    }
}

impl From<Failure> for BridgeError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => sort(&refusal),
            Failure::Other(error) => error,
        }
    }
}

fn sort(refusal: &Refusal) -> BridgeError {
    let code = refusal.code.as_str();
    let with_code = |why: &str| format!("{why} (Slack: {code})");
    if let Some(why) = unauthorized(refusal) {
        return BridgeError::Unauthorized { why: with_code(&why) };
    }
    if let Some(why) = channel_broken(code) {
        return BridgeError::ChannelBroken { why: with_code(why) };
    }
    match code {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => {
            BridgeError::RateLimited { after: UNSAID_WAIT, scope: Scope::Channel }
        }
        "thread_not_found" | "message_not_found" | "cannot_reply_to_message" => BridgeError::ThreadGone,
        // Slack's own words: something went wrong, "it's possible some aspect of the operation succeeded".
        "fatal_error" | "internal_error" => BridgeError::Ambiguous { why: with_code("Slack failed") },
        // Refused at the door, so nothing was applied.
        "service_unavailable" | "request_timeout" | "accesslimited" | "team_added_to_org" => {
            BridgeError::Transient { why: with_code("Slack can't take it now") }
        }
        _ => {
            let why = with_code(rejected(code));
            let details = refusal.details.join("; ");
            BridgeError::Rejected { why: if details.is_empty() { why } else { format!("{why}: {details}") } }
        }
    }
}

fn unauthorized(refusal: &Refusal) -> Option<String> {
    Some(match refusal.code.as_str() {
        "missing_scope" => {
            let scope =
                refusal.needed.as_deref().map_or_else(|| "a scope".to_owned(), |scope| format!("the scope {scope}"));
            format!(
                "the app misses {scope} for {}; add it under OAuth & Permissions and install the app again",
                refusal.method
            )
        }
        "invalid_auth" | "not_authed" => {
            "Slack doesn't know the token; copy it again from the app's settings".to_owned()
        }
        "token_revoked" | "token_expired" => {
            "the token was taken back; install the app again and use the new token".to_owned()
        }
        "account_inactive" => "the app was removed from the workspace; install it again".to_owned(),
        "not_allowed_token_type" | "no_permission" => format!(
            "the token is of a kind that may not call {}; use xoxb-… as bot token and xapp-… as app token",
            refusal.method
        ),
        "link_disabled" => {
            "Socket Mode is switched off; switch it on in the app's settings, or use HTTP hooks".to_owned()
        }
        "access_denied"
        | "ekm_access_denied"
        | "team_access_not_granted"
        | "org_login_required"
        | "two_factor_setup_required"
        | "enterprise_is_restricted"
        | "team_not_found" => "the workspace doesn't let the app in; ask an admin of the workspace".to_owned(),
        _ => return None,
    })
}

const fn channel_broken(code: &str) -> Option<&'static str> {
    // A `const fn` can't match strings in a slice, so the table is a match.
    Some(match code.as_bytes() {
        b"channel_not_found" => {
            "the channel doesn't exist or the bot can't see it; check its id, and invite the bot with /invite"
        }
        b"not_in_channel" => "the bot isn't in the channel; invite it there with /invite",
        b"is_archived" => "the channel is archived; unarchive it, or map the domain to another channel",
        b"is_inactive" => "the channel is archived or frozen; unarchive it, or ask an admin of the workspace",
        b"restricted_action"
        | b"restricted_action_read_only_channel"
        | b"posting_to_general_channel_denied"
        | b"restricted_action_non_threadable_channel"
        | b"restricted_action_thread_only_channel" => {
            "the workspace's rules don't let the bot post there; an admin must allow it in the channel's settings"
        }
        b"method_not_supported_for_channel_type" | b"channel_type_not_supported" => {
            "this kind of channel can't be used; map the domain to an ordinary public or private channel"
        }
        _ => return None,
    })
}

const fn rejected(code: &str) -> &'static str {
    match code.as_bytes() {
        b"msg_too_long" | b"msg_blocks_too_long" => "the message is too long",
        b"no_text" => "the message is empty",
        b"invalid_blocks" | b"invalid_blocks_format" | b"too_many_attachments" => "the message's shape is not accepted",
        b"edit_window_closed" | b"cant_update_message" => "the message can't be edited any more",
        b"cant_delete_message" => "the message can't be deleted",
        b"restricted_action_thread_locked" => "the thread is locked",
        b"user_not_in_channel" | b"user_not_found" => "the person isn't in the channel",
        b"metadata_too_large" | b"invalid_metadata_format" | b"invalid_metadata_schema" => {
            "the message's metadata is not accepted"
        }
        _ => "it is not accepted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(code: &str) -> BridgeError {
        Failure::Refused(Refusal {
            method: "chat.postMessage".into(),
            code: code.into(),
            needed: Some("chat:write".into()),
            details: vec![],
        })
        .into()
    }

    #[test]
    fn every_kind_of_code_is_sorted_with_its_fix() {
        insta::assert_snapshot!(
            [
                "missing_scope",
                "invalid_auth",
                "token_revoked",
                "account_inactive",
                "not_allowed_token_type",
                "link_disabled",
                "channel_not_found",
                "not_in_channel",
                "is_archived",
                "restricted_action",
                "thread_not_found",
                "message_not_found",
                "msg_too_long",
                "no_text",
                "invalid_blocks",
                "edit_window_closed",
                "ratelimited",
                "internal_error",
                "service_unavailable",
                "a_code_of_tomorrow",
            ]
            .map(|code| format!("{code}: {:?}", sorted(code)))
            .join("\n")
        );
    }
}
