//! Every check that every bridge must pass, on this platform's stand-in.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bridge_core::testing::{Failed, Shown, Stand, Who};
use bridge_core::{Action, Bridge, Micros, RemoteChannel, RemoteUser, Wish};
use bridge_sandbox::clock::Clock;
use bridge_sandbox::faults::{Act, CallFault, When};
use bridge_sandbox::slack::{Message, ReleaseOrder, Seed, SlackOptions, text};
use bridge_slack::SlackSettings;
use serde_json::Value;

use crate::support::{APP, CHANNEL, Setup, bridge, channel, settings, socket};

struct SlackStand(Setup);

/// One socket, because over several of them Slack itself keeps no order; what several do is tested beside this.
fn with_one_socket(settings: &mut SlackSettings) {
    settings.sockets = 1;
}

async fn stand() -> SlackStand {
    let clock = Clock::manual(1_800_000_000_000_000);
    let options = SlackOptions { clock, ..SlackOptions::seeded(Seed::demo()) };
    SlackStand(Setup::with(options, with_one_socket).await)
}

bridge_core::conformance_tests!(stand);

const fn id(who: Who) -> &'static str {
    match who {
        Who::Operator => "U0MINA",
        Who::Colleague => "U0JONAS",
        Who::Bystander => "U0TOM",
        Who::Bot => "UROTABOT",
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What a reader sees, and what is alive in it.
#[derive(Default)]
struct Reading {
    text: String,
    alive: Vec<String>,
}

impl Reading {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Slack's own markup, as it stands in sections and in texts without blocks.
    fn mrkdwn(&mut self, text: &str) {
        self.alive.extend(text::pings(text));
        let inside = text.split('<').skip(1).filter_map(|piece| piece.split_once('>'));
        self.alive.extend(inside.map(|(token, _)| token.to_owned()).filter(|token| token.contains("://")));
        self.line(&unescape(text));
    }

    fn element(&mut self, element: &Value) {
        let field = |name: &str| element.get(name).and_then(Value::as_str).unwrap_or_default();
        match field("type") {
            "text" => self.text.push_str(field("text")),
            "link" => {
                let shown = if field("text").is_empty() { field("url") } else { field("text") };
                if shown != field("url") {
                    self.alive.push(format!("{shown} leads to {}", field("url")));
                }
                self.text.push_str(shown);
            }
            "plain_text" => self.line(field("text")),
            "mrkdwn" => self.mrkdwn(field("text")),
            "user" | "usergroup" | "broadcast" | "channel" | "emoji" | "date" => self.alive.push(element.to_string()),
            _ => {}
        }
        let inner = element.get("elements").and_then(Value::as_array);
        inner.into_iter().flatten().for_each(|inner| self.element(inner));
    }
}

fn show(message: &Message) -> Shown {
    let mut seen = Reading::default();
    seen.line(message.username.as_deref().unwrap_or_default());
    for block in &message.blocks {
        if let Some(text) = block.get("text") {
            seen.element(text);
        }
        if block.get("type").and_then(Value::as_str) != Some("actions") {
            seen.element(block);
        }
        seen.line("");
    }
    // The text beside the blocks is what a phone shows, and Slack reads tokens in it all the same.
    let mut beside = Reading::default();
    beside.mrkdwn(&message.text);
    if message.blocks.is_empty() {
        seen.text.push_str(&beside.text);
    }
    seen.alive.extend(beside.alive);
    seen.alive.sort();
    seen.alive.dedup();
    Shown { id: message.ts.clone(), ours: message.app_id.as_deref() == Some(APP), text: seen.text, alive: seen.alive }
}

impl SlackStand {
    fn next(&self, fault: CallFault) {
        self.0.sandbox.faults().clear();
        self.0.sandbox.faults().add(fault);
    }
}

#[async_trait]
impl Stand for SlackStand {
    fn bridge(&self) -> Arc<dyn Bridge> {
        self.0.bridge.clone()
    }

    fn another(&self) -> Arc<dyn Bridge> {
        let mut settings = settings(&self.0.sandbox, socket());
        with_one_socket(&mut settings);
        bridge(&self.0.sandbox, settings)
    }

    fn channel(&self) -> RemoteChannel {
        channel()
    }

    fn now(&self) -> Micros {
        Micros(self.0.sandbox.clock().now_micros())
    }

    fn pass(&self, time: Duration) {
        self.0.sandbox.clock().advance(time);
    }

    fn user(&self, who: Who) -> RemoteUser {
        RemoteUser(id(who).to_owned())
    }

    fn name(&self, who: Who) -> String {
        self.0.sandbox.read(|view| view.users[id(who)].display_name.clone())
    }

    fn mention(&self, who: Who) -> String {
        format!("<@{}>", id(who))
    }

    async fn say(&self, who: Who, thread: &str, text: &str) -> Result<String, Failed> {
        self.0.sandbox.say(id(who), CHANNEL, Some(thread), text).map_err(Failed::new)
    }

    async fn edit(&self, who: Who, _thread: &str, message: &str, text: &str) -> Result<(), Failed> {
        self.0.sandbox.edit(id(who), CHANNEL, message, text).map_err(Failed::new)
    }

    async fn delete(&self, who: Who, _thread: &str, message: &str) -> Result<(), Failed> {
        self.0.sandbox.delete(id(who), CHANNEL, message).map_err(Failed::new)
    }

    async fn press(&self, who: Who, message: &str, action: &Action) -> Result<(), Failed> {
        let button = format!("threadline.{}", action.name());
        let clicked = self.0.sandbox.click(id(who), CHANNEL, message, &button).await.map_err(Failed::new)?;
        if clicked.acked { Ok(()) } else { Err(Failed::new("nobody acknowledged the click")) }
    }

    async fn command(&self, who: Who, wish: Wish) -> Result<(), Failed> {
        let given = self.0.sandbox.command(id(who), CHANNEL, None, "/threadline", wish.word()).await;
        if given.map_err(Failed::new)?.acked { Ok(()) } else { Err(Failed::new("nobody acknowledged the command")) }
    }

    fn sit(&self, who: Who, there: bool) -> bool {
        self.0.sandbox.set_presence(id(who), there).is_ok()
    }

    async fn delete_thread(&self, thread: &str) -> Result<(), Failed> {
        self.0.sandbox.delete("U0PRIYA", CHANNEL, thread).map_err(Failed::new)
    }

    async fn close_channel(&self, closed: bool) -> Result<(), Failed> {
        self.0.sandbox.archive("U0MINA", CHANNEL, closed).map_err(Failed::new)
    }

    async fn revoke(&self) -> Result<(), Failed> {
        self.0.sandbox.revoke_bot_token(APP).map_err(Failed::new)?;
        self.0.sandbox.revoke_app_token(APP).map_err(Failed::new)
    }

    fn in_channel(&self) -> Vec<Shown> {
        self.0.sandbox.read(|view| view.timeline(CHANNEL).into_iter().map(show).collect())
    }

    fn in_thread(&self, thread: &str) -> Vec<Shown> {
        let replies = |message: &&Message| message.ts != thread;
        self.0.sandbox.read(|view| view.thread(CHANNEL, thread).into_iter().filter(replies).map(show).collect())
    }

    fn was_told(&self, who: Who, words: &str) -> bool {
        self.0.sandbox.ephemerals(id(who)).iter().any(|told| unescape(&told.text).contains(words))
    }

    fn lose_answer(&self, skip: u32) {
        self.next(CallFault::drop_answer("*").skip(skip));
    }

    fn answers_lost(&self) -> u32 {
        let all = self.0.sandbox.faults().all();
        all.iter().filter(|it| it.fault.when == When::After).map(|it| it.fired).sum()
    }

    fn ask_to_wait(&self, time: Duration) {
        self.next(CallFault::next("chat.postMessage", Act::RateLimited { retry_after_s: time.as_secs() }));
    }

    async fn out_of_reach(&self, away: bool) {
        if away {
            self.next(CallFault::next("*", Act::Close).times(u32::MAX));
        } else {
            self.0.sandbox.faults().clear();
        }
    }

    async fn deafen(&self, deaf: bool) {
        self.0.sandbox.refuse_sockets(deaf);
        if deaf {
            self.0.sandbox.cut_sockets(Some(APP));
        }
    }

    fn tell_twice(&self, twice: bool) {
        self.0.sandbox.repeat_events(if twice { 2 } else { 1 });
    }

    fn hold_events(&self) {
        self.0.sandbox.hold_events();
    }

    fn release_events(&self) {
        self.0.sandbox.release_events(ReleaseOrder::AsTheyCame);
    }
}
