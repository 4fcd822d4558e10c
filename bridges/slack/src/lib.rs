//! Threadline's bridge to Slack, and the only crate that names slack-morphism.
//!
//! What lives here: [`SlackBridge`], its [`settings`](SlackSettings), and one private module for each thing that a bridge
//! does: `listen` and `hook` hear, `normalize` reads, `render` writes, `perform` and `find` do the outbox's work, `catch_up`
//! reads what was missed, `directory` knows people, `respond` answers privately, `diagnose` checks. Every Web API call goes
//! through `call`. What must not: an HTTP server, SQL, or any decision about a conversation.

mod call;
mod catch_up;
mod diagnose;
mod directory;
mod errors;
mod fetch;
mod find;
mod hook;
mod identity;
mod listen;
mod markup;
mod memory;
mod message;
mod normalize;
mod perform;
mod presence;
mod read;
mod render;
mod respond;
mod rich;
mod roots;
mod roster;
mod seldom;
mod settings;
mod signature;
mod sockets;
mod stamp;

use std::sync::Arc;

use async_trait::async_trait;
use bridge_core::{
    Active, Answer, Bridge, BridgeError, BridgeKind, Capabilities, ConnectionId, Cursor, DirectoryAnswer,
    DirectoryQuery, Finding, Found, HookRequest, HookResponse, IdempotencyKey, InboundSink, LinkCursor, Micros, Op,
    Outcome, Page, RemoteChannel, RemoteMessage, RemoteThread, ReplyHandle, Sent, Signal, StepState, Target, Words,
};
use secrecy::SecretString;
use slack_morphism::hyper_tokio::SlackHyperClient;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use settings::{DEFAULT_API_URL, MethodPaces, Operators, SlackSettings, Transport};

use call::Caller;
use directory::Directory;
use fetch::Fetcher;
use identity::{Identity, Whoami};
use message::Place;
use seldom::Seldom;
use sockets::Ended;

/// The word before the dot in `slack.acme`.
pub const KIND: BridgeKind = BridgeKind::constant("slack");

/// Slack takes 40,000 characters and advises 4,000; a section of ours must fit in 3,000.
const LONGEST_PART: usize = 2_900;

/// Gives the time.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// One connection to one Slack workspace.
pub struct SlackBridge {
    settings: SlackSettings,
    capabilities: Capabilities,
    clock: Clock,
    client: Arc<SlackHyperClient>,
    caller: Caller,
    /// Calls with the app-level token, which opens sockets and nothing else.
    ears_caller: Option<Caller>,
    fetcher: Fetcher,
    whoami: Whoami,
    people: Arc<Directory>,
    desks: presence::Desks,
    /// Sockets that ended lately, so that none of them is taken for somebody else's.
    ended: Arc<Ended>,
    /// What is said of requests to the hooks that were refused.
    refused_hooks: Seldom,
}

impl std::fmt::Debug for SlackBridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackBridge").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl SlackBridge {
    /// Makes the bridge. Nothing is sent anywhere yet.
    ///
    /// # Errors
    /// [`BridgeError::Rejected`] when `api_url` is no http or https address, [`BridgeError::Transient`] when TLS can't be
    /// set up on this machine.
    pub fn new(mut settings: SlackSettings, clock: Clock) -> Result<Self, BridgeError> {
        settings.api_url = settings.api_url.trim_end_matches('/').to_owned();
        let wrong_url = || BridgeError::Rejected {
            why: format!(
                "api_url of {} is no http or https address; leave it out for Slack itself",
                settings.connection
            ),
        };
        let api_url: Url = settings.api_url.parse().map_err(|_| wrong_url())?;
        if !matches!(api_url.scheme(), "http" | "https") || api_url.host_str().is_none() {
            return Err(wrong_url());
        }
        let connector = call::connector()?;
        let client = call::client(connector.clone(), &settings.api_url);
        let caller = |token: &SecretString| {
            Caller::new(client.clone(), token, settings.call_timeout, settings.method_paces.clone())
        };
        let ears_caller = match &settings.transport {
            Transport::Socket { app_token } => Some(caller(app_token)),
            Transport::Hooks { .. } => None,
        };
        let capabilities = Capabilities {
            idempotent_for: None,
            longest_part: LONGEST_PART,
            pace: settings.pace,
            note_prefixes: &[],
            shows_typing: false,
            archives: false,
            command_prefix: None,
        };
        Ok(Self {
            caller: caller(&settings.bot_token),
            ears_caller,
            fetcher: Fetcher::new(connector, api_url, settings.call_timeout),
            whoami: Whoami::default(),
            people: Arc::new(Directory::new(settings.operators.clone())),
            desks: presence::Desks::default(),
            ended: Arc::default(),
            refused_hooks: Seldom::default(),
            capabilities,
            clock,
            client,
            settings,
        })
    }

    const fn id(&self) -> &ConnectionId {
        &self.settings.connection
    }

    pub(crate) fn words(&self) -> Words {
        self.settings.words
    }

    async fn me(&self) -> Result<&Identity, BridgeError> {
        self.whoami.get(&self.caller).await
    }

    const fn people(&self) -> &Arc<Directory> {
        &self.people
    }

    const fn caller(&self) -> &Caller {
        &self.caller
    }

    const fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    const fn operators(&self) -> &Operators {
        &self.settings.operators
    }

    const fn transport(&self) -> &Transport {
        &self.settings.transport
    }

    const fn bot_token(&self) -> &SecretString {
        &self.settings.bot_token
    }

    const fn signing_secret(&self) -> Option<&SecretString> {
        match &self.settings.transport {
            Transport::Hooks { signing_secret } => Some(signing_secret),
            Transport::Socket { .. } => None,
        }
    }

    fn now(&self) -> Micros {
        (self.clock)()
    }

    async fn place<'a>(&'a self, channel: &'a RemoteChannel) -> Result<Place<'a>, BridgeError> {
        Ok(Place { connection: self.id(), me: self.me().await?, channel: &channel.id, app: None })
    }
}

