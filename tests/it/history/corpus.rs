//! The same conversations in both databases: every question has the same answer, and it is the right one.
//!
//! What lives here: a made corpus, written by the store and made findable by the program, and a plain reading of it to compare
//! with. What must not: people who talk meanwhile.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_core::{Micros, Speaker};
use threadline::clock::new_id;
use threadline::model::search::{Query, query};
use threadline::model::{
    Audience, ClosedBy, Conversation, Disposition, Event, EventKind, Message, Operator, OperatorId, Rating, Visitor,
};
use threadline::settings::Rate;
use threadline::store::Change;
use uuid::Uuid;

use super::{DAY, NOW, Script, key, make};
use crate::support::database::{Database, Kind};
use crate::support::program::{self, Program};

const CONVERSATIONS: usize = 130;

const WORDS: [&str; 24] = [
    "hat",
    "hats",
    "green",
    "GREENER",
    "Größe",
    "grosse",
    "İzmir",
    "izmir",
    "naïve",
    "naive.",
    "ﬁnal",
    "final",
    "don't",
    "ada@shop.example",
    "https://shop.example/hats?q=1",
    "红茶店",
    "茶",
    "東京タワー",
    "مرحبا",
    "a",
    "refund",
    "42",
    "🦀",
    "x-y_z",
];

const QUESTIONS: [&str; 30] = [
    "hat",
    "ha",
    "hat ",
    "h",
    "green",
    "gree",
    "green hat",
    "hat green",
    "greener grosse",
    "GRÖSSE",
    "izmir",
    "İZM",
    "naive",
    "final nai",
    "don't",
    "don t",
    "ada@shop.example",
    "ada@sho",
    "shop.example/hats",
    "红茶",
    "茶",
    "店",
    "東京",
    "タワー",
    "مرحبا",
    "refund 42",
    "🦀",
    "nowhere",
    "everywhere 42 refund hat",
    "visitor",
];

/// A small generator, so that both databases and every run hold the same.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

/// A conversation with all that can be found in it.
struct Written {
    conversation: Conversation,
    visitor: Visitor,
    messages: Vec<Message>,
}

impl Written {
    /// Its words, without what was removed.
    fn text(&self) -> String {
        let said = self.messages.iter().filter(|it| it.removed_at.is_none()).map(|it| it.body.as_str());
        let name = self.visitor.display_name();
        let visitor = [Some(name.as_str()), self.visitor.email.as_deref(), self.visitor.external_id.as_deref()];
        said.chain(visitor.into_iter().flatten()).collect::<Vec<_>>().join("\n")
    }

    fn events(&self) -> impl Iterator<Item = Change> {
        (1..self.conversation.next_event).map(|event_seq| {
            Change::NewEvent(Event {
                visitor: self.visitor.id,
                event_seq,
                conversation: self.conversation.id,
                audience: Audience::All,
                kind: EventKind::MessagePosted,
                message: None,
                at: NOW,
            })
        })
    }
}

fn write(dice: &mut Dice, index: usize, domain: Uuid, operators: &[Operator]) -> Written {
    let visitor = Visitor {
        name: (dice.throw(3) == 0).then(|| format!("Ada {index}")),
        email: (dice.throw(4) == 0).then(|| format!("ada{index}@shop.example")),
        external_id: (dice.throw(5) == 0).then(|| format!("customer-{index}")),
        ..Visitor::stranger(new_id(), domain.into(), NOW)
    };
    // Some begin in the same moment.
    let opened_at = Micros(NOW.0 + i64::try_from(index / 3).unwrap() * DAY);
    let mut it = Conversation::begin(new_id(), domain.into(), visitor.id, 1, None, opened_at);
    let mut messages = Vec::new();
    for _ in 0..=dice.throw(6) {
        let mut body: Vec<&str> = (0..=dice.throw(8)).map(|_| WORDS[dice.throw(WORDS.len())]).collect();
        body.push("everywhere");
        let operator = (dice.throw(3) == 0).then(|| operators[dice.throw(operators.len())].id);
        messages.push(Message {
            id: new_id(),
            conversation: it.id,
            seq: it.take_seq(),
            speaker: if operator.is_some() { Speaker::Operator } else { Speaker::Visitor },
            visitor: operator.is_none().then_some(visitor.id),
            operator,
            disposition: if operator.is_some() && dice.throw(3) == 0 { Disposition::Note } else { Disposition::Sent },
            body: body.join(" "),
            rich: None,
            client_key: None,
            origin: None,
            created_at: opened_at,
            edited_at: None,
            removed_at: (dice.throw(6) == 0).then_some(opened_at),
            version: 1,
        });
        it.take_event();
    }
    // At least one of them is there.
    messages[0].removed_at = None;
    if dice.throw(2) == 0 {
        it.close(ClosedBy::System, opened_at).unwrap();
    }
    if dice.throw(3) == 0 {
        it.assignee = Some(operators[dice.throw(operators.len())].id);
    }
    if dice.throw(3) == 0 {
        let stars = i64::try_from(dice.throw(5)).unwrap() + 1;
        it.rating = Some(Rating { stars, comment: None, at: opened_at });
    }
    Written { conversation: it, visitor, messages }
}

