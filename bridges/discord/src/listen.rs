//! Keeps the ears open: one session with Discord's gateway after the other, until it is told to stop.
//!
//! What lives here: whether and when a session may begin, and what is said when one ends. What must not: the session itself
//! (`gateway`), and what is heard (`listen_queue`, `listen_worker`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use bridge_core::{BridgeError, InboundSink, ListenReport};
use serde_json::Value;
use serenity::http::Route;
use tokio_util::sync::CancellationToken;

use crate::call::Effect;
use crate::errors::TOKEN_REVOKED;
use crate::gateway::{self, End};
use crate::identify::{Start, spent_sentence};
use crate::identity::{Identity, application, get};
use crate::listen_queue::Ears;
use crate::{DiscordBridge, commands, listen_worker};

/// The flags of an application that may read messages: for many servers, and for few.
const MAY_READ: u64 = 1 << 18 | 1 << 19;
/// The flags of an application that may see who is at their desk: for many servers, and for few.
const MAY_SEE_PRESENCES: u64 = 1 << 12 | 1 << 13;
/// How long the gateway's own refusal stands against what REST says; asking again would cost a session each time.
const REFUSAL_STANDS: Duration = Duration::from_secs(1_800);
/// How often it is asked again whether sessions may begin.
const ASK_AGAIN: Duration = Duration::from_secs(300);
/// A session that lived this long makes the next pause short again.
const LONG_LIFE: Duration = Duration::from_secs(60);
/// How long events that are being stored may hold up the end.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);

/// What is said where Discord doesn't let us read messages.
pub(crate) const INTENT_OFF: &str = "the bot may not read messages: switch on Message Content Intent in the Developer Portal under Bot → Privileged \
     Gateway Intents (close code 4014)";

/// Listens until `stop`.
pub(crate) async fn listen(
    bridge: &DiscordBridge,
    sink: Arc<dyn InboundSink>,
    stop: CancellationToken,
) -> Result<(), BridgeError> {
    if let Some(why) = bridge.refusal().standing() {
        return Err(BridgeError::Unauthorized { why });
    }
    let mut voice = Voice { bridge, sink: &*sink, told: None };
    let Some(me) = voice.identity(&stop).await? else { return Ok(()) };
    let (ears, queues) = Ears::new(bridge.id(), sink.clone(), bridge.desks().clone());
    let working = listen_worker::work(bridge, me, &ears, &*sink, queues);
    let mut working = std::pin::pin!(working);
    let ended = {
        let sessions = sessions(&mut voice, &ears, &stop);
        let commands = put_commands_in_place(bridge, me);
        let mut both = std::pin::pin!(async { tokio::join!(commands, working.as_mut()) });
        tokio::select! {
            ended = sessions => ended,
            _ = both.as_mut() => Ok(()),
        }
    };
    ears.close();
    if tokio::time::timeout(DRAIN_WITHIN, working).await.is_err() {
        tracing::warn!(connection = %bridge.id(), "events were still being stored at the end; catch-up reads them again");
    }
    ended
}

/// Says why nothing is heard, once for each reason.
struct Voice<'a> {
    bridge: &'a DiscordBridge,
    sink: &'a dyn InboundSink,
    told: Option<String>,
}

impl<'a> Voice<'a> {
    fn complain(&mut self, why: &str) {
        if self.told.as_deref() != Some(why) {
            self.told = Some(why.to_owned());
            tracing::warn!(connection = %self.bridge.id(), "{why}");
            self.sink.report(self.bridge.id(), ListenReport::Disconnected { why: why.to_owned() });
        }
    }

