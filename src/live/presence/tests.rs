//! The board, fact by fact.
//!
//! What lives here: what makes a domain online, and for how long. What must not: sockets and platforms.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::model::presence::{LEAVING_FOR, RESTING_FOR, SPOKE_FOR};
use uuid::Uuid;

struct Stage {
    board: PresenceBoard,
    now: Arc<AtomicI64>,
    connection: ConnectionId,
}

const DOMAIN: DomainId = DomainId(Uuid::from_u128(1));
const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(2));
const ADA: OperatorId = OperatorId(Uuid::from_u128(3));

fn stage() -> Stage {
    let now = Arc::new(AtomicI64::new(1_000_000));
    let read = now.clone();
    let board = PresenceBoard::new(Clock::from_fn(move || Micros(read.load(Ordering::SeqCst))), Hub::default());
    let connection: ConnectionId = "chat.acme".parse().unwrap();
    board.add_domain(DOMAIN, [(CHANNEL, connection.clone())]);
    let stage = Stage { board, now, connection };
    stage.team(vec![member(Availability::Auto, true)]);
    stage
}

fn member(availability: Availability, serves: bool) -> Member {
    Member { id: ADA, availability, domains: if serves { HashSet::from([DOMAIN]) } else { HashSet::new() } }
}

impl Stage {
    fn online(&self) -> bool {
        self.board.standing(DOMAIN).online
    }

    fn how(&self) -> String {
        self.board.standing(DOMAIN).monitors.iter().map(|monitor| monitor.how.as_str().to_owned()).collect()
    }

    fn team(&self, team: Vec<Member>) {
        self.board.set_team(self.board.read_team(), team);
    }

    /// The platform is asked, and says at once who is there.
    fn ask(&self, active: Vec<OperatorId>) {
        self.board.set_active(CHANNEL, Some(active), self.now());
    }

    fn now(&self) -> Micros {
        Micros(self.now.load(Ordering::SeqCst))
    }

    fn pass(&self, time: std::time::Duration) {
        self.now.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
        self.board.tick();
    }
}

#[test]
fn a_platforms_word_counts_while_its_channel_is_heard_and_whole() {
    let stage = stage();
    let watch = stage.board.watch(DOMAIN);
    stage.ask(vec![ADA]);
    assert!(!watch.borrow().online, "nobody hears the channel");
    stage.board.set_heard(&stage.connection, Some(Micros(1)));
    assert!(watch.borrow().online);
    assert_eq!(stage.how(), "chat");
    stage.board.set_broken(CHANNEL, true);
    assert!(!watch.borrow().online);
    stage.board.set_broken(CHANNEL, false);
    stage.ask(Vec::new());
    assert!(!watch.borrow().online);
    stage.ask(vec![ADA]);
    stage.team(vec![member(Availability::Auto, false)]);
    assert!(!watch.borrow().online, "she serves other domains");
    stage.team(Vec::new());
    assert!(!watch.borrow().online, "she is no operator any more");
}

#[test]
fn whoever_spoke_is_there_for_a_while_unless_the_platform_knows_better_since() {
    let stage = stage();
    stage.board.set_heard(&stage.connection, Some(Micros(1)));
    stage.board.note_spoke(ADA, &stage.connection);
    assert!(stage.online());
    stage.pass(SPOKE_FOR);
    assert!(!stage.online());
    stage.board.note_spoke(ADA, &stage.connection);
    stage.pass(std::time::Duration::from_secs(1));
    stage.ask(Vec::new());
    assert!(!stage.online(), "the platform says that she left");
    stage.pass(std::time::Duration::from_secs(1));
    stage.board.note_spoke(ADA, &stage.connection);
    assert!(stage.online(), "and here she is again");
}

#[test]
fn whoever_spoke_after_the_platform_was_asked_is_there_whatever_it_answers() {
    let stage = stage();
    stage.board.set_heard(&stage.connection, Some(Micros(1)));
    let asked = stage.now();
    stage.pass(std::time::Duration::from_secs(1));
    stage.board.note_spoke(ADA, &stage.connection);
    stage.pass(std::time::Duration::from_secs(1));
    stage.board.set_active(CHANNEL, Some(Vec::new()), asked);
    assert!(stage.online());
}

#[test]
fn what_was_read_of_the_team_earlier_replaces_nothing_that_was_read_later() {
    let stage = stage();
    let slow = stage.board.read_team();
    stage.team(vec![member(Availability::Back, true)]);
    stage.board.set_team(slow, Vec::new());
    assert_eq!((stage.online(), stage.how().as_str()), (true, "said"));
    stage.team(Vec::new());
    assert!(!stage.online());
}

#[test]
fn a_page_counts_while_it_is_in_use_and_a_moment_longer() {
    let stage = stage();
    let page = stage.board.open_page(ADA);
    assert!(!stage.online(), "not in use yet");
    page.set_active(true);
    assert_eq!((stage.online(), stage.how().as_str()), (true, "inbox"));
    page.set_active(false);
    assert!(stage.online(), "perhaps only another tab was looked at");
    stage.pass(RESTING_FOR / 2);
    page.set_active(true);
    stage.pass(RESTING_FOR);
    assert!(stage.online(), "in use again");
    page.set_active(false);
    stage.pass(RESTING_FOR / 2);
    page.set_active(false);
    stage.pass(RESTING_FOR / 2);
    assert!(!stage.online(), "idle");
    page.set_active(true);
    drop(page);
    assert!(stage.online(), "perhaps it is only loaded anew");
    stage.pass(LEAVING_FOR);
    assert!(!stage.online());
}

#[tokio::test]
async fn what_operators_say_counts_and_their_pages_are_told() {
    let stage = stage();
    let mut team = stage.board.hub.subscribe_team();
    stage.team(vec![member(Availability::Back, true)]);
    assert_eq!((stage.online(), stage.how().as_str()), (true, "said"));
    assert_eq!(team.try_next(), Some(TeamNudge::Domain(DOMAIN)));
    assert_eq!(stage.board.present(&[DOMAIN]), [ADA]);
    let page = stage.board.open_page(ADA);
    page.set_active(true);
    stage.team(vec![member(Availability::Away, true)]);
    assert!(!stage.online(), "away beats a page in use");
    let told = std::iter::from_fn(|| team.try_next()).count();
    assert_eq!(told, 2, "one for the page, one for the word");
    stage.board.tick();
    assert_eq!(team.try_next(), None, "nothing changed");
}
