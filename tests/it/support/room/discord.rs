//! A Discord server as a room.
//!
//! What lives here: Discord's words for what people do and see. What must not: the program.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its stand fails")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bridge_sandbox::discord::permissions::VIEW_CHANNEL;
use bridge_sandbox::discord::world::{THREAD_STARTER, buttons};
use bridge_sandbox::discord::{DiscordSandbox, Ephemeral, Message, PersonError, ReleaseOrder, View, seed};
use bridge_sandbox::faults::Faults;
use secrecy::SecretString;
use serde_json::{Value, json};
use threadline::settings::{DiscordConnection, DiscordRole, Settings};
use tokio::sync::watch;

use super::{About, Call, End, Order, Person, Place, Room, Shown, Sort, Told};

/// A server in which the program is the connection `discord.play`.
pub(crate) struct DiscordRoom {
    pub(crate) discord: DiscordSandbox,
    /// What stood in threads that were deleted; Discord forgets it.
    gone: Mutex<Gone>,
    /// How many connections there had been when the gateway froze.
    connections: AtomicU32,
}

#[derive(Default)]
struct Gone {
    threads: BTreeSet<String>,
    messages: Vec<Shown>,
}

impl Person {
    /// Their id in Discord.
    pub(crate) const fn discord(self) -> &'static str {
        match self {
            Self::Mina => seed::MINA,
            Self::Jonas => seed::JONAS,
            Self::Priya => seed::PRIYA,
            Self::Tom => seed::TOM,
            Self::Lucia => seed::LUCIA,
        }
    }
}

impl Place {
    /// Its id in Discord.
    pub(crate) const fn discord(self) -> &'static str {
        match self {
            Self::Shop => seed::SHOP,
            Self::Blog => seed::BLOG,
        }
    }
}

impl DiscordRoom {
    pub(crate) fn new(discord: DiscordSandbox) -> Self {
        Self { discord, gone: Mutex::default(), connections: AtomicU32::new(0) }
    }

    fn gone<T>(&self, read: impl FnOnce(&mut Gone) -> T) -> T {
        read(&mut self.gone.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn all_cards_of(&self, view: &View<'_>, at: Place) -> Vec<Shown> {
        let timeline = view.timeline(at.discord()).into_iter();
        let cards = timeline.map(shown).filter(|message| message.sort == Sort::Card);
        cards.filter(|card| !self.gone(|gone| gone.threads.contains(&card.id))).collect()
    }
}

/// A text as a person reads it: without what keeps it from being marked up, and without the brackets that keep a link's
/// preview away.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut letters, mut in_link) = (text.chars(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '<' if letters.as_str().starts_with("http") => in_link = true,
            '>' if in_link => in_link = false,
            '\\' if letters.as_str().starts_with(|next: char| next.is_ascii_punctuation()) => {
                plain.extend(letters.next());
            }
            _ => plain.push(letter),
        }
    }
    plain
}

/// The name over a post, and its words: below it, or in a box where they are long.
fn post(message: &Message) -> Option<(String, String)> {
    let content = message.content.split("\n-# Written ").next()?;
    let (name, words) = match content.strip_prefix("**")?.split_once("**\n") {
        Some((name, words)) => (name, words),
        None => (content.strip_prefix("**")?.strip_suffix("**")?, message.embeds.first()?["description"].as_str()?),
    };
    (!name.contains('\n')).then(|| (plain(name), plain(words)))
}

/// What a card says of its conversation, in one line.
fn standing(message: &Message) -> Option<String> {
    let fields = message.embeds.first()?["fields"].as_array()?;
    let field =
        |name: &str| fields.iter().find(|field| field["name"] == name).and_then(|field| field["value"].as_str());
    let status = field("Status")?;
    Some(if status == "Open" { format!("Open · assigned to {}", field("Assigned to")?) } else { status.to_owned() })
}

/// Every text in a value.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(plain(text)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        _ => {}
    }
}

pub(crate) fn shown(message: &Message) -> Shown {
    let post = post(message);
    let ids: Vec<&str> = message.buttons().filter_map(|button| button["custom_id"].as_str()).collect();
    let sort = if message.author != seed::BOT || message.is_system() {
        Sort::Other
    } else if !message.embeds.is_empty() && ids.iter().any(|id| id.starts_with("threadline.")) {
        Sort::Card
    } else if message.reference.is_some() {
        Sort::Answer
    } else if post.is_some() {
        Sort::Post
    } else {
        Sort::Notice
    };
    let mut whole = vec![plain(&message.content)];
    whole.extend(standing(message));
    message.embeds.iter().chain(&message.components).for_each(|part| texts(part, &mut whole));
    let (author, words) = match post {
        Some((author, words)) if sort == Sort::Post => (author, words),
        _ => (String::new(), plain(&message.content)),
    };
    Shown { id: message.id.clone(), sort, author, words, whole: whole.join("\n") }
}

