//! What the rendered messages look like, and what must never be in them.

use bridge_core::{Block, Body, CardPage, Email, Inline, PostAuthor, split::split};
use proptest::prelude::*;

use bridge_core::testing::words;

use super::*;
use crate::LONGEST_PART;

/// As English-speaking people see it.
fn card(it: &Card, key: &str) -> Shown {
    super::card(it, words("en"), key)
}

fn post(it: &Post) -> Shown {
    super::post(it, words("en"))
}

fn thread_name(it: &Card) -> String {
    super::thread_name(it, words("en"))
}

fn a_card() -> Card {
    Card {
        visitor: "Ada Lovelace".into(),
        email: Some(Email { address: "ada_l@shop.example".into(), verified: false }),
        domain: "shop.example".into(),
        page: Some(CardPage { title: "Prices *now*".into(), url: "https://shop.example/prices".into() }),
        status: CardStatus::Open,
        assignee: None,
        continued: false,
        form: false,
        earlier: None,
    }
}

fn a_post(body: Body, speaker: Speaker) -> Post {
    Post {
        author: PostAuthor { speaker, name: "Ada".into(), picture: None },
        body,
        part: 0,
        broadcast: false,
        delayed_from: None,
    }
}

fn a_notice(text: &str) -> Notice {
    Notice { text: text.into(), mention: None, broadcast: false, buttons: vec![] }
}

