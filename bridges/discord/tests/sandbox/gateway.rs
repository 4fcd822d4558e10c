//! How sessions with the gateway begin, end, and come back, and what is said of it.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bridge_core::{Bridge, BridgeError, InboundEvent, ListenReport, Severity};
use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{DiscordOptions, Seed};

use crate::support::*;

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens to what this thread logs; a test has one thread.
    fn begin() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn has(&self, words: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().unwrap()).contains(words)
    }
}

/// A world whose heartbeats come quickly, and yet seldom enough for a machine that stands still for a moment.
fn lively() -> DiscordOptions {
    DiscordOptions { heartbeat_interval: Duration::from_secs(4), ..options(Seed::demo()) }
}

async fn all_sessions_gone(setup: &Setup) {
    setup
        .sandbox
        .wait_for("no connection", PATIENCE, |view| (view.connected_sessions() == 0).then_some(()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_cut_is_resumed_and_nothing_is_missed() {
    let (log, _logging) = Log::begin();
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    sink.message(&thread).await;
    assert!(log.has("a session with Discord's gateway has begun"));

    setup.sandbox.cut_gateway();
    let meanwhile = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "said while it was cut").unwrap();
    sink.message(&meanwhile).await;
    sink.connected(2).await;
    assert!(log.has("was cut and the session is taken up again; nothing was missed"));
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.resumes()), (1, 1));
    setup.sandbox.reconnect_gateway();
    sink.connected(3).await;
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.resumes()), (1, 2), "op 7");
    assert_eq!(listening.stop().await, Ok(()));
    all_sessions_gone(&setup).await;
}

#[tokio::test]
async fn an_invalidated_session_is_begun_anew_and_said() {
    let (log, _logging) = Log::begin();
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.invalidate_sessions(false);
    let why = sink.disconnected("Discord ended the session").await;
    assert!(why.contains("a new one is begun") && log.has(&why), "{why}");
    sink.connected(2).await;
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.resumes()), (2, 0));
    let thread = setup.open(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "again").unwrap();
    sink.message(&said).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_session_that_can_be_resumed_is_not_begun_anew() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.invalidate_sessions(true);
    sink.connected(2).await;
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.resumes()), (1, 1));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_frozen_gateway_is_noticed_by_its_heartbeats() {
    let (log, _logging) = Log::begin();
    // Less than a heartbeat: whenever something was heard last, an unanswered one ends in more silence than this.
    let frozen_after = Duration::from_secs(2);
    let setup = Setup::with(lively(), |settings| settings.gateway.frozen_after = frozen_after).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    sink.message(&thread).await;
    setup.sandbox.freeze_gateway(true);
    setup.sandbox.say(MINA, CHANNEL, Some(&thread), "into the ice").unwrap();
    let why = sink.disconnected("did not answer our heartbeats").await;
    assert!(why.contains("Discord's gateway was silent for") && log.has(&why), "{why}");
    setup.sandbox.freeze_gateway(false);
    sink.connected(2).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "thawed").unwrap();
    sink.message(&said).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_short_freeze_is_waited_out() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    sink.message(&thread).await;
    setup.sandbox.freeze_gateway(true);
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "patience").unwrap();
    setup.sandbox.freeze_gateway(false);
    sink.message(&said).await;
    assert_eq!(setup.sandbox.identifies(), 1);
    listening.stop().await.unwrap();
}

/// At Discord's own 41.25 s a heartbeat: 75 s of silence end before the second unanswered one would tell. The test lasts as
/// long as the frost, since a real session can't be told another time.
#[tokio::test]
async fn frozen_for_75_s_nothing_is_lost() {
    let setup = Setup::with(options(Seed::demo()), |_| {}).await;
    let sink = Sink::new();
    let frost = Clock::machine();
    // Counted from before the first heartbeat, so that a slow beginning doesn't bring the thaw behind the last one.
    let thaw = frost.after(Duration::from_secs(75));
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    let thread = setup.open(1).await;
    sink.message(&thread).await;
    setup.sandbox.freeze_gateway(true);
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "into the ice").unwrap();
    frost.sleep_until(thaw).await;
    setup.sandbox.freeze_gateway(false);
    sink.message(&said).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "thawed").unwrap();
    sink.message(&said).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn without_the_intent_no_session_is_spent_on_finding_out() {
    let seed = Seed::demo().with_app(|app| app.message_content = false);
    let setup = Setup::with(options(seed), |_| {}).await;
    for _ in 0..3 {
        let Err(BridgeError::Unauthorized { why }) = setup.listen(&Sink::new()).ended().await else {
            panic!("it listens")
        };
        assert!(why.contains("Message Content Intent") && why.contains("4014"), "{why}");
    }
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.gateway_connections()), (0, 0));
    let findings = setup.bridge.diagnose(&[]).await;
    let broken = findings.iter().find(|finding| finding.severity == Severity::Broken).unwrap();
    assert!(broken.message.contains("Developer Portal under Bot"), "{broken:?}");
}

