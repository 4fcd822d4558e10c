//! What the rendered blocks look like, and what must never be in them.

use bridge_core::{Action, Block, Body, CardPage, Email, Inline, PostAuthor, RemoteUser};
use proptest::prelude::*;

use bridge_core::testing::words;

use super::*;

/// As English-speaking people see it.
fn card(it: &Card, block_id: &str, earlier: Option<&str>) -> Shown {
    super::card(it, words("en"), block_id, earlier)
}

fn post(it: &Post, block_id: &str) -> Shown {
    super::post(it, words("en"), block_id)
}

fn username(it: &Post) -> String {
    super::username(it, words("en"))
}

fn a_card() -> Card {
    Card {
        visitor: "Ada Lovelace".into(),
        email: Some(Email { address: "ada@shop.example".into(), verified: false }),
        domain: "shop.example".into(),
        page: Some(CardPage { title: "Prices & plans".into(), url: "https://shop.example/prices".into() }),
        status: CardStatus::Open,
        assignee: None,
        continued: false,
        form: false,
        earlier: None,
    }
}

fn a_post(body: Body) -> Post {
    Post {
        author: PostAuthor { speaker: Speaker::Visitor, name: "Ada".into(), picture: None },
        body,
        part: 0,
        broadcast: false,
        delayed_from: None,
    }
}

fn shown(shown: Shown) -> Value {
    json!({ "text": shown.text, "blocks": shown.blocks })
}

#[test]
fn an_open_card() {
    insta::assert_json_snapshot!(shown(card(&a_card(), "KEY", None)));
}

#[test]
fn a_closed_card_of_somebody_unknown() {
    let closed = Card {
        visitor: "Visitor 7F3A".into(),
        email: None,
        page: None,
        status: CardStatus::Closed { by: "Grace".into() },
        assignee: Some("Grace".into()),
        continued: true,
        form: false,
        earlier: None,
        ..a_card()
    };
    insta::assert_json_snapshot!(shown(card(&closed, "KEY", None)));
}

#[test]
fn a_card_with_words_in_disguise() {
    let hostile = Card {
        visitor: "<!channel> <https://evil.example|Bank>".into(),
        email: Some(Email { address: "<@U1>\n@here".into(), verified: true }),
        page: Some(CardPage { title: "*<!here>*".into(), url: "javascript:alert(1)".into() }),
        assignee: Some("@everyone".into()),
        ..a_card()
    };
    insta::assert_json_snapshot!(shown(card(&hostile, "KEY", None)));
}

#[test]
fn a_card_shows_a_page_in_disguise_as_words() {
    for url in ["https://bank.example@evil.example/", "https://evil.example/\u{202e}moc.knab", "mailto:a@b.example"] {
        let page = Some(CardPage { title: "\u{202e}secirP\u{2066}\u{7}now".into(), url: url.into() });
        let shown = shown(card(&Card { page, ..a_card() }, "KEY", None));
        assert_eq!(links_in(&shown), Vec::<String>::new());
        let words = shown.to_string();
        assert!(
            words.contains("“secirP now”") && words.contains("evil.example") | words.contains("a@b.example"),
            "{words}"
        );
        assert!(!words.contains(['\u{202e}', '\u{2066}', '\u{7}']), "{words}");
    }
    let honest = shown(card(&a_card(), "KEY", None));
    assert_eq!(links_in(&honest), ["https://shop.example/prices"]);
}

#[test]
fn a_visitors_link_in_disguise_stays_words() {
    let said = |words: &str| shown(post(&a_post(Body::plain(words)), "KEY"));
    for disguised in [
        "https://bank.example@evil.example/",
        "https://bank.example:pay@evil.example/",
        "https://evil.example/\u{202e}moc.knab",
        "https://bank\u{200b}.example/",
    ] {
        let shown = said(&format!("look at {disguised} please"));
        assert_eq!(links_in(&shown), Vec::<String>::new(), "{disguised:?}");
        assert!(shown["blocks"].to_string().contains("example"), "the words stay");
    }
    assert_eq!(links_in(&said("look at https://shop.example/a@b, please")), ["https://shop.example/a@b"]);

    let children = vec![Inline::text("your \u{202e}bank")];
    let link = |url: &str| Inline::Link { url: url.into(), children: children.clone() };
    let body = Body {
        blocks: vec![Block::Paragraph {
            children: vec![link("https://a@evil.example/"), link("https://shop.example/")],
        }],
    };
    assert_eq!(links_in(&shown(post(&a_post(body), "KEY"))), ["https://shop.example/"]);
}

