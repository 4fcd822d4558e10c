//! What Slack makes of text: escaping and links in what people type, and `rich_text` blocks from its own markup.
//!
//! What lives here: pure text. What must not: the world; handles are resolved through a function.

use serde_json::{Map, Value, json};

/// Escapes the three characters that Slack escapes, and only those.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Bare ampersands of an app's text become `&amp;`, as Slack stores them; entities stay.
#[must_use]
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| rest.starts_with(entity));
        if c == '&' && !entity { out.push_str("&amp;") } else { out.push(c) }
    }
    out
}

/// Whether `<inside>` is one of Slack's own tokens.
fn is_token(inside: &str) -> bool {
    let id = |text: &str| {
        let id = text.split('|').next().unwrap_or_default();
        id.len() > 1 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    match inside.split_at_checked(1) {
        Some(("@" | "#", rest)) => id(rest),
        Some(("!", rest)) => {
            let word = rest.split('|').next().unwrap_or_default();
            matches!(word, "channel" | "here" | "everyone")
                || rest.strip_prefix("subteam^").is_some_and(id)
                || rest.starts_with("date^")
        }
        _ => false,
    }
}

/// Tokens in a text that would notify somebody: `<@…>`, `<!channel>`, `<!here>`, `<!everyone>`, `<!subteam^…>`.
#[must_use]
pub fn pings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in text.split('<').skip(1) {
        if let Some((inside, _)) = piece.split_once('>')
            && is_token(inside)
            && !inside.starts_with('#')
            && !inside.starts_with("!date")
        {
            found.push(format!("<{inside}>"));
        }
    }
    found
}

/// What Slack's composer sends for typed text: escaped, with links in brackets and `@handle` resolved.
/// Tokens such as `<@U…>` and `<!here>` stand for picks from the composer's menu and stay.
#[must_use]
pub fn from_typed(typed: &str, resolve: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = typed;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let (taken, written) = if c == '<' {
            match rest.get(1..).and_then(|inner| inner.split_once('>')).filter(|(inside, _)| is_token(inside)) {
                Some((inside, _)) => (inside.len() + 2, format!("<{inside}>")),
                None => (1, "&lt;".to_owned()),
            }
        } else if !before.is_alphanumeric() && (rest.starts_with("http://") || rest.starts_with("https://")) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"|`".contains(c)).unwrap_or(rest.len());
            let link = rest.get(..end).unwrap_or(rest).trim_end_matches(['.', ',', ')', '!', '?', ';', ':', '*', '_']);
            (link.len(), format!("<{}>", link.replace('&', "&amp;")))
        } else if c == '@' && !before.is_alphanumeric() {
            let name: String = rest.chars().skip(1).take_while(|c| c.is_alphanumeric() || "._-".contains(*c)).collect();
            match resolve(&name) {
                Some(token) => (name.len() + 1, token),
                None => (1, "@".to_owned()),
            }
        } else {
            (c.len_utf8(), escape(c.encode_utf8(&mut [0; 4])))
        };
        out.push_str(&written);
        before = rest.get(..taken).and_then(|part| part.chars().last()).unwrap_or(' ');
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// The `rich_text` block that Slack makes from its markup; none for empty text.
#[must_use]
pub fn rich_text(mrkdwn: &str, block_id: &str) -> Option<Value> {
    if mrkdwn.trim().is_empty() {
        return None;
    }
    let mut elements = Vec::new();
    for (index, part) in mrkdwn.split("```").enumerate() {
        if index % 2 == 1 {
            let code = unescape(part.trim_matches('\n'));
            elements.push(json!({"type": "rich_text_preformatted", "border": 0, "elements": [text(&code, &[])]}));
        } else {
            paragraphs(part.trim_matches('\n'), &mut elements);
        }
    }
    Some(json!({"type": "rich_text", "block_id": block_id, "elements": elements}))
}

#[derive(PartialEq, Clone, Copy)]
enum Line {
    Plain,
    Quote,
    Bullet,
    Number,
}