    /// Our own ids, which every event is read with. `None` when stopped before they were known.
    async fn identity(&mut self, stop: &CancellationToken) -> Result<Option<&'a Identity>, BridgeError> {
        let mut pause = self.bridge.gateway_settings().first_pause;
        loop {
            let asked = tokio::select! {
                asked = self.bridge.me() => asked,
                () = stop.cancelled() => return Ok(None),
            };
            match asked {
                Ok(me) => return Ok(Some(me)),
                Err(error) => {
                    self.complain_of(&error, &mut pause, stop).await?;
                    if stop.is_cancelled() {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Says what went wrong with a question and waits before the next; an error that waiting can't mend comes back.
    async fn complain_of(
        &mut self,
        error: &BridgeError,
        pause: &mut Duration,
        stop: &CancellationToken,
    ) -> Result<(), BridgeError> {
        let wait = match error {
            BridgeError::Unauthorized { .. } => return Err(error.clone()),
            BridgeError::RateLimited { after, .. } => (*pause).max(*after),
            _ => *pause,
        };
        self.complain(&error.to_string());
        self.pause(wait, stop).await;
        *pause = (*pause * 2).min(self.bridge.gateway_settings().longest_pause);
        Ok(())
    }

    async fn pause(&self, wait: Duration, stop: &CancellationToken) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// One session after the other.
async fn sessions(voice: &mut Voice<'_>, ears: &Arc<Ears>, stop: &CancellationToken) -> Result<(), BridgeError> {
    let bridge = voice.bridge;
    let settings = bridge.gateway_settings();
    let mut pause = settings.first_pause;
    while !stop.is_cancelled() {
        let asked = tokio::select! {
            asked = may_begin(bridge) => asked,
            () = stop.cancelled() => return Ok(()),
        };
        let start = match asked {
            Ok(start) => start,
            Err(error) => {
                voice.complain_of(&error, &mut pause, stop).await?;
                continue;
            }
        };
        if start.is_spent(settings) {
            voice.complain(&spent_sentence(&start, bridge.now()));
            voice.pause(start.reset_after.min(ASK_AGAIN).max(settings.first_pause), stop).await;
            continue;
        }
        voice.pause(bridge.begun().wait(settings.identify_interval, Instant::now()), stop).await;
        let began = Instant::now();
        ears.begin();
        let with_presences = bridge.desks().begin();
        let intents = if with_presences { gateway::INTENTS | gateway::PRESENCES } else { gateway::INTENTS };
        let end = gateway::live(&start.url, bridge.bot_token(), settings, intents, ears.clone(), stop).await;
        if ears.was_ready() {
            voice.told = None;
        }
        if ears.was_ready() || !matches!(end, End::Unreachable(_) | End::Stopped) {
            bridge.begun().note(began);
        }
        if ears.was_ready() && began.elapsed() >= LONG_LIFE {
            pause = settings.first_pause;
        }
        match end {
            End::Stopped => return Ok(()),
            End::BadToken => return Err(refused(bridge, TOKEN_REVOKED)),
            End::IntentRefused => intent_refused(bridge, with_presences).await?,
            other => voice.complain(&sentence(&other)),
        }
        voice.pause(pause, stop).await;
        pause = (pause * 2).min(settings.longest_pause);
    }
    Ok(())
}

fn refused(bridge: &DiscordBridge, why: &str) -> BridgeError {
    bridge.refusal().note(why);
    BridgeError::Unauthorized { why: why.to_owned() }
}

/// What is said of a session's end.
fn sentence(end: &End) -> String {
    match end {
        End::Frozen(silent) => format!(
            "Discord's gateway was silent for {} s and did not answer our heartbeats; a new session is begun, and what was said \
             meanwhile is read again",
            silent.as_secs()
        ),
        End::Ended => {
            "Discord ended the session, or it was cut for too long to be taken up again; a new one is begun, and what \
                       was said meanwhile is read again"
                .to_owned()
        }
        End::Unreachable(why) => format!("Discord can't be heard: {why}; trying again"),
        End::Refused(why) => format!("Discord's gateway refuses the session ({why}); trying again"),
        End::BadToken => TOKEN_REVOKED.to_owned(),
        End::IntentRefused => INTENT_OFF.to_owned(),
        End::Stopped => "stopped".to_owned(),
    }
}

/// Asks everything that REST can tell before a session is spent on finding out: the token, the intent, and how many sessions
/// are left today.
pub(crate) async fn may_begin(bridge: &DiscordBridge) -> Result<Start, BridgeError> {
    let application = application(bridge.caller()).await?;
    if may_read(&application) == Some(false) {
        return Err(BridgeError::Unauthorized { why: INTENT_OFF.to_owned() });
    }
    bridge.desks().allow(may_see_presences(&application));
    let mut start = start(bridge).await?;
    start.url = gateway::checked_url(&start.url, bridge.api_url())?;
    Ok(bridge.begun().correct(start, Instant::now()))
}

/// Where the gateway is, and how many sessions may still begin.
pub(crate) async fn start(bridge: &DiscordBridge) -> Result<Start, BridgeError> {
    Start::read(&bridge.caller().call(get(Route::GatewayBot), Effect::Reads).await?)
}

/// Whether an application may read messages; `None` where its description doesn't say.
pub(crate) fn may_read(application: &Value) -> Option<bool> {
    Some(application.get("flags")?.as_u64()? & MAY_READ != 0)
}

/// Whether an application may see who is at their desk; not where its description doesn't say so.
pub(crate) fn may_see_presences(application: &Value) -> bool {
    application.get("flags").and_then(Value::as_u64).is_some_and(|flags| flags & MAY_SEE_PRESENCES != 0)
}

/// The gateway refuses an intent, though REST allowed it a moment ago: a switch in the portal may have been turned since.
/// Without presences everything else goes on. That messages may be read again REST tells for free; only where it tells
/// otherwise than the gateway does the gateway's word stand for a while.
async fn intent_refused(bridge: &DiscordBridge, with_presences: bool) -> Result<(), BridgeError> {
    let application = application(bridge.caller()).await.unwrap_or_default();
    if may_read(&application) == Some(false) {
        return Err(BridgeError::Unauthorized { why: INTENT_OFF.to_owned() });
    }
    if with_presences && application.get("flags").is_some() && !may_see_presences(&application) {
        bridge.desks().refuse();
        return Ok(());
    }
    Err(refused(bridge, INTENT_OFF))
}

/// Puts our commands in place; tries until it works. Without them everything else works all the same.
async fn put_commands_in_place(bridge: &DiscordBridge, me: &Identity) {
    let mut pause = Duration::from_secs(1);
    loop {
        let registering = async {
            let home = bridge.home().await?;
            commands::register(bridge.caller(), bridge.words(), &me.application, &home.guild).await
        };
        let Err(error) = registering.await else { return };
        tracing::warn!(connection = %bridge.id(), error = %error, "the slash commands could not be put in place; trying again");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(600));
    }
}

/// What the gateway itself refused, and when.
#[derive(Debug, Default)]
pub(crate) struct Refusal(std::sync::Mutex<Option<(Instant, String)>>);

impl Refusal {
    fn note(&self, why: &str) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((Instant::now(), why.to_owned()));
    }

    fn standing(&self) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.as_ref().filter(|(since, _)| since.elapsed() < REFUSAL_STANDS).map(|(_, why)| why.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_end_has_its_sentence() {
        assert!(sentence(&End::Frozen(Duration::from_secs(82))).contains("silent for 82 s"));
        assert!(sentence(&End::Ended).contains("ended the session"));
        assert!(sentence(&End::Unreachable("no answer".into())).contains("can't be heard: no answer"));
        assert!(sentence(&End::IntentRefused).contains("Message Content Intent"));
        assert!(sentence(&End::BadToken).contains("Reset Token"));
    }

    #[test]
    fn the_intents_switch_is_read_from_the_flags() {
        assert_eq!(may_read(&json!({"flags": 1 << 19})), Some(true));
        assert_eq!(may_read(&json!({"flags": 1 << 18})), Some(true));
        assert_eq!(may_read(&json!({"flags": 1 << 15})), Some(false));
        assert_eq!(may_read(&json!({})), None);
    }
}