/// The program over a database that holds all of this.
async fn program(db: &Database, domain: Uuid, operators: &[Operator], all: &[Written]) -> Program {
    let store = db.open().await;
    assert_eq!(store.ensure_domain("shop.example", domain.into(), NOW).await.unwrap().0, domain);
    key(&store, "tlk_all", None).await;
    make(&store, operators.iter().cloned().map(Change::NewOperator)).await;
    for it in all {
        let rows = [Change::NewVisitor(it.visitor.clone()), Change::NewConversation(it.conversation.clone())];
        make(&store, rows.into_iter().chain(it.messages.iter().cloned().map(Change::NewMessage)).chain(it.events()))
            .await;
    }
    store.close().await;
    let mut settings = program::bare(db);
    settings.limits.requests_per_address = Rate::new(1_000_000, 1_000_000);
    Program::with(settings).await
}

/// The ids of those that a plain reading finds, the newest first.
fn right<'a>(all: &'a [Written], fits: impl Fn(&Written) -> bool + 'a) -> Vec<String> {
    let mut found: Vec<&Written> = all.iter().filter(|it| fits(it)).collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.conversation.opened_at, it.conversation.id)));
    found.into_iter().map(|it| it.conversation.id.to_string()).collect()
}

fn took_part(it: &Written, operator: OperatorId) -> bool {
    let answered = |message: &Message| {
        message.operator == Some(operator) && message.disposition == Disposition::Sent && message.removed_at.is_none()
    };
    it.conversation.assignee == Some(operator) || it.messages.iter().any(answered)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_find_the_same_and_the_right_ones() {
    let mut dice = Dice(7);
    let (domain, operators) = (new_id::<Uuid>(), ["Grace", "Mina"].map(|name| Operator::named(new_id(), name, NOW)));
    let all: Vec<Written> = (0..CONVERSATIONS).map(|index| write(&mut dice, index, domain, &operators)).collect();
    let (one, two) = (Database::new(Kind::Sqlite).await, Database::new(Kind::Postgres).await);
    let programs = [program(&one, domain, &operators, &all).await, program(&two, domain, &operators, &all).await];
    let scripts = programs.each_ref().map(|program| Script::new(&program.url, "tlk_all"));
    for script in &scripts {
        script.until(CONVERSATIONS, &[("q", "everywhere")]).await;
    }

    let check = async |parameters: &[(&str, &str)], limit: usize, fits: &dyn Fn(&Written) -> bool| {
        let (sqlite, postgres) = (scripts[0].all(parameters, limit).await, scripts[1].all(parameters, limit).await);
        assert_eq!(sqlite, postgres, "{parameters:?} finds other things in PostgreSQL");
        let found: Vec<String> = sqlite.into_iter().map(|(id, _)| id).collect();
        assert_eq!(found, right(&all, fits), "{parameters:?}");
        found.len()
    };
    let mut found = 0;
    for question in QUESTIONS {
        let asked: Query = query(question);
        let fits = |it: &Written| asked.matches(&it.text());
        found += check(&[("q", question)], 100, &fits).await;
        check(&[("q", question), ("status", "open")], 17, &|it| fits(it) && it.conversation.is_open()).await;
        let grace = operators[0].id;
        check(&[("q", question), ("operator", &grace.to_string())], 100, &|it| fits(it) && took_part(it, grace)).await;
        check(&[("q", question), ("rating", "none")], 100, &|it| fits(it) && it.conversation.rating.is_none()).await;
    }
    assert!(found > CONVERSATIONS, "the questions found only {found}");

    check(&[], 7, &|_| true).await;
    check(&[("status", "closed")], 100, &|it| !it.conversation.is_open()).await;
    let stars = |it: &Written| it.conversation.rating.as_ref().map(|rating| rating.stars);
    check(&[("rating", "5")], 100, &|it| stars(it) == Some(5)).await;
    let from = NOW.0 + 3 * DAY - NOW.0.rem_euclid(DAY);
    let within = |it: &Written| (from..from + 10 * DAY).contains(&it.conversation.opened_at.0);
    let count = check(&[("from", "2026-09-24"), ("to", "2026-10-03")], 100, &within).await;
    assert!(count > 0, "the days are wrong");
    check(&[("from", "2026-09-24"), ("to", "2026-10-03"), ("q", "everywhere")], 4, &within).await;
    let [one, two] = programs;
    one.stop().await;
    two.stop().await;
}