#[tokio::test]
async fn the_gateways_own_refusal_of_the_intent_is_remembered() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.close_gateway(4014);
    let Err(BridgeError::Unauthorized { why }) = listening.ended().await else { panic!("it listens on") };
    assert!(why.contains("Message Content Intent"), "{why}");
    let again = setup.listen(&sink).ended().await;
    assert_eq!(again, Err(BridgeError::Unauthorized { why }));
    assert_eq!(setup.sandbox.identifies(), 1, "asking again would cost one each time");
}

#[tokio::test]
async fn with_the_days_sessions_spent_none_is_begun() {
    let (log, _logging) = Log::begin();
    let setup = Setup::new().await;
    setup.sandbox.set_identify_budget(12, Duration::from_secs(3_600));
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    let why = sink.disconnected("12 are left").await;
    assert!(why.contains("Discord resets the token") && log.has(&why), "{why}");
    assert_eq!((setup.sandbox.identifies(), setup.sandbox.gateway_connections()), (0, 0));
    let findings = setup.bridge.diagnose(&[]).await;
    let broken = findings.iter().find(|finding| finding.subject == "gateway sessions").unwrap();
    assert_eq!(broken.severity, Severity::Broken);
    assert!(broken.message.contains("12 are left"), "{broken:?}");
    listening.stop().await.unwrap();

    setup.sandbox.set_identify_budget(12, Duration::from_millis(300));
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_revoked_token_ends_it_with_the_fix() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.revoke_token();
    let Err(BridgeError::Unauthorized { why }) = listening.ended().await else { panic!("it listens on") };
    assert!(why.contains("the bot token was revoked or reset") && why.contains("Reset Token"), "{why}");
    let again = setup.listen(&sink).ended().await;
    assert!(matches!(again, Err(BridgeError::Unauthorized { .. })), "{again:?}");
    assert_eq!(setup.sandbox.identifies(), 1);
    let findings = setup.bridge.diagnose(&[channel()]).await;
    assert_eq!(findings.len(), 1, "there is nothing more to say: {findings:?}");
    assert!(findings[0].message.contains("Reset Token"), "{findings:?}");
    assert!(setup.sandbox.read(|view| view.invalid_requests()) < 5, "one that is refused is not asked again and again");
}

#[tokio::test]
async fn a_gateway_that_stalls_or_refuses_is_told_and_tried_again() {
    let short = Duration::from_secs(5);
    let setup = Setup::with(options(Seed::demo()), |settings| settings.gateway.connect_within = short).await;
    setup.sandbox.stall_gateway(true);
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.disconnected("took too long to answer").await;
    // Refused comes before stalled: what hangs already is given up, and what comes next is refused.
    setup.sandbox.refuse_gateway(true);
    sink.disconnected("no connection to its gateway could be made").await;
    setup.sandbox.stall_gateway(false);
    let findings = setup.bridge.diagnose(&[]).await;
    let broken = findings.iter().find(|finding| finding.subject == "gateway").unwrap();
    assert!(broken.severity == Severity::Broken && broken.message.contains("WebSockets"), "{broken:?}");
    assert_eq!(setup.sandbox.identifies(), 0, "what could not be reached cost no session");
    setup.sandbox.refuse_gateway(false);
    sink.connected(1).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_resume_that_hangs_is_given_up() {
    let short = Duration::from_millis(1_500);
    let setup = Setup::with(options(Seed::demo()), |settings| settings.gateway.connect_within = short).await;
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.connected(1).await;
    setup.sandbox.stall_gateway(true);
    setup.sandbox.cut_gateway();
    sink.disconnected("stopped answering while the connection was taken up again").await;
    setup.sandbox.stall_gateway(false);
    sink.connected(2).await;
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn it_stops_at_once_whatever_the_gateway_does() {
    let (log, _logging) = Log::begin();
    let setup = Setup::new().await;
    let sink = Sink::new();
    for frozen in [false, true] {
        let listening = setup.listen(&sink);
        sink.connected(if frozen { 2 } else { 1 }).await;
        setup.sandbox.freeze_gateway(frozen);
        assert_eq!(listening.stop().await, Ok(()));
        setup.sandbox.freeze_gateway(false);
    }
    assert!(!log.has("were still being stored at the end"), "nothing had to be waited for");
    setup.sandbox.stall_gateway(true);
    let listening = setup.listen(&sink);
    setup
        .sandbox
        .wait_for("a third start", PATIENCE, |view| (view.calls_of("get_bot_gateway").len() >= 3).then_some(()))
        .await
        .unwrap();
    assert_eq!(listening.stop().await, Ok(()));
}

#[tokio::test]
async fn a_rest_that_is_away_for_a_while_is_asked_again() {
    let setup = Setup::new().await;
    let fault =
        bridge_sandbox::faults::CallFault::next("get_bot_gateway", bridge_sandbox::faults::Act::Status { code: 503 });
    setup.sandbox.faults().add(fault.times(2));
    let sink = Sink::new();
    let listening = setup.listen(&sink);
    sink.disconnected("HTTP 503").await;
    sink.connected(1).await;
    assert!(sink.told().inbound.iter().all(|told| !matches!(told.event, InboundEvent::ConnectionBroken { .. })));
    let missed = |report: &ListenReport| matches!(report, ListenReport::Missed { .. });
    assert!(!sink.told().reports.iter().any(missed));
    listening.stop().await.unwrap();
}
