//! The limits of components: rows of buttons and menus, version 1.
//!
//! What lives here: kinds, counts, custom ids. What must not: what a click does (see `interactions`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::Form;

const ROW: u64 = 1;
const BUTTON: u64 = 2;
/// A button that opens an address and tells the app nothing.
const LINK: u64 = 5;

/// Holds component rows against Discord's limits and adds the ids that Discord adds.
pub(crate) fn check(form: &mut Form, rows: &mut [Value]) {
    if rows.len() > 5 {
        form.wrong(&["components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    let mut seen = BTreeSet::new();
    let mut next = 1;
    for (at, row) in rows.iter_mut().enumerate() {
        let at = at.to_string();
        if row["type"].as_u64() != Some(ROW) {
            form.choice(&["components", &at, "type"], "(1,)");
            continue;
        }
        row["id"] = json!(next);
        next += 1;
        let inner = row["components"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        let buttons = inner.iter().filter(|it| it["type"].as_u64() == Some(BUTTON)).count();
        let mixed = buttons != inner.len() && inner.len() > 1;
        if inner.is_empty() || inner.len() > 5 || mixed {
            let most = if mixed { 1 } else { 5 };
            let words = format!("Must be between 1 and {most} in length.");
            form.wrong(&["components", &at, "components"], "BASE_TYPE_BAD_LENGTH", &words);
        }
        for (index, component) in inner.iter_mut().enumerate() {
            let index = index.to_string();
            one(form, &["components", &at, "components", &index], component, &mut seen);
            component["id"] = json!(next);
            next += 1;
        }
    }
}

fn one(form: &mut Form, path: &[&str], component: &Value, seen: &mut BTreeSet<String>) {
    let at = |name: &'static str| -> Vec<&str> { path.iter().copied().chain([name]).collect() };
    let kind = component["type"].as_u64();
    if !matches!(kind, Some(BUTTON | 3 | 5..=8)) {
        form.choice(&at("type"), "(2, 3, 5, 6, 7, 8)");
        return;
    }
    let style = component["style"].as_u64();
    if kind == Some(BUTTON) {
        if !matches!(style, Some(1..=5)) {
            form.choice(&at("style"), "(1, 2, 3, 4, 5)");
        }
        match component["label"].as_str() {
            Some(label) => form.length(&at("label"), label, 0, 80),
            None if component["emoji"].is_null() => form.required(&at("label")),
            None => {}
        }
    }
    if kind == Some(BUTTON) && style == Some(LINK) {
        if !component["custom_id"].is_null() {
            let words = "A custom id and url cannot both be specified";
            form.wrong(&at("custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words);
        }
        if component["url"].as_str().is_none_or(|text| url::Url::parse(text).is_err()) {
            form.wrong(&at("url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        }
        return;
    }
    match component["custom_id"].as_str() {
        Some(id) => {
            form.length(&at("custom_id"), id, 1, 100);
            if !seen.insert(id.to_owned()) {
                let words = "Component custom id cannot be duplicated";
                form.wrong(&at("custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", words);
            }
        }
        None => form.required(&at("custom_id")),
    }
}
