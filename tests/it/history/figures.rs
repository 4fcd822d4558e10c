//! The monitor's figures over a made history, to the second.
//!
//! What lives here: counts, medians, ratings, operators' parts, channels. What must not: medians' own rules (a unit test has
//! those).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_core::{Cursor, Micros, Speaker};
use serde_json::{Value, json};
use threadline::clock::new_id;
use threadline::model::{
    Audience, ClosedBy, Conversation, Disposition, DomainId, Event, EventKind, Link, LinkState, Message, Operator,
    OperatorId, Rating, Visitor,
};
use threadline::settings::Rate;
use threadline::store::{Change, Outbox, OutboxKind, OutboxProgress, OutboxState, Store};

use super::{DAY, MINUTE, NOW, Script, key, make};
use crate::support::database::{Database, on_both};
use crate::support::program::{self, Program};

on_both!(figures_are_exact);

/// What happens in a conversation, in minutes after its beginning.
struct Course {
    began: i64,
    answered: Option<i64>,
    closed: Option<i64>,
    assignee: Option<OperatorId>,
    stars: Option<i64>,
    replies: usize,
}

async fn happen(store: &Store, domain: DomainId, by: OperatorId, course: &Course) -> Conversation {
    let opened_at = Micros(course.began);
    let after = |minutes: i64| Micros(opened_at.0 + minutes * MINUTE);
    let visitor = Visitor::stranger(new_id(), domain, opened_at);
    let mut it = Conversation::begin(new_id(), domain, visitor.id, 1, None, opened_at);
    it.assignee = course.assignee;
    it.visitor_wrote(opened_at);
    if let Some(minutes) = course.answered {
        it.operator_answered(Some(by), after(minutes));
    }
    if let Some(minutes) = course.closed {
        it.close(ClosedBy::System, after(minutes)).unwrap();
    }
    it.rating = course.stars.map(|stars| Rating { stars, comment: None, at: opened_at });
    let message = |seq: i64, operator: Option<OperatorId>, disposition| Message {
        id: new_id(),
        conversation: it.id,
        seq,
        speaker: if operator.is_some() { Speaker::Operator } else { Speaker::Visitor },
        visitor: operator.is_none().then_some(visitor.id),
        operator,
        disposition,
        body: "Hello everywhere".into(),
        rich: None,
        client_key: None,
        origin: None,
        created_at: opened_at,
        edited_at: None,
        removed_at: None,
        version: 1,
    };
    let mut messages = vec![message(1, None, Disposition::Sent), message(2, Some(by), Disposition::Note)];
    for _ in 0..course.replies {
        messages.push(message(i64::try_from(messages.len()).unwrap() + 1, Some(by), Disposition::Sent));
    }
    it.next_seq = 100;
    it.next_event = 2;
    let event = Event {
        visitor: visitor.id,
        event_seq: 1,
        conversation: it.id,
        audience: Audience::All,
        kind: EventKind::ConversationOpened,
        message: None,
        at: opened_at,
    };
    let rows = [Change::NewVisitor(visitor), Change::NewConversation(it.clone()), Change::NewEvent(event)];
    make(store, rows.into_iter().chain(messages.into_iter().map(Change::NewMessage))).await;
    it
}

/// A platform refused a message of two parts, and what we ourselves had to say of it.
async fn refused(store: &Store, it: &Conversation) {
    let channel = store.ensure_channel(&"slack.acme/C1".parse().unwrap(), new_id(), NOW).await.unwrap();
    let link = Link {
        id: new_id(),
        conversation: it.id,
        channel: channel.id,
        generation: 1,
        state: LinkState::Gone,
        remote_thread: None,
        card: None,
        next_lane_seq: 2,
        cursor: Cursor::default(),
        card_wanted: 0,
        card_shown: 0,
        card_due_at: NOW,
    };
    let work = Outbox {
        id: new_id(),
        link: link.id,
        conversation: it.id,
        channel: channel.id,
        lane_seq: 1,
        kind: OutboxKind::Post,
        message: Some(new_id()),
        part: 0,
        payload: "{\"v\":\"1\"}".into(),
        delayed: false,
        broadcast: false,
        created_at: NOW,
        progress: OutboxProgress { state: OutboxState::Undelivered, ..OutboxProgress::fresh(NOW) },
    };
    let second = Outbox { id: new_id(), lane_seq: 2, part: 1, ..work.clone() };
    let notice = Outbox { id: new_id(), lane_seq: 3, kind: OutboxKind::Notice, message: None, ..work.clone() };
    let queued = [work, second, notice].map(Change::NewOutbox);
    make(store, [Change::NewLink(Link { next_lane_seq: 4, ..link })].into_iter().chain(queued)).await;
}

fn of<'a>(list: &'a Value, field: &str, name: &str) -> &'a Value {
    let list = list.as_array().unwrap();
    list.iter().find(|it| it[field] == name || it[field]["name"] == name).unwrap()
}

