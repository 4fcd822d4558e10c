//! A Slack workspace as a room.
//!
//! What lives here: Slack's words for what people do and see. What must not: the program.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its stand fails")]

use std::time::Duration;

use async_trait::async_trait;
use bridge_sandbox::faults::Faults;
use bridge_sandbox::slack::{Ephemeral, Message, ReleaseOrder, SlackSandbox, View};
use secrecy::SecretString;
use serde_json::{Value, json};
use threadline::settings::{Settings, SlackConnection};
use tokio::sync::watch;

use super::{About, Call, End, Order, Person, Place, Room, Shown, Sort, Told};
use crate::support::PATIENCE;

/// The app that the program is.
pub(crate) const APP: &str = "ATLINE";

/// A workspace in which the program is the connection `slack.acme`, over Socket Mode.
pub(crate) struct SlackRoom {
    pub(crate) slack: SlackSandbox,
}

impl Person {
    /// Their id in Slack.
    pub(crate) const fn slack(self) -> &'static str {
        match self {
            Self::Mina => "U0MINA",
            Self::Jonas => "U0JONAS",
            Self::Priya => "U0PRIYA",
            Self::Tom => "U0TOM",
            Self::Lucia => "U0LUCIA",
        }
    }
}

impl Place {
    /// Its id in Slack.
    pub(crate) const fn slack(self) -> &'static str {
        match self {
            Self::Shop => "C0SHOP",
            Self::Blog => "C0BLOG",
        }
    }
}

/// A connection to a workspace's app over Socket Mode.
pub(crate) fn connection(slack: &SlackSandbox) -> SlackConnection {
    SlackConnection {
        bot_token: SecretString::from("xoxb-TLINE"),
        app_token: Some(SecretString::from("xapp-1-ATLINE")),
        signing_secret: None,
        api_url: slack.api_url().parse().unwrap(),
        operators: "members".into(),
        post_interval: Duration::from_millis(1),
        post_burst: 50,
    }
}

/// What our own metadata calls a message: `card`, `post` or `notice`.
fn kind(message: &Message) -> Option<&str> {
    message.metadata_str("kind")
}

fn is_card(message: &Message) -> bool {
    kind(message) == Some("card")
}

fn shown(message: &Message) -> Shown {
    let ours = message.app_id.as_deref() == Some(APP);
    let sort = match kind(message) {
        Some("card") => Sort::Card,
        Some("post") => Sort::Post,
        Some("notice") => Sort::Notice,
        _ if ours => Sort::Answer,
        _ => Sort::Other,
    };
    let words = message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let whole = format!("{words}\n{}", Value::Array(message.blocks.clone()));
    Shown { id: message.ts.clone(), sort, author: message.username.clone().unwrap_or_default(), words, whole }
}

fn told(ephemeral: &Ephemeral) -> Told {
    let elements = ephemeral.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let buttons = elements.filter(|element| element["type"] == "button").count();
    Told { id: ephemeral.ts.clone(), text: ephemeral.text.clone(), thread: ephemeral.thread_ts.clone(), buttons }
}