fn told_alone(ephemeral: &Ephemeral) -> Told {
    let buttons = buttons(&ephemeral.components).count();
    let (id, thread) = (ephemeral.id.clone(), Some(ephemeral.channel.clone()));
    Told { id, text: plain(&ephemeral.content), thread, buttons }
}

fn told_in_thread(message: &Message) -> Told {
    let buttons = message.buttons().count();
    let (id, thread) = (message.id.clone(), Some(message.channel.clone()));
    Told { id, text: plain(&message.content), thread, buttons }
}

/// Whether it is an answer that calls this person.
fn calls(message: &Message, who: Person) -> bool {
    message.reference.is_some() && message.pinged.iter().any(|id| id == who.discord())
}

#[async_trait]
impl Room for DiscordRoom {
    fn platform(&self) -> &'static str {
        "discord"
    }

    fn channel(&self, at: Place) -> String {
        format!("discord.play/{}", at.discord())
    }

    fn connect(&self, settings: &mut Settings) {
        let connection = DiscordConnection {
            bot_token: SecretString::from(seed::TOKEN),
            api_url: self.discord.api_url().parse().unwrap(),
            operators: DiscordRole::Name("Support".to_owned()),
            post_interval: Duration::from_millis(1),
            post_burst: 50,
        };
        settings.discord.insert("play".into(), connection);
    }

    fn section(&self) -> String {
        format!(
            r#"
            [discord.play]
            bot_token = "{}"
            operators = "role:@Support"
            api_url = "{}"
            post_interval = "1ms"
            post_burst = 50
            "#,
            seed::TOKEN,
            self.discord.api_url()
        )
    }

    fn base_url(&self) -> &str {
        self.discord.base_url()
    }

    fn rename(&self, who: Person, name: &str) {
        let change = |member: &mut bridge_sandbox::discord::Member| {
            member.nick = Some(name.to_owned());
            member.avatar = Some("0123456789abcdef0123456789abcdef".to_owned());
        };
        self.discord.change_member(who.discord(), change).unwrap();
    }

    fn say(&self, who: Person, at: Place, thread: Option<&str>, text: &str) -> String {
        self.discord.say(who.discord(), at.discord(), thread, text).unwrap()
    }

    fn edit(&self, who: Person, at: Place, message: &str, text: &str) {
        self.discord.edit(who.discord(), at.discord(), message, text).unwrap();
    }

    fn delete(&self, who: Person, at: Place, message: &str) {
        self.discord.delete(who.discord(), at.discord(), message).unwrap();
    }

    async fn press(&self, who: Person, at: Place, message: &str, action: &str) {
        let action = format!("threadline.{action}");
        let click = || self.discord.click(who.discord(), at.discord(), message, &action);
        let clicked = match click().await {
            // Nobody can press a button in an archived thread, so they open it first.
            Err(PersonError::Archived(thread)) => {
                self.discord.archive_thread(who.discord(), &thread, false).unwrap();
                click().await
            }
            clicked => clicked,
        };
        let clicked = clicked.unwrap();
        assert!(clicked.acked, "{action} was not acknowledged");
    }

    fn call(&self, who: Person) -> String {
        format!("<@{}>", who.discord())
    }

    fn mention(&self, who: Person) -> String {
        format!("<@{}>", who.discord())
    }

    fn bold(&self, words: &str) -> String {
        format!("**{words}**")
    }

    fn longest(&self) -> usize {
        1_990
    }

    fn refusal(&self, who: Person) -> &'static str {
        match who {
            Person::Tom | Person::Lucia | Person::Priya => {
                "Your message stays inside: only the operators' group answers visitors. Ask an admin to add you to it."
            }
            _ => panic!("{who:?} may speak for the team"),
        }
    }

    fn cards(&self, at: Place) -> Vec<String> {
        self.discord.read(|view| {
            let ready = |card: &Shown| view.channel(&card.id).is_some();
            self.all_cards_of(view, at).into_iter().filter(ready).map(|card| card.id).collect()
        })
    }

    fn all_cards(&self, at: Place) -> Vec<Shown> {
        self.discord.read(|view| self.all_cards_of(view, at))
    }

    fn thread(&self, at: Place, card: &str) -> Vec<Shown> {
        self.discord.read(|view| {
            let card_itself = view.message(at.discord(), card).into_iter();
            let thread = view.thread(at.discord(), card).into_iter().filter(|message| message.kind != THREAD_STARTER);
            card_itself.chain(thread).map(shown).collect()
        })
    }

    fn everything(&self, at: Place) -> Vec<Shown> {
        let mut all = self.gone(|gone| gone.messages.clone());
        self.discord.read(|view| {
            let messages = view.channel_messages(at.discord()).into_iter();
            all.extend(messages.filter(|message| message.kind != THREAD_STARTER).map(shown));
        });
        all.sort_by_key(|message| message.id.parse::<u64>().unwrap_or_default());
        all.dedup_by(|a, b| a.id == b.id);
        all
    }

    fn told(&self, who: Person) -> Vec<Told> {
        self.discord.read(|view| {
            let alone = view.ephemerals(who.discord()).into_iter().filter(|it| !it.pending).map(told_alone);
            let answers = [Place::Shop, Place::Blog].into_iter().flat_map(|at| view.channel_messages(at.discord()));
            let to_them = answers.filter(|message| {
                let asked = message.reference.as_ref().and_then(|it| view.message(&it.channel, it.message.as_deref()?));
                // What is answered may be gone; whom the answer calls is not.
                let theirs = asked.is_some_and(|asked| asked.author == who.discord());
                message.author == seed::BOT && (theirs || calls(message, who))
            });
            let mut told: Vec<Told> = alone.chain(to_them.map(told_in_thread)).collect();
            told.sort_by_key(|told| told.id.parse::<u64>().unwrap_or_default());
            told
        })
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.discord.watch()
    }

    fn ears(&self) -> usize {
        self.discord.read(|view| view.connected_sessions())
    }

    fn usual_ears(&self) -> usize {
        1
    }

    fn end(&self, how: End) -> usize {
        match how {
            End::Cut => self.discord.cut_gateway(),
            End::Closed => self.discord.close_gateway(4000),
            End::Refreshed => self.discord.reconnect_gateway(),
        }
    }

    fn refuse(&self, refused: bool) {
        self.discord.refuse_gateway(refused);
    }

    fn refused(&self) -> u32 {
        self.discord.refused_connections()
    }

    fn freeze(&self, frozen: bool) {
        self.connections.store(self.discord.gateway_connections(), Ordering::Relaxed);
        self.discord.freeze_gateway(frozen);
    }

    fn given_up(&self) -> bool {
        self.discord.gateway_connections() > self.connections.load(Ordering::Relaxed)
    }

    fn drop_events(&self, count: u32) {
        self.discord.drop_events(count);
    }

    fn dropped(&self) -> u32 {
        self.discord.dropped_events()
    }

    fn events_of_a_reply(&self) -> u32 {
        1
    }

    fn repeat_events(&self, copies: u32) {
        self.discord.repeat_events(copies);
    }

    fn hold_events(&self) {
        self.discord.hold_events();
    }

    fn release_events(&self, order: Order) -> usize {
        self.discord.release_events(match order {
            Order::AsTheyCame => ReleaseOrder::AsTheyCame,
            Order::Reverse => ReleaseOrder::Reverse,
            Order::Shuffled(seed) => ReleaseOrder::Shuffle { seed },
        })
    }

    fn under_way(&self, _about: About) -> Vec<String> {
        Vec::new()
    }

    fn faults(&self) -> &Faults {
        self.discord.faults()
    }

    fn method(&self, call: Call) -> Option<&'static str> {
        match call {
            Call::Write => Some("create_message"),
            Call::Open => Some("create_thread_from_message"),
            Call::Change => Some("update_message"),
            Call::Any => Some("*"),
        }
    }

    fn own_error(&self) -> &'static str {
        "130000"
    }

    fn calls_after_a_loss(&self) -> u32 {
        // It is written again under the same nonce.
        1
    }

    fn limited(&self) -> usize {
        self.discord.read(|view| view.calls.iter().filter(|call| call.status == 429).count())
    }

    async fn copy_of_ours(&self, _at: Place, card: &str, words: &str) {
        let url = format!("{}/v10/channels/{card}/messages", self.discord.api_url());
        let call = reqwest::Client::new().post(url).header("authorization", format!("Bot {}", seed::TOKEN));
        let answer = call.json(&json!({"content": format!("**Visitor · visitor**\n{words}")})).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    fn delete_thread(&self, at: Place, card: &str) {
        let before = self.thread(at, card);
        self.gone(|gone| {
            gone.threads.insert(card.to_owned());
            gone.messages.extend(before);
        });
        self.discord.delete_thread(Person::Priya.discord(), card).unwrap();
    }

    fn take_channel(&self, at: Place, taken: bool) {
        self.discord.set_permission(at.discord(), VIEW_CHANNEL, !taken).unwrap();
    }

    fn revoke(&self) {
        self.discord.revoke_token();
    }

    fn remove_app(&self) {
        self.discord.remove_bot();
    }
}
