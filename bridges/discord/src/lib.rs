//! Threadline's bridge to Discord, and the only crate that names serenity.
//!
//! What lives here: [`DiscordBridge`], its [`settings`](DiscordSettings), and one private module for each thing that a
//! bridge does: `listen` and `gateway` hear, `normalize` and `interactions` read, `render` and `markup` write, `perform`,
//! `open` and `find` do the outbox's work, `catch_up` reads what was missed, `directory` knows people, `respond` answers
//! privately, `diagnose` checks. Every REST call goes through `call`. What must not: an HTTP server, SQL, or any decision
//! about a conversation.

mod archive;
mod buckets;
mod call;
mod catch_up;
mod commands;
mod diagnose;
mod directory;
mod errors;
mod find;
mod gateway;
mod handle;
mod hook;
mod identify;
mod identity;
mod interactions;
mod listen;
mod listen_queue;
mod listen_worker;
mod markup;
mod message;
mod normalize;
mod open;
mod parents;
mod perform;
mod permissions;
mod presence;
mod read;
mod render;
mod request;
mod respond;
mod settings;
mod signal;
mod snowflake;
mod threads;

use std::sync::Arc;

use async_trait::async_trait;
use bridge_core::{
    Active, Answer, Bridge, BridgeError, BridgeKind, Capabilities, ConnectionId, Cursor, DirectoryAnswer,
    DirectoryQuery, Finding, Found, HookRequest, HookResponse, IdempotencyKey, InboundSink, LinkCursor, Micros, Op,
    Outcome, Page, RemoteChannel, RemoteMessage, RemoteThread, ReplyHandle, Sent, Signal, StepState, Target, Words,
};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use settings::{DEFAULT_API_URL, DiscordSettings, GatewaySettings, ParseRoleError, Role};

use call::Caller;
use directory::Directory;
use handle::Handle;
use identify::Begun;
use identity::{Home, Identity, Whoami};
use interactions::Waits;
use listen::Refusal;
use parents::Parents;
use presence::Desks;
use threads::Threads;

/// The word before the dot in `discord.play`.
pub const KIND: BridgeKind = BridgeKind::constant("discord");

/// Discord takes 2,000 characters, of which a heading and escapes need some.
const LONGEST_PART: usize = 1_500;

/// Gives the time.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// One connection to one Discord server.
pub struct DiscordBridge {
    settings: DiscordSettings,
    capabilities: Capabilities,
    clock: Clock,
    caller: Caller,
    whoami: Whoami,
    people: Directory,
    threads: Threads,
    parents: Parents,
    waits: Waits,
    begun: Begun,
    refusal: Refusal,
    desks: Arc<Desks>,
}

impl std::fmt::Debug for DiscordBridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordBridge").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl DiscordBridge {
    /// Makes the bridge. Nothing is sent anywhere yet.
    ///
    /// # Errors
    /// [`BridgeError::Rejected`] when `api_url` is no http or https address that ends in `/api`,
    /// [`BridgeError::Transient`] when TLS can't be set up on this machine.
    pub fn new(mut settings: DiscordSettings, clock: Clock) -> Result<Self, BridgeError> {
        settings.api_url = settings.api_url.trim_end_matches('/').to_owned();
        let url = settings.api_url.parse::<Url>().ok();
        let usable = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        let root = settings.api_url.strip_suffix("/api").filter(|_| usable.is_some());
        let root = root.ok_or_else(|| BridgeError::Rejected {
            why: format!(
                "api_url of {} is no http or https address that ends in /api; leave it out for Discord itself",
                settings.connection
            ),
        })?;
        let caller = Caller::new(root, &settings.bot_token, settings.call_timeout, clock.clone())?;
        let capabilities = Capabilities {
            idempotent_for: Some(settings.idempotent_for),
            longest_part: LONGEST_PART,
            pace: settings.pace,
            note_prefixes: &["//"],
            shows_typing: true,
            archives: true,
            command_prefix: Some('/'),
        };
        Ok(Self {
            caller,
            whoami: Whoami::default(),
            people: Directory::default(),
            threads: Threads::default(),
            parents: Parents::default(),
            waits: Waits::default(),
            begun: Begun::default(),
            refusal: Refusal::default(),
            desks: Arc::default(),
            capabilities,
            clock,
            settings,
        })
    }

    const fn id(&self) -> &ConnectionId {
        &self.settings.connection
    }

    pub(crate) fn words(&self) -> Words {
        self.settings.words
    }

    const fn caller(&self) -> &Caller {
        &self.caller
    }

    const fn threads(&self) -> &Threads {
        &self.threads
    }

    const fn parents(&self) -> &Parents {
        &self.parents
    }

    const fn people(&self) -> &Directory {
        &self.people
    }

    const fn waits(&self) -> &Waits {
        &self.waits
    }

    const fn begun(&self) -> &Begun {
        &self.begun
    }

    const fn desks(&self) -> &Arc<Desks> {
        &self.desks
    }

    const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    const fn operators(&self) -> &Role {
        &self.settings.operators
    }

    const fn gateway_settings(&self) -> &GatewaySettings {
        &self.settings.gateway
    }

    const fn bot_token(&self) -> &SecretString {
        &self.settings.bot_token
    }

    fn api_url(&self) -> &str {
        &self.settings.api_url
    }

    async fn me(&self) -> Result<&Identity, BridgeError> {
        self.whoami.get(&self.caller).await
    }

    async fn home(&self) -> Result<Home, BridgeError> {
        self.whoami.home(&self.caller, self.operators()).await
    }

    async fn forget_home(&self) {
        self.whoami.forget_home().await;
    }

    fn now(&self) -> Micros {
        (self.clock)()
    }
}