#[test]
fn nothing_that_a_visitor_writes_turns_the_words_around_it() {
    let turned = "a\u{202e}b\u{2066}c";
    let children = vec![
        Inline::text(turned),
        Inline::Code { text: turned.into() },
        Inline::Link { url: "https://shop.example/".into(), children: vec![Inline::text(turned)] },
        Inline::Mention { user: RemoteUser("U1".into()), name: Some(turned.into()) },
    ];
    let body = Body {
        blocks: vec![
            Block::Paragraph { children: children.clone() },
            Block::List { ordered: false, items: vec![children] },
            Block::Code { text: turned.into() },
            Block::Quote { children: vec![Block::Code { text: turned.into() }] },
        ],
    };
    let mut said = a_post(body);
    said.author.name = turned.into();
    let nothing = shown(post(&a_post(Body::plain("\u{202e}\u{2069}")), "KEY"));
    assert_eq!(nothing["text"], "(empty)");
    assert!(nothing["blocks"].to_string().contains("(empty)"), "Slack refuses a text of no characters");
    let called = Notice { text: turned.into(), mention: None, broadcast: false, buttons: vec![] };
    let hostile = Card { visitor: turned.into(), ..a_card() };
    for words in [
        shown(post(&said, "KEY")).to_string(),
        username(&said),
        shown(card(&hostile, "KEY", None)).to_string(),
        shown(notice(&called, "KEY")).to_string(),
        shown(answer(&Answer::text(turned))).to_string(),
    ] {
        assert!(words.contains("abc") && !words.contains(['\u{202e}', '\u{2066}']), "{words}");
    }

    // A teammate may write in two directions.
    said.author.speaker = Speaker::Operator;
    assert!(shown(post(&said, "KEY")).to_string().contains('\u{2066}'));
}

#[test]
fn a_post_with_every_format() {
    let body = Body {
        blocks: vec![
            Block::Paragraph {
                children: vec![
                    Inline::text("see https://shop.example/a?b=1, "),
                    Inline::Bold { children: vec![Inline::Italic { children: vec![Inline::text("both")] }] },
                    Inline::Break,
                    Inline::Code { text: "x < y".into() },
                    Inline::Link { url: "https://shop.example".into(), children: vec![Inline::text("the shop")] },
                    Inline::Mention { user: RemoteUser("U1".into()), name: Some("grace".into()) },
                ],
            },
            Block::Paragraph { children: vec![Inline::text("second")] },
            Block::List { ordered: true, items: vec![vec![Inline::text("one")], vec![]] },
            Block::Quote { children: vec![Block::Paragraph { children: vec![Inline::text("quoted")] }] },
            Block::Code { text: "let a = 1;\nlet b = 2;".into() },
        ],
    };
    insta::assert_json_snapshot!(shown(post(&a_post(body), "KEY")));
}

#[test]
fn a_late_post_says_so() {
    let late = Post { delayed_from: Some(Micros(1_700_000_000_000_000)), ..a_post(Body::plain("hello")) };
    insta::assert_json_snapshot!(shown(post(&late, "KEY")));
}

#[test]
fn a_blank_post_still_has_a_form() {
    insta::assert_json_snapshot!(shown(post(&a_post(Body::default()), "KEY")));
}

#[test]
fn a_notice_calls_only_whom_we_name() {
    let mut said = Notice {
        text: "<!channel> Ada takes care of it & more".into(),
        mention: Some(RemoteUser("U012AB".into())),
        broadcast: false,
        buttons: vec![AnswerButton { label: "Retry".into(), action: Action::Retry("o1".into()) }],
    };
    insta::assert_json_snapshot!(shown(notice(&said, "KEY")));
    said.mention = Some(RemoteUser("U1> <!channel".into()));
    assert!(!notice(&said, "KEY").text.contains('<'));
}

#[test]
fn an_answer_with_buttons() {
    let buttons = vec![
        AnswerButton { label: "Send to visitor".into(), action: Action::SendHeld("m1".into()) },
        AnswerButton { label: "Retry".into(), action: Action::Retry("o1".into()) },
        AnswerButton { label: "Retry".into(), action: Action::Retry("o2".into()) },
        AnswerButton { label: "Assign".into(), action: Action::Assign },
    ];
    insta::assert_json_snapshot!(shown(answer(&Answer { buttons, ..Answer::text("Send <this> to the visitor?") })));
}

