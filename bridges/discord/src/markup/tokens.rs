//! The pieces of Discord's markdown that stand for one thing each: addresses, mentions, emoji, times, commands.
//!
//! What lives here: reading one such piece where it begins. What must not: formats that hold other pieces.

use bridge_core::{Inline, RemoteUser};

use bridge_core::honest::is_safe_url;

/// The longest address that is looked for; a longer one is words.
const LONGEST_URL: usize = 2_048;
/// The longest of the pieces between `<` and `>` that aren't addresses.
const LONGEST_TOKEN: usize = 128;

/// Reads what begins with `<`: the inline, and how many bytes it takes.
pub(super) fn angled(text: &str) -> Option<(Inline, usize)> {
    let bytes = text.as_bytes();
    let stop = bytes.iter().take(LONGEST_URL).skip(1).position(|b| matches!(b, b'>' | b'<' | b'\n'))? + 1;
    if bytes[stop] != b'>' {
        return None;
    }
    let inner = &text[1..stop];
    let inline = if stop <= LONGEST_TOKEN { token(inner) } else { None };
    Some((inline.or_else(|| address(inner))?, stop + 1))
}

fn address(inner: &str) -> Option<Inline> {
    let fits = !inner.contains(char::is_whitespace) && (inner.contains(":/") || inner.starts_with("mailto:"));
    (fits && is_safe_url(inner)).then(|| {
        let shown = inner.strip_prefix("mailto:").unwrap_or(inner);
        Inline::Link { url: inner.to_owned(), children: vec![Inline::text(shown)] }
    })
}

fn token(inner: &str) -> Option<Inline> {
    if let Some(rest) = inner.strip_prefix('@') {
        let (kind, id) = match rest.strip_prefix('&') {
            Some(id) => ("&", id),
            None => ("", rest.strip_prefix('!').unwrap_or(rest)),
        };
        return is_id(id).then(|| Inline::Mention { user: RemoteUser(format!("{kind}{id}")), name: None });
    }
    // A channel's id is nobody's business where visitors read it, and tells them nothing.
    if let Some(id) = inner.strip_prefix('#') {
        return is_id(id).then(|| Inline::text("#channel"));
    }
    if let Some(place) = inner.strip_prefix("id:") {
        let known = place.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !place.is_empty();
        return known.then(|| Inline::text(format!("#{place}")));
    }
    if let Some(command) = inner.strip_prefix('/') {
        let (name, id) = command.rsplit_once(':')?;
        return (is_id(id) && !name.is_empty()).then(|| Inline::text(format!("/{name}")));
    }
    if let Some(time) = inner.strip_prefix("t:") {
        return moment(time).map(Inline::text);
    }
    let emoji = inner.strip_prefix("a:").or_else(|| inner.strip_prefix(':'))?;
    let (name, id) = emoji.split_once(':')?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (named && is_id(id)).then(|| Inline::text(format!(":{name}:")))
}

/// A moment in words: whoever reads them elsewhere may be in any time zone.
fn moment(time: &str) -> Option<String> {
    let (seconds, style) = time.split_once(':').unwrap_or((time, "f"));
    if style.len() != 1 {
        return None;
    }
    let moment = jiff::Timestamp::from_second(seconds.parse().ok()?).ok()?;
    Some(match style {
        "t" | "T" => moment.strftime("%H:%M UTC").to_string(),
        "d" | "D" => moment.strftime("%Y-%m-%d").to_string(),
        _ => moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    })
}

fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Reads a bare web address: where it ends. What usually ends a sentence is left out, and so are closing parentheses
/// that open outside it.
pub(super) fn bare_address(text: &str) -> Option<usize> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let stop = text.char_indices().take(LONGEST_URL).find(|(_, c)| c.is_whitespace() || *c == '<');
    let end = match stop {
        Some((at, _)) => at,
        None if text.len() <= LONGEST_URL => text.len(),
        None => return None,
    };
    let mut url = &text[..end];
    let mut unopened = url.matches(')').count().saturating_sub(url.matches('(').count());
    loop {
        url = url.trim_end_matches(['.', ',', ':', ';', '"', '\'', ']', '!', '?', '*', '_', '~', '|', '`']);
        match url.strip_suffix(')').filter(|_| unopened > 0) {
            Some(shorter) => url = shorter,
            None => break,
        }
        unopened -= 1;
    }
    is_safe_url(url).then_some(url.len())
}

/// Reads a masked link, `[label](address)`, that begins `text`: the label, the address, and how many bytes it takes.
pub(super) fn masked(text: &str) -> Option<(&str, &str, usize)> {
    let mut escaped = false;
    let close = text.char_indices().skip(1).take(LONGEST_URL).find(|(_, c)| {
        let stops = !escaped && matches!(c, '[' | ']' | '\n');
        escaped = *c == '\\' && !escaped;
        stops
    });
    let close = close.filter(|(_, c)| *c == ']')?.0;
    let label = &text[1..close];
    let rest = text[close + 1..].strip_prefix('(')?;
    let mut depth = 0_usize;
    let end = rest.char_indices().take(LONGEST_URL).find(|(_, c)| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' if depth > 0 => {
            depth -= 1;
            false
        }
        c => *c == ')' || c.is_whitespace(),
    });
    let end = end.filter(|(_, c)| *c == ')')?.0;
    let url = &rest[..end];
    let url = url.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(url);
    let shown = !label.trim().is_empty();
    (shown && is_safe_url(url)).then_some((label, url, close + end + 3))
}
