//! How many messages a second the store takes: many callers at once, whose writes are made set by set, against one caller
//! who waits for each.
//!
//! `cargo bench --bench store`, or under `cargo xtask postgres --` to measure PostgreSQL too. Each write holds what one
//! visitor's message costs: the conversation, the message, its event and one outbox row.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that fails stops, and its figures are printed")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bridge_core::{Cursor, Micros, Speaker};
use futures_util::future::join_all;
use sqlx::Connection;
use threadline::clock::new_id;
use threadline::model::{
    Audience, Conversation, Disposition, DomainId, Event, EventKind, Link, LinkState, Message, Visitor,
};
use threadline::store::{Change, Channel, Options, Outbox, OutboxKind, OutboxProgress, Store, Write};

const TOGETHER: usize = 2_000;
const ALONE_FOR: Duration = Duration::from_secs(3);
const TOGETHER_FOR: Duration = Duration::from_secs(5);
const NOW: Micros = Micros(1_790_000_000_000_000);

#[tokio::main]
async fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    measure("SQLite", &format!("sqlite:{}", folder.path().join("bench.db").display())).await;
    match std::env::var("THREADLINE_TEST_POSTGRES_URL") {
        Ok(base) => on_postgres(&base).await,
        Err(_) => println!("PostgreSQL: not measured; run this under `cargo xtask postgres --`"),
    }
}

async fn on_postgres(base: &str) {
    let name = format!("bench_{}", new_id::<uuid::Uuid>().simple());
    let mut server = sqlx::PgConnection::connect(base).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut server).await.unwrap();
    let mut url: url::Url = base.parse().unwrap();
    url.set_path(&name);
    measure("PostgreSQL", url.as_str()).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .execute(&mut server)
        .await
        .unwrap();
}

async fn measure(name: &str, url: &str) {
    let store = Store::open(url, Options::default()).await.unwrap();
    let domain = store.ensure_domain("shop.example", new_id(), NOW).await.unwrap();
    let channel = store.ensure_channel(&"slack.acme/C1".parse().unwrap(), new_id(), NOW).await.unwrap();
    let alone = rate(&store, domain, &channel, 1, ALONE_FOR).await;
    let together = rate(&store, domain, &channel, TOGETHER, TOGETHER_FOR).await;
    println!(
        "{name}: {alone:.0} messages a second one by one, {together:.0} with {TOGETHER} callers at once: {:.1} times as many",
        together / alone
    );
    store.close().await;
}

/// Messages a second, with so many conversations going on at once.
async fn rate(store: &Store, domain: DomainId, channel: &Channel, callers: usize, lasting: Duration) -> f64 {
    let channel = Arc::new(channel.clone());
    let talks = join_all((0..callers).map(|_| Talk::begin(store.clone(), domain, Arc::clone(&channel)))).await;
    let start = Instant::now();
    let tasks: Vec<_> = talks.into_iter().map(|talk| tokio::spawn(talk.go_on(start + lasting))).collect();
    let mut said = 0;
    for task in tasks {
        said += task.await.unwrap();
    }
    f64::from(said) / start.elapsed().as_secs_f64()
}

struct Talk {
    store: Store,
    conversation: Conversation,
    link: Link,
}

impl Talk {
    async fn begin(store: Store, domain: DomainId, channel: Arc<Channel>) -> Self {
        let visitor = Visitor::stranger(new_id(), domain, NOW);
        let conversation = Conversation::begin(new_id(), domain, visitor.id, 1, None, NOW);
        let link = Link {
            id: new_id(),
            conversation: conversation.id,
            channel: channel.id,
            generation: 1,
            state: LinkState::Opening,
            remote_thread: None,
            card: None,
            next_lane_seq: 1,
            cursor: Cursor::default(),
            card_wanted: 1,
            card_shown: 0,
            card_due_at: NOW,
        };
        let mut write = Write::new(conversation.id);
        write
            .push(Change::NewVisitor(visitor))
            .push(Change::NewConversation(conversation.clone()))
            .push(Change::NewLink(link.clone()));
        store.commit(write).await.unwrap();
        Self { store, conversation, link }
    }

    async fn go_on(mut self, until: Instant) -> u32 {
        let mut said = 0;
        while Instant::now() < until {
            let write = self.say();
            self.store.commit(write).await.unwrap();
            self.conversation.version += 1;
            said += 1;
        }
        said
    }

    fn say(&mut self) -> Write {
        let it = &mut self.conversation;
        let (seq, event_seq) = (it.take_seq(), it.take_event());
        let message = Message {
            id: new_id(),
            conversation: it.id,
            seq,
            speaker: Speaker::Visitor,
            visitor: Some(it.visitor),
            operator: None,
            disposition: Disposition::Sent,
            body: "Do you have this hat in green? I have looked everywhere and can't find it.".into(),
            rich: None,
            client_key: Some(new_id::<uuid::Uuid>().to_string()),
            origin: None,
            created_at: NOW,
            edited_at: None,
            removed_at: None,
            version: 1,
        };
        let event = Event {
            visitor: it.visitor,
            event_seq,
            conversation: it.id,
            audience: Audience::All,
            kind: EventKind::MessagePosted,
            message: Some(message.id),
            at: NOW,
        };
        let outbox = Outbox {
            id: new_id(),
            link: self.link.id,
            conversation: it.id,
            channel: self.link.channel,
            lane_seq: seq,
            kind: OutboxKind::Post,
            message: Some(message.id),
            part: 0,
            payload: "{}".into(),
            delayed: false,
            broadcast: false,
            created_at: NOW,
            progress: OutboxProgress::fresh(NOW),
        };
        let mut write = Write::new(it.id);
        write.set_conversation(it);
        write
            .push(Change::NewMessage(message))
            .push(Change::NewEvent(event))
            .push(Change::LinkLane(self.link.id, seq + 1))
            .push(Change::NewOutbox(outbox));
        write
    }
}
