//! What the written markdown looks like, and that the words survive it.

use bridge_core::RemoteUser;
use proptest::prelude::*;

use super::super::escape::length;
use super::*;

fn said(children: Vec<Inline>) -> String {
    write(&Body { blocks: vec![Block::Paragraph { children }] }, Speaker::Operator)
}

fn bold(text: &str) -> Inline {
    Inline::Bold { children: vec![Inline::text(text)] }
}

fn italic(text: &str) -> Inline {
    Inline::Italic { children: vec![Inline::text(text)] }
}

#[test]
fn an_operators_formats_are_kept() {
    let nested = Inline::Bold { children: vec![Inline::text("a "), italic("b")] };
    assert_eq!(said(vec![nested, Inline::text(" c*")]), r"**a** ***b*** c\*");
    assert_eq!(said(vec![bold(" spaced "), Inline::text("out")]), " **spaced** out");
    assert_eq!(said(vec![Inline::Strike { children: vec![bold("x")] }]), "~~**x**~~");
    assert_eq!(said(vec![Inline::Code { text: "a * b".into() }]), "`a * b`");
    assert_eq!(said(vec![bold("two"), Inline::Break, bold("lines")]), "**two**\n**lines**");
}

#[test]
fn formats_that_discord_would_mix_up_are_left_out_and_the_words_stay() {
    assert_eq!(said(vec![bold("a"), italic("b")]), "**a**b");
    assert_eq!(said(vec![Inline::Code { text: "`".into() }]), r"\`");
}

#[test]
fn links_show_where_they_lead() {
    let link =
        |url: &str, label: &str| said(vec![Inline::Link { url: url.into(), children: vec![Inline::text(label)] }]);
    assert_eq!(link("https://shop.example/", "the [shop]"), r"[the \[shop\]](<https://shop.example/>)");
    assert_eq!(link("https://shop.example/", "https://shop.example/"), "<https://shop.example/>");
    assert_eq!(
        link("https://evil.example/", "https://bank.example/"),
        "<https://bank.example/> (<https://evil.example/>)"
    );
    assert_eq!(link("https://bank.example@evil.example/", "bank"), r"bank (https\://bank.example\@evil.example/)");
    assert_eq!(link("mailto:ada@shop.example", "ada@shop.example"), r"ada\@shop.example");
    assert_eq!(
        said(vec![Inline::text("see https://shop.example/a_b, please")]),
        "see <https://shop.example/a_b>, please"
    );
}

#[test]
fn blocks_stand_below_each_other() {
    let body = Body {
        blocks: vec![
            Block::Quote {
                children: vec![
                    Block::Paragraph { children: vec![Inline::text("so"), Inline::Break, Inline::text("# it was")] },
                    Block::Quote { children: vec![Block::Paragraph { children: vec![Inline::text("deep")] }] },
                ],
            },
            Block::List {
                ordered: true,
                items: vec![vec![bold("a")], vec![Inline::text("b"), Inline::Break, Inline::text("c")]],
            },
            Block::List { ordered: false, items: vec![vec![Inline::text("- d")]] },
            Block::Code { text: "let a = 1;\n  *b*".into() },
            Block::Code { text: "a ``` b".into() },
        ],
    };
    assert_eq!(
        write(&body, Speaker::Operator),
        "> so\n> \\# it was\n> \\> deep\n1. **a**\n2. b\n  c\n- \\- d\n```\nlet a = 1;\n  *b*\n```\na \\`\\`\\` b"
    );
}

#[test]
fn a_name_in_somebodys_words_calls_nobody() {
    let mention =
        |name: Option<&str>| Inline::Mention { user: RemoteUser("700".into()), name: name.map(str::to_owned) };
    assert_eq!(said(vec![mention(Some("Ada")), Inline::text(" and "), mention(None)]), r"\@Ada and \@700");
}

