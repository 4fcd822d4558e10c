//! A chat in memory: one channel, threads under its messages, people, buttons, and a line on which events are told.
//!
//! What lives here: what a real platform would have on its own servers, and the faults that a test asks for. What must
//! not: our contract; a platform knows nothing of us.
//!
//! Its rules: a message keeps a `tag` that its author may give it. A thread has the id of the message that it hangs on. An
//! event is told again until it is acknowledged, but only to a line that was open when it happened.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// The one channel.
pub(super) const CHANNEL: &str = "SHOP";
/// The bot's own account.
pub(super) const BOT: &str = "threadline";
/// Most characters of a message.
const LONGEST: usize = 2_000;
/// Most messages of one answer.
pub(super) const PAGE: usize = 50;

/// Why a call was not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody answers.
    Away,
    /// The line broke before the answer came; what was asked may have been done.
    Lost,
    /// Too fast: wait so long.
    Wait(Duration),
    /// The token is worth nothing.
    BadToken,
    /// The channel is closed.
    NoChannel,
    /// There is no such thread, or message.
    NoSuch,
    /// The thread is there already.
    Twice,
    /// Over the longest.
    TooLong,
}

/// A button; pressed, its id comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub(super) id: String,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) thread: Option<String>,
    pub(super) author: String,
    /// A name to show in place of the author's.
    pub(super) shown_as: Option<String>,
    /// In the platform's markup.
    pub(super) text: String,
    pub(super) buttons: Vec<Button>,
    pub(super) tag: Option<String>,
    pub(super) at: i64,
    pub(super) edited: Option<i64>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    Said(Message),
    Edited(Message),
    Deleted { message: Message, at: i64 },
    Pressed { user: String, message: Message, button: String, at: i64 },
    Commanded { user: String, word: String, at: i64 },
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) support: bool,
    pub(super) bot: bool,
    /// At their desk.
    pub(super) there: bool,
}

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) now: i64,
    last: u64,
    accounts: Vec<Account>,
    pub(super) messages: BTreeMap<String, Message>,
    /// Whether it is put away, by the thread's id.
    threads: BTreeMap<String, bool>,
    /// Who was told what, where nobody else sees it.
    pub(super) whispers: Vec<(String, String)>,
    told: VecDeque<(u64, Event)>,
    pub(super) faults: Faults,
}

/// What a test makes go wrong.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) away: bool,
    pub(super) deaf: bool,
    pub(super) closed: bool,
    pub(super) revoked: bool,
    pub(super) twice: bool,
    pub(super) held: Option<Vec<(u64, Event)>>,
    pub(super) lose_after: Option<u32>,
    pub(super) lost: u32,
    pub(super) wait: Option<Duration>,
}

/// The chat. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Platform(Arc<(Mutex<World>, watch::Sender<u64>)>);

impl Default for Platform {
    fn default() -> Self {
        let account = |id: &str, name: &str, support, bot| Account {
            id: id.into(),
            name: name.into(),
            support,
            bot,
            there: true,
        };
        let accounts = vec![
            account("mina", "Mina", true, false),
            account("jonas", "Jonas", true, false),
            account("tom", "Tom", false, false),
            account("rota", "Rota", false, true),
            account(BOT, "Threadline", false, true),
        ];
        let world = World { now: 1_800_000_000_000_000, accounts, ..World::default() };
        Self(Arc::new((Mutex::new(world), watch::Sender::new(0))))
    }
}

