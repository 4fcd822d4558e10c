//! The example, bent in one place at a time: each check must notice the bend that it is there for.
//!
//! A check that no bridge can fail demands nothing. The last test here holds that there is none like that.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bridge_core::testing::memory::{MemoryBridge, MemoryStand};
use bridge_core::testing::{self, CHECKS};
use bridge_core::{
    Active, Answer, Body, Bridge, BridgeError, Capabilities, ConnectionId, Cursor, DirectoryAnswer, DirectoryQuery,
    Finding, Found, HookRequest, HookResponse, IdempotencyKey, Inbound, InboundEvent, InboundSink, LinkCursor,
    ListenReport, Micros, Notice, Op, Outcome, Page, Post, RemoteAuthor, RemoteChannel, RemoteMessage, RemoteThread,
    RemoteUser, ReplyHandle, Sent, Signal, SinkError, Standing, StepState, Target,
};
use tokio_util::sync::CancellationToken;

use crate::naive::BREAKS;

/// One fault in a bridge that is sound otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bend {
    ForgetsSteps,
    FindsNoHalf,
    FindsTheFirst,
    SaysAnotherId,
    LeavesNamesOut,
    MentionsNobody,
    CallsWhomVisitorsName,
    CutsWords,
    BoastsOfLength,
    EditsByPosting,
    DeletesOnce,
    DrawsANewCard,
    ArchivesOnce,
    AnswersNobody,
    TakesEchoesForPeople,
    TakesBotsForPeople,
    MislaysThreads,
    TellsNoChanges,
    OneKeyAMessage,
    SeesEditsEverywhere,
    SwapsPairs,
    HidesOutages,
    EndsWithAnError,
    ShrugsAtBadTokens,
    ReadsBackwards,
    ReadsOnePage,
    NeverLooksBack,
    NamesEveryThread,
    NamesNoThread,
    ReadsAnotherTime,
    KnowsNoMessage,
    RefusesAllTrouble,
    WaitsForNothing,
    TrustsEverybody,
    KnowsNobody,
    SeesEmptyDesks,
    SwapsCommanders,
}

use Bend::*;

/// Each bend, and the checks that are there for it.
const BENDS: &[(Bend, &[&str])] = &[
    (ForgetsSteps, &["an_opening_goes_on_after_a_crash"]),
    (FindsNoHalf, &["a_forgotten_step_opens_no_second_thread"]),
    (FindsTheFirst, &["two_openings_are_two_threads", "what_never_was_is_not_found", "equal_words_are_two_messages"]),
    (SaysAnotherId, &["a_post_shows_its_words_and_its_author", "parts_arrive_in_their_order"]),
    (LeavesNamesOut, &["a_thread_is_opened_and_named", "a_post_shows_its_words_and_its_author"]),
    (MentionsNobody, &["a_notice_calls_only_whom_it_names"]),
    (CallsWhomVisitorsName, &["a_visitor_calls_nobody", "a_card_calls_nobody"]),
    (CutsWords, &["every_word_is_shown_as_it_is", "the_longest_part_is_taken", "a_long_message_loses_nothing"]),
    (BoastsOfLength, &["the_longest_part_is_taken"]),
    (EditsByPosting, &["an_edit_replaces_the_words", "another_instance_knows_what_was_posted"]),
    (DeletesOnce, &["deleting_twice_is_harmless"]),
    (DrawsANewCard, &["a_card_is_drawn_again"]),
    (ArchivesOnce, &["archiving_is_harmless"]),
    (AnswersNobody, &["a_private_answer_is_nobodys_post", "a_press_is_answered_privately_or_not_at_all"]),
    (TakesEchoesForPeople, &["our_words_come_back_as_ours"]),
    (TakesBotsForPeople, &["a_bot_is_no_person"]),
    (MislaysThreads, &["what_a_person_says_arrives", "a_press_says_who_where_and_what", "our_words_come_back_as_ours"]),
    (TellsNoChanges, &["edits_and_deletions_arrive"]),
    (OneKeyAMessage, &["a_repeated_event_has_one_key"]),
    (SeesEditsEverywhere, &["only_people_edit"]),
    (SwapsPairs, &["a_lane_keeps_its_order"]),
    (HidesOutages, &["a_cut_line_is_reported_and_mended"]),
    (EndsWithAnError, &["listening_ends_when_told"]),
    (ShrugsAtBadTokens, &["a_worthless_token_ends_the_listening"]),
    (ReadsBackwards, &["a_thread_is_read_whole_and_once", "what_is_read_is_what_was_told"]),
    (ReadsOnePage, &["a_thread_is_read_whole_and_once"]),
    (NeverLooksBack, &["a_thread_is_read_from_where_one_was"]),
    (NamesEveryThread, &["only_threads_with_news_are_named"]),
    (NamesNoThread, &["only_threads_with_news_are_named", "a_deleted_thread_is_gone"]),
    (ReadsAnotherTime, &["what_is_read_is_what_was_told"]),
    (KnowsNoMessage, &["one_message_is_read_as_it_stands"]),
    (
        RefusesAllTrouble,
        &[
            "a_deleted_thread_is_gone",
            "a_closed_channel_is_told_with_the_fix",
            "a_worthless_token_is_told",
            "out_of_reach_is_never_a_refusal",
            "a_wish_to_wait_says_how_long",
        ],
    ),
    (WaitsForNothing, &["a_wish_to_wait_says_how_long"]),
    (TrustsEverybody, &["only_operators_stand_as_such"]),
    (KnowsNobody, &["only_operators_stand_as_such", "a_teammate_is_found_by_name"]),
    (SeesEmptyDesks, &["who_is_at_their_desk_is_told"]),
    (SwapsCommanders, &["a_command_of_ones_own_is_heard_and_answered_privately"]),
];

