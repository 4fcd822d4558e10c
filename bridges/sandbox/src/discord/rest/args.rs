//! What a call brings: the ids in its path, its query, its body.
//!
//! What lives here: reading a request as Discord does. What must not: what an operation does with it.

use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};

use super::answer::{ApiError, err, invalid};
use crate::discord::snowflake;

/// What a call brings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args {
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Args {
    /// Reads query and body.
    pub(crate) fn read(method: &Method, headers: &HeaderMap, query: &str, body: &[u8]) -> Result<Self, ApiError> {
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut args = Self { params: Vec::new(), query, body: Value::Null };
        if body.is_empty() || *method == Method::GET {
            return Ok(args);
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/json") {
            let words = "Expected \"Content-Type\" header to be one of {'application/json'}.";
            return Err(invalid(&[], "CONTENT_TYPE_INVALID", words));
        }
        args.body = serde_json::from_slice(body).map_err(|_| err(50_109))?;
        Ok(args)
    }

    /// An id of the path; empty when the route has none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    /// A value of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A whole number of the query between two bounds.
    pub(crate) fn number(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        let number = text
            .parse()
            .map_err(|_| invalid(&[name], "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not int.")))?;
        if number < least {
            let words = format!("int value should be greater than or equal to {least}.");
            return Err(invalid(&[name], "NUMBER_TYPE_MIN", &words));
        }
        if number > most {
            return Err(invalid(
                &[name],
                "NUMBER_TYPE_MAX",
                &format!("int value should be less than or equal to {most}."),
            ));
        }
        Ok(number)
    }

    /// An id of the query.
    pub(crate) fn id(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.query(name) {
            Some(text) if !snowflake::is_id(text) => Err(not_an_id(name, text)),
            found => Ok(found),
        }
    }

    /// The body's fields; a body that is no object has none.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        self.body.as_object().cloned().unwrap_or_default()
    }

    /// For the log: the body, or the query where there is none.
    pub(crate) fn to_value(&self) -> Value {
        if self.body.is_null() {
            let pairs = self.query.iter().map(|(name, value)| (name.clone(), json!(value)));
            return Value::Object(pairs.collect());
        }
        self.body.clone()
    }
}

/// 50035 for an id that is none.
pub(crate) fn not_an_id(name: &str, text: &str) -> ApiError {
    invalid(&[name], "NUMBER_TYPE_COERCE", &format!("Value \"{text}\" is not snowflake."))
}