impl Platform {
    /// Looks at everything, or changes it, and wakes whoever waits on the line.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let result = work(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.send_modify(|changes| *changes += 1);
        result
    }

    /// A call of a program's, with all that can go wrong on its way.
    fn call<T>(&self, writes: bool, work: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.with(|world| {
            let faults = &mut world.faults;
            if faults.away {
                return Err(Refusal::Away);
            }
            if faults.revoked {
                return Err(Refusal::BadToken);
            }
            if let Some(wait) = faults.wait.take_if(|_| writes) {
                return Err(Refusal::Wait(wait));
            }
            if faults.closed {
                return Err(Refusal::NoChannel);
            }
            let lost = match faults.lose_after {
                Some(0) => faults.lose_after.take().is_some(),
                ref mut left => {
                    *left = left.map(|left| left - 1);
                    false
                }
            };
            let answer = work(world);
            if lost {
                world.faults.lost += 1;
                return Err(Refusal::Lost);
            }
            answer
        })
    }

    pub(super) fn post(&self, message: Message) -> Result<String, Refusal> {
        self.call(true, |world| world.post(message))
    }

    pub(super) fn edit(&self, id: &str, text: String, buttons: Vec<Button>) -> Result<(), Refusal> {
        self.call(true, |world| world.edit(id, text, Some(buttons)))
    }

    pub(super) fn delete(&self, id: &str) -> Result<(), Refusal> {
        self.call(true, |world| world.delete(id))
    }

    pub(super) fn open_thread(&self, id: &str) -> Result<(), Refusal> {
        self.call(true, |world| {
            world.messages.get(id).ok_or(Refusal::NoSuch)?;
            world.threads.insert(id.to_owned(), false).map_or(Ok(()), |_| Err(Refusal::Twice))
        })
    }

    pub(super) fn archive(&self, thread: &str) -> Result<(), Refusal> {
        self.call(true, |world| world.threads.get_mut(thread).map(|put_away| *put_away = true).ok_or(Refusal::NoSuch))
    }

    pub(super) fn whisper(&self, user: &str, text: &str) -> Result<(), Refusal> {
        self.call(true, |world| {
            world.whispers.push((user.to_owned(), text.to_owned()));
            Ok(())
        })
    }

    /// Up to [`PAGE`] messages after one, oldest first: of a thread, or those directly in the channel.
    pub(super) fn after(&self, thread: Option<&str>, id: &str) -> Result<Vec<Message>, Refusal> {
        self.call(false, |world| Ok(world.all(thread)?.filter(|it| it.id.as_str() > id).take(PAGE).cloned().collect()))
    }

    /// The last `count` messages of a thread up to and with one, oldest first.
    pub(super) fn up_to(&self, thread: &str, id: &str, count: usize) -> Result<Vec<Message>, Refusal> {
        self.call(false, |world| {
            let mut found: Vec<Message> = world.all(Some(thread))?.filter(|it| it.id.as_str() <= id).cloned().collect();
            Ok(found.split_off(found.len().saturating_sub(count)))
        })
    }

    /// Every thread with the id of its last message; empty where there is none.
    pub(super) fn threads(&self) -> Result<BTreeMap<String, String>, Refusal> {
        self.call(false, |world| {
            let last = |thread: &str| world.all(Some(thread)).ok()?.map(|it| it.id.clone()).last();
            Ok(world.threads.keys().map(|id| (id.clone(), last(id).unwrap_or_default())).collect())
        })
    }

    pub(super) fn accounts(&self) -> Result<Vec<Account>, Refusal> {
        self.call(false, |world| Ok(world.accounts.clone()))
    }

    /// Opens the line; what happened before is not told on it.
    pub(super) fn connect(&self) -> Result<(), Refusal> {
        self.with(|world| {
            if world.faults.revoked {
                return Err(Refusal::BadToken);
            }
            if world.faults.deaf {
                return Err(Refusal::Away);
            }
            world.told.clear();
            Ok(())
        })
    }

    /// The oldest event that was not acknowledged, when there is one.
    pub(super) async fn next_event(&self) -> Result<(u64, Event), Refusal> {
        let mut changes = self.0.1.subscribe();
        loop {
            changes.mark_unchanged();
            {
                let world = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
                if world.faults.deaf || world.faults.revoked {
                    return Err(Refusal::Lost);
                }
                if let Some(first) = world.told.front() {
                    return Ok(first.clone());
                }
            }
            if changes.changed().await.is_err() {
                return Err(Refusal::Lost);
            }
        }
    }

    pub(super) fn acknowledge(&self, number: u64) {
        self.with(|world| {
            if world.told.front().is_some_and(|(first, _)| *first == number) {
                world.told.pop_front();
            }
        });
    }
}

impl World {
    /// Somebody sits down at their desk, or leaves it.
    pub(super) fn sit(&mut self, id: &str, there: bool) {
        if let Some(account) = self.accounts.iter_mut().find(|account| account.id == id) {
            account.there = there;
        }
    }

    fn all(&self, thread: Option<&str>) -> Result<impl Iterator<Item = &Message>, Refusal> {
        if thread.is_some_and(|thread| !self.threads.contains_key(thread)) {
            return Err(Refusal::NoSuch);
        }
        Ok(self.messages.values().filter(move |message| message.thread.as_deref() == thread))
    }

    pub(super) fn post(&mut self, mut message: Message) -> Result<String, Refusal> {
        if message.text.chars().count() > LONGEST {
            return Err(Refusal::TooLong);
        }
        if let Some(thread) = &message.thread {
            // Whatever is written in a thread that was put away brings it back.
            *self.threads.get_mut(thread).ok_or(Refusal::NoSuch)? = false;
        }
        self.last += 1;
        message.id = format!("{:08}", self.last);
        message.at = self.now + i64::try_from(self.last).unwrap_or_default();
        self.messages.insert(message.id.clone(), message.clone());
        let id = message.id.clone();
        self.tell(Event::Said(message));
        Ok(id)
    }

    pub(super) fn edit(&mut self, id: &str, text: String, buttons: Option<Vec<Button>>) -> Result<(), Refusal> {
        let now = self.now;
        let message = self.messages.get_mut(id).ok_or(Refusal::NoSuch)?;
        if text.chars().count() > LONGEST {
            return Err(Refusal::TooLong);
        }
        message.text = text;
        message.edited = Some(now);
        if let Some(buttons) = buttons {
            message.buttons = buttons;
        }
        let message = message.clone();
        self.tell(Event::Edited(message));
        Ok(())
    }

    pub(super) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let message = self.messages.remove(id).ok_or(Refusal::NoSuch)?;
        let at = self.now;
        self.tell(Event::Deleted { message, at });
        Ok(())
    }

    pub(super) fn delete_thread(&mut self, id: &str) {
        self.threads.remove(id);
        self.messages.retain(|_, message| message.thread.as_deref() != Some(id));
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.last += 1;
        for _ in 0..if self.faults.twice { 2 } else { 1 } {
            let told = (self.last, event.clone());
            match &mut self.faults.held {
                Some(held) => held.push(told),
                None => self.told.push_back(told),
            }
        }
    }

    pub(super) fn let_go(&mut self) {
        self.told.extend(self.faults.held.take().unwrap_or_default());
    }
}
