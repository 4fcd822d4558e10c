//! Discord's error codes, sorted into what must be done about them.
//!
//! What lives here: [`Failure`], and the one table of codes with their reasons and fixes in plain English. What must not:
//! making a call.

use std::fmt::Write as _;

use bridge_core::{BridgeError, Scope};
use serde_json::Value;

/// Discord's codes that callers look for, <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>.
pub(crate) mod code {
    pub(crate) const UNKNOWN_CHANNEL: i64 = 10_003;
    pub(crate) const UNKNOWN_GUILD: i64 = 10_004;
    pub(crate) const UNKNOWN_MEMBER: i64 = 10_007;
    pub(crate) const UNKNOWN_MESSAGE: i64 = 10_008;
    pub(crate) const UNKNOWN_USER: i64 = 10_013;
    pub(crate) const UNKNOWN_WEBHOOK: i64 = 10_015;
    pub(crate) const UNKNOWN_INTERACTION: i64 = 10_062;
    pub(crate) const MISSING_ACCESS: i64 = 50_001;
    pub(crate) const MISSING_PERMISSIONS: i64 = 50_013;
    pub(crate) const INVALID_WEBHOOK_TOKEN: i64 = 50_027;
    pub(crate) const THREAD_ARCHIVED: i64 = 50_083;
    pub(crate) const TAG_REQUIRED: i64 = 40_067;
    pub(crate) const ALREADY_ACKNOWLEDGED: i64 = 40_060;
    pub(crate) const THREAD_EXISTS: i64 = 160_004;
    pub(crate) const THREAD_LOCKED: i64 = 160_005;
    pub(crate) const TOO_MANY_THREADS: i64 = 160_006;
}

/// What is said wherever the bot token is no good.
pub(crate) const TOKEN_REVOKED: &str = "the bot token was revoked or reset: make a new one in the Developer Portal under Bot → Reset Token, and set it \
     as this connection's bot_token";

/// Why a call has no answer to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Discord said no; some callers know what a code means to them.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code; 0 where it gave none.
        code: i64,
        /// Discord's words, with those about single fields.
        message: String,
    },
    /// Anything else, sorted already.
    Other(BridgeError),
}

impl Failure {
    /// Discord's code, if it was Discord that said no.
    pub(crate) const fn code(&self) -> Option<i64> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            Self::Other(_) => None,
        }
    }

    /// The same failure, where a thread's or channel's limit is really the limit of `scope`. The whole connection's stays.
    pub(crate) fn about(self, scope: Scope) -> Self {
        match self {
            Self::Other(BridgeError::RateLimited { after, scope: was }) if was != Scope::Connection => {
                Self::Other(BridgeError::RateLimited { after, scope })
            }
            other => other,
        }
    }

    /// In a call about a thread whose channel is known to be there: a channel that Discord doesn't know is the thread.
    pub(crate) fn in_thread(self) -> BridgeError {
        match self.code() {
            Some(code::UNKNOWN_CHANNEL | code::THREAD_LOCKED) => BridgeError::ThreadGone,
            _ => self.into(),
        }
    }

    /// In a call whose subject may be absent: `None` where one of `codes` says so.
    pub(crate) fn unless_absent(self, codes: &[i64]) -> Result<(), BridgeError> {
        match self.code() {
            Some(code) if codes.contains(&code) => Ok(()),
            _ => Err(self.into()),
        }
    }
}

impl From<BridgeError> for Failure {
    fn from(error: BridgeError) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for BridgeError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { status, code, message } => sort(status, code, &message),
            Failure::Other(error) => error,
        }
    }
}

fn sort(status: u16, code: i64, message: &str) -> BridgeError {
    let with_code =
        |why: &str| if code == 0 { format!("{why} (HTTP {status})") } else { format!("{why} (Discord: {code})") };
    if let Some(why) = channel_broken(code) {
        return BridgeError::ChannelBroken { why: with_code(why) };
    }
    match code {
        code::THREAD_LOCKED | code::UNKNOWN_MESSAGE => BridgeError::ThreadGone,
        // Discord's own trouble, refused at the door.
        130_000 => BridgeError::Transient { why: with_code("Discord is overloaded") },
        code::UNKNOWN_GUILD => BridgeError::Unauthorized {
            why: with_code("the bot is not a member of the server; invite it again with the link of the set-up guide"),
        },
        40_001 | 50_014 | 40_333 => BridgeError::Unauthorized { why: with_code(TOKEN_REVOKED) },
        50_025 => BridgeError::Unauthorized { why: with_code("the token is of another kind; use the bot's own token") },
        code::UNKNOWN_INTERACTION | code::INVALID_WEBHOOK_TOKEN | code::UNKNOWN_WEBHOOK => {
            BridgeError::Rejected { why: with_code("the person waited too long for the answer") }
        }
        _ => match rejected(code) {
            Some(why) => BridgeError::Rejected { why: with_code(why) },
            None if message.is_empty() => BridgeError::Rejected { why: with_code("it is not accepted") },
            None => BridgeError::Rejected { why: with_code(message) },
        },
    }
}