#[async_trait]
impl Bridge for SlackBridge {
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
        _step: StepState,
    ) -> Result<Outcome, BridgeError> {
        let workspace = self.whoami.known().and_then(|identity| identity.url.as_deref());
        perform::perform(&self.caller, workspace, at, op, key).await
    }

    async fn find(&self, at: &Target, op: &Op, key: &IdempotencyKey, sent: &Sent) -> Result<Found, BridgeError> {
        let settled = self.now().since(sent.at) >= self.settings.settle;
        find::find(&self.caller, &self.place(&at.channel).await?, at, op, key, sent.at, settled).await
    }

    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        // What happened to people while we were deaf came as events too, and nobody sends those again.
        self.people.forget_all();
        catch_up::moved(&self.caller, at, links, self.now()).await
    }

    async fn snapshot(
        &self,
        thread: &RemoteThread,
        from: &Cursor,
        lookback: u16,
    ) -> Result<Page<RemoteMessage>, BridgeError> {
        catch_up::snapshot(&self.caller, &self.place(&thread.channel).await?, thread, from, lookback).await
    }

    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        listen::listen(self, sink, stop).await
    }

    async fn hook(&self, request: HookRequest, sink: &dyn InboundSink) -> HookResponse {
        hook::answer(self, &request, sink).await
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        respond::respond(&self.caller, self.fetcher.api_url(), to, answer).await
    }

    /// Slack's ephemeral messages are seen by one person alone.
    fn is_private(&self, _to: &ReplyHandle) -> bool {
        true
    }

    /// Nothing while we have not heard yet where the workspace is.
    fn thread_url(&self, thread: &RemoteThread) -> Option<String> {
        let workspace = self.whoami.known().and_then(|identity| identity.url.as_deref());
        render::permalink(workspace, &thread.channel.id, &thread.id)
    }

    /// Slack shows no typing of an app's.
    async fn signal(&self, _thread: &RemoteThread, _signal: Signal) -> Result<(), BridgeError> {
        Ok(())
    }

    async fn active_operators(&self, channel: &RemoteChannel) -> Result<Active, BridgeError> {
        let round = presence::Round {
            caller: &self.caller,
            me: self.me().await?,
            people: &self.people,
            desks: &self.desks,
            now: self.now(),
        };
        round.active_operators(channel).await
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        let now = self.now();
        Ok(match query {
            DirectoryQuery::Person(user) => {
                DirectoryAnswer::Person(self.people.person(&self.caller, self.me().await?, now, &user).await?)
            }
            DirectoryQuery::Teammate(typed) => {
                DirectoryAnswer::Person(self.people.teammate(&self.caller, self.me().await?, now, &typed).await?)
            }
            DirectoryQuery::Message { channel, thread, id } => {
                let place = self.place(&channel).await?;
                let found = directory::message(&self.caller, &place, thread.as_deref(), &id).await?;
                DirectoryAnswer::Message(found.map(Box::new))
            }
            DirectoryQuery::Picture(user) => {
                let token = &self.settings.bot_token;
                DirectoryAnswer::Picture(self.people.picture(&self.caller, &self.fetcher, token, now, &user).await?)
            }
        })
    }

    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding> {
        diagnose::diagnose(self, channels).await
    }
}