struct Bent {
    inner: MemoryBridge,
    capabilities: Capabilities,
    bend: Bend,
    done: Mutex<HashSet<String>>,
}

impl Bent {
    fn new(inner: MemoryBridge, bend: Bend) -> Self {
        let mut capabilities = inner.capabilities().clone();
        if bend == BoastsOfLength {
            capabilities.longest_part = 1_900;
        }
        Self { inner, capabilities, bend, done: Mutex::default() }
    }

    /// The operation as a bent bridge understands it.
    fn bent(&self, op: &Op) -> Op {
        let mut op = op.clone();
        match (self.bend, &mut op) {
            (LeavesNamesOut, Op::Post(post)) => post.author.name.clear(),
            (LeavesNamesOut, Op::OpenThread(card)) => card.visitor.clear(),
            (MentionsNobody, Op::Notice(notice)) => notice.mention = None,
            (CutsWords, Op::Post(post)) => {
                post.body = Body::plain(&post.body.to_plain().replace('*', "").chars().take(200).collect::<String>());
            }
            (CallsWhomVisitorsName, Op::Post(Post { body, .. })) => {
                let named = body.to_plain().contains("@mina").then(|| RemoteUser("mina".to_owned()));
                let text = body.to_plain();
                op = Op::Notice(Notice { text, mention: named, broadcast: false, buttons: Vec::new() });
            }
            (EditsByPosting, Op::Edit { post, .. }) => op = Op::Post(post.clone()),
            (DrawsANewCard, Op::UpdateCard { card, .. }) => op = Op::OpenThread(card.clone()),
            _ => {}
        }
        op
    }

    /// Whether it was done before.
    fn again(&self, what: String) -> bool {
        !self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(what)
    }

    fn told<T>(&self, result: Result<T, BridgeError>) -> Result<T, BridgeError> {
        result.map_err(|error| match (self.bend, error) {
            (RefusesAllTrouble, _) => BridgeError::Rejected { why: "something is wrong with it".to_owned() },
            (WaitsForNothing, BridgeError::RateLimited { scope, .. }) => {
                BridgeError::RateLimited { after: Duration::ZERO, scope }
            }
            (_, error) => error,
        })
    }
}