#[test]
fn names_are_harmless() {
    let mut said = a_post(Body::plain("x"));
    said.author.name = "<!channel>".into();
    assert_eq!(username(&said), "‹!channel› · visitor");
    said.author.name = " \u{200b}".into();
    assert_eq!(username(&said), "Visitor · visitor");
    said.author.picture = Some("javascript:x".into());
    assert_eq!(icon_url(&said), None);
}

/// Every address that can be pressed.
fn links_in(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("url").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(links_in)).collect()
        }
        Value::Array(items) => items.iter().flat_map(links_in).collect(),
        _ => Vec::new(),
    }
}

/// Every text in blocks that Slack parses.
fn parsed_texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if fields.get("type").and_then(Value::as_str) == Some("mrkdwn") {
                out.extend(fields.get("text").and_then(Value::as_str).map(str::to_owned));
            }
            fields.values().for_each(|field| parsed_texts(field, out));
        }
        Value::Array(items) => items.iter().for_each(|item| parsed_texts(item, out)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_live_token_of_a_visitor_survives(words in "[<>!@#|&;a-z:/. \n]{0,120}") {
        let hostile = Card { visitor: words.clone(), assignee: Some(words.clone()), ..a_card() };
        let said = Notice { text: words.clone(), mention: None, broadcast: false, buttons: vec![] };
        for shown in [post(&a_post(Body::plain(&words)), "KEY"), card(&hostile, "KEY", None), notice(&said, "KEY"), answer(&Answer::text(&words))] {
            let mut texts = vec![shown.text];
            parsed_texts(&json!(shown.blocks), &mut texts);
            for text in texts {
                prop_assert!(!text.contains('<') && !text.contains('>'), "{}", text);
                prop_assert!(!text.is_empty());
            }
        }
    }
}

#[test]
fn the_conversation_before_is_linked_where_its_place_is_known() {
    let card_with = |ts: &str| Card { earlier: Some(ts.to_owned()), ..a_card() };
    let home = Some("https://acme.slack.com/");
    let link = earlier(&card_with("1763806464.000100"), home, "C1");
    assert_eq!(link.as_deref(), Some("https://acme.slack.com/archives/C1/p1763806464000100"));
    let blocks = card(&a_card(), "KEY", link.as_deref()).blocks;
    let shown = serde_json::to_string(&blocks).unwrap();
    assert!(shown.contains("<https://acme.slack.com/archives/C1/p1763806464000100|Earlier conversation>"), "{shown}");
    for (ts, home) in [("1.2", None), ("1.2", Some("slack")), ("1.2", Some("javascript:x")), ("1|x>", home)] {
        assert_eq!(earlier(&card_with(ts), home, "C1"), None, "{ts} {home:?}");
    }
    assert_eq!(earlier(&a_card(), home, "C1"), None);
}

#[test]
fn an_arabic_team_reads_arabic() {
    let arabic = words("ar");
    let assigned = Card { assignee: Some("Grace".into()), ..a_card() };
    let card = shown(super::card(&assigned, arabic, "KEY", Some("https://team.slack.com/archives/C1/p1")));
    for words in ["مفتوحة · مسندة إلى \u{2068}Grace\u{2069}", "إسناد إليّ", "إغلاق", "|محادثة سابقة>", "(غير موثَّق)"]
    {
        assert!(card.to_string().contains(words), "{words}: {card}");
    }
    let said = Post { delayed_from: Some(Micros(1_700_000_000_000_000)), ..a_post(Body::default()) };
    assert_eq!(super::username(&said, arabic), "\u{2068}Ada\u{2069} · زائر");
    let late = "<!date^1700000000^{date_short_pretty} الساعة {time}|2023-11-14 22:13 UTC>";
    let told = answer(&Answer::text(arabic.say(Word::ClosedBy, &[("name", "Ada\u{202e}")])));
    assert_eq!(told.text, "أغلقها \u{2068}Ada\u{2069}");
    assert_eq!(super::post(&said, arabic, "KEY").text, format!("(فارغة)\nكُتبت {late}، وأُرسلت متأخرة"));
}
