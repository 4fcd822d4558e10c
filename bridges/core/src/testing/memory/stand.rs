//! The stand on which the checks try a bridge to the platform in memory.
//!
//! What lives here: [`MemoryStand`]. What must not: a check.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::bridge::{KIND, MemoryBridge};
use super::platform::{BOT, CHANNEL, Event, Message, Platform, Refusal, World};
use super::{markup, render};
use crate::bridge::Bridge;
use crate::ids::{ConnectionId, Micros, RemoteChannel, RemoteUser};
use crate::inbound::{Action, Wish};
use crate::testing::failed::Failed;
use crate::testing::stand::{Shown, Stand, Who};

type Maker = Box<dyn Fn(Platform) -> Arc<dyn Bridge> + Send + Sync>;

/// A platform in memory with a bridge to it.
pub struct MemoryStand {
    platform: Platform,
    maker: Maker,
    bridge: Arc<dyn Bridge>,
}

impl MemoryStand {
    /// With the bridge that is the example.
    #[must_use]
    pub fn new() -> Self {
        Self::with(|platform| Arc::new(MemoryBridge::new(platform)))
    }

    /// With another bridge to the same platform.
    #[must_use]
    pub fn with(maker: impl Fn(Platform) -> Arc<dyn Bridge> + Send + Sync + 'static) -> Self {
        let platform = Platform::default();
        Self { bridge: maker(platform.clone()), platform, maker: Box::new(maker) }
    }

    fn act<T>(&self, act: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Failed> {
        self.platform.with(act).map_err(|refusal| Failed(format!("a person was refused: {refusal:?}")))
    }

    fn shown(&self, thread: Option<&str>) -> Vec<Shown> {
        let show = |message: &Message| Shown {
            id: message.id.clone(),
            ours: message.author == BOT,
            text: format!("{}\n{}", message.shown_as.as_deref().unwrap_or(""), plain(&message.text)),
            alive: markup::mentions(&mut markup::read(&message.text)).into_iter().map(|user| user.0).collect(),
        };
        self.platform
            .with(|world| world.messages.values().filter(|it| it.thread.as_deref() == thread).map(show).collect())
    }
}

impl Default for MemoryStand {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MemoryStand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStand").field("platform", &self.platform).finish_non_exhaustive()
    }
}

fn plain(text: &str) -> String {
    markup::read(text).to_plain()
}

const fn id(who: Who) -> &'static str {
    match who {
        Who::Operator => "mina",
        Who::Colleague => "jonas",
        Who::Bystander => "tom",
        Who::Bot => "rota",
    }
}

#[async_trait]
impl Stand for MemoryStand {
    fn bridge(&self) -> Arc<dyn Bridge> {
        self.bridge.clone()
    }

    fn another(&self) -> Arc<dyn Bridge> {
        (self.maker)(self.platform.clone())
    }

    fn channel(&self) -> RemoteChannel {
        RemoteChannel { connection: ConnectionId { kind: KIND, name: "test".to_owned() }, id: CHANNEL.to_owned() }
    }

    fn now(&self) -> Micros {
        Micros(self.platform.with(|world| world.now))
    }

    fn pass(&self, time: Duration) {
        self.platform.with(|world| world.now = Micros(world.now).plus(time).0);
    }

    /// Everything here happens at once, but a busy machine may stand still for a while.
    fn patience(&self) -> Duration {
        Duration::from_secs(12)
    }

    fn user(&self, who: Who) -> RemoteUser {
        RemoteUser(id(who).to_owned())
    }

    fn name(&self, who: Who) -> String {
        let id = id(who);
        id[..1].to_uppercase() + &id[1..]
    }

    fn mention(&self, who: Who) -> String {
        format!("@{}", id(who))
    }

    async fn say(&self, who: Who, thread: &str, text: &str) -> Result<String, Failed> {
        let message = Message {
            author: id(who).to_owned(),
            thread: Some(thread.to_owned()),
            text: text.to_owned(),
            ..Message::default()
        };
        self.act(|world| world.post(message))
    }

    async fn edit(&self, _who: Who, _thread: &str, id: &str, text: &str) -> Result<(), Failed> {
        self.act(|world| world.edit(id, text.to_owned(), None))
    }

    async fn delete(&self, _who: Who, _thread: &str, id: &str) -> Result<(), Failed> {
        self.act(|world| world.delete(id))
    }

    async fn press(&self, who: Who, message: &str, action: &Action) -> Result<(), Failed> {
        self.act(|world| {
            let message = world.messages.get(message).cloned().ok_or(Refusal::NoSuch)?;
            let pressed = message.buttons.iter().find(|it| render::action(&it.id).as_ref() == Some(action));
            let button = pressed.ok_or(Refusal::NoSuch)?.id.clone();
            let at = world.now;
            world.tell(Event::Pressed { user: id(who).to_owned(), message, button, at });
            Ok(())
        })
    }

    async fn command(&self, who: Who, wish: Wish) -> Result<(), Failed> {
        self.platform.with(|world| {
            let at = world.now;
            world.tell(Event::Commanded { user: id(who).to_owned(), word: wish.word().to_owned(), at });
        });
        Ok(())
    }

    fn sit(&self, who: Who, there: bool) -> bool {
        self.platform.with(|world| world.sit(id(who), there));
        true
    }

    async fn delete_thread(&self, thread: &str) -> Result<(), Failed> {
        self.platform.with(|world| world.delete_thread(thread));
        Ok(())
    }

    async fn close_channel(&self, closed: bool) -> Result<(), Failed> {
        self.platform.with(|world| world.faults.closed = closed);
        Ok(())
    }

    async fn revoke(&self) -> Result<(), Failed> {
        self.platform.with(|world| world.faults.revoked = true);
        Ok(())
    }

    fn in_channel(&self) -> Vec<Shown> {
        self.shown(None)
    }

    fn in_thread(&self, thread: &str) -> Vec<Shown> {
        self.shown(Some(thread))
    }

    fn was_told(&self, who: Who, words: &str) -> bool {
        self.platform.with(|world| world.whispers.iter().any(|(to, text)| to == id(who) && text.contains(words)))
    }

    fn lose_answer(&self, skip: u32) {
        self.platform.with(|world| world.faults.lose_after = Some(skip));
    }

    fn answers_lost(&self) -> u32 {
        self.platform.with(|world| world.faults.lost)
    }

    fn ask_to_wait(&self, time: Duration) {
        self.platform.with(|world| world.faults.wait = Some(time));
    }

    async fn out_of_reach(&self, away: bool) {
        self.platform.with(|world| world.faults.away = away);
    }

    async fn deafen(&self, deaf: bool) {
        self.platform.with(|world| world.faults.deaf = deaf);
    }

    fn tell_twice(&self, twice: bool) {
        self.platform.with(|world| world.faults.twice = twice);
    }

    fn hold_events(&self) {
        self.platform.with(|world| world.faults.held = Some(Vec::new()));
    }

    fn release_events(&self) {
        self.platform.with(World::let_go);
    }
}
