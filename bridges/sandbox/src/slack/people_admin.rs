//! What members and admins do around the messages: joining, archiving, profiles, groups, tokens.
//!
//! What lives here: the workspace's administration, and faults on events, as Rust methods. What must not: HTTP.

use std::sync::PoisonError;

use super::net::Order;
use super::rates::{Limiter, Rates};
use super::world::{App, User, World};
use super::{PersonError, ReleaseOrder, SlackSandbox};

fn user_of<'w>(world: &'w mut World, id: &str) -> Result<&'w mut User, PersonError> {
    world.users.get_mut(id).ok_or_else(|| PersonError::NoSuchPerson(id.to_owned()))
}

fn app_of<'w>(world: &'w mut World, id: &str) -> Result<&'w mut App, PersonError> {
    world.apps.get_mut(id).ok_or_else(|| PersonError::NoSuchThing(format!("app {id}")))
}

impl SlackSandbox {
    fn in_channel(&self, channel: &str, change: impl FnOnce(&mut World)) -> Result<(), PersonError> {
        self.change(|world| {
            if !world.channels.contains_key(channel) {
                return Err(PersonError::NoSuchChannel(channel.to_owned()));
            }
            change(world);
            Ok(())
        })
    }

    /// Joins a channel; a bot is invited with [`SlackSandbox::invite`].
    ///
    /// # Errors
    /// When there is no such person or channel.
    pub fn join(&self, user: &str, channel: &str) -> Result<(), PersonError> {
        self.change(|world| user_of(world, user).map(|_| ()))?;
        self.in_channel(channel, |world| {
            world.join(user, channel, None);
        })
    }

    /// Invites somebody, or an app's bot user, into a channel.
    ///
    /// # Errors
    /// When there is no such person or channel.
    pub fn invite(&self, by: &str, user: &str, channel: &str) -> Result<(), PersonError> {
        self.change(|world| user_of(world, user).map(|_| ()))?;
        self.in_channel(channel, |world| {
            world.join(user, channel, Some(by));
        })
    }

