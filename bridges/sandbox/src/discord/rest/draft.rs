//! The body of a message: its fields, read and held against Discord's limits.
//!
//! What lives here: one reading for new messages, edits, webhooks and answers to interactions. What must not: where the
//! message goes and who may post it. The limits of embeds and components are in `embeds` and `components`.

use serde_json::{Map, Value};

use super::answer::{ApiError, Form};
use super::{components, embeds};
use crate::discord::mentions::Allowed;
use crate::discord::snowflake;
use crate::discord::world::{EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS};

/// Most characters of a message. Discord counts code points.
pub(crate) const MOST_CHARACTERS: usize = 2_000;

/// What a message replies to.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo {
    pub(crate) message: String,
    pub(crate) channel: Option<String>,
    pub(crate) fail_if_not_exists: bool,
}

/// The fields that a body has. `None` is a field that wasn't given; `null` empties it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// Without blanks around it, as Discord keeps it.
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    /// Text or number.
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: bool,
    pub(crate) allowed: Option<Allowed>,
    pub(crate) reply_to: Option<ReplyTo>,
    /// Only bits that an app may set.
    pub(crate) flags: Option<u64>,
}

impl Draft {
    /// Reads a body; collects everything that is wrong with it.
    pub(crate) fn read(body: &Map<String, Value>) -> Result<Self, ApiError> {
        let mut form = Form::default();
        let mut draft = Self::default();
        match body.get("content") {
            None => {}
            Some(Value::Null) => draft.content = Some(String::new()),
            Some(Value::String(text)) => {
                form.length(&["content"], text, 0, MOST_CHARACTERS);
                draft.content = Some(text.trim().to_owned());
            }
            Some(_) => form.wrong(&["content"], "STRING_TYPE_CONVERT", "Could not interpret as string."),
        }
        draft.embeds = list(&mut form, body, "embeds");
        if let Some(given) = &mut draft.embeds {
            embeds::check(&mut form, given);
        }
        draft.components = list(&mut form, body, "components");
        if let Some(given) = &mut draft.components {
            components::check(&mut form, given);
        }
        draft.nonce = nonce(&mut form, body);
        draft.enforce_nonce = body.get("enforce_nonce").and_then(Value::as_bool).unwrap_or(false);
        draft.allowed = allowed(&mut form, body);
        draft.reply_to = reply_to(&mut form, body);
        draft.flags = flags(&mut form, body);
        form.check()?;
        Ok(draft)
    }

    /// Whether a message of this alone would be empty.
    pub(crate) fn is_empty(&self) -> bool {
        let none = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        self.content.as_ref().is_none_or(String::is_empty) && none(&self.embeds) && none(&self.components)
    }
}

fn list(form: &mut Form, body: &Map<String, Value>, name: &str) -> Option<Vec<Value>> {
    match body.get(name)? {
        Value::Null => Some(Vec::new()),
        Value::Array(list) => Some(list.clone()),
        _ => {
            form.wrong(&[name], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            None
        }
    }
}

fn nonce(form: &mut Form, body: &Map<String, Value>) -> Option<Value> {
    let given = body.get("nonce")?;
    match given {
        Value::Null => return None,
        Value::String(text) => form.length(&["nonce"], text, 0, 25),
        Value::Number(number) if number.is_i64() || number.is_u64() => {}
        _ => form.wrong(&["nonce"], "NONCE_TYPE_INVALID", "Nonce must be a string or an integer."),
    }
    Some(given.clone())
}

fn flags(form: &mut Form, body: &Map<String, Value>) -> Option<u64> {
    let given = body.get("flags").filter(|given| !given.is_null())?;
    let Some(bits) = given.as_u64() else {
        form.wrong(&["flags"], "NUMBER_TYPE_COERCE", &format!("Value \"{given}\" is not int."));
        return None;
    };
    Some(bits & (SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | EPHEMERAL))
}

fn reply_to(form: &mut Form, body: &Map<String, Value>) -> Option<ReplyTo> {
    let given = body.get("message_reference").filter(|given| !given.is_null())?;
    let id = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(message) = id("message_id").filter(|id| snowflake::is_id(id)) else {
        form.required(&["message_reference", "message_id"]);
        return None;
    };
    let fail_if_not_exists = given.get("fail_if_not_exists").and_then(Value::as_bool).unwrap_or(true);
    Some(ReplyTo { message, channel: id("channel_id"), fail_if_not_exists })
}

fn allowed(form: &mut Form, body: &Map<String, Value>) -> Option<Allowed> {
    let given = body.get("allowed_mentions").filter(|given| !given.is_null())?;
    let strings = |name: &str| -> Vec<String> {
        let list = given.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (parse, users, roles) = (strings("parse"), strings("users"), strings("roles"));
    for (at, kind) in parse.iter().enumerate() {
        if !matches!(kind.as_str(), "users" | "roles" | "everyone") {
            form.choice(&["allowed_mentions", "parse", &at.to_string()], "('users', 'roles', 'everyone')");
        }
    }
    for (name, ids) in [("users", &users), ("roles", &roles)] {
        if ids.len() > 100 {
            form.wrong(&["allowed_mentions", name], "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.");
        }
        for (at, id) in ids.iter().enumerate().filter(|(_, id)| !snowflake::is_id(id)) {
            let words = format!("Value \"{id}\" is not snowflake.");
            form.wrong(&["allowed_mentions", name, &at.to_string()], "NUMBER_TYPE_COERCE", &words);
        }
        if !ids.is_empty() && parse.iter().any(|kind| kind == name) {
            let words = format!("parse:[\"{name}\"] and {name}: [ids...] are mutually exclusive.");
            form.wrong(&["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", &words);
        }
    }
    let parses = |kind: &str| parse.iter().any(|known| known == kind);
    Some(Allowed {
        users: parses("users"),
        roles: parses("roles"),
        everyone: parses("everyone"),
        only_users: users.into_iter().collect(),
        only_roles: roles.into_iter().collect(),
        replied_user: given.get("replied_user").and_then(Value::as_bool).unwrap_or(false),
    })
}
