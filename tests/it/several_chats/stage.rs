//! The house with two chats: its service and its workers, without HTTP.
//!
//! What lives here: putting it together, and speaking as a visitor or an operator. What must not: what should come of it.
#![expect(clippy::unwrap_used, reason = "a house that can't be built fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bridge_core::{
    Action, Bridge, Click, Inbound, InboundEvent, InboundSink, RemoteAuthor, RemoteMessage, RemoteUser, ReplyHandle,
};
use dashmap::DashMap;
use threadline::clock::{Clock, new_id};
use threadline::live::{Hub, PresenceBoard, Wake};
use threadline::model::{ChannelId, Conversation, Link, Operator, Page, Visitor};
use threadline::service::accept_event::Sink;
use threadline::service::link_codes::LinkCodes;
use threadline::service::post_visitor_message::{NewMessage, post_visitor_message};
use threadline::service::standings::Standings;
use threadline::service::{Book, DomainInfo, Inner, Service};
use threadline::store::{Change, Outbox, Write};
use threadline::worker::{self, Figures};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::chat::{Chat, words};
use crate::support::PATIENCE;
use crate::support::database::Database;

/// The house.
pub(super) struct Stage {
    pub(super) service: Service,
    pub(super) one: Arc<Chat>,
    pub(super) two: Arc<Chat>,
    pub(super) channels: [ChannelId; 2],
    workers: TaskTracker,
    stop: CancellationToken,
    told: AtomicU64,
}

impl Stage {
    /// A domain that is mapped to a room in each of two chats. The second one can put threads away.
    pub(super) async fn new(db: &Database) -> Self {
        Self::of(db, Chat::new("one", false), Chat::new("two", true), Clock::system()).await
    }

    /// The same, for these chats, by this clock.
    pub(super) async fn of(db: &Database, one: Arc<Chat>, two: Arc<Chat>, clock: Clock) -> Self {
        let store = db.open().await;
        let now = clock.now();
        let domain = store.ensure_domain("shop.example", new_id(), now).await.unwrap();
        let mut book = Book::default();
        let mut channels = Vec::new();
        for chat in [&one, &two] {
            let channel = store.ensure_channel(&chat.channel(), new_id(), now).await.unwrap();
            channels.push(channel.id);
            book.add_channel(channel);
            book.add_bridge(Arc::clone(chat) as Arc<dyn Bridge>);
        }
        book.add_domain(DomainInfo { channels: channels.clone(), ..DomainInfo::named(domain, "shop.example") });
        let (typing, typing_out) = mpsc::channel(16);
        let (catch_up, _) = mpsc::channel(16);
        let service = Service::new(Inner {
            store,
            clock,
            hub: Hub::default(),
            wake: Wake::default(),
            presence: PresenceBoard::default(),
            book,
            restored: DashMap::new(),
            breaking: tokio::sync::Mutex::default(),
            link_codes: LinkCodes::default(),
            standings: Standings::default(),
            typing,
            catch_up,
            tasks: TaskTracker::new(),
        });
        let (workers, stop) = (TaskTracker::new(), CancellationToken::new());
        let figures = Figures {
            lease: Duration::from_secs(30),
            find_after: Duration::from_millis(1),
            catch_up_lookback: 10,
            keep_intake_keys: Duration::from_secs(60),
        };
        workers.spawn(worker::deliver::run(service.clone(), figures, stop.clone()));
        workers.spawn(worker::cards::run(service.clone(), stop.clone()));
        workers.spawn(worker::intake::run(service.clone(), stop.clone()));
        workers.spawn(worker::typing::run(service.clone(), typing_out, stop.clone()));
        let channels = [channels[0], channels[1]];
        Self { service, one, two, channels, workers, stop, told: AtomicU64::new(0) }
    }

    /// Ends the workers and lets go of the database.
    pub(super) async fn end(self) {
        self.stop.cancel();
        self.workers.close();
        tokio::time::timeout(PATIENCE, self.workers.wait()).await.unwrap();
        self.service.store.close().await;
    }

    pub(super) async fn visitor(&self) -> Visitor {
        let now = self.service.clock.now();
        let visitor = Visitor::stranger(new_id(), self.service.domain_by_name("shop.example").unwrap().id, now);
        let mut write = Write::new(visitor.id.0);
        write.push(Change::NewVisitor(visitor.clone()));
        self.service.store.commit(write).await.unwrap();
        visitor
    }

    /// The visitor writes; answers with the conversation.
    pub(super) async fn writes(&self, visitor: &Visitor, body: &str) -> Conversation {
        self.posts(visitor, body, None).await
    }

    /// The same, from a page.
    pub(super) async fn writes_from(&self, visitor: &Visitor, url: &str, body: &str) -> Conversation {
        let page = Page { url: url.to_owned(), title: "A page".into(), referrer: None };
        self.posts(visitor, body, Some(page)).await
    }