    /// Leaves a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn leave(&self, user: &str, channel: &str) -> Result<(), PersonError> {
        self.in_channel(channel, |world| {
            world.leave(user, channel);
        })
    }

    /// Removes somebody, or an app's bot user, from a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn kick(&self, _by: &str, user: &str, channel: &str) -> Result<(), PersonError> {
        self.leave(user, channel)
    }

    /// Archives a channel, or brings it back.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn archive(&self, user: &str, channel: &str, archived: bool) -> Result<(), PersonError> {
        self.in_channel(channel, |world| {
            let what = if archived { "archive" } else { "unarchive" };
            let text = format!("<@{user}> {what}d the channel");
            world.notice(channel, user, &format!("channel_{what}"), &text);
            if let Some(known) = world.channels.get_mut(channel) {
                known.archived = archived;
            }
            world.told_channel(what, channel, user);
        })
    }

    /// Renames a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn rename_channel(&self, user: &str, channel: &str, name: &str) -> Result<(), PersonError> {
        self.in_channel(channel, |world| {
            if let Some(known) = world.channels.get_mut(channel) {
                name.clone_into(&mut known.name);
            }
            world.notice(channel, user, "channel_name", &format!("<@{user}> has renamed the channel to \"{name}\""));
            world.told_channel("rename", channel, user);
        })
    }

    /// Changes a person's account or profile: names, standing, `deleted`, … and tells `user_change`.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn change_profile(&self, user: &str, change: impl FnOnce(&mut User)) -> Result<(), PersonError> {
        self.change(|world| {
            let now = world.seconds();
            let person = user_of(world, user)?;
            change(person);
            person.picture_version += 1;
            person.updated = now;
            world.told_user("user_change", user);
            Ok(())
        })
    }

    /// Deactivates a person: they leave every channel's writing, and `user_change` says `deleted`.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn deactivate(&self, user: &str) -> Result<(), PersonError> {
        self.change_profile(user, |person| person.deleted = true)
    }

    /// Adds a person to the workspace and tells `team_join`.
    pub fn add_person(&self, person: User) {
        self.change(|world| {
            let id = person.id.clone();
            world.users.insert(id.clone(), person);
            world.told_user("team_join", &id);
        });
    }

    /// Sets whether a person is shown as active. Slack tells apps nothing about it; they ask.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn set_presence(&self, user: &str, active: bool) -> Result<(), PersonError> {
        self.change(|world| user_of(world, user).map(|person| person.active = active))
    }

    /// Puts a person into a user group, or takes them out, and tells `subteam_updated`.
    ///
    /// # Errors
    /// When there is no such group.
    pub fn set_in_group(&self, group: &str, user: &str, inside: bool) -> Result<(), PersonError> {
        self.change(|world| {
            let now = world.seconds();
            let known = world.groups.get_mut(group);
            let known = known.ok_or_else(|| PersonError::NoSuchThing(format!("group {group}")))?;
            if inside {
                known.users.insert(user.to_owned());
            } else {
                known.users.remove(user);
            }
            known.updated = now;
            world.told_group(group);
            Ok(())
        })
    }

    /// Revokes an app's bot token and tells `tokens_revoked`.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn revoke_bot_token(&self, app: &str) -> Result<(), PersonError> {
        self.change(|world| {
            app_of(world, app)?.bot_token_revoked = true;
            world.told_app(app, "tokens_revoked");
            Ok(())
        })
    }

    /// Revokes an app's app-level token: its sockets are told `link_disabled` and closed.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn revoke_app_token(&self, app: &str) -> Result<(), PersonError> {
        self.change(|world| {
            app_of(world, app)?.app_token_revoked = true;
            world.net.order(Some(app), || Order::Disconnect("link_disabled".to_owned()));
            Ok(())
        })
    }

    /// Removes an app from the workspace: it is told `app_uninstalled`, and its tokens stop working.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn uninstall(&self, app: &str) -> Result<(), PersonError> {
        self.change(|world| {
            app_of(world, app)?.uninstalled = true;
            world.told_app(app, "app_uninstalled");
            Ok(())
        })
    }

    /// Changes an app's settings: scopes, request URLs, Socket Mode, tokens.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn change_app(&self, app: &str, change: impl FnOnce(&mut App)) -> Result<(), PersonError> {
        self.change(|world| app_of(world, app).map(change))
    }

    /// Switches rate limits on or off, or changes their figures, with every bucket full.
    pub fn set_rates(&self, rates: Rates) {
        let mut limiter = self.0.rates.lock().unwrap_or_else(PoisonError::into_inner);
        *limiter = Limiter::new(rates);
    }

    /// From now on each event is sent this many times (1 is usual).
    pub fn repeat_events(&self, copies: u32) {
        self.change(|world| world.net.events.copies = copies.max(1));
    }

    /// Keeps events back until [`SlackSandbox::release_events`].
    pub fn hold_events(&self) {
        self.change(|world| world.net.events.holding = true);
    }

    /// How many events are kept back.
    #[must_use]
    pub fn held_events(&self) -> usize {
        self.lock().net.events.held.len()
    }

    /// Sends what was kept back, in this order. Returns how many.
    pub fn release_events(&self, order: ReleaseOrder) -> usize {
        let mut world = self.lock();
        let held = world.net.release(order);
        let count = held.len();
        for out in held {
            self.start(&mut world, out);
        }
        drop(world);
        self.0.changes.bump();
        count
    }

    /// Loses the next events without a trace.
    pub fn drop_events(&self, count: u32) {
        self.change(|world| world.net.events.drop_next = count);
    }

    /// How many events were lost that way.
    #[must_use]
    pub fn dropped_events(&self) -> u32 {
        self.lock().net.events.dropped
    }

    /// How many sockets were refused.
    #[must_use]
    pub fn refused_sockets(&self) -> u32 {
        self.lock().net.refused
    }
}
