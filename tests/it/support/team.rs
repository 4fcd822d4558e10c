//! A team and its chat rooms: the sandboxes with people in them.
//!
//! What lives here: starting them, and the words that tests use for what people do and see. What must not: the program, or
//! a platform's own words (see `room`).
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use bridge_sandbox::faults::CallFault;
use bridge_sandbox::serve::Serving;
use bridge_sandbox::{discord, slack};
use discord::{DiscordOptions, DiscordSandbox};
use serde_json::Value;
use slack::{SlackOptions, SlackSandbox};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::PATIENCE;
use super::database::Kind;
use super::door::Door;
use super::room::discord::DiscordRoom;
use super::room::fault;
use super::room::slack::SlackRoom;
pub(crate) use super::room::{
    About, BLOG, Call, End, JONAS, LUCIA, MINA, Order, PRIYA, Person, Place, Room, SHOP, Shown, Sort, Suffered, TOM,
    Told, until, until_within,
};
use super::stand::Surface;

/// How long a platform waits for an answer where no test is about answers that come late. The real ones wait for three
/// seconds, which a busy machine may well take.
const ACK_WITHIN: Duration = Duration::from_secs(20);

/// How often a platform tells again what nobody acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Retells {
    /// As the real one does.
    #[default]
    Usual,
    /// The same, but sooner.
    Soon,
    /// Never: only catch-up can find it.
    Never,
}

/// How a team's platforms differ from their own figures without limits on rates.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nature {
    pub(crate) retells: Retells,
    /// Slack tells no reply counts, so that every event of an edit is somebody's edit.
    pub(crate) quiet: bool,
    /// The platforms' own limits on rates.
    pub(crate) own_rates: bool,
    /// The rooms can be reached through doors only.
    pub(crate) doors: bool,
    /// Discord wants a heartbeat every second, so that a frozen line is noticed soon. A program that stands still for so
    /// long loses its session.
    pub(crate) quick_heart: bool,
}

impl Nature {
    /// Platforms that tell an unacknowledged event again sooner than the real ones.
    pub(crate) fn impatient() -> Self {
        Self { retells: Retells::Soon, ..Self::default() }
    }

    /// Platforms that never tell anything again.
    pub(crate) fn forgetful() -> Self {
        Self { retells: Retells::Never, ..Self::default() }
    }

    /// Platforms that tell no reply counts.
    pub(crate) fn quiet() -> Self {
        Self { quiet: true, ..Self::default() }
    }

    /// Platforms with their own rates.
    pub(crate) fn rated() -> Self {
        Self { own_rates: true, ..Self::default() }
    }

    /// Platforms behind doors.
    pub(crate) fn behind_doors() -> Self {
        Self { doors: true, ..Self::forgetful() }
    }

    /// Platforms whose lines can freeze.
    pub(crate) fn freezing() -> Self {
        Self { quick_heart: true, ..Self::forgetful() }
    }

    fn slack(self, base_url: &str) -> SlackOptions {
        let usual = SlackOptions::seeded(slack::Seed::demo());
        SlackOptions {
            base_url: base_url.to_owned(),
            rates: if self.own_rates { slack::Rates::slack() } else { slack::Rates::off() },
            retry_after: match self.retells {
                Retells::Usual => usual.retry_after.clone(),
                Retells::Soon => [0, 1, 2].map(Duration::from_secs).into(),
                Retells::Never => Vec::new(),
            },
            ack_within: if self.retells == Retells::Usual { ACK_WITHIN } else { usual.ack_within },
            // Over HTTP one event comes after the other, however long each takes.
            order_wait: PATIENCE,
            reply_count_events: !self.quiet,
            ..usual
        }
    }

