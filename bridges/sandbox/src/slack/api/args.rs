//! A call's arguments, from a query, a form or JSON.
//!
//! What lives here: reading them as Slack does, and typed access. What must not: any method.
//!
//! Slack takes a token from the `Authorization` header, the query or the form, never from a JSON body; methods that only
//! read ignore a JSON body.

use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{ApiError, err};

/// Arguments of one call; values of forms are text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    pub(crate) token: Option<String>,
    values: Map<String, Value>,
}

impl Args {
    /// Reads a request.
    pub(crate) fn read(
        http: &Method,
        headers: &HeaderMap,
        query: Option<&str>,
        body: &[u8],
        reads_json: bool,
    ) -> Result<Self, ApiError> {
        let mut args = Self::default();
        args.pairs(query.unwrap_or_default().as_bytes());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if *http == Method::POST && !body.is_empty() {
            match kind.as_str() {
                "application/json" if reads_json => args.json(body)?,
                "application/json" => {}
                "application/x-www-form-urlencoded" => args.pairs(body),
                "" => return Err(err("missing_post_type")),
                _ => return Err(err("invalid_post_type")),
            }
        }
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        if let Some(token) = bearer {
            args.token = Some(token.to_owned());
        }
        Ok(args)
    }

    fn pairs(&mut self, encoded: &[u8]) {
        for (key, value) in form_urlencoded::parse(encoded) {
            if key == "token" {
                self.token = Some(value.into_owned());
            } else {
                self.values.insert(key.into_owned(), Value::String(value.into_owned()));
            }
        }
    }

    fn json(&mut self, body: &[u8]) -> Result<(), ApiError> {
        let value: Value = serde_json::from_slice(body).map_err(|_| err("invalid_json"))?;
        let Value::Object(values) = value else { return Err(err("json_not_object")) };
        self.values.extend(values.into_iter().filter(|(key, _)| key != "token"));
        Ok(())
    }

    /// The channel argument, under either of its names.
    pub(crate) fn channel(&self) -> Option<String> {
        self.text("channel").or_else(|| self.text("channel_id"))
    }

    /// Everything but the token, for the log.
    pub(crate) fn to_value(&self) -> Value {
        Value::Object(self.values.clone())
    }

    /// Whether the argument was given at all.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|value| !value.is_null())
    }

    /// A text, or a number written as one; empty counts as missing.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        match self.values.get(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&self, key: &str) -> Result<String, ApiError> {
        self.text(key).ok_or_else(|| err("invalid_arguments").saying(&[format!("missing required field: {key}")]))
    }

    /// A yes or no.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.values.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => Some(number.as_i64() != Some(0)),
            Value::String(text) => Some(matches!(text.as_str(), "1" | "true" | "t" | "yes")),
            _ => None,
        }
    }

    /// A page size between 1 and `most`.
    pub(crate) fn limit(&self, usual: usize, most: usize) -> Result<usize, ApiError> {
        match self.text("limit") {
            None => Ok(usual),
            Some(text) => match text.parse::<usize>() {
                Ok(0) => Ok(usual),
                Ok(limit) => Ok(limit.min(most)),
                Err(_) => Err(err("invalid_limit")),
            },
        }
    }

    /// The position in a cursor that an earlier answer gave.
    pub(crate) fn cursor(&self) -> Result<Option<String>, ApiError> {
        let Some(cursor) = self.text("cursor") else { return Ok(None) };
        let bytes = hex::decode(&cursor).map_err(|_| err("invalid_cursor"))?;
        let text = String::from_utf8(bytes).map_err(|_| err("invalid_cursor"))?;
        text.strip_prefix("next:").map(|at| Some(at.to_owned())).ok_or_else(|| err("invalid_cursor"))
    }

    /// JSON, given as such or as text in a form.
    pub(crate) fn json_value(&self, key: &str) -> Result<Option<Value>, ()> {
        match self.values.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}

/// A cursor to this position.
pub(crate) fn cursor_to(position: &str) -> String {
    hex::encode(format!("next:{position}"))
}