#[async_trait]
impl Bridge for Bent {
    fn connection(&self) -> &ConnectionId {
        self.inner.connection()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn perform(
        &self,
        at: &Target,
        op: &Op,
        key: &IdempotencyKey,
        mut step: StepState,
    ) -> Result<Outcome, BridgeError> {
        match (self.bend, op) {
            (ForgetsSteps, _) => step = StepState::default(),
            (DeletesOnce, Op::Delete { id }) if self.again(id.clone()) => {
                return Err(BridgeError::Rejected { why: "it is gone".to_owned() });
            }
            (ArchivesOnce, Op::Archive) if self.again("archive".to_owned()) => {
                return Err(BridgeError::Rejected { why: "it is archived".to_owned() });
            }
            (CallsWhomVisitorsName, Op::OpenThread(_)) => {
                let mention = Some(RemoteUser("mina".to_owned()));
                let notice = Notice { text: String::new(), mention, broadcast: false, buttons: Vec::new() };
                self.inner.perform(at, &Op::Notice(notice), key, StepState::default()).await?;
            }
            _ => {}
        }
        let mut outcome = self.told(self.inner.perform(at, &self.bent(op), key, step).await)?;
        if self.bend == DrawsANewCard && matches!((op, &outcome), (Op::UpdateCard { .. }, Outcome::Continue(_))) {
            outcome = Outcome::Applied(Default::default());
        }
        if let (SaysAnotherId, Op::Post(_), Outcome::Applied(applied)) = (self.bend, op, &mut outcome) {
            applied.id = at.thread.clone();
        }
        Ok(outcome)
    }

    async fn find(&self, at: &Target, op: &Op, key: &IdempotencyKey, sent: &Sent) -> Result<Found, BridgeError> {
        let found = self.inner.find(at, op, key, sent).await?;
        Ok(match (self.bend, &found) {
            (FindsNoHalf, Found::Yes(Outcome::Continue(_))) => Found::No,
            (FindsTheFirst, Found::No) => Found::Yes(Outcome::Applied(Default::default())),
            _ => found,
        })
    }

    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        let all = || links.iter().map(|link| RemoteThread { channel: at.clone(), id: link.thread.clone() }).collect();
        match self.bend {
            NamesEveryThread => Ok(all()),
            NamesNoThread => Ok(Vec::new()),
            _ => self.inner.moved(at, links).await,
        }
    }

    async fn snapshot(&self, at: &RemoteThread, from: &Cursor, back: u16) -> Result<Page<RemoteMessage>, BridgeError> {
        let back = if self.bend == NeverLooksBack { 0 } else { back };
        let mut page = self.told(self.inner.snapshot(at, from, back).await)?;
        match self.bend {
            ReadsBackwards => page.items.reverse(),
            ReadsOnePage => page.next = None,
            ReadsAnotherTime => page.items.iter_mut().for_each(|it| it.at = Micros(it.at.0 + 1)),
            _ => {}
        }
        Ok(page)
    }

    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        let ears = Ears { sink, bend: self.bend, kept: Mutex::default() };
        match (self.bend, self.inner.listen(Arc::new(ears), stop).await) {
            (EndsWithAnError, Ok(())) => Err(BridgeError::Transient { why: "told to stop".to_owned() }),
            (ShrugsAtBadTokens, _) => Ok(()),
            (_, ended) => ended,
        }
    }

    async fn hook(&self, request: HookRequest, sink: &dyn InboundSink) -> HookResponse {
        self.inner.hook(request, sink).await
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        if self.bend == AnswersNobody { Ok(()) } else { self.inner.respond(to, answer).await }
    }

    fn is_private(&self, to: &ReplyHandle) -> bool {
        self.inner.is_private(to)
    }

    async fn signal(&self, thread: &RemoteThread, signal: Signal) -> Result<(), BridgeError> {
        self.inner.signal(thread, signal).await
    }

    async fn active_operators(&self, channel: &RemoteChannel) -> Result<Active, BridgeError> {
        if self.bend == SeesEmptyDesks {
            Ok(Active::Known(Vec::new()))
        } else {
            self.inner.active_operators(channel).await
        }
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        let mut answer = self.inner.directory(query).await?;
        match (self.bend, &mut answer) {
            (KnowsNoMessage, DirectoryAnswer::Message(found)) => *found = None,
            (KnowsNobody, DirectoryAnswer::Person(found)) => *found = None,
            (TrustsEverybody, DirectoryAnswer::Person(Some(person))) => person.standing = Standing::Operator,
            _ => {}
        }
        Ok(answer)
    }

    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding> {
        self.inner.diagnose(channels).await
    }
}

