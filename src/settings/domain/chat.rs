//! The keys of `[[domain]]` that shape the chat: how visitors reach the team, what they are asked and told, how it looks.
//!
//! What lives here: reading those keys. What must not: how the chat is drawn.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::super::mistake::{Wrong, near_miss};
use super::super::read::{Section, text, word};
use super::super::secret::secret;
use super::super::tree::{Node, Value};
use crate::model::{Ask, Asked, Corner, Icon, Language, Look, Mode, Privacy};

/// Most characters of a sentence that an admin writes for visitors.
const SENTENCE: usize = 300;
/// Fewest bytes of an identity secret: as long as the hash that is made with it (RFC 7518, 3.2).
const SECRET_BYTES: usize = 32;
/// How a text is written.
const EXAMPLE: &str = "\"launcher.open\" = \"…\"";

/// What these keys say.
#[derive(Default)]
pub(super) struct Chat {
    pub(super) mode: Mode,
    pub(super) greeting: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) ask: Ask,
    pub(super) privacy: Option<Privacy>,
    pub(super) look: Look,
    pub(super) texts: BTreeMap<String, String>,
    pub(super) identity_secret: Option<SecretString>,
}

impl Chat {
    pub(super) fn read(section: &Section<'_>) -> Self {
        const ASKED: [(&str, Asked); 3] =
            [("no", Asked::No), ("optional", Asked::Optional), ("required", Asked::Required)];
        let mode = section
            .value("mode", Mode::LiveChat, |node| word(node, &[("live_chat", Mode::LiveChat), ("form", Mode::Form)]));
        let greeting = section.optional("greeting", sentence);
        let language = section.value("language", None, language);
        let ask = Ask {
            name: section.value("ask_name", Asked::No, |node| word(node, &ASKED)),
            email: section.value("ask_email", Asked::No, |node| word(node, &ASKED)),
        };
        let privacy_text = section.optional("privacy_text", sentence);
        let privacy_url = section.optional("privacy_url", https);
        let privacy = (privacy_text.is_some() || privacy_url.is_some())
            .then_some(Privacy { text: privacy_text, url: privacy_url });
        let corner = section
            .value("corner", Corner::Right, |node| word(node, &[("right", Corner::Right), ("left", Corner::Left)]));
        let icon = section.value("icon", Icon::Chat, |node| {
            word(node, &[("chat", Icon::Chat), ("question", Icon::Question), ("wave", Icon::Wave)])
        });
        let look = Look { color: section.optional("color", color), corner, icon };
        let texts = section.section_like("texts", "write texts = { \"KEY\" = \"…\" }");
        let texts = texts.each(own_text).into_iter().collect();
        let variables = &section.reading.variables;
        let identity_secret = section.optional("identity_secret", |node| identity_secret(node, variables));
        Self { mode, greeting, language, ask, privacy, look, texts, identity_secret }
    }
}

/// A sentence for visitors. Line ends become spaces: it stands on a line of its own.
fn sentence(node: &Node) -> Result<String, Wrong> {
    let said = text(node)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = said.chars().count();
    match chars {
        0 => Err(Wrong::new("is empty", "write a sentence for visitors, or remove the key")),
        1..=SENTENCE => Ok(said),
        _ => Err(Wrong::new(format!("has {chars} characters"), format!("say it in at most {SENTENCE}"))),
    }
}

fn language(node: &Node) -> Result<Option<Language>, Wrong> {
    let mut words: Vec<(&'static str, Option<Language>)> = vec![("auto", None)];
    words.extend(Language::ALL.map(|language| (language.tag(), Some(language))));
    word(node, &words)
}

fn https(node: &Node) -> Result<String, Wrong> {
    let given = text(node)?;
    let fix = "write the page's whole address, for example https://shop.example/privacy";
    let url = Url::parse(given).map_err(|_| Wrong::new(format!("`{given}` is not an address"), fix))?;
    if url.scheme() != "https" || !url.has_host() {
        return Err(Wrong::new(format!("`{given}` is not an address with https"), fix));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::new("has a user's name or password, which every visitor would see", fix));
    }
    Ok(url.into())
}

fn color(node: &Node) -> Result<String, Wrong> {
    let given = text(node)?;
    let digits = given.strip_prefix('#').filter(|digits| digits.len() == 6);
    match digits {
        Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(given.to_ascii_lowercase()),
        _ => {
            let fix = "write a number sign and six hexadecimal digits, for example \"#0b6e4f\"";
            Err(Wrong::new(format!("`{given}` is not a colour"), fix))
        }
    }
}

/// A text of the widget in the admin's own words.
fn own_text(key: &str, node: &Node) -> Result<(String, String), Wrong> {
    let known = threadline_web::texts("en", "widget");
    if matches!(node.value, Value::Table(_)) && known.get(key).is_none() {
        let fix = format!("put the whole key in quotes, for example {EXAMPLE}");
        return Err(Wrong::new("is a table, because a key with a dot stands without quotes", fix));
    }
    if known.get(key).is_none() {
        let fix = near_miss(key, known.keys()).map_or_else(
            || format!("use a key of web/texts/en/widget.json, for example {EXAMPLE}"),
            |meant| format!("did you mean \"{meant}\"?"),
        );
        return Err(Wrong::new("is not a text that the widget has", fix));
    }
    Ok((key.to_owned(), sentence(node)?))
}

fn identity_secret(node: &Node, variables: &BTreeMap<String, String>) -> Result<SecretString, Wrong> {
    let secret = secret(node, variables)?;
    let bytes = secret.expose_secret().len();
    if bytes < SECRET_BYTES {
        let fix = "make one with `openssl rand -hex 32`, and give the website's server the same";
        return Err(Wrong::new(format!("has {bytes} bytes, and must have {SECRET_BYTES} or more"), fix));
    }
    Ok(secret)
}
