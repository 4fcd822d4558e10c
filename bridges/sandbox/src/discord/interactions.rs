//! Clicks and commands on their way to an app, and the wait for its answer.
//!
//! What lives here: INTERACTION_CREATE's payload, pressing a button, and the three seconds. What must not: what an app
//! may answer (see `interactions_rest`), which commands there are (see `commands`).
//!
//! Shapes follow Discord's page "Receiving and Responding": an interaction is answered within three seconds, or the
//! person reads that it failed; its token is good for fifteen minutes.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::permissions::VIEW_CHANNEL;
use super::world::{App, Interaction, World, buttons};
use super::{Clicked, DiscordSandbox, PersonError, shapes};
use crate::ids;

/// A slash command.
pub(super) const COMMAND: u8 = 2;
/// A button or another component.
pub(super) const COMPONENT: u8 = 3;
/// The life of an interaction's token in microseconds: fifteen minutes.
pub(super) const LIFE: i64 = 15 * 60 * 1_000_000;

/// A person's deed.
pub(super) struct Deed<'a> {
    pub(super) user: &'a str,
    /// The channel or thread in which they did it.
    pub(super) channel: &'a str,
    pub(super) kind: u8,
    /// The command's name or the component's custom id.
    pub(super) name: String,
    pub(super) data: Value,
    /// The message with the component, as JSON.
    pub(super) message: Option<Value>,
}

impl World {
    /// Begins an interaction and sends it to the app. Gives its id.
    pub(super) fn interact(&mut self, app: &App, deed: Deed<'_>) -> String {
        let id = self.next_id();
        let token = ids::token(96);
        let mut data = self.interaction_shape(app, &deed);
        data["id"] = json!(id);
        data["token"] = json!(token);
        let interaction = Interaction {
            id: id.clone(),
            token,
            app: app.id.clone(),
            kind: deed.kind,
            channel: deed.channel.to_owned(),
            user: deed.user.to_owned(),
            name: deed.name,
            message: deed.message.as_ref().and_then(|message| message["id"].as_str()).map(str::to_owned),
            created: self.now,
            answered: None,
            original: None,
        };
        self.interactions.insert(id.clone(), interaction);
        self.emit_to(app, "INTERACTION_CREATE", data);
        id
    }

    fn interaction_shape(&self, app: &App, deed: &Deed<'_>) -> Value {
        let known = self.channels.get(deed.channel);
        let guild = known.map(|known| known.guild.clone()).unwrap_or_default();
        let rights = |user: &str| self.permissions(user, deed.channel).to_string();
        let mut channel = known.map_or(Value::Null, |known| shapes::channel(self, known, None));
        channel["permissions"] = json!(rights(deed.user));
        let mut member = self.member(&guild, deed.user).map_or(Value::Null, |member| shapes::member(self, member));
        member["permissions"] = json!(rights(deed.user));
        let mut shape = json!({
            "application_id": app.id, "type": deed.kind, "data": deed.data, "guild_id": guild,
            "guild": {"id": guild, "locale": "en-US", "features": []}, "guild_locale": "en-US", "locale": "en-US",
            "channel": channel, "channel_id": deed.channel, "member": member, "version": 1,
            "app_permissions": rights(&app.bot_user), "entitlements": [], "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": guild}, "context": 0, "attachment_size_limit": 10 * 1024 * 1024,
        });
        if let Some(message) = &deed.message {
            shape["message"] = message.clone();
        }
        shape
    }

    /// Refuses a person who isn't there or doesn't see the place.
    pub(super) fn may_act(&self, user: &str, channel: &str) -> Result<(), PersonError> {
        if !self.users.contains_key(user) {
            return Err(PersonError::NoSuchPerson(user.to_owned()));
        }
        if !self.channels.contains_key(channel) {
            return Err(PersonError::NoSuchChannel(channel.to_owned()));
        }
        if !self.may(user, channel, VIEW_CHANNEL) {
            return Err(PersonError::Forbidden { user: user.to_owned(), channel: channel.to_owned() });
        }
        Ok(())
    }

    /// The message with the button: its place, its app, its components and its shape.
    fn clicked_on(&self, user: &str, channel: &str, id: &str) -> Option<(String, String, Vec<Value>, Value)> {
        if let Some(it) = self.ephemerals.iter().find(|it| it.id == id && it.user == user && !it.pending) {
            return Some((it.channel.clone(), it.app.clone(), it.components.clone(), self.ephemeral_shape(it)));
        }
        let it = self.find_message(channel, id)?;
        let app = it.app.clone().unwrap_or_default();
        Some((it.channel.clone(), app, it.components.clone(), shapes::message(self, it)))
    }

    fn press(&mut self, user: &str, channel: &str, message: &str, prefix: &str) -> Result<String, PersonError> {
        self.may_act(user, channel)?;
        let missing = || PersonError::NoSuchMessage(message.to_owned());
        let (place, app, rows, shape) = self.clicked_on(user, channel, message).ok_or_else(missing)?;
        self.may_act(user, &place)?;
        let begins = |it: &&Value| it["custom_id"].as_str().is_some_and(|id| id.starts_with(prefix));
        let button = buttons(&rows)
            .find(begins)
            .cloned()
            .ok_or_else(|| PersonError::NoSuchButton { message: message.to_owned(), custom_id: prefix.to_owned() })?;
        if button["disabled"] == json!(true) {
            return Err(PersonError::Refused("that button is switched off".to_owned()));
        }
        let thread = self.channels.get(&place);
        if thread.is_some_and(super::Channel::is_archived) {
            return Err(PersonError::Archived(place));
        }
        if thread.is_some_and(super::Channel::is_locked) {
            return Err(PersonError::Locked(place));
        }
        let app = self.apps.get(&app).cloned().ok_or_else(missing)?;
        let name = button["custom_id"].as_str().unwrap_or_default().to_owned();
        let data =
            json!({"component_type": button["type"], "custom_id": name, "id": button["id"].as_u64().unwrap_or(1)});
        Ok(self.interact(&app, Deed { user, channel: &place, kind: COMPONENT, name, data, message: Some(shape) }))
    }
}

impl DiscordSandbox {
    /// Presses the first button whose custom id begins with this; `channel` is the message's channel or thread, or the
    /// thread's channel. Waits until the app answered, or Discord's three seconds are over.
    ///
    /// # Errors
    /// When the person doesn't see the place, the message or the button isn't there, or the thread is archived or locked.
    pub async fn click(
        &self,
        user: &str,
        channel: &str,
        message: &str,
        custom_id_prefix: &str,
    ) -> Result<Clicked, PersonError> {
        self.follow(|world| world.press(user, channel, message, custom_id_prefix)).await
    }

    /// Begins an interaction and waits for its answer.
    pub(super) async fn follow(
        &self,
        begin: impl FnOnce(&mut World) -> Result<String, PersonError>,
    ) -> Result<Clicked, PersonError> {
        let (done, wait) = oneshot::channel();
        let deadline = self.0.clock.after(self.0.ack_within);
        let (interaction, token) = self.change(|world| {
            let id = begin(world)?;
            world.gateway.waiting.insert(id.clone(), done);
            let token = world.interactions.get(&id).map(|known| known.token.clone()).unwrap_or_default();
            Ok((id, token))
        })?;
        let acked = tokio::select! {
            biased;
            done = wait => done.is_ok(),
            () = self.0.clock.sleep_until(deadline) => false,
            () = self.0.stop.cancelled() => false,
        };
        self.change(|world| world.gateway.waiting.remove(&interaction));
        Ok(Clicked { acked, interaction, token })
    }
}
