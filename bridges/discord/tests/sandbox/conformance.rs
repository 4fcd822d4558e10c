//! Every check that every bridge must pass, on this platform's stand-in: in a text channel, and in a forum.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bridge_core::testing::{Failed, Shown, Stand, Who};
use bridge_core::{Action, Bridge, Micros, RemoteChannel, RemoteUser, Wish};
use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::seed::{ROTA, SHOP};
use bridge_sandbox::discord::{DiscordOptions, Message, ReleaseOrder, Seed, Status, View, permissions};
use bridge_sandbox::faults::{Act, CallFault, When};
use serde_json::Value;

use crate::support::{
    BOT, CHANNEL, FORUM, JONAS, MINA, PATIENCE, PRIYA, Setup, TOM, bridge, connection, options, settings,
};

struct DiscordStand {
    setup: Setup,
    channel: &'static str,
}

async fn stand_in(channel: &'static str) -> DiscordStand {
    let clock = Clock::manual(1_800_000_000_000_000);
    let options = DiscordOptions { clock, ..options(Seed::demo()) };
    DiscordStand { setup: Setup::with(options, |_| {}).await, channel }
}

mod text_channel {
    async fn stand() -> super::DiscordStand {
        super::stand_in(super::CHANNEL).await
    }

    bridge_core::conformance_tests!(stand);
}

mod forum {
    async fn stand() -> super::DiscordStand {
        super::stand_in(super::FORUM).await
    }

    bridge_core::conformance_tests!(stand);
}

const fn id(who: Who) -> &'static str {
    match who {
        Who::Operator => MINA,
        Who::Colleague => JONAS,
        Who::Bystander => TOM,
        Who::Bot => ROTA,
    }
}

/// What a reader sees of Discord's markdown, and what is alive in it.
#[derive(Default)]
struct Reading {
    text: String,
    alive: Vec<String>,
}

impl Reading {
    /// One text: marks of ours go, what was escaped stays, and everything else that Discord would act on is alive.
    fn markdown(&mut self, source: &str) {
        let mut rest = source;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            let mut taken = c.len_utf8();
            match c {
                '\\' => {
                    let escaped = after.chars().next().filter(char::is_ascii_punctuation).unwrap_or('\\');
                    self.text.push(escaped);
                    taken = 1 + if after.starts_with(escaped) { 1 } else { 0 };
                }
                '*' | '`' => {}
                '<' if after.starts_with("http") => {
                    let url = after.split('>').next().unwrap_or_default();
                    self.text.push_str(url);
                    taken = 1 + url.len() + 1;
                }
                '<' => {
                    let token = after.split('>').next().unwrap_or_default();
                    self.alive.push(format!("<{token}>"));
                    taken = 1 + token.len() + usize::from(after.len() > token.len());
                }
                '[' if after.contains("](") => {
                    self.alive.push(format!("a link: {rest}"));
                }
                '~' | '|' | '_' if after.starts_with(c) => self.alive.push(format!("a format: {rest}")),
                c => self.text.push(c),
            }
            rest = &rest[taken.min(rest.len())..];
        }
        self.text.push('\n');
    }

    fn embed(&mut self, embed: &Value) {
        let read = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.markdown(&read(embed, "title"));
        self.markdown(&read(embed, "description"));
        for field in embed.get("fields").and_then(Value::as_array).into_iter().flatten() {
            self.markdown(&read(field, "name"));
            self.markdown(&read(field, "value"));
        }
    }
}

fn show(message: &Message) -> Shown {
    let mut seen = Reading::default();
    seen.markdown(&message.content);
    message.embeds.iter().for_each(|embed| seen.embed(embed));
    seen.alive.extend(message.pinged.iter().map(|id| format!("<@{id}>")));
    seen.alive.sort();
    seen.alive.dedup();
    Shown { id: message.id.clone(), ours: message.author == BOT, text: seen.text, alive: seen.alive }
}

impl DiscordStand {
    fn next(&self, fault: CallFault) {
        self.setup.sandbox.faults().clear();
        self.setup.sandbox.faults().add(fault);
    }

    /// The cards' messages: in the channel itself, or, in a forum, at each post's beginning.
    fn cards<'a>(&self, view: &'a View<'_>) -> Vec<&'a Message> {
        if self.channel != FORUM {
            return view.timeline(self.channel);
        }
        view.channel_messages(FORUM).into_iter().filter(|message| message.id == message.channel).collect()
    }
}

#[async_trait]
impl Stand for DiscordStand {
    fn bridge(&self) -> Arc<dyn Bridge> {
        self.setup.bridge.clone()
    }

    fn another(&self) -> Arc<dyn Bridge> {
        bridge(&self.setup.sandbox, settings(&self.setup.sandbox))
    }

    fn channel(&self) -> RemoteChannel {
        RemoteChannel { connection: connection(), id: self.channel.to_owned() }
    }

    fn now(&self) -> Micros {
        Micros(self.setup.sandbox.clock().now_micros())
    }

    fn pass(&self, time: Duration) {
        self.setup.sandbox.clock().advance(time);
    }

