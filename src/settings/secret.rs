//! Secrets: written as a text, or fetched from an environment variable or a file.
//!
//! What lives here: getting a secret. What must not: a message that shows one, or a part of one.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use secrecy::SecretString;

use super::mistake::{Wrong, listed};
use super::tree::{Node, Value};

const FORMS: &str = "write a text in quotes, { env = \"NAME\" } or { file = \"PATH\" }";

/// Reads a secret in any of its three forms; an empty one is a mistake. `variables` is the environment.
pub(super) fn secret(node: &Node, variables: &BTreeMap<String, String>) -> Result<SecretString, Wrong> {
    let found = match &node.value {
        Value::Text(text) if text.is_empty() => {
            return Err(Wrong::new("is empty", format!("fill it in: {FORMS}")));
        }
        Value::Text(text) => text.clone(),
        Value::Table(entries) => from_elsewhere(entries, variables)?,
        other => {
            return Err(Wrong::new(format!("must be a secret, and is {}", other.kind()), FORMS));
        }
    };
    Ok(SecretString::from(found))
}

fn from_elsewhere(entries: &BTreeMap<String, Node>, variables: &BTreeMap<String, String>) -> Result<String, Wrong> {
    let mut given = entries.iter();
    let (Some((key, node)), None) = (given.next(), given.next()) else {
        return Err(Wrong::new("must name one place to take the secret from", FORMS));
    };
    match (key.as_str(), &node.value) {
        ("env", Value::Text(name)) => from_variable(name, variables),
        ("file", Value::Text(path)) => from_file(path),
        ("env" | "file", other) => Err(Wrong::new(format!("has an `{key}` that is {}", other.kind()), FORMS)),
        (other, _) => {
            Err(Wrong::new(format!("has {}, which is no place to take a secret from", listed([other])), FORMS))
        }
    }
}

fn from_variable(name: &str, variables: &BTreeMap<String, String>) -> Result<String, Wrong> {
    let fix = || format!("set {name} for the process that runs threadline");
    match variables.get(name) {
        Some(value) if value.is_empty() => Err(Wrong::new(format!("the environment variable {name} is empty"), fix())),
        Some(value) => Ok(value.clone()),
        None => Err(Wrong::new(format!("the environment variable {name} is not set"), fix())),
    }
}

fn from_file(path: &str) -> Result<String, Wrong> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Wrong::new(
            format!("the file {path} does not exist"),
            "make the file, or mend the path; a relative path starts at the folder that threadline is started in",
        ),
        ErrorKind::PermissionDenied => {
            Wrong::new(format!("the file {path} may not be read"), "let the user that runs threadline read it")
        }
        ErrorKind::InvalidData => Wrong::new(format!("the file {path} is not text"), "write the secret alone into it"),
        _ => Wrong::new(format!("the file {path} can't be read: {error}"), "mend the path or the file"),
    })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(Wrong::new(format!("the file {path} is empty"), "write the secret into it"));
    }
    Ok(secret.to_owned())
}