#[test]
fn a_visitors_words_have_no_formats() {
    let words =
        "**b** <@1> @here `c`\n# h\n> q\n- i\n```\ncode\n```\n<t:1:R> \u{202e}x https://a.example:80@evil.example/";
    let written = write(&Body::plain(words), Speaker::Visitor);
    assert_eq!(
        written,
        "\\*\\*b\\*\\* \\<\\@1> \\@here \\`c\\`\n\\# h\n\\> q\n\\- i\n\\`\\`\\`\ncode\n\\`\\`\\`\n\\<t\\:1:R> x \
         https\\://a.example:80\\@evil.example/"
    );
    assert_eq!(parse(&written), Body::plain(&straight(words)), "read back, it is plain words");
}

/// Text without control characters; lines and single spaces only, since Discord keeps no others at a line's ends.
fn inline() -> impl Strategy<Value = Inline> {
    let text = || "[a-z*_~`|<>@#:/\\[\\]()\\\\.0-9é😀 -]{1,12}";
    let leaf = prop_oneof![
        6 => text().prop_map(Inline::text),
        1 => text().prop_map(|text| Inline::Code { text }),
        1 => Just(Inline::Break),
        1 => (text(), "https://[a-z]{1,5}\\.example/[a-z_*()]{0,6}")
            .prop_map(|(label, url)| Inline::Link { url, children: vec![Inline::text(label)] }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = || prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            some().prop_map(|children| Inline::Bold { children }),
            some().prop_map(|children| Inline::Italic { children }),
            some().prop_map(|children| Inline::Strike { children }),
        ]
    })
}

fn body() -> impl Strategy<Value = Body> {
    let running = || prop::collection::vec(inline(), 1..5);
    let block = prop_oneof![
        4 => running().prop_map(|children| Block::Paragraph { children }),
        1 => "[a-z*`# \n]{1,20}".prop_map(|text| Block::Code { text }),
        1 => (any::<bool>(), prop::collection::vec(running(), 1..3))
            .prop_map(|(ordered, items)| Block::List { ordered, items }),
        1 => running().prop_map(|children| Block::Quote { children: vec![Block::Paragraph { children }] }),
    ];
    prop::collection::vec(block, 1..4).prop_map(|blocks| Body { blocks })
}

proptest! {
    #[test]
    fn the_words_come_back(body in body()) {
        let written = write(&body, Speaker::Operator);
        prop_assert_eq!(squeezed(&parse(&written).to_plain()), squeezed(&body.to_plain()));
    }

    #[test]
    fn any_visitors_words_come_back_as_plain_words(text: String) {
        let written = write(&Body::plain(&text), Speaker::Visitor);
        let mut read = parse(&written);
        prop_assert_eq!(squeezed(&read.to_plain()), squeezed(&straight(&text)));
        let mut live = 0;
        read.for_each_inline_mut(&mut |inline| {
            let plain = matches!(inline, Inline::Text { .. } | Inline::Break);
            let honest = matches!(inline, Inline::Link { url, children } if is_honest_page(url) && children == &[Inline::text(url.as_str())]);
            live += usize::from(!plain && !honest);
        });
        prop_assert_eq!(live, 0);
    }

    #[test]
    fn a_visitors_marks_come_back_as_plain_words(text in "([*_~`|<>@#:/\\[\\]()\\\\.0-9a \n!&-]|http://|https://|@everyone|```|<@1>|>>> ){0,40}") {
        let written = write(&Body::plain(&text), Speaker::Visitor);
        let read = parse(&written);
        prop_assert_eq!(squeezed(&read.to_plain()), squeezed(&text));
        let blocks_are_plain = read.blocks.iter().all(|block| matches!(block, Block::Paragraph { .. }));
        prop_assert!(blocks_are_plain, "{:?}", read);
    }

    #[test]
    fn words_at_most_double(text: String) {
        for speaker in [Speaker::Visitor, Speaker::Operator] {
            let body = Body::plain(&text);
            prop_assert!(length(&write_words(&body, speaker)) <= 2 * length(&body.to_plain()));
        }
    }
}
