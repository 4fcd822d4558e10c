//! Gateway intents: which ones exist, which ones an app may ask for, and what a bot sees without MESSAGE_CONTENT.
//!
//! What lives here: rules over the bits. What must not: which event needs which intent (see `events`), sessions.

use serde_json::{Value, json};

use crate::discord::events::{GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT};
use crate::discord::world::App;

/// Every bit that Discord documents for version 10.
const KNOWN: u64 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;

/// Whether these bits are all known.
pub(crate) const fn are_known(intents: u64) -> bool {
    intents & !KNOWN == 0
}

/// The intents that an app may ask for only when they are switched on in the developer portal, and aren't.
pub(crate) const fn disallowed(app: &App, intents: u64) -> u64 {
    let mut off = 0;
    if !app.message_content {
        off |= MESSAGE_CONTENT;
    }
    if !app.guild_members {
        off |= GUILD_MEMBERS;
    }
    if !app.guild_presences {
        off |= GUILD_PRESENCES;
    }
    intents & off
}

/// What this bot sees of a message: without MESSAGE_CONTENT only its own, and those that mention it, say anything.
pub(crate) fn message_as_seen(app: &App, intents: u64, mut message: Value) -> Value {
    if intents & MESSAGE_CONTENT == 0 {
        veil(app, &mut message);
    }
    message
}

fn veil(app: &App, message: &mut Value) {
    if let Some(inner) = message.get_mut("referenced_message").filter(|inner| inner.is_object()) {
        veil(app, inner);
    }
    let is_bot = |user: &Value| user["id"] == json!(app.bot_user);
    let mentioned = message["mentions"].as_array().is_some_and(|list| list.iter().any(is_bot));
    if mentioned || is_bot(&message["author"]) {
        return;
    }
    for (key, empty) in
        [("content", json!("")), ("embeds", json!([])), ("attachments", json!([])), ("components", json!([]))]
    {
        if !message[key].is_null() {
            message[key] = empty;
        }
    }
}
