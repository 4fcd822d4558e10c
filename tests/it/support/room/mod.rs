//! A team chat as a test sees it, whichever platform it is.
//!
//! What lives here: [`Room`], the people and places that every room has, and what is read in one. What must not: a
//! platform's own words (see `slack` and `discord`), or the program.
#![expect(clippy::panic, reason = "a test ends where its stand fails")]

pub(crate) mod discord;
pub(crate) mod slack;

use std::time::Duration;

use async_trait::async_trait;
use bridge_sandbox::faults::{CallFault, FaultId, Faults};
use threadline::settings::Settings;
use tokio::sync::watch;

use super::PATIENCE;

/// Somebody who has an account in every room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    /// An operator.
    Mina,
    /// Another operator.
    Jonas,
    /// An administrator.
    Priya,
    /// Somebody who may not speak for the team: a guest, or a member without the role.
    Tom,
    /// Another who may not.
    Lucia,
}

pub(crate) const MINA: Person = Person::Mina;
pub(crate) const JONAS: Person = Person::Jonas;
pub(crate) const PRIYA: Person = Person::Priya;
pub(crate) const TOM: Person = Person::Tom;
pub(crate) const LUCIA: Person = Person::Lucia;

impl Person {
    /// The name that others read.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mina => "Mina",
            Self::Jonas => "Jonas",
            Self::Priya => "Priya",
            Self::Tom => "Tom",
            Self::Lucia => "Lucía",
        }
    }
}

/// A channel that every room has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Shop,
    Blog,
}

/// The channel of shop.example.
pub(crate) const SHOP: Place = Place::Shop;
/// The channel of blog.example.
pub(crate) const BLOG: Place = Place::Blog;

impl Place {
    /// The domain whose conversations it shows.
    pub(crate) const fn domain(self) -> &'static str {
        match self {
            Self::Shop => "shop.example",
            Self::Blog => "blog.example",
        }
    }
}

/// What a message is in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Our card.
    Card,
    /// Words of a visitor's, or of an operator's elsewhere, that we brought.
    Post,
    /// What we say about the conversation.
    Notice,
    /// Our answer to one person.
    Answer,
    /// Not ours.
    Other,
}

/// A message as people in the room see it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) sort: Sort,
    /// The name over it, if it is ours and has one.
    pub(crate) author: String,
    /// The text as a person reads it.
    pub(crate) words: String,
    /// Everything that it shows, as text or as JSON.
    pub(crate) whole: String,
}

impl Shown {
    /// Whether it is ours and shows these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.sort != Sort::Other && self.words.contains(words)
    }
}

/// What somebody was told alone.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) text: String,
    /// The thread that it stands in.
    pub(crate) thread: Option<String>,
    /// How many buttons it has.
    pub(crate) buttons: usize,
}

/// A kind of call that a fault may hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// Writing a message: a card, a post, a notice.
    Write,
    /// Opening a thread, where that is a call of its own.
    Open,
    /// Changing a message of ours: a card, an edit.
    Change,
    /// Any.
    Any,
}

/// A way for the line that brings us events to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Without a word.
    Cut,
    /// With a closing frame.
    Closed,
    /// The platform asks us to connect again.
    Refreshed,
}

/// In which order events that were kept back are let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    AsTheyCame,
    Reverse,
    Shuffled(u64),
}

/// What an event is about, where a test waits until the program has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Message,
    Edit,
    Deletion,
    Person,
}

/// A team chat with people in it.
#[async_trait]
pub(crate) trait Room: Send + Sync {
    /// The platform, as the settings call it.
    fn platform(&self) -> &'static str;
    /// A channel as the settings name it.
    fn channel(&self, at: Place) -> String;
    /// Adds the connection to the program's settings.
    fn connect(&self, settings: &mut Settings);
    /// The connection's section of a configuration file.
    fn section(&self) -> String;

    /// The platform's address.
    fn base_url(&self) -> &str;

    /// Gives somebody another name, and another picture.
    fn rename(&self, who: Person, name: &str);
    /// Writes; gives the message's id.
    fn say(&self, who: Person, at: Place, thread: Option<&str>, text: &str) -> String;
    fn edit(&self, who: Person, at: Place, message: &str, text: &str);
    fn delete(&self, who: Person, at: Place, message: &str);
    /// Presses a button of ours, and waits until that was acknowledged.
    async fn press(&self, who: Person, at: Place, message: &str, action: &str);