fn kind(line: &str) -> (Line, &str) {
    if let Some(rest) = line.strip_prefix("&gt; ").or_else(|| line.strip_prefix("&gt;")) {
        return (Line::Quote, rest);
    }
    if let Some(rest) = line.strip_prefix("• ").or_else(|| line.strip_prefix("- ")) {
        return (Line::Bullet, rest);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.get(digits..).and_then(|rest| rest.strip_prefix(". ")) {
        Some(rest) if digits > 0 => (Line::Number, rest),
        _ => (Line::Plain, line),
    }
}

fn paragraphs(part: &str, out: &mut Vec<Value>) {
    if part.is_empty() {
        return;
    }
    let lines: Vec<(Line, &str)> = part.split('\n').map(kind).collect();
    for run in lines.chunk_by(|a, b| a.0 == b.0) {
        let texts: Vec<&str> = run.iter().map(|(_, line)| *line).collect();
        let sections =
            || texts.iter().map(|line| json!({"type": "rich_text_section", "elements": inline(line)})).collect();
        let list = |style: &str| {
            let items: Vec<Value> = sections();
            json!({"type": "rich_text_list", "style": style, "indent": 0, "border": 0, "elements": items})
        };
        out.push(match run.first().map(|(kind, _)| *kind) {
            Some(Line::Quote) => json!({"type": "rich_text_quote", "elements": inline(&texts.join("\n"))}),
            Some(Line::Bullet) => list("bullet"),
            Some(Line::Number) => list("ordered"),
            _ => json!({"type": "rich_text_section", "elements": inline(&texts.join("\n"))}),
        });
    }
}

fn inline(mrkdwn: &str) -> Vec<Value> {
    let mut out = Vec::new();
    styled(mrkdwn, &[], &mut out);
    out
}

fn style_of(styles: &[&str]) -> Option<Value> {
    if styles.is_empty() {
        return None;
    }
    Some(Value::Object(styles.iter().map(|style| ((*style).to_owned(), json!(true))).collect::<Map<_, _>>()))
}

fn with_style(mut element: Value, styles: &[&str]) -> Value {
    if let Some(style) = style_of(styles) {
        element["style"] = style;
    }
    element
}

fn text(text: &str, styles: &[&str]) -> Value {
    with_style(json!({"type": "text", "text": text}), styles)
}

/// The end of a `*bold*`-like run that starts at the beginning of `rest`, if Slack would see one.
fn closing(rest: &str, mark: char) -> Option<usize> {
    let inside = rest.get(1..)?;
    if inside.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let line = inside.split('\n').next().unwrap_or_default();
    line.match_indices(mark).map(|(at, _)| at).find(|at| {
        let before = line.get(..*at).and_then(|part| part.chars().last());
        let after = line.get(at + 1..).and_then(|part| part.chars().next());
        before.is_some_and(|c| !c.is_whitespace()) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn styled(mrkdwn: &str, styles: &[&str], out: &mut Vec<Value>) {
    let mut plain = String::new();
    let mut rest = mrkdwn;
    let mut before = ' ';
    let flush = |plain: &mut String, out: &mut Vec<Value>| {
        if !plain.is_empty() {
            out.push(text(&unescape(plain), styles));
            plain.clear();
        }
    };
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        let open = !before.is_alphanumeric();
        let style = match c {
            '*' => Some("bold"),
            '_' => Some("italic"),
            '~' => Some("strike"),
            '`' => Some("code"),
            _ => None,
        };
        let run = style.filter(|_| open).and_then(|style| closing(rest, c).map(|end| (style, end)));
        if let Some((style, end)) = run {
            flush(&mut plain, out);
            let inner = rest.get(1..=end).unwrap_or_default();
            let mut with: Vec<&str> = styles.to_vec();
            with.push(style);
            if style == "code" {
                out.push(text(&unescape(inner), &with))
            } else {
                styled(inner, &with, out)
            }
            taken = end + 2;
        } else if let Some((inside, _)) =
            rest.strip_prefix('<').and_then(|inner| inner.split_once('>')).filter(|(inside, _)| !inside.is_empty())
        {
            flush(&mut plain, out);
            out.push(with_style(token(inside), styles));
            taken = inside.len() + 2;
        } else if let Some(name) = emoji(rest) {
            flush(&mut plain, out);
            out.push(with_style(json!({"type": "emoji", "name": name}), styles));
            taken = name.len() + 2;
        } else {
            plain.push(c);
        }
        before = rest.get(..taken).and_then(|part| part.chars().last()).unwrap_or(' ');
        rest = rest.get(taken..).unwrap_or_default();
    }
    flush(&mut plain, out);
}

fn emoji(rest: &str) -> Option<&str> {
    let (name, _) = rest.strip_prefix(':')?.split_once(':')?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-'".contains(&byte);
    let named = name.bytes().any(|byte| byte.is_ascii_lowercase()) || name == "+1" || name == "-1";
    (named && name.bytes().all(fits)).then_some(name)
}

fn token(inside: &str) -> Value {
    let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
    if let Some(user) = target.strip_prefix('@') {
        return json!({"type": "user", "user_id": user});
    }
    if let Some(channel) = target.strip_prefix('#') {
        return json!({"type": "channel", "channel_id": channel});
    }
    if let Some(group) = target.strip_prefix("!subteam^") {
        return json!({"type": "usergroup", "usergroup_id": group});
    }
    if let Some(range) = target.strip_prefix('!') {
        return json!({"type": "broadcast", "range": range});
    }
    let mut link = json!({"type": "link", "url": unescape(target)});
    if let Some(label) = label {
        link["text"] = json!(unescape(label));
    }
    link
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(mrkdwn: &str) -> Vec<String> {
        let block = rich_text(mrkdwn, "b").unwrap_or_default();
        let elements = block["elements"].as_array().cloned().unwrap_or_default();
        elements.iter().map(|element| element["type"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn lines_become_paragraphs_quotes_lists_and_code() {
        let typed = from_typed("hi\n> quoted\n- one\n- two\n1. first\n```a < b```", |_| None);
        assert_eq!(typed, "hi\n&gt; quoted\n- one\n- two\n1. first\n```a &lt; b```");
        let expected = ["section", "quote", "list", "list", "preformatted"].map(|kind| format!("rich_text_{kind}"));
        assert_eq!(kinds(&typed), expected);
        let block = rich_text(&typed, "b").unwrap();
        assert_eq!(block["elements"][4]["elements"][0]["text"], "a < b");
        assert_eq!(block["elements"][2]["elements"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn marks_nest_and_need_word_borders() {
        let block = rich_text("*bold _both_* 2*3*4 `*raw*` :tada: <https://a.example|here>", "b").unwrap();
        let elements = &block["elements"][0]["elements"];
        assert_eq!(elements[1], json!({"type": "text", "text": "both", "style": {"bold": true, "italic": true}}));
        assert_eq!(elements[2], json!({"type": "text", "text": " 2*3*4 "}));
        assert_eq!(elements[3], json!({"type": "text", "text": "*raw*", "style": {"code": true}}));
        assert_eq!(elements[5], json!({"type": "emoji", "name": "tada"}));
        assert_eq!(elements[7], json!({"type": "link", "url": "https://a.example", "text": "here"}));
    }

    #[test]
    fn only_slacks_own_tokens_stay_live_in_typed_text() {
        let resolve = |name: &str| (name == "mina").then(|| "<@U0MINA>".to_owned());
        assert_eq!(
            from_typed("@mina a@mina <!here> <b> <@u1>", resolve),
            "<@U0MINA> a@mina <!here> &lt;b&gt; &lt;@u1&gt;"
        );
        assert_eq!(pings("<@U0MINA> <!channel> <#C1> &lt;!here&gt; <https://a.example>"), ["<@U0MINA>", "<!channel>"]);
        assert_eq!(normalise("a & b &amp; c &lt;"), "a &amp; b &amp; c &lt;");
    }

    #[test]
    fn odd_text_never_panics() {
        for odd in
            ["*", "**", "`", "```", "<", "<>", "<@", ":", "::", "é*ü*", "*a\n*", "~~~", "> ", "1.", "<@|x>", "𝄞_𝄞_"]
        {
            let typed = from_typed(odd, |_| None);
            let _ = (rich_text(odd, "b"), rich_text(&typed, "b"), pings(odd), normalise(odd));
        }
    }
}