    /// The bridge counts Discord's limits by the machine's clock, so that nobody can shorten a wait.
    async fn rest(&self, time: Duration) {
        self.pass(time);
        tokio::time::sleep(time).await;
    }

    fn user(&self, who: Who) -> RemoteUser {
        RemoteUser(id(who).to_owned())
    }

    fn name(&self, who: Who) -> String {
        self.setup.sandbox.read(|view| view.users[id(who)].global_name.clone().unwrap_or_default())
    }

    fn mention(&self, who: Who) -> String {
        format!("<@{}>", id(who))
    }

    async fn say(&self, who: Who, thread: &str, text: &str) -> Result<String, Failed> {
        self.setup.sandbox.say(id(who), self.channel, Some(thread), text).map_err(Failed::new)
    }

    async fn edit(&self, who: Who, thread: &str, message: &str, text: &str) -> Result<(), Failed> {
        self.setup.sandbox.edit(id(who), thread, message, text).map_err(Failed::new)
    }

    async fn delete(&self, who: Who, thread: &str, message: &str) -> Result<(), Failed> {
        self.setup.sandbox.delete(id(who), thread, message).map_err(Failed::new)
    }

    async fn press(&self, who: Who, message: &str, action: &Action) -> Result<(), Failed> {
        let button = format!("threadline.{}", action.name());
        let clicked = self.setup.sandbox.click(id(who), self.channel, message, &button).await.map_err(Failed::new)?;
        if clicked.acked { Ok(()) } else { Err(Failed::new("nobody answered the interaction")) }
    }

    /// In a text channel always: nothing can be typed in a forum itself.
    async fn command(&self, who: Who, wish: Wish) -> Result<(), Failed> {
        // A bridge puts its commands in place while it begins to listen.
        let put = |view: &View<'_>| {
            let put = view.calls_of("bulk_set_guild_application_commands");
            put.iter().any(|call| call.status == 200).then_some(())
        };
        self.setup.sandbox.wait_for("the commands", PATIENCE, put).await.map_err(Failed::new)?;
        let below = [(wish.word(), Value::Null)];
        let given = self.setup.sandbox.command(id(who), SHOP, None, "threadline", &below).await;
        if given.map_err(Failed::new)?.acked { Ok(()) } else { Err(Failed::new("nobody answered the interaction")) }
    }

    fn sit(&self, who: Who, there: bool) -> bool {
        let status = if there { Status::Online } else { Status::Offline };
        self.setup.sandbox.set_presence(id(who), status).is_ok()
    }

    async fn delete_thread(&self, thread: &str) -> Result<(), Failed> {
        self.setup.sandbox.delete_thread(PRIYA, thread).map_err(Failed::new)
    }

    async fn close_channel(&self, closed: bool) -> Result<(), Failed> {
        let seen = permissions::VIEW_CHANNEL;
        self.setup.sandbox.set_permission(self.channel, seen, !closed).map_err(Failed::new)
    }

    async fn revoke(&self) -> Result<(), Failed> {
        self.setup.sandbox.revoke_token();
        Ok(())
    }

    fn in_channel(&self) -> Vec<Shown> {
        self.setup.sandbox.read(|view| self.cards(view).into_iter().map(show).collect())
    }

    fn in_thread(&self, thread: &str) -> Vec<Shown> {
        let said = |message: &&Message| !message.is_system() && message.id != thread;
        let read = |view: &View<'_>| view.thread(self.channel, thread).into_iter().filter(said).map(show).collect();
        self.setup.sandbox.read(read)
    }

    /// An answer to a press is seen by who pressed; an answer to a message stands under it, where everybody can read it.
    fn was_told(&self, who: Who, words: &str) -> bool {
        let alone = self.setup.sandbox.ephemerals(id(who)).iter().any(|told| told.content.contains(words));
        let messages = self.setup.sandbox.channel_messages(self.channel);
        alone || messages.iter().any(|it| it.author == BOT && it.reference.is_some() && it.content.contains(words))
    }

    fn lose_answer(&self, skip: u32) {
        self.next(CallFault::drop_answer("*").skip(skip));
    }

    fn answers_lost(&self) -> u32 {
        let all = self.setup.sandbox.faults().all();
        all.iter().filter(|it| it.fault.when == When::After).map(|it| it.fired).sum()
    }

    fn ask_to_wait(&self, time: Duration) {
        self.next(CallFault::next("create_message", Act::RateLimited { retry_after_s: time.as_secs() }));
    }

    async fn out_of_reach(&self, away: bool) {
        if away {
            self.next(CallFault::next("*", Act::Close).times(u32::MAX));
        } else {
            self.setup.sandbox.faults().clear();
        }
    }

    async fn deafen(&self, deaf: bool) {
        self.setup.sandbox.refuse_gateway(deaf);
        if deaf {
            self.setup.sandbox.cut_gateway();
        }
    }

    fn tell_twice(&self, twice: bool) {
        self.setup.sandbox.repeat_events(if twice { 2 } else { 1 });
    }

    fn hold_events(&self) {
        self.setup.sandbox.hold_events();
    }

    fn release_events(&self) {
        self.setup.sandbox.release_events(ReleaseOrder::AsTheyCame);
    }
}
