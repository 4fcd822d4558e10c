//! A place to try a bridge: the bridge, the platform behind it, and the world's hands on that platform.
//!
//! What lives here: what the checks need of each platform's test. What must not: anything that only one platform has.
//!
//! A stand's clock is moved by hand and shared by the platform and the bridge, so that no check has to wait for real time
//! to pass. A stand is made fresh for each check.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::failed::Failed;
use crate::bridge::Bridge;
use crate::ids::{Micros, RemoteChannel, RemoteUser};
use crate::inbound::{Action, Wish};

/// The people of a stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// May speak for the team.
    Operator,
    /// May speak for the team too.
    Colleague,
    /// Is in the channel and may not speak for the team.
    Bystander,
    /// Another program that writes in the channel.
    Bot,
}

/// A message as people on the platform see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The platform's id.
    pub id: String,
    /// Whether the bridge's own bot posted it.
    pub ours: bool,
    /// Everything that a reader sees of it, after the platform has done its own work on markup: the name over it, the
    /// words, fields and quotes. Marks of escaping are no part of what a reader sees.
    pub text: String,
    /// What in it is alive: whom or what it calls by name, and links that lead elsewhere than they show. One text for
    /// each, in any wording.
    pub alive: Vec<String>,
}

/// A bridge on a platform that can be handled.
///
/// Everything that a person does must be done when the call returns, events about it may still be on their way.
#[async_trait]
pub trait Stand: Send + Sync {
    /// The bridge to try; the same one each time.
    fn bridge(&self) -> Arc<dyn Bridge>;

    /// Another instance from the same settings, as after a restart of the program: it remembers nothing.
    fn another(&self) -> Arc<dyn Bridge>;

    /// The channel to work in. The bot is in it and may write, and everybody of [`Who`] is in it.
    fn channel(&self) -> RemoteChannel;

    /// The time of the stand's clock.
    fn now(&self) -> Micros;

    /// Moves the stand's clock, for the platform and for the bridge.
    fn pass(&self, time: Duration);

    /// Waits for as long as the bridge asks, as the worker does. A bridge whose limits are counted by the machine's clock
    /// needs that time to pass there too.
    async fn rest(&self, time: Duration) {
        self.pass(time);
    }

    /// The longest, in real time, that anything may take to be told or to end.
    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }

    /// The platform's id of a person.
    fn user(&self, who: Who) -> RemoteUser;

    /// The name by which teammates know a person.
    fn name(&self, who: Who) -> String;

    /// What a person types to call somebody by name in a message.
    fn mention(&self, who: Who) -> String;

    /// Writes in a thread and gives the message's id.
    ///
    /// # Errors
    /// When the platform doesn't let this person write there; so with all that people do.
    async fn say(&self, who: Who, thread: &str, text: &str) -> Result<String, Failed>;

    /// Changes one's own message in a thread.
    ///
    /// # Errors
    /// As [`Stand::say`].
    async fn edit(&self, who: Who, thread: &str, id: &str, text: &str) -> Result<(), Failed>;

    /// Removes one's own message in a thread.
    ///
    /// # Errors
    /// As [`Stand::say`].
    async fn delete(&self, who: Who, thread: &str, id: &str) -> Result<(), Failed>;

    /// Presses the button of ours that does `action`, under a message in the channel or in a thread.
    ///
    /// # Errors
    /// As [`Stand::say`], or where the message has no such button.
    async fn press(&self, who: Who, id: &str, action: &Action) -> Result<(), Failed>;

    /// Gives the command of ours that concerns whoever gives it.
    ///
    /// # Errors
    /// As [`Stand::say`].
    async fn command(&self, who: Who, wish: Wish) -> Result<(), Failed>;

    /// Sits down at one's desk, or leaves it, as the platform shows it to others. Answers whether the platform shows such a
    /// thing at all. To begin with, everybody is there.
    fn sit(&self, who: Who, there: bool) -> bool;

    /// Deletes a thread in the way in which people on that platform make a thread unusable for good.
    ///
    /// # Errors
    /// As [`Stand::say`].
    async fn delete_thread(&self, thread: &str) -> Result<(), Failed>;

    /// Takes the channel away from the bot (archived, closed, the bot removed), or gives it back.
    ///
    /// # Errors
    /// When the platform refuses.
    async fn close_channel(&self, closed: bool) -> Result<(), Failed>;

    /// Makes the bridge's credentials worthless.
    ///
    /// # Errors
    /// When the platform refuses.
    async fn revoke(&self) -> Result<(), Failed>;

    /// The messages of the channel itself (cards among them), oldest first, without those in threads.
    fn in_channel(&self) -> Vec<Shown>;

    /// The messages of a thread, oldest first; the card counts only where the platform keeps it within the thread.
    fn in_thread(&self, thread: &str) -> Vec<Shown>;

    /// Whether `who` can read a private answer of ours with these words, wherever the platform shows it.
    fn was_told(&self, who: Who, words: &str) -> bool;

    /// From now on, the answer to the call after the next `skip` calls is lost once, after the platform has done what it
    /// was asked. A wish that was not fulfilled yet is forgotten.
    fn lose_answer(&self, skip: u32);

    /// How many answers were lost that way.
    fn answers_lost(&self) -> u32;

    /// The next call that writes is refused with the wish to wait so long.
    fn ask_to_wait(&self, time: Duration);

    /// Nobody answers at the platform's address, or somebody does again. Listening may or may not end with it.
    async fn out_of_reach(&self, away: bool);

    /// Cuts what the bridge listens on and lets it not come back, or lets it.
    async fn deafen(&self, deaf: bool);

    /// Every event is told twice from now on, or once.
    fn tell_twice(&self, twice: bool);

    /// Keeps events back.
    fn hold_events(&self);

    /// Lets go what was kept back, in its order.
    fn release_events(&self);
}