const fn channel_broken(code: i64) -> Option<&'static str> {
    Some(match code {
        code::UNKNOWN_CHANNEL => {
            "the channel doesn't exist; it was deleted, or its id is wrong. Map the domain to another channel"
        }
        code::MISSING_ACCESS => {
            "the bot can't see the channel; give its role View Channel and Read Message History there (Edit Channel → Permissions)"
        }
        code::MISSING_PERMISSIONS => {
            "the bot misses a permission in the channel; give its role View Channel, Send Messages, Send Messages in Threads, \
             Create Public Threads, Manage Threads, Embed Links and Read Message History there (Edit Channel → Permissions)"
        }
        50_024 | 50_008 => {
            "this kind of channel can't be used; map the domain to a text, announcement or forum channel"
        }
        50_601 | 20_016 => {
            "the channel's slow mode stops the bot; give its role Manage Messages or switch slow mode off"
        }
        code::TAG_REQUIRED => "the forum asks for a tag on every post and has none that fits; give it a tag named open",
        _ => return None,
    })
}

const fn rejected(code: i64) -> Option<&'static str> {
    Some(match code {
        50_005 => "the message is not the bot's own and can't be edited",
        50_006 => "the message is empty",
        50_021 => "a system message can't be changed",
        50_083 => "the thread is archived",
        50_033 => "the person can't be called there",
        code::UNKNOWN_MEMBER | code::UNKNOWN_USER => "the person is not a member of the server",
        240_000 | 200_000 | 200_001 => {
            "the server's AutoMod blocks this text; exempt the bot's role under Server Settings → AutoMod"
        }
        30_046 => "the message was edited too often; Discord takes no more edits of it",
        _ => return None,
    })
}

/// Discord's words, with those about single fields after them.
pub(crate) fn words(body: &Value) -> String {
    let mut said = body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut left = 5;
    if let Some(errors) = body.get("errors") {
        fields(errors, &mut String::new(), &mut said, &mut left, 0);
    }
    said
}

/// Walks the tree of `errors`: objects named by field, with a list `_errors` where something is wrong.
fn fields(node: &Value, path: &mut String, said: &mut String, left: &mut u32, depth: u32) {
    let Some(node) = node.as_object() else { return };
    for (name, inside) in node {
        if *left == 0 || depth > 16 {
            return;
        }
        if name == "_errors" {
            let first = inside.get(0).and_then(|error| error.get("message")).and_then(Value::as_str);
            if let Some(first) = first {
                *left -= 1;
                let _ = write!(said, "; {path}: {first}");
            }
            continue;
        }
        let before = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        fields(inside, path, said, left, depth + 1);
        path.truncate(before);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn refused(code: i64) -> Failure {
        Failure::Refused { status: 400, code, message: "Discord's words".into() }
    }

    #[test]
    fn every_kind_of_code_is_sorted_with_its_fix() {
        let broken = |code: i64, fix: &str| match BridgeError::from(refused(code)) {
            BridgeError::ChannelBroken { why } => assert!(why.contains(fix), "{code}: {why}"),
            other => panic!("{code}: {other:?}"),
        };
        broken(10_003, "Map the domain to another channel");
        broken(50_001, "View Channel");
        broken(50_013, "Manage Threads");
        broken(50_024, "forum channel");
        broken(40_067, "tag named open");
        assert_eq!(BridgeError::from(refused(160_005)), BridgeError::ThreadGone);
        assert_eq!(refused(10_003).in_thread(), BridgeError::ThreadGone);
        let odd = BridgeError::from(refused(99_999));
        assert_eq!(odd, BridgeError::Rejected { why: "Discord's words (Discord: 99999)".into() });
        assert!(matches!(BridgeError::from(refused(50_014)), BridgeError::Unauthorized { .. }));
        assert_eq!(refused(10_008).unless_absent(&[10_008]), Ok(()));
    }

    #[test]
    fn a_limit_is_about_what_the_caller_says_except_the_connections() {
        let limited = |scope| Failure::Other(BridgeError::RateLimited { after: Duration::from_secs(1), scope });
        assert_eq!(limited(Scope::Thread).about(Scope::Opening), limited(Scope::Opening));
        assert_eq!(limited(Scope::Connection).about(Scope::Opening), limited(Scope::Connection));
    }

    #[test]
    fn what_is_wrong_with_a_field_is_said() {
        let body = json!({"code": 50035, "message": "Invalid Form Body", "errors": {
            "content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]},
            "embeds": {"0": {"title": {"_errors": [{"message": "Too long."}]}}},
        }});
        let said = words(&body);
        assert!(said.contains("content: Must be 2000 or fewer in length."), "{said}");
        assert!(said.contains("embeds.0.title: Too long."), "{said}");
        assert_eq!(words(&json!(3)), "");
    }
}