#[async_trait]
impl Room for SlackRoom {
    fn platform(&self) -> &'static str {
        "slack"
    }

    fn channel(&self, at: Place) -> String {
        format!("slack.acme/{}", at.slack())
    }

    fn connect(&self, settings: &mut Settings) {
        settings.slack.insert("acme".into(), connection(&self.slack));
    }

    fn section(&self) -> String {
        format!(
            r#"
            [slack.acme]
            bot_token = "xoxb-TLINE"
            app_token = "xapp-1-ATLINE"
            api_url = "{}"
            post_interval = "1ms"
            post_burst = 50
            "#,
            self.slack.api_url()
        )
    }

    fn base_url(&self) -> &str {
        self.slack.base_url()
    }

    fn rename(&self, who: Person, name: &str) {
        self.slack.change_profile(who.slack(), |person| person.display_name = name.to_owned()).unwrap();
    }

    fn say(&self, who: Person, at: Place, thread: Option<&str>, text: &str) -> String {
        self.slack.say(who.slack(), at.slack(), thread, text).unwrap()
    }

    fn edit(&self, who: Person, at: Place, message: &str, text: &str) {
        self.slack.edit(who.slack(), at.slack(), message, text).unwrap();
    }

    fn delete(&self, who: Person, at: Place, message: &str) {
        self.slack.delete(who.slack(), at.slack(), message).unwrap();
    }

    async fn press(&self, who: Person, at: Place, message: &str, action: &str) {
        let action = format!("threadline.{action}");
        let clicked = self.slack.click(who.slack(), at.slack(), message, &action).await.unwrap();
        assert!(clicked.acked, "{action} was not acknowledged");
    }

    fn call(&self, who: Person) -> String {
        format!("@{}", who.name().to_lowercase())
    }

    fn mention(&self, who: Person) -> String {
        format!("<@{}>", who.slack())
    }

    fn bold(&self, words: &str) -> String {
        format!("*{words}*")
    }

    fn longest(&self) -> usize {
        4_200
    }

    fn refusal(&self, who: Person) -> &'static str {
        match who {
            Person::Tom => {
                "Your message stays inside: guests of this workspace don't answer visitors. Ask a full member to do it."
            }
            Person::Lucia => "Your message stays inside: only members of this workspace answer visitors.",
            _ => panic!("{who:?} may speak for the team"),
        }
    }

    fn cards(&self, at: Place) -> Vec<String> {
        self.slack.read(|view| {
            let timeline = view.timeline(at.slack()).into_iter();
            timeline.filter(|message| is_card(message)).map(|message| message.ts.clone()).collect()
        })
    }

    fn all_cards(&self, at: Place) -> Vec<Shown> {
        self.slack.read(|view| {
            let timeline = view.timeline(at.slack()).into_iter();
            timeline.filter(|message| is_card(message)).map(shown).collect()
        })
    }

    fn thread(&self, at: Place, card: &str) -> Vec<Shown> {
        self.slack.read(|view| view.thread(at.slack(), card).into_iter().map(shown).collect())
    }

    fn everything(&self, at: Place) -> Vec<Shown> {
        self.slack.read(|view| view.channel_messages(at.slack()).into_iter().map(shown).collect())
    }

    fn told(&self, who: Person) -> Vec<Told> {
        self.slack.read(|view| view.ephemerals(who.slack()).into_iter().map(told).collect())
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.slack.watch()
    }

    fn ears(&self) -> usize {
        self.slack.read(|view| view.sockets(APP))
    }

    fn usual_ears(&self) -> usize {
        2
    }

    fn end(&self, how: End) -> usize {
        match how {
            End::Cut => self.slack.cut_sockets(None),
            End::Closed => self.slack.close_sockets(None),
            End::Refreshed => self.slack.disconnect_sockets(None, "refresh_requested"),
        }
    }

    fn refuse(&self, refused: bool) {
        self.slack.refuse_sockets(refused);
    }

    fn refused(&self) -> u32 {
        self.slack.refused_sockets()
    }

    fn freeze(&self, frozen: bool) {
        self.slack.freeze_sockets(frozen);
    }

    fn given_up(&self) -> bool {
        let late = |view: &View<'_>| view.deliveries.iter().any(|delivery| delivery.outcome == "timeout");
        self.slack.read(late)
    }

    fn drop_events(&self, count: u32) {
        self.slack.drop_events(count);
    }

    fn dropped(&self) -> u32 {
        self.slack.dropped_events()
    }

    fn events_of_a_reply(&self) -> u32 {
        // Its own, and the thread's new count.
        2
    }

    fn repeat_events(&self, copies: u32) {
        self.slack.repeat_events(copies);
    }

    fn hold_events(&self) {
        self.slack.hold_events();
    }

    fn release_events(&self, order: Order) -> usize {
        self.slack.release_events(match order {
            Order::AsTheyCame => ReleaseOrder::AsTheyCame,
            Order::Reverse => ReleaseOrder::Reverse,
            Order::Shuffled(seed) => ReleaseOrder::Shuffle { seed },
        })
    }

    fn under_way(&self, about: About) -> Vec<String> {
        let about = match about {
            About::Message => "message",
            About::Edit => "message/message_changed",
            About::Deletion => "message/message_deleted",
            About::Person => "user_change",
        };
        under_way(&self.slack, about)
    }

    fn faults(&self) -> &Faults {
        self.slack.faults()
    }

    fn method(&self, call: Call) -> Option<&'static str> {
        match call {
            Call::Write => Some("chat.postMessage"),
            Call::Open => None,
            Call::Change => Some("chat.update"),
            Call::Any => Some("*"),
        }
    }

    fn own_error(&self) -> &'static str {
        "internal_error"
    }

    fn calls_after_a_loss(&self) -> u32 {
        // It is looked up.
        0
    }

    fn limited(&self) -> usize {
        self.slack.read(|view| view.calls.iter().filter(|call| call.outcome == "ratelimited").count())
    }

    async fn copy_of_ours(&self, at: Place, card: &str, words: &str) {
        let post = json!({
            "channel": at.slack(), "thread_ts": card, "text": words, "username": "Visitor · visitor",
            "metadata": {"event_type": "threadline", "event_payload": {"kind": "post"}},
        });
        let call = reqwest::Client::new().post(format!("{}/chat.postMessage", self.slack.api_url()));
        let answer = call.bearer_auth("xoxb-TLINE").json(&post).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap()["ok"], true);
    }

    fn delete_thread(&self, at: Place, card: &str) {
        self.delete(Person::Priya, at, card);
    }

    fn take_channel(&self, at: Place, taken: bool) {
        self.slack.archive(Person::Priya.slack(), at.slack(), taken).unwrap();
    }

    fn revoke(&self) {
        self.slack.revoke_app_token(APP).unwrap();
    }

    fn remove_app(&self) {
        self.slack.uninstall(APP).unwrap();
    }
}

fn under_way(slack: &SlackSandbox, about: &str) -> Vec<String> {
    slack.read(|view| view.under_way(about).into_iter().map(str::to_owned).collect())
}

/// Does something, and waits until the program has taken what Slack tells of it.
pub(crate) async fn heard<T>(slack: &SlackSandbox, about: &str, act: impl FnOnce() -> T) -> T {
    let done = act();
    let waiting = under_way(slack, about);
    let taken =
        |view: &View<'_>| view.under_way(about).iter().all(|key| waiting.iter().all(|it| it != key)).then_some(());
    slack.wait_for(about, PATIENCE, taken).await.unwrap();
    done
}
