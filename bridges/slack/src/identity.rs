//! Who we are in the workspace.
//!
//! What lives here: our own ids, asked for once. What must not: anybody else's.

use bridge_core::BridgeError;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::call::{Caller, Effect};

/// Our own ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The workspace.
    pub(crate) team: String,
    /// The bot's user.
    pub(crate) user: String,
    /// The bot itself, as messages name it.
    pub(crate) bot: Option<String>,
    /// Where people find the workspace, with a slash at the end.
    pub(crate) url: Option<String>,
}

impl Identity {
    /// Reads the answer of `auth.test`.
    pub(crate) fn read(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { team: text("team_id")?, user: text("user_id")?, bot: text("bot_id"), url: text("url") })
    }
}

/// Our identity, asked for when it is first needed and kept.
#[derive(Debug, Default)]
pub(crate) struct Whoami(OnceCell<Identity>);

impl Whoami {
    /// Our ids, where they are known already.
    pub(crate) fn known(&self) -> Option<&Identity> {
        self.0.get()
    }

    /// Our ids.
    pub(crate) async fn get(&self, caller: &Caller) -> Result<&Identity, BridgeError> {
        self.0
            .get_or_try_init(|| async {
                let answer = caller.post("auth.test", &json!({}), Effect::Reads).await?;
                Identity::read(&answer).ok_or_else(|| BridgeError::Transient {
                    why: "auth.test did not say who we are; check api_url".to_owned(),
                })
            })
            .await
    }
}