    /// What a person types to call somebody.
    fn call(&self, who: Person) -> String;
    /// How a text of ours calls somebody so that they notice.
    fn mention(&self, who: Person) -> String;
    /// What a person types for bold words.
    fn bold(&self, words: &str) -> String;
    /// How many characters a person can write in one message.
    fn longest(&self) -> usize;
    /// What somebody who may not speak for the team is told.
    fn refusal(&self, who: Person) -> &'static str;

    /// The cards whose threads can be used, oldest first.
    fn cards(&self, at: Place) -> Vec<String>;
    /// Every card that stands in the channel and whose thread nobody has deleted.
    fn all_cards(&self, at: Place) -> Vec<Shown>;
    /// The card, then what stands in its thread.
    fn thread(&self, at: Place, card: &str) -> Vec<Shown>;
    /// Everything in the channel and its threads, in the order of writing.
    fn everything(&self, at: Place) -> Vec<Shown>;
    /// What somebody was told alone, oldest first.
    fn told(&self, who: Person) -> Vec<Told>;
    /// Wakes at every change.
    fn watch(&self) -> watch::Receiver<u64>;

    /// How many lines bring us events now.
    fn ears(&self) -> usize;
    /// How many the program holds where all is well.
    fn usual_ears(&self) -> usize;
    /// Ends them; gives how many there were.
    fn end(&self, how: End) -> usize;
    fn refuse(&self, refused: bool);
    /// How often a line was refused.
    fn refused(&self) -> u32;
    fn freeze(&self, frozen: bool);
    /// Whether a frozen line has been given up, by either side.
    fn given_up(&self) -> bool;
    fn drop_events(&self, count: u32);
    /// How many events were lost that way.
    fn dropped(&self) -> u32;
    /// How many events are told of one new message in a thread.
    fn events_of_a_reply(&self) -> u32;
    fn repeat_events(&self, copies: u32);
    fn hold_events(&self);
    fn release_events(&self, order: Order) -> usize;
    /// Which events of that kind the program has yet to take. None where they come one after the other anyway.
    fn under_way(&self, about: About) -> Vec<String>;

    fn faults(&self) -> &Faults;
    /// The platform's name of a call, if it knows one of that kind.
    fn method(&self, call: Call) -> Option<&'static str>;
    /// An error of the platform's own making.
    fn own_error(&self) -> &'static str;
    /// How many calls it takes to write something again whose answer was lost, though it was written.
    fn calls_after_a_loss(&self) -> u32;
    /// Calls of that kind that the platform refused for coming too fast.
    fn limited(&self) -> usize;

    /// Posts the same words in a thread once more as our app, behind the program's back.
    async fn copy_of_ours(&self, at: Place, card: &str, words: &str);
    /// Takes a conversation's thread away for good.
    fn delete_thread(&self, at: Place, card: &str);
    /// Makes the channel useless to us, or gives it back.
    fn take_channel(&self, at: Place, taken: bool);
    /// Makes our token worth nothing.
    fn revoke(&self);
    /// Throws our app out.
    fn remove_app(&self);
}

/// Waits until a room is as wanted.
pub(crate) async fn until<T>(room: &dyn Room, what: &str, look: impl FnMut(&dyn Room) -> Option<T>) -> T {
    until_within(PATIENCE, room, what, look).await
}

/// The same with another patience.
pub(crate) async fn until_within<T>(
    patience: Duration,
    room: &dyn Room,
    what: &str,
    mut look: impl FnMut(&dyn Room) -> Option<T>,
) -> T {
    let mut changes = room.watch();
    let watching = async {
        loop {
            changes.mark_unchanged();
            if let Some(found) = look(room) {
                return Some(found);
            }
            if changes.changed().await.is_err() {
                return None;
            }
        }
    };
    if let Ok(Some(found)) = tokio::time::timeout(patience, watching).await {
        return found;
    }
    let shown: Vec<String> = room.everything(SHOP).iter().map(|it| format!("{:?} {:?}", it.sort, it.words)).collect();
    panic!("{}: waited in vain for {what}; the shop's channel holds {shown:#?}", room.platform());
}

/// A fault in one or several rooms.
pub(crate) type Suffered = Vec<(usize, FaultId)>;

/// Makes a fault of a room's own out of one that names no method; `None` where the room knows no such call.
pub(crate) fn fault(room: &dyn Room, call: Call, fault: &CallFault) -> Option<FaultId> {
    let method = room.method(call)?.to_owned();
    Some(room.faults().add(CallFault { method, ..fault.clone() }))
}
