//! The limits of embeds.
//!
//! What lives here: lengths, counts and addresses of version 10. What must not: previews of links, which Discord makes
//! itself.

use serde_json::{Value, json};

use super::answer::Form;

/// Most characters of everything in all embeds of a message.
const MOST_IN_ALL: usize = 6_000;

/// Holds embeds against Discord's limits and adds the `type` that Discord adds.
pub(crate) fn check(form: &mut Form, embeds: &mut [Value]) {
    if embeds.len() > 10 {
        form.wrong(&["embeds"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
    }
    let mut whole = 0;
    for (at, embed) in embeds.iter_mut().enumerate() {
        let at = at.to_string();
        if !embed.is_object() {
            form.wrong(&["embeds", &at], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
            continue;
        }
        whole += one(form, &at, embed);
        embed["type"] = json!("rich");
    }
    if whole > MOST_IN_ALL {
        form.wrong(&["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

/// One embed; gives its characters.
fn one(form: &mut Form, at: &str, embed: &Value) -> usize {
    let mut whole = 0;
    let texts: [(&[&str], usize); 4] =
        [(&["title"], 256), (&["description"], 4_096), (&["footer", "text"], 2_048), (&["author", "name"], 256)];
    for (path, most) in texts {
        let found = path.iter().try_fold(embed, |inner, name| inner.get(name));
        let Some(text) = found.and_then(Value::as_str) else { continue };
        let full: Vec<&str> = ["embeds", at].into_iter().chain(path.iter().copied()).collect();
        form.length(&full, text, 0, most);
        whole += text.chars().count();
    }
    let addresses: [&[&str]; 4] = [&["url"], &["author", "url"], &["image", "url"], &["thumbnail", "url"]];
    for path in addresses {
        let found = path.iter().try_fold(embed, |inner, name| inner.get(name));
        let Some(text) = found.and_then(Value::as_str) else { continue };
        let full: Vec<&str> = ["embeds", at].into_iter().chain(path.iter().copied()).collect();
        address(form, &full, text);
    }
    if embed["color"].as_i64().is_some_and(|color| !(0..=0xff_ffff).contains(&color)) {
        let words = "int value should be less than or equal to 16777215.";
        form.wrong(&["embeds", at, "color"], "NUMBER_TYPE_MAX", words);
    }
    if embed["timestamp"].as_str().is_some_and(|text| crate::discord::snowflake::from_iso(text).is_none()) {
        let words = "Could not parse date. Should be ISO8601.";
        form.wrong(&["embeds", at, "timestamp"], "DATE_TIME_TYPE_PARSE", words);
    }
    let fields = embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
    if fields.len() > 25 {
        form.wrong(&["embeds", at, "fields"], "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
    }
    for (index, field) in fields.iter().enumerate() {
        for (name, most) in [("name", 256), ("value", 1_024)] {
            let path = ["embeds", at, "fields", &index.to_string(), name];
            match field[name].as_str().map(str::trim).filter(|text| !text.is_empty()) {
                Some(text) => {
                    form.length(&path, text, 1, most);
                    whole += text.chars().count();
                }
                None => form.required(&path),
            }
        }
    }
    let empty = whole == 0 && ["image", "thumbnail", "video"].iter().all(|name| embed[*name].is_null());
    if empty {
        form.required(&["embeds", at, "description"]);
    }
    whole
}

fn address(form: &mut Form, path: &[&str], text: &str) {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "attachment") => {}
        Ok(url) => {
            let words = format!("Scheme \"{}\" must be one of ('http', 'https').", url.scheme());
            form.wrong(path, "URL_TYPE_INVALID_SCHEME", &words);
        }
        Err(_) => form.wrong(path, "URL_TYPE_INVALID_URL", "Not a well formed URL."),
    }
    if text.len() > 2_048 {
        form.wrong(path, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.");
    }
}