async fn figures_are_exact(db: &Database) {
    let store = db.open().await;
    let (grace, mina) = (Operator::named(new_id(), "Grace", NOW), Operator::named(new_id(), "Mina", NOW));
    make(&store, [Change::NewOperator(grace.clone()), Change::NewOperator(mina.clone())]).await;
    key(&store, "tlk_all", None).await;
    key(&store, "tlk_blog", Some(&["blog.example"])).await;
    let shop = store.ensure_domain("shop.example", new_id(), NOW).await.unwrap();
    let blog = store.ensure_domain("blog.example", new_id(), NOW).await.unwrap();
    let (first, second) = (NOW.0, NOW.0 + DAY);
    let course = |began, answered, closed, assignee, stars, replies| Course {
        began,
        answered,
        closed,
        assignee,
        stars,
        replies,
    };
    let (g, m) = (Some(grace.id), Some(mina.id));
    happen(&store, shop, grace.id, &course(first, Some(2), Some(10), g, Some(5), 3)).await;
    happen(&store, shop, grace.id, &course(first, Some(4), Some(30), None, Some(2), 1)).await;
    happen(&store, shop, mina.id, &course(first, None, Some(60), None, None, 0)).await;
    happen(&store, shop, mina.id, &course(second, Some(9), None, m, None, 2)).await;
    let waits = happen(&store, shop, mina.id, &course(second + MINUTE, None, None, None, None, 0)).await;
    happen(&store, blog, grace.id, &course(second, Some(1), Some(5), m, Some(4), 1)).await;
    // Long before.
    happen(&store, shop, mina.id, &course(first - 40 * DAY, Some(1), Some(1), m, Some(1), 5)).await;
    refused(&store, &waits).await;
    store.close().await;
    let mut settings = program::bare(db);
    settings.limits.requests_per_address = Rate::new(1_000_000, 1_000_000);
    let program = Program::with(settings).await;
    let script = Script::new(&program.url, "tlk_all");
    script.until(7, &[("q", "everywhere")]).await;

    let days = [("from", "2026-09-20"), ("to", "2026-09-22")];
    let all = script.get("monitor", &days).await;
    assert_eq!(
        all["now"],
        json!({"open": 2, "waiting": 1, "unassigned": 1, "longest_wait_since": "2026-09-22T13:34:20Z"})
    );
    assert_eq!(all["recently_closed"].as_array().unwrap().len(), 5);
    assert_eq!(all["recently_closed"][0]["domain"], "blog.example");
    assert_eq!(all["undelivered"], 1);
    assert_eq!(all["channels"], json!([]));
    let volume: Vec<Value> = all["volume"].as_array().unwrap().clone();
    assert_eq!(volume.len(), 3);
    let shops: Vec<&Value> = volume.iter().filter(|it| it["domain"] == "shop.example").collect();
    assert_eq!(*shops[0], json!({"day": "2026-09-21", "domain": "shop.example", "conversations": 3, "missed": 1}));
    assert_eq!(*shops[1], json!({"day": "2026-09-22", "domain": "shop.example", "conversations": 2, "missed": 0}));
    assert_eq!(
        all["first_response"],
        json!({"median_s": 180, "p90_s": 540, "by_day": [
            {"day": "2026-09-21", "median_s": 180, "p90_s": 240},
            {"day": "2026-09-22", "median_s": 300, "p90_s": 540},
        ]})
    );
    assert_eq!(
        (&all["resolution"]["median_s"], &all["resolution"]["p90_s"]),
        (&json!(1_200), &json!(3_600)),
        "of 5, 10, 30 and 60 minutes"
    );
    assert_eq!(all["ratings"], json!({"average": 3.66, "count": 3, "by_stars": [0, 1, 0, 1, 1]}));
    let of_grace = of(&all["by_operator"], "operator", "Grace");
    assert_eq!((&of_grace["conversations"], &of_grace["replies"]), (&json!(3), &json!(5)));
    assert_eq!(
        (&of_grace["median_first_response_s"], &of_grace["rating"]),
        (&json!(120), &json!(3.5)),
        "she answered in Mina's conversation, and in one that is nobody's"
    );
    let of_mina = of(&all["by_operator"], "operator", "Mina");
    assert_eq!((&of_mina["conversations"], &of_mina["replies"]), (&json!(1), &json!(2)));
    assert_eq!((&of_mina["median_first_response_s"], &of_mina["rating"]), (&json!(540), &json!(4.0)));
    let of_shop = of(&all["by_domain"], "domain", "shop.example");
    assert_eq!((&of_shop["conversations"], &of_shop["median_first_response_s"]), (&json!(5), &json!(240)));

    let blogs = script.get("monitor", &[days[0], days[1], ("domain", "blog.example")]).await;
    let foreign = Script::new(&program.url, "tlk_blog");
    assert_eq!(blogs, foreign.get("monitor", &days).await, "a key of one domain sees that one");
    assert_eq!((&blogs["now"]["open"], &blogs["undelivered"]), (&json!(0), &json!(0)));
    assert_eq!(foreign.ask("monitor", &[("domain", "shop.example")]).await.0, 404);
    for wrong in [
        [("from", "2026-09-22"), ("to", "2026-09-21")],
        [("from", "2025-09-20"), ("to", "2026-09-22")],
        [("from", "today"), ("to", "2026-09-22")],
    ] {
        assert_eq!(script.ask("monitor", &wrong).await.0, 422, "{wrong:?}");
    }
    program.stop().await;
}