#[async_trait]
impl Bridge for DiscordBridge {
    fn connection(&self) -> &ConnectionId {
        self.id()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn perform(
        &self,
        at: &Target,
        op: &Op,
        key: &IdempotencyKey,
        step: StepState,
    ) -> Result<Outcome, BridgeError> {
        perform::perform(self, at, op, key, &step).await
    }

    async fn find(&self, at: &Target, op: &Op, key: &IdempotencyKey, sent: &Sent) -> Result<Found, BridgeError> {
        find::find(self, at, op, key, sent).await
    }

    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        catch_up::moved(self, at, links).await
    }

    async fn snapshot(
        &self,
        thread: &RemoteThread,
        from: &Cursor,
        lookback: u16,
    ) -> Result<Page<RemoteMessage>, BridgeError> {
        catch_up::snapshot(self, thread, from, lookback).await
    }

    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        listen::listen(self, sink, stop).await
    }

    async fn hook(&self, _request: HookRequest, _sink: &dyn InboundSink) -> HookResponse {
        hook::answer()
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        if let Ok(Handle::Interaction { token, .. }) = Handle::read(to) {
            // An answer that overtakes the word that we heard finds nothing to answer to.
            self.waits.settled(&token).await;
        }
        respond::respond(self, to, answer).await
    }

    /// Only answers to presses and commands are: under a message, everybody in the thread reads them.
    fn is_private(&self, to: &ReplyHandle) -> bool {
        Handle::read(to).is_ok_and(|handle| handle.is_private())
    }

    /// Nothing while we don't know the server yet.
    fn thread_url(&self, thread: &RemoteThread) -> Option<String> {
        let id = Some(&thread.id).filter(|id| id.bytes().all(|b| b.is_ascii_digit()))?;
        let root = self.settings.api_url.strip_suffix("/api")?;
        Some(format!("{root}/channels/{}/{id}", self.whoami.known_guild()?))
    }

    async fn signal(&self, thread: &RemoteThread, signal: Signal) -> Result<(), BridgeError> {
        signal::signal(self, thread, signal).await
    }

    /// Whoever has the operators' role looks into every channel that a domain is mapped to.
    async fn active_operators(&self, _channel: &RemoteChannel) -> Result<Active, BridgeError> {
        presence::active_operators(self).await
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        Ok(match query {
            DirectoryQuery::Person(user) => DirectoryAnswer::Person(directory::person(self, &user).await?),
            DirectoryQuery::Teammate(typed) => DirectoryAnswer::Person(directory::teammate(self, &typed).await?),
            DirectoryQuery::Message { channel, thread, id } => {
                let found = directory::message(self, &channel, thread.as_deref(), &id).await?;
                DirectoryAnswer::Message(found.map(Box::new))
            }
            DirectoryQuery::Picture(user) => DirectoryAnswer::Picture(directory::picture(self, &user).await?),
        })
    }

    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding> {
        diagnose::diagnose(self, channels).await
    }
}
