//! What a call gives: Discord's answers and its errors.
//!
//! What lives here: statuses, numeric codes and their sentences. What must not: when they are given.

use serde_json::{Map, Value, json};

/// A good answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `None` answers 204 without a body.
    pub(crate) body: Option<Value>,
}

/// Discord's error: a status, a numeric code, a sentence, and what is wrong with which field.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) errors: Option<Value>,
}

/// What an operation gives.
pub(crate) type Answer = Result<Reply, ApiError>;

/// 200 with a body.
pub(crate) fn ok(body: Value) -> Answer {
    Ok(Reply { status: 200, body: Some(body) })
}

/// 201 with a body.
pub(crate) fn created(body: Value) -> Answer {
    Ok(Reply { status: 201, body: Some(body) })
}

/// 204.
pub(crate) fn nothing() -> Answer {
    Ok(Reply { status: 204, body: None })
}

/// Statuses and sentences of Discord's codes.
fn sentence(code: u32) -> (u16, &'static str) {
    match code {
        10_002 => (404, "Unknown Application"),
        10_003 => (404, "Unknown Channel"),
        10_004 => (404, "Unknown Guild"),
        10_007 => (404, "Unknown Member"),
        10_008 => (404, "Unknown Message"),
        10_011 => (404, "Unknown Role"),
        10_013 => (404, "Unknown User"),
        10_014 => (404, "Unknown Emoji"),
        10_015 => (404, "Unknown Webhook"),
        10_062 => (404, "Unknown interaction"),
        10_063 => (404, "Unknown application command"),
        20_028 => (429, "The write action you are performing on the channel has hit the write rate limit"),
        30_003 => (400, "Maximum number of pins reached for the channel (50)"),
        30_046 => (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
        40_001 => (401, "Unauthorized"),
        40_060 => (400, "Interaction has already been acknowledged."),
        40_067 => (400, "A tag is required to create a forum post in this channel"),
        50_001 => (403, "Missing Access"),
        50_005 => (403, "Cannot edit a message authored by another user"),
        50_006 => (400, "Cannot send an empty message"),
        50_008 => (400, "Cannot send messages in a non-text channel"),
        50_013 => (403, "Missing Permissions"),
        50_014 => (401, "Invalid authentication token provided"),
        50_021 => (403, "Cannot execute action on a system message"),
        50_024 => (400, "Cannot execute action on this channel type"),
        50_027 => (401, "Invalid Webhook Token"),
        50_041 => (400, "Invalid API version"),
        50_083 => (400, "Thread is archived"),
        50_109 => (400, "The request body contains invalid JSON."),
        130_000 => (503, "API resource is currently overloaded. Try again a little later"),
        160_002 => (400, "Cannot reply without permission to read message history"),
        160_004 => (400, "A thread has already been created for this message"),
        160_005 => (400, "Thread is locked"),
        160_006 => (400, "Maximum number of active threads reached"),
        _ => (400, "Something is wrong"),
    }
}

/// An error of Discord's with its own status and sentence.
pub(crate) fn err(code: u32) -> ApiError {
    let (status, message) = sentence(code);
    ApiError { status, code, message: message.to_owned(), errors: None }
}

/// An error that has a status and no code of its own, such as `401: Unauthorized`.
pub(crate) fn plain(status: u16, words: &str) -> ApiError {
    ApiError { status, code: 0, message: format!("{status}: {words}"), errors: None }
}

impl ApiError {
    /// The body.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

/// Collects what is wrong with a body's fields, for 50035 "Invalid Form Body".
#[derive(Debug, Default)]
pub(crate) struct Form(Map<String, Value>);

impl Form {
    /// Something is wrong with the field at this path, such as `["embeds", "0", "title"]`.
    pub(crate) fn wrong(&mut self, path: &[&str], code: &str, message: &str) {
        let mut at = &mut self.0;
        for name in path {
            let inner = at.entry((*name).to_owned()).or_insert_with(|| json!({}));
            let Some(inner) = inner.as_object_mut() else { return };
            at = inner;
        }
        if let Some(list) = at.entry("_errors").or_insert_with(|| json!([])).as_array_mut() {
            list.push(json!({"code": code, "message": message}));
        }
    }

    /// A text that must have between `least` and `most` characters.
    pub(crate) fn length(&mut self, path: &[&str], text: &str, least: usize, most: usize) {
        let length = text.chars().count();
        if length > most && least == 0 {
            self.wrong(path, "BASE_TYPE_MAX_LENGTH", &format!("Must be {most} or fewer in length."));
        } else if length > most || length < least {
            let words = format!("Must be between {least} and {most} in length.");
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", &words);
        }
    }

    /// A value that had to be there.
    pub(crate) fn required(&mut self, path: &[&str]) {
        self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A value that is none of those allowed.
    pub(crate) fn choice(&mut self, path: &[&str], allowed: &str) {
        self.wrong(path, "BASE_TYPE_CHOICES", &format!("Value must be one of {allowed}."));
    }

    /// The error, if anything was wrong.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let errors = Some(Value::Object(self.0));
        Err(ApiError { status: 400, code: 50_035, message: "Invalid Form Body".to_owned(), errors })
    }
}

/// 50035 for one field.
pub(crate) fn invalid(path: &[&str], code: &str, message: &str) -> ApiError {
    let mut form = Form::default();
    form.wrong(path, code, message);
    form.check().err().unwrap_or_else(|| err(50_035))
}