fn fields(shown: &Shown) -> Vec<(String, String)> {
    let fields = shown.embeds[0]["fields"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    fields.iter().map(|field| (text(&field["name"]), text(&field["value"]))).collect()
}

fn ids(shown: &Shown) -> Vec<String> {
    let buttons = shown.components.iter().flat_map(|row| row["components"].as_array().unwrap());
    buttons.map(|button| button["custom_id"].as_str().unwrap().to_owned()).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_open_card() {
    let shown = card(&a_card(), "KEY");
    assert_eq!(shown.embeds[0]["title"], "Ada Lovelace");
    let expected = [
        ("E-mail", r"ada\_l\@shop.example (unverified)"),
        ("Website", "shop.example"),
        ("Page", "Prices \\*now\\*\n<https://shop.example/prices>"),
        ("Status", "Open"),
        ("Assigned to", "nobody"),
    ];
    assert_eq!(fields(&shown), owned(&expected));
    assert_eq!(ids(&shown), ["threadline.assign/KEY", "threadline.close/KEY"]);
    assert_eq!(shown.body()["allowed_mentions"], json!({ "parse": [] }));
    assert_eq!(shown.body()["flags"], 0, "embeds of ours are shown");
    assert!(is_card_of(&shown.body(), "KEY") && !is_card_of(&shown.body(), "OTHER"));
}

#[test]
fn a_closed_card() {
    let closed = Card {
        email: Some(Email { address: "a@b.example".into(), verified: true }),
        page: None,
        status: CardStatus::Closed { by: "Grace".into() },
        assignee: Some("Grace".into()),
        continued: true,
        form: false,
        earlier: Some("700000000000000900".into()),
        ..a_card()
    };
    let shown = card(&closed, "KEY");
    let expected = [
        ("E-mail", r"a\@b.example ✓"),
        ("Website", "shop.example"),
        ("Status", "Closed by Grace"),
        ("Assigned to", "Grace"),
        ("Earlier conversation", "<#700000000000000900>"),
        ("Note", "Goes on from an earlier thread"),
    ];
    assert_eq!(fields(&shown), owned(&expected));
    assert_eq!(ids(&shown), ["threadline.reopen/KEY"]);
}

#[test]
fn a_card_with_words_in_disguise() {
    let hostile = Card {
        visitor: "<@1> **@everyone**\u{202e}".into(),
        email: Some(Email { address: "<@1>\n@here".into(), verified: true }),
        page: Some(CardPage { title: "[x](https://evil.example)".into(), url: "https://a@evil.example/".into() }),
        assignee: Some("@everyone".into()),
        earlier: Some("<@1>".into()),
        ..a_card()
    };
    let shown = card(&hostile, "KEY");
    assert_eq!(shown.embeds[0]["title"], "‹＠1› \\*\\*＠everyone\\*\\*");
    let expected = [
        ("E-mail", r"\<\@1> \@here ✓"),
        ("Website", "shop.example"),
        ("Page", "\\[x\\](https\\://evil.example)\nhttps\\://a\\@evil.example/"),
        ("Status", "Open"),
        ("Assigned to", "＠everyone"),
    ];
    assert_eq!(fields(&shown), owned(&expected));
    assert_eq!(thread_name(&hostile), "‹＠1› **＠everyone** · shop.example");
}

#[test]
fn a_post_begins_with_whose_words_they_are() {
    let said = |speaker| post(&a_post(Body::plain("hello *there*"), speaker)).content;
    assert_eq!(said(Speaker::Visitor), "**Ada · visitor**\nhello \\*there\\*");
    assert_eq!(said(Speaker::Operator), "**Ada**\nhello \\*there\\*");
    let bold = Body {
        blocks: vec![Block::Paragraph { children: vec![Inline::Bold { children: vec![Inline::text("yes")] }] }],
    };
    assert_eq!(post(&a_post(bold.clone(), Speaker::Operator)).content, "**Ada**\n**yes**");
    assert_eq!(post(&a_post(bold, Speaker::Visitor)).content, "**Ada · visitor**\nyes");

    let mut late = a_post(Body::plain("hello"), Speaker::Visitor);
    late.delayed_from = Some(Micros(1_700_000_000_000_000));
    late.author.name = "*<@1>*\n".into();
    let body = post(&late).body();
    assert_eq!(body["content"], "**\\*‹＠1›\\* · visitor**\nhello\n-# Written <t:1700000000:f>, sent late");
    assert_eq!(body["flags"], SUPPRESS_EMBEDS);
    assert_eq!(post(&a_post(Body::default(), Speaker::System)).content, "**Ada**\n(empty)");
}

#[test]
fn a_long_post_goes_into_an_embed_and_loses_nothing() {
    for text in ["*".repeat(LONGEST_PART), "\u{1f600}".repeat(LONGEST_PART), "a\n".repeat(LONGEST_PART / 2)] {
        let shown = post(&a_post(Body::plain(&text), Speaker::Visitor));
        let words = match shown.embeds.first() {
            Some(embed) => {
                assert_eq!(shown.content, "**Ada · visitor**");
                assert_eq!(shown.body()["flags"], 0, "the embed would not be shown");
                embed["description"].as_str().unwrap().to_owned()
            }
            None => shown.content.split_once('\n').unwrap().1.to_owned(),
        };
        assert_eq!(crate::markup::parse(&words).to_plain(), Body::plain(&text).to_plain());
    }
}

#[test]
fn a_notice_calls_whom_it_names_and_nobody_else() {
    let plain = notice(&a_notice("Ada <@1> @everyone closed it.")).body();
    assert_eq!(plain["content"], r"Ada \<\@1> \@everyone closed it.");
    assert_eq!(plain["allowed_mentions"], json!({ "parse": [] }));
    let named = Notice { mention: Some(RemoteUser("700".into())), ..a_notice("take care.") };
    let body = notice(&named).body();
    assert_eq!(body["content"], "<@700> take care.");
    assert_eq!(body["allowed_mentions"], json!({ "parse": [], "users": ["700"] }));
    let odd = Notice { mention: Some(RemoteUser("&700> @everyone".into())), ..a_notice("take care.") };
    assert_eq!(notice(&odd).body()["content"], "take care.");
}

#[test]
fn buttons_say_what_they_do_and_can_all_be_pressed() {
    let button = |label: &str, action: Action| AnswerButton { label: label.into(), action };
    let buttons = vec![
        button("Send to visitor", Action::SendHeld("123".into())),
        button("Send to visitor", Action::SendHeld("123".into())),
        button("Retry", Action::Retry("9".repeat(100))),
        button("", Action::Close),
        button("Keep inside", Action::KeepInside("123".into())),
    ];
    let shown = answer(&Answer { buttons, ..Answer::text("Send it?") });
    assert_eq!(ids(&shown), ["threadline.send_held/123", "threadline.keep_inside/123"]);
    let many: Vec<AnswerButton> = (0..40).map(|n| button("x", Action::Retry(n.to_string()))).collect();
    let shown = answer(&Answer { buttons: many, ..Answer::text("") });
    assert_eq!((shown.components.len(), ids(&shown).len(), shown.content.as_str()), (5, 25, "…"));
}

#[test]
fn a_message_is_known_by_its_words() {
    let shown = post(&a_post(Body::plain("hello"), Speaker::Visitor));
    assert!(shown.is_said_by(&shown.body()));
    let arabic = super::post(&a_post(Body::plain("hello"), Speaker::Visitor), words("ar"));
    let stripped = json!({ "content": straight(&arabic.content) });
    assert!(
        arabic.is_said_by(&stripped) && arabic.content != stripped["content"],
        "Discord may drop what can't be seen"
    );
    assert!(!shown.is_said_by(&post(&a_post(Body::plain("hello!"), Speaker::Visitor)).body()));
    let long = |last: char| post(&a_post(Body::plain(&format!("{}{last}", "*".repeat(1_400))), Speaker::Visitor));
    assert!(long('a').is_said_by(&long('a').body()) && !long('a').is_said_by(&long('b').body()));
}

fn fits(shown: &Shown) -> Result<(), TestCaseError> {
    prop_assert!(length(&shown.content) <= LONGEST_CONTENT);
    prop_assert!(!shown.content.trim().is_empty() || !shown.embeds.is_empty());
    let size = |value: &Value| value.as_str().map_or(0, length);
    let mut total = 0;
    for embed in &shown.embeds {
        prop_assert!(size(&embed["title"]) <= 256 && size(&embed["description"]) <= LONGEST_DESCRIPTION);
        total += size(&embed["title"]) + size(&embed["description"]);
        for field in embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default() {
            prop_assert!((1..=1_024).contains(&size(&field["value"])), "{}", field);
            total += size(&field["name"]) + size(&field["value"]);
        }
    }
    prop_assert!(total <= 6_000);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_said_fits(text in "([*_<>@a-z \n😀\\\\]|https://a.example/|```|\u{202e}){0,300}", name: String, late: bool) {
        for speaker in [Speaker::Visitor, Speaker::Operator] {
            for part in split(&crate::markup::parse(&text), LONGEST_PART).iter().chain(&split(&Body::plain(&text), LONGEST_PART)) {
                let mut said = a_post(part.clone(), speaker);
                said.author.name.clone_from(&name);
                said.delayed_from = late.then_some(Micros(i64::MAX));
                let shown = post(&said);
                fits(&shown)?;
                prop_assert_eq!(&shown.body()["allowed_mentions"], &json!({ "parse": [] }));
            }
        }
    }

    #[test]
    fn whatever_a_card_or_a_notice_says_fits(visitor: String, address: String, url in "https://[a-z/*_]{0,3000}", text in "[*a@ ]{0,4000}") {
        let hostile = Card {
            visitor: visitor.repeat(20),
            email: Some(Email { address: address.repeat(50), verified: true }),
            domain: visitor.clone(),
            page: Some(CardPage { title: text.clone(), url }),
            status: CardStatus::Closed { by: text.clone().into() },
            assignee: Some(address),
            continued: true,
            form: false,
            earlier: Some("1".into()),
        };
        fits(&card(&hostile, "KEY"))?;
        let name = thread_name(&hostile);
        prop_assert!((1..=100).contains(&length(&name)) && !name.contains(['\n', '\r']));
        fits(&notice(&Notice { mention: Some(RemoteUser("700".into())), ..a_notice(&text) }))?;
        fits(&answer(&Answer::text(&text)))?;
    }
}

#[test]
fn an_arabic_team_reads_arabic() {
    let arabic = words("ar");
    let closed = Card { status: CardStatus::Closed { by: Closer::Visitor }, ..a_card() };
    let card = super::card(&closed, arabic, "KEY").body().to_string();
    for words in ["أغلقها الزائر", "إعادة الفتح", "البريد الإلكتروني", "(غير موثَّق)"]
    {
        assert!(card.contains(words), "{words}: {card}");
    }
    let said = Post { delayed_from: Some(Micros(1_700_000_000_000_000)), ..a_post(Body::default(), Speaker::Visitor) };
    let late = "كُتبت <t:1700000000:f>، وأُرسلت متأخرة";
    assert_eq!(super::post(&said, arabic).content, format!("**\u{2068}Ada\u{2069} · زائر**\n(فارغة)\n-# {late}"));
    assert_eq!(pointer("1", arabic).content, "رسالة جديدة في <#1>");
    let told = arabic.say(Word::ClosedBy, &[("name", "*Ada*\u{202e}")]);
    assert_eq!(notice(&a_notice(&told)).content, "أغلقها \u{2068}\\*Ada\\*\u{2069}");
    assert_eq!(answer(&Answer::text(&told)).content, notice(&a_notice(&told)).content);
}