    fn discord(self, base_url: &str) -> DiscordOptions {
        let usual = DiscordOptions::seeded(discord::Seed::demo());
        DiscordOptions {
            base_url: base_url.to_owned(),
            rates: if self.own_rates { discord::Rates::discord() } else { discord::Rates::off() },
            // The program begins anew sooner than a real one does.
            identify_every: Duration::ZERO,
            heartbeat_interval: if self.quick_heart { Duration::from_secs(1) } else { usual.heartbeat_interval },
            // Nothing is told again after it: whoever gave the command sees that nobody answered.
            ack_within: ACK_WITHIN,
            ..usual
        }
    }
}

/// A team whose people talk in one or two chat rooms.
pub(crate) struct Team {
    rooms: Vec<Box<dyn Room>>,
    /// Where the team's people act; the other room only shows it.
    acting: usize,
    slack: Option<SlackSandbox>,
    discord: Option<DiscordSandbox>,
    doors: Mutex<Vec<Door>>,
    /// Keeps them served.
    _serving: Vec<Serving>,
}

impl Team {
    /// The rooms of a surface. Where two rooms mirror each other, people act in Discord with the one database, and in
    /// Slack with the other.
    pub(crate) async fn start(surface: Surface, kind: Kind, nature: Nature) -> Self {
        let mut team = Self {
            rooms: Vec::new(),
            acting: 0,
            slack: None,
            discord: None,
            doors: Mutex::default(),
            _serving: Vec::new(),
        };
        match surface {
            Surface::Slack => team.add_slack(nature).await,
            Surface::Discord => team.add_discord(nature).await,
            Surface::Mirrored => {
                team.add_slack(nature).await;
                team.add_discord(nature).await;
                team.acting = usize::from(kind == Kind::Sqlite);
            }
        }
        team
    }

    /// A team in Slack alone.
    pub(crate) async fn in_slack() -> Self {
        Self::start(Surface::Slack, Kind::Sqlite, Nature::default()).await
    }

