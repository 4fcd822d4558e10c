//! A team and its chat: the sandbox with people in it.
//!
//! What lives here: starting it, and the words that tests use for what its people do and see. What must not: the program.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::serve::Serving;
use bridge_sandbox::slack::{App, Ephemeral, Message, Seed, SlackOptions, SlackSandbox};
use tokio::net::TcpListener;

use super::PATIENCE;
use super::door::Door;

/// The channel of shop.example.
pub(crate) const SHOP: &str = "C0SHOP";
/// The channel of blog.example.
pub(crate) const BLOG: &str = "C0BLOG";
/// A full member.
pub(crate) const MINA: &str = "U0MINA";
/// Another full member.
pub(crate) const JONAS: &str = "U0JONAS";
/// An admin who is not in the user group `S0SUPPORT`.
pub(crate) const PRIYA: &str = "U0PRIYA";
/// A guest.
pub(crate) const TOM: &str = "U0TOM";
/// Of another organisation.
pub(crate) const LUCIA: &str = "U0LUCIA";
/// The app that the program is.
pub(crate) const APP: &str = "ATLINE";

/// A running team chat.
pub(crate) struct Team {
    pub(crate) slack: SlackSandbox,
    /// Keeps it served.
    _serving: Option<Serving>,
}

impl Team {
    /// A team with Slack's own figures, but without rate limits.
    pub(crate) async fn start() -> Self {
        Self::with(|options| options, |_| {}).await
    }

    /// A team whose sandbox and app differ from that.
    pub(crate) async fn with(options: impl FnOnce(SlackOptions) -> SlackOptions, app: impl FnOnce(&mut App)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let seed = Seed::demo().with_app("TLINE", app);
        let (slack, serving) = SlackSandbox::serve(listener, options(SlackOptions::seeded(seed))).unwrap();
        Self { slack, _serving: Some(serving) }
    }

    /// A team whose chat can be reached through a door only.
    pub(crate) async fn behind_a_door() -> (Self, Door) {
        let outer = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Door::new(outer, inner.local_addr().unwrap());
        let slack = SlackSandbox::new(SlackOptions { base_url: door.url(), ..SlackOptions::seeded(Seed::demo()) });
        tokio::spawn(axum::serve(inner, slack.router()).into_future());
        (Self { slack, _serving: None }, door)
    }

    /// Waits until the channel has that many cards, and gives their ids, oldest first.
    pub(crate) async fn cards(&self, channel: &str, count: usize) -> Vec<String> {
        let what = format!("{count} cards in {channel}");
        let look = |cards: Vec<&Message>| -> Option<Vec<String>> {
            let cards: Vec<String> =
                cards.iter().filter(|message| is_card(message)).map(|message| message.ts.clone()).collect();
            (cards.len() >= count).then_some(cards)
        };
        self.slack.wait_for(&what, PATIENCE, |view| look(view.timeline(channel))).await.unwrap()
    }

    /// Waits for the channel's first card, and gives its id.
    pub(crate) async fn card(&self, channel: &str) -> String {
        self.cards(channel, 1).await.remove(0)
    }

    /// Waits until something in a thread is as wanted.
    pub(crate) async fn thread<T>(
        &self,
        what: &str,
        channel: &str,
        card: &str,
        mut look: impl FnMut(&[&Message]) -> Option<T>,
    ) -> T {
        self.slack.wait_for(what, PATIENCE, |view| look(&view.thread(channel, card))).await.unwrap()
    }

    /// Waits until the thread shows this text of ours, and gives the message.
    pub(crate) async fn shows(&self, channel: &str, card: &str, text: &str) -> Message {
        let find =
            |thread: &[&Message]| thread.iter().find(|message| says(message, text)).map(|found| (*found).clone());
        self.thread(&format!("{text:?} in thread {card}"), channel, card, find).await
    }

    /// Waits for a private message to somebody that holds these words.
    pub(crate) async fn told(&self, user: &str, words: &str) -> Ephemeral {
        let look = |told: Vec<&Ephemeral>| told.into_iter().rev().find(|told| told.text.contains(words)).cloned();
        self.slack
            .wait_for(&format!("{user} to be told {words:?}"), PATIENCE, |view| look(view.ephemerals(user)))
            .await
            .unwrap()
    }

    /// Presses a button, and waits until it was acknowledged.
    pub(crate) async fn press(&self, user: &str, channel: &str, message: &str, action: &str) {
        let action = format!("threadline.{action}");
        let clicked = self.slack.click(user, channel, message, &action).await.unwrap();
        assert!(clicked.acked, "{action} was not acknowledged");
    }

    /// The visitors' words in a thread, in the order shown, without our own notices.
    pub(crate) fn relayed(&self, channel: &str, card: &str) -> Vec<String> {
        let thread = self.slack.thread(channel, card);
        thread.iter().filter(|message| kind(message) == Some("post")).map(words).collect()
    }
}

/// What our own metadata calls a message: `card`, `post` or `notice`.
pub(crate) fn kind(message: &Message) -> Option<&str> {
    message.metadata_str("kind")
}

pub(crate) fn is_card(message: &Message) -> bool {
    kind(message) == Some("card")
}

/// A message's words, unescaped as a person reads them.
pub(crate) fn words(message: &Message) -> String {
    message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Whether it is ours and shows these words.
pub(crate) fn says(message: &Message, text: &str) -> bool {
    message.app_id.as_deref() == Some(APP) && words(message).contains(text)
}