/// Ears that hear something else than was said.
struct Ears {
    sink: Arc<dyn InboundSink>,
    bend: Bend,
    kept: Mutex<Option<Inbound>>,
}

impl Ears {
    /// What is handed on in the place of one event.
    fn bent(&self, mut inbound: Inbound) -> Vec<Inbound> {
        match (self.bend, &mut inbound.event) {
            (TakesEchoesForPeople, InboundEvent::Message(message)) if message.author == RemoteAuthor::Ourselves => {
                message.author = RemoteAuthor::Person(RemoteUser("threadline".to_owned()));
            }
            (SwapsCommanders, InboundEvent::TeamCommand(command)) => {
                command.user = RemoteUser("jonas".to_owned());
            }
            (TakesBotsForPeople, InboundEvent::Message(message)) => {
                if let RemoteAuthor::Bot(id) = &message.author {
                    message.author = RemoteAuthor::Person(RemoteUser(id.clone()));
                }
            }
            (MislaysThreads, InboundEvent::Message(message)) => message.thread = None,
            (MislaysThreads, InboundEvent::Click(click)) => click.thread = None,
            (TellsNoChanges, InboundEvent::Edited(_) | InboundEvent::Deleted { .. }) => return Vec::new(),
            (OneKeyAMessage, InboundEvent::Message(message) | InboundEvent::Edited(message)) => {
                inbound.dedupe_key.clone_from(&message.id);
            }
            (SeesEditsEverywhere, InboundEvent::Message(message)) => {
                let event = InboundEvent::Edited(message.clone());
                let edited = Inbound { dedupe_key: format!("{}e", inbound.dedupe_key), event, ..inbound.clone() };
                return vec![inbound, edited];
            }
            (SwapsPairs, InboundEvent::Message(_)) => {
                let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                return match kept.take() {
                    Some(first) => vec![inbound, first],
                    None => {
                        *kept = Some(inbound);
                        Vec::new()
                    }
                };
            }
            _ => {}
        }
        vec![inbound]
    }
}

#[async_trait]
impl InboundSink for Ears {
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError> {
        for inbound in self.bent(inbound) {
            self.sink.accept(inbound).await?;
        }
        Ok(())
    }

    fn typing(&self, thread: &RemoteThread, user: &RemoteUser) {
        self.sink.typing(thread, user);
    }

    fn report(&self, connection: &ConnectionId, report: ListenReport) {
        let outage = matches!(report, ListenReport::Disconnected { .. });
        if !(self.bend == HidesOutages && outage) {
            self.sink.report(connection, report);
        }
    }
}

#[tokio::test]
async fn every_bend_is_noticed() {
    let mut running = tokio::task::JoinSet::new();
    for (bend, check) in BENDS.iter().flat_map(|(bend, checks)| checks.iter().map(|check| (*bend, *check))) {
        running.spawn(async move {
            let stand = MemoryStand::with(move |platform| Arc::new(Bent::new(MemoryBridge::new(platform), bend)));
            let passed = testing::run(check, &stand).await.is_ok();
            passed.then(|| format!("{check} passes a bridge of which this is true: {bend:?}"))
        });
    }
    let unnoticed: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

#[test]
fn every_check_can_be_failed() {
    let bends = BENDS.iter().flat_map(|(_, checks)| checks.iter().copied());
    let failed: HashSet<&str> = bends.chain(BREAKS.iter().map(|(name, _)| *name)).collect();
    let idle: Vec<&str> = CHECKS.iter().map(|check| check.name).filter(|name| !failed.contains(name)).collect();
    assert!(idle.is_empty(), "nothing fails {idle:?}: bend the example so that it does, or take the check out");
}