    async fn add_slack(&mut self, nature: Nature) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let slack = if nature.doors {
            let door = Door::before(listener.local_addr().unwrap()).await;
            let slack = SlackSandbox::new(nature.slack(&door.url()));
            tokio::spawn(axum::serve(listener, slack.router()).into_future());
            self.doors.get_mut().push(door);
            slack
        } else {
            let (slack, serving) = SlackSandbox::serve(listener, nature.slack("")).unwrap();
            self._serving.push(serving);
            slack
        };
        self.slack = Some(slack.clone());
        self.rooms.push(Box::new(SlackRoom { slack }));
    }

    async fn add_discord(&mut self, nature: Nature) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let discord = if nature.doors {
            let door = Door::before(listener.local_addr().unwrap()).await;
            let discord = DiscordSandbox::new(nature.discord(&door.url()));
            tokio::spawn(axum::serve(listener, discord.router()).into_future());
            self.doors.get_mut().push(door);
            discord
        } else {
            let (discord, serving) = DiscordSandbox::serve(listener, nature.discord("")).unwrap();
            self._serving.push(serving);
            discord
        };
        self.discord = Some(discord.clone());
        self.rooms.push(Box::new(DiscordRoom::new(discord)));
    }

    /// The room where people act.
    pub(crate) fn room(&self) -> &dyn Room {
        self.rooms.get(self.acting).expect("a team has a room").as_ref()
    }

    /// Every room, the one where people act first.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &dyn Room> {
        let others = self.rooms.iter().enumerate().filter(|(index, _)| *index != self.acting);
        std::iter::once(self.room()).chain(others.map(|(_, room)| room.as_ref()))
    }

    /// The room that only shows what is said in the other.
    pub(crate) fn mirror(&self) -> &dyn Room {
        self.rooms().nth(1).expect("the team has a second room")
    }

    /// Slack's sandbox, where the team has one.
    pub(crate) fn slack(&self) -> &SlackSandbox {
        self.slack.as_ref().expect("the team talks in Slack")
    }

    /// Discord's sandbox, where the team has one.
    pub(crate) fn discord(&self) -> &DiscordSandbox {
        self.discord.as_ref().expect("the team talks in Discord")
    }

    /// Waits until every room has somebody who hears it.
    pub(crate) async fn until_heard(&self) {
        for room in self.rooms() {
            until(room, "somebody who listens", |room| (room.ears() > 0).then_some(())).await;
        }
    }

    /// Waits until the channel has that many cards, and gives their ids, oldest first.
    pub(crate) async fn cards(&self, at: Place, count: usize) -> Vec<String> {
        cards(self.room(), at, count).await
    }

    /// Waits for the channel's first card, and gives its id.
    pub(crate) async fn card(&self, at: Place) -> String {
        self.cards(at, 1).await.remove(0)
    }

    /// Waits for a newer card than this one.
    pub(crate) async fn until_another_card(&self, at: Place, card: &str) -> String {
        let newer = |room: &dyn Room| room.cards(at).pop().filter(|newest| newest.as_str() > card);
        until(self.room(), "another card", newer).await
    }

    /// Waits until the newest thread of the room that only shows has this text.
    pub(crate) async fn shows_in_mirror(&self, at: Place, text: &str) {
        let card = cards(self.mirror(), at, 1).await.pop().unwrap_or_default();
        shows(self.mirror(), at, &card, text).await;
    }

    /// What stands in a thread now, its card first.
    pub(crate) fn thread(&self, at: Place, card: &str) -> Vec<Shown> {
        self.room().thread(at, card)
    }

    /// Waits until a thread is as wanted.
    pub(crate) async fn until_thread<T>(
        &self,
        what: &str,
        at: Place,
        card: &str,
        mut look: impl FnMut(&[Shown]) -> Option<T>,
    ) -> T {
        until(self.room(), what, |room| look(&room.thread(at, card))).await
    }

    /// Waits until the thread shows this text of ours, and gives the message.
    pub(crate) async fn shows(&self, at: Place, card: &str, text: &str) -> Shown {
        shows(self.room(), at, card, text).await
    }

    /// The same in every room's newest thread.
    pub(crate) async fn all_show(&self, at: Place, text: &str) {
        for room in self.rooms() {
            let card = cards(room, at, 1).await.pop().unwrap_or_default();
            shows(room, at, &card, text).await;
        }
    }

    /// Waits until the card shows these words, in every room's newest thread.
    pub(crate) async fn cards_show(&self, at: Place, words: &str) {
        for room in self.rooms() {
            let look =
                |room: &dyn Room| room.all_cards(at).last().filter(|card| card.whole.contains(words)).map(|_| ());
            until(room, &format!("the card to show {words:?}"), look).await;
        }
    }

    /// Somebody writes, in a thread or in the channel. Gives the message's id.
    pub(crate) fn say<'a>(&self, who: Person, at: Place, thread: impl Into<Option<&'a str>>, text: &str) -> String {
        self.room().say(who, at, thread.into(), text)
    }

    /// Somebody edits their message.
    pub(crate) fn edit(&self, who: Person, at: Place, message: &str, text: &str) {
        self.room().edit(who, at, message, text);
    }

    /// Somebody deletes a message.
    pub(crate) fn delete(&self, who: Person, at: Place, message: &str) {
        self.room().delete(who, at, message);
    }

    /// Presses a button, and waits until it was acknowledged.
    pub(crate) async fn press(&self, who: Person, at: Place, message: &str, action: &str) {
        self.room().press(who, at, message, action).await;
    }

    /// Somebody gives a command in Discord, in a thread or in the channel; waits until that was acknowledged. The program
    /// puts its commands in place while it begins to listen, and nobody can give one before that.
    pub(crate) async fn command(
        &self,
        who: Person,
        at: Place,
        thread: Option<&str>,
        name: &str,
        options: &[(&str, Value)],
    ) {
        let put = |view: &discord::View<'_>| {
            let put = view.calls_of("bulk_set_guild_application_commands");
            put.iter().any(|call| call.status == 200).then_some(())
        };
        let discord = self.discord();
        discord.wait_for("the commands", PATIENCE, put).await.unwrap();
        let given = discord.command(who.discord(), at.discord(), thread, name, options).await.unwrap();
        assert!(given.acked, "/{name} was not acknowledged");
    }

    /// Waits until somebody alone is told something that holds these words.
    pub(crate) async fn told(&self, who: Person, words: &str) -> Told {
        let look = |room: &dyn Room| room.told(who).into_iter().rev().find(|told| told.text.contains(words));
        until(self.room(), &format!("{who:?} to be told {words:?}"), look).await
    }

    /// Everything that somebody was told alone, oldest first.
    pub(crate) fn all_told(&self, who: Person) -> Vec<Told> {
        self.room().told(who)
    }

    /// Does something, and waits until the program has taken every event of that kind that was told by then.
    pub(crate) async fn heard<T>(&self, about: About, act: impl FnOnce() -> T) -> T {
        let done = act();
        let waiting = self.room().under_way(about);
        let taken = |room: &dyn Room| room.under_way(about).iter().all(|key| !waiting.contains(key)).then_some(());
        until(self.room(), &format!("{about:?} to be taken"), taken).await;
        done
    }

    /// The visitors' words in a thread, in the order shown, without our own notices.
    pub(crate) fn relayed(&self, at: Place, card: &str) -> Vec<String> {
        relayed(self.room(), at, card)
    }

    /// Adds a fault on a kind of call, in every room.
    pub(crate) fn suffer(&self, call: Call, hit: &CallFault) -> Suffered {
        self.suffer_each(call, |_| hit.clone())
    }

    /// The same with a fault made for each room. A room that knows no such call suffers nothing.
    pub(crate) fn suffer_each(&self, call: Call, make: impl Fn(&dyn Room) -> CallFault) -> Suffered {
        let rooms = self.rooms.iter().enumerate();
        rooms.filter_map(|(index, room)| Some((index, fault(room.as_ref(), call, &make(room.as_ref()))?))).collect()
    }

    /// Waits until it has hit that many calls in every room.
    pub(crate) async fn suffered(&self, fault: &Suffered, count: u32) {
        for (index, id) in fault {
            self.rooms[*index].faults().wait_fired(*id, count, PATIENCE).await.unwrap();
        }
    }

    /// Lets hung calls go on.
    pub(crate) fn release(&self, fault: &Suffered) {
        for (index, id) in fault {
            self.rooms[*index].faults().release(*id);
        }
    }

    /// Ends every line that brings us events. Gives how many there were where people act.
    pub(crate) fn end(&self, how: End) -> usize {
        self.rooms().map(|room| room.end(how)).collect::<Vec<_>>()[0]
    }

    /// Shuts the doors of every room.
    pub(crate) async fn shut(&self) {
        for door in self.doors.lock().await.iter_mut() {
            door.shut().await;
        }
    }

    /// Opens them again.
    pub(crate) async fn open(&self) {
        for door in self.doors.lock().await.iter_mut() {
            door.open().await;
        }
    }
}

/// Waits until a room's channel has that many cards, and gives their ids, oldest first.
pub(crate) async fn cards(room: &dyn Room, at: Place, count: usize) -> Vec<String> {
    let look = |room: &dyn Room| {
        let cards = room.cards(at);
        (cards.len() >= count).then_some(cards)
    };
    until(room, &format!("{count} cards in {at:?}"), look).await
}

/// Waits until a room's thread shows this text of ours, and gives the message.
pub(crate) async fn shows(room: &dyn Room, at: Place, card: &str, text: &str) -> Shown {
    let find = |room: &dyn Room| room.thread(at, card).into_iter().find(|message| message.says(text));
    until(room, &format!("{text:?} in thread {card}"), find).await
}

/// The words that we brought into a room's thread, in the order shown.
pub(crate) fn relayed(room: &dyn Room, at: Place, card: &str) -> Vec<String> {
    words(&room.thread(at, card))
}

/// The words of our posts among these.
pub(crate) fn words(thread: &[Shown]) -> Vec<String> {
    thread.iter().filter(|message| message.sort == Sort::Post).map(|message| message.words.clone()).collect()
}
