//! What is read, and that every text can be.

use bridge_core::RemoteUser;
use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Inline {
    Inline::text(text)
}

fn bold(children: Vec<Inline>) -> Inline {
    Inline::Bold { children }
}

fn italic(children: Vec<Inline>) -> Inline {
    Inline::Italic { children }
}

fn link(url: &str, label: &str) -> Inline {
    Inline::Link { url: url.into(), children: vec![text(label)] }
}

fn one(markdown: &str) -> Vec<Inline> {
    match parse(markdown).blocks.as_slice() {
        [Block::Paragraph { children }] => children.clone(),
        other => panic!("not one paragraph: {other:?}"),
    }
}

#[test]
fn formats_are_read() {
    assert_eq!(
        one("**b** *i* _j_"),
        [bold(vec![text("b")]), text(" "), italic(vec![text("i")]), text(" "), italic(vec![text("j")]),]
    );
    assert_eq!(one("~~gone~~"), [Inline::Strike { children: vec![text("gone")] }]);
    assert_eq!(one("***both***"), [bold(vec![italic(vec![text("both")])])]);
    assert_eq!(one("**a *b***"), [bold(vec![text("a "), italic(vec![text("b")])])]);
    assert_eq!(one("*a **b***"), [italic(vec![text("a "), bold(vec![text("b")])])]);
    assert_eq!(one("__under__"), [italic(vec![text("under")])]);
    assert_eq!(
        one("`a **b**` ``c ` d``"),
        [Inline::Code { text: "a **b**".into() }, text(" "), Inline::Code { text: "c ` d".into() },]
    );
    assert_eq!(parse("a ||secret|| b").to_plain(), "a secret b");
}

#[test]
fn what_is_no_format_stays_as_it_was_typed() {
    for words in [
        "snake_case_word",
        "2 * 3 * 4",
        "a ** b",
        "**open",
        "*open",
        "~~open",
        "||open",
        "`open",
        "****",
        "**",
        "a_b_",
        "<not a token>",
        "a < b > c",
        "[label] (x)",
        "[x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "#nothing",
        "# ",
        "-no item",
        "1.no item",
        "1) no item",
        ">no quote",
        "http://",
        "@nobody",
        "<@x>",
        "<t:x:R>",
        "a\\b",
        "```",
        "```open",
        r"¯\_(ツ)_/¯",
    ] {
        assert_eq!(parse(words).to_plain(), words);
        assert!(!format!("{:?}", parse(words)).contains("Link"), "{words}");
    }
}

#[test]
fn escapes_are_taken_off() {
    assert_eq!(one(r"\*a\* \<@1> \\ \`x\` \# \@everyone"), [text("*a* <@1> \\ `x` # @everyone")]);
    assert_eq!(parse("\\# a\n\\> b\n\\- c\n1\\. d").to_plain(), "# a\n> b\n- c\n1. d");
}

#[test]
fn links_are_read() {
    assert_eq!(
        one("https://shop.example/a_b_c."),
        [link("https://shop.example/a_b_c", "https://shop.example/a_b_c"), text(".")]
    );
    assert_eq!(
        one("(https://en.example/wiki_(x))"),
        [text("("), link("https://en.example/wiki_(x)", "https://en.example/wiki_(x)"), text(")"),]
    );
    assert_eq!(one("<https://shop.example/>"), [link("https://shop.example/", "https://shop.example/")]);
    assert_eq!(one("[the shop](https://shop.example/)"), [link("https://shop.example/", "the shop")]);
    assert_eq!(one(r"[a \[b\]](<https://shop.example/>)"), [link("https://shop.example/", "a [b]")]);
    assert_eq!(one("**https://shop.example**"), [bold(vec![link("https://shop.example", "https://shop.example")])]);
    assert_eq!(
        parse("[https://bank.example](https://evil.example)").to_plain(),
        "https://bank.example (https://evil.example)"
    );
}

#[test]
fn people_and_things_are_read() {
    let mention =
        |id: &str, name: Option<&str>| Inline::Mention { user: RemoteUser(id.into()), name: name.map(str::to_owned) };
    assert_eq!(
        one("<@12><@!34><@&56>@here"),
        [mention("12", None), mention("34", None), mention("&56", None), mention("here", Some("here")),]
    );
    for (typed, words) in [
        ("<#700>", "#channel"),
        ("<:wave:700> <a:spin:701>", ":wave: :spin:"),
        ("<t:1700000000:R>", "2023-11-14 22:13 UTC"),
        ("<t:1700000000>", "2023-11-14 22:13 UTC"),
        ("<t:1700000000:d>", "2023-11-14"),
        ("</close:700>", "/close"),
        ("<id:customize>", "#customize"),
    ] {
        assert_eq!(parse(typed).to_plain(), words);
    }
}

#[test]
fn blocks_are_read() {
    let body = parse(
        "# Big **news**\nwords\nmore\n> quoted\n> - item\nafter\n- one\n- two\n  more\n1. first\n```rust\nlet a = 1;\n```\nend",
    );
    let plain = "Big news\nwords\nmore\n> quoted\n> • item\nafter\n• one\n• two\nmore\n1. first\nlet a = 1;\nend";
    assert_eq!(body.to_plain().lines().map(str::trim).collect::<Vec<_>>().join("\n"), plain);
    let kinds: Vec<&str> = body
        .blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph { .. } => "paragraph",
            Block::Quote { .. } => "quote",
            Block::Code { .. } => "code",
            Block::List { .. } => "list",
        })
        .collect();
    assert_eq!(kinds, ["paragraph", "paragraph", "quote", "paragraph", "list", "list", "code", "paragraph"]);
    assert_eq!(parse("a\n>>> b\n> c\nd").to_plain(), "a\n> b\n> > c\n> d");
    assert_eq!(parse("```\ncode\n```").blocks, [Block::Code { text: "code".into() }]);
    assert_eq!(parse("```code```").blocks, [Block::Code { text: "code".into() }]);
    assert_eq!(parse("```js\n```").blocks, [Block::Code { text: "js".into() }]);
    assert_eq!(parse("").blocks, []);
}

#[test]
fn many_opening_marks_take_no_time() {
    for piece in [
        "*a ",
        "_b ",
        "**",
        "||a",
        "~~a",
        "`",
        "``a",
        "<",
        "<@",
        "[",
        "[a](",
        "[a](b",
        "\\",
        "> ",
        "- ",
        "```a",
        "\\```",
        "http://",
        "http://a(",
        "@",
        "1. ",
        "a)",
    ] {
        let text = piece.repeat(20_000);
        let _ = parse(&text).to_plain();
    }
    let nested = "*a **b __c ~~d ||e ".repeat(5_000);
    let _ = parse(&nested).to_plain();
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = parse(&text).to_plain();
    }

    #[test]
    fn no_text_of_marks_makes_it_panic(text in "([*_~`<>|!@#&:;a\\\\ \n()\\[\\]é1.-]|https://a|```|<@1>|<t:1:R>){0,60}") {
        let _ = parse(&text).to_plain();
    }

    #[test]
    fn no_letter_is_lost(text in "([*_~|a-zé ]|\\*\\*|__|~~){0,60}") {
        let letters = |s: &str| s.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        prop_assert_eq!(letters(&parse(&text).to_plain()), letters(&text));
    }
}