    async fn posts(&self, visitor: &Visitor, body: &str, page: Option<Page>) -> Conversation {
        let client_key = new_id::<uuid::Uuid>().to_string();
        let new = NewMessage { client_key, body: body.to_owned(), page, form: None };
        post_visitor_message(&self.service, visitor, new).await.unwrap();
        self.service.store.open_conversation(visitor.id).await.unwrap().unwrap()
    }

    /// A visitor whose words stand in both threads; with the threads' ids.
    pub(super) async fn talk(&self, body: &str) -> (Visitor, Conversation, [String; 2]) {
        let visitor = self.visitor().await;
        let conversation = self.writes(&visitor, body).await;
        let mut threads = Vec::new();
        for chat in [&self.one, &self.two] {
            let thread = chat.until(body, |world| {
                world.opened.iter().find(|thread| world.texts(thread).contains(&body.to_owned())).cloned()
            });
            threads.push(thread.await);
        }
        let threads = [threads[0].clone(), threads[1].clone()];
        (visitor, conversation, threads)
    }

    pub(super) async fn link(&self, conversation: &Conversation, chat: &Chat) -> Link {
        let channel = self.channels[usize::from(chat.connection() == self.two.connection())];
        let links = self.service.store.links(conversation.id).await.unwrap();
        links.into_iter().find(|link| link.channel == channel).unwrap()
    }

    /// Waits until what was said towards a link is not only there, but written down as done too.
    pub(super) async fn recorded(&self, link: &Link) {
        let done = async { while !self.service.store.unfinished_outbox(link.id).await.unwrap().is_empty() {} };
        tokio::time::timeout(PATIENCE, done).await.unwrap_or_else(|_| panic!("waited in vain for the outbox"));
    }

    /// Waits until it is written down that a link's work was refused.
    pub(super) async fn refused(&self, link: &Link) {
        let is_refused = |row: &Outbox| row.progress.error.is_some();
        let done =
            async { while !self.service.store.unfinished_outbox(link.id).await.unwrap().iter().any(is_refused) {} };
        tokio::time::timeout(PATIENCE, done).await.unwrap_or_else(|_| panic!("waited in vain for a refusal"));
    }

    /// Somebody writes in a thread.
    pub(super) async fn says(&self, chat: &Chat, user: &str, thread: &str, text: &str, private: bool) {
        let id = chat.take_id();
        let message = self.message(chat, user, thread, &id, text, private);
        self.tell(chat, format!("message:{id}"), thread, InboundEvent::Message(message)).await;
    }

    /// Somebody edits what they wrote.
    pub(super) async fn edits(&self, chat: &Chat, user: &str, thread: &str, id: &str, text: &str) {
        let mut message = self.message(chat, user, thread, id, text, true);
        message.edited_at = Some(message.at);
        self.tell(chat, format!("edited:{id}"), thread, InboundEvent::Edited(message)).await;
    }

    fn message(&self, chat: &Chat, user: &str, thread: &str, id: &str, text: &str, private: bool) -> RemoteMessage {
        RemoteMessage {
            channel: chat.channel(),
            thread: Some(thread.to_owned()),
            id: id.to_owned(),
            at: self.service.clock.now(),
            edited_at: None,
            author: RemoteAuthor::Person(RemoteUser(user.into())),
            body: words(text),
            mentions: Vec::new(),
            files: Vec::new(),
            key: None,
            reply: handle(user, private),
        }
    }

    /// Somebody presses a button or gives a command.
    pub(super) async fn clicks(&self, chat: &Chat, user: &str, thread: Option<&str>, action: Action) {
        let click = Click {
            channel: chat.channel(),
            thread: thread.map(str::to_owned),
            user: RemoteUser(user.into()),
            action,
            at: self.service.clock.now(),
            reply: handle(user, true),
        };
        let key = format!("click:{}", self.told.fetch_add(1, Ordering::Relaxed));
        self.tell(chat, key, thread.unwrap_or("nowhere"), InboundEvent::Click(click)).await;
    }

    /// Gives a command or presses a button, and waits for the one answer.
    pub(super) async fn answered(&self, chat: &Chat, user: &str, thread: Option<&str>, action: Action) -> String {
        let before = chat.read(|world| world.answers.len());
        self.clicks(chat, user, thread, action).await;
        chat.until("an answer", |world| world.answers.get(before).map(|(_, answer)| answer.text.clone())).await
    }

    pub(super) async fn tell(&self, chat: &Chat, dedupe_key: String, lane: &str, event: InboundEvent) {
        let inbound = Inbound { connection: chat.connection().clone(), dedupe_key, lane: lane.to_owned(), event };
        Sink::new(self.service.clone()).accept(inbound).await.unwrap();
    }

    pub(super) async fn operator(&self, chat: &Chat, user: &str) -> Option<Operator> {
        self.service.store.operator_by_identity(chat.connection(), &RemoteUser(user.into())).await.unwrap()
    }
}

fn handle(user: &str, private: bool) -> ReplyHandle {
    ReplyHandle(serde_json::json!({ "user": user, "private": private }))
}
