//! Words that many conversations hold, and few together: no page looks through all of them, and all pages together do.
//!
//! What lives here: a history written straight into the search's own rows, large enough that a page ends before it is full.
//! What must not: how rows come about.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_core::Micros;
use threadline::clock::new_id;
use threadline::model::{Conversation, DomainId, Visitor};
use threadline::settings::{Domain, Rate};
use threadline::store::{Change, SearchChange, SearchTerm, Store};

use super::{MINUTE, NOW, Script, key, make};
use crate::support::database::{Database, on_both};
use crate::support::program::{self, Program};

on_both!(pages_end_early_and_miss_nothing);

const CONVERSATIONS: usize = 1_400;

/// So many that each has the least share of what is looked at for a page: 250.
const DOMAINS: usize = 16;

/// These hold both words; the others one of them.
const BOTH: [usize; 7] = [5, 700, 701, 1_395, 1_396, 1_398, 1_399];

fn words(index: usize) -> &'static [&'static str] {
    if BOTH.contains(&index) {
        &["left", "right", "rind"]
    } else if (index / 4).is_multiple_of(2) {
        &["left"]
    } else {
        &["right", "rind"]
    }
}

/// The newest first, three of four on the first domain.
async fn fill(store: &Store, domains: [DomainId; 2]) -> Vec<String> {
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for index in 0..CONVERSATIONS {
        let domain = domains[usize::from(index % 4 == 0)];
        let opened_at = Micros(NOW.0 - i64::try_from(index).unwrap() * MINUTE);
        let visitor = Visitor::stranger(new_id(), domain, opened_at);
        let it = Conversation::begin(new_id(), domain, visitor.id, 1, None, opened_at);
        let (conversation, lines) = (it.id, format!("\n{}\n", words(index).join("\n")));
        ids.push(conversation.to_string());
        rows.extend([Change::NewVisitor(visitor), Change::NewConversation(it)]);
        rows.push(Change::Search(SearchChange::NewWords(conversation, lines)));
        rows.extend(words(index).iter().map(|word| {
            let term = (*word).to_owned();
            Change::Search(SearchChange::Has(SearchTerm { domain, term, opened_at, conversation }))
        }));
    }
    make(store, rows).await;
    ids
}

/// Every page, each with how many it holds.
async fn pages(script: &Script, question: &str) -> (Vec<String>, Vec<usize>) {
    let (mut found, mut sizes, mut before) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![("q", question), ("limit", "50")];
        parameters.extend(before.as_deref().map(|before| ("before", before)));
        let page = script.get("history", &parameters).await;
        let entries = page["conversations"].as_array().unwrap();
        found.extend(entries.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        sizes.push(entries.len());
        assert!(sizes.len() < 100, "{question} goes on for ever");
        match page["next"].as_str() {
            Some(next) => before = Some(next.to_owned()),
            None => return (found, sizes),
        }
    }
}

async fn pages_end_early_and_miss_nothing(db: &Database) {
    let store = db.open().await;
    key(&store, "tlk_all", None).await;
    let one = store.ensure_domain("d0.example", new_id(), NOW).await.unwrap();
    let two = store.ensure_domain("d1.example", new_id(), NOW).await.unwrap();
    let ids = fill(&store, [one, two]).await;
    store.close().await;
    let mut settings = program::bare(db);
    settings.domains = (0..DOMAINS).map(|n| Domain::named(&format!("d{n}.example"))).collect();
    settings.limits.requests_per_address = Rate::new(1_000_000, 1_000_000);
    let program = Program::with(settings).await;
    let script = Script::new(&program.url, "tlk_all");

    let both: Vec<String> = BOTH.iter().map(|index| ids[*index].clone()).collect();
    for question in ["left right ", "right left ", "rind left right ", "left ri"] {
        let (found, sizes) = pages(&script, question).await;
        assert_eq!(found, both, "{question}");
        assert!(sizes[0] < both.len() && sizes.len() > 2, "{question} looked at everything for one page: {sizes:?}");
    }
    // The beginning alone: the conversations themselves are walked.
    let (found, _) = pages(&script, "ri").await;
    let right = ids.iter().enumerate().filter(|(index, _)| words(*index).contains(&"right"));
    assert_eq!(found, right.map(|(_, id)| id.clone()).collect::<Vec<_>>());
    // Nothing at all is found, and that too has an end.
    let (found, sizes) = pages(&script, "left right nowhere").await;
    assert_eq!((found.len(), sizes.as_slice()), (0, &[0][..]), "a word that nothing holds ends it at once");
    program.stop().await;
}
