//! Slash commands as a person uses them.
//!
//! What lives here: finding a registered command, checking what was typed for its options, and sending it to the app.
//! What must not: registering commands (see `rest`), the wait for the answer (see `interactions`).
//!
//! Discord's composer offers only what an app registered, globally or for the guild (the guild's own first), to whom
//! `default_member_permissions` lets; it refuses to send without the required options, or with values of a wrong type.

use serde_json::{Map, Value, json};

use super::interactions::{COMMAND, Deed};
use super::permissions::{ADMINISTRATOR, MANAGE_THREADS, USE_APPLICATION_COMMANDS};
use super::world::{App, World};
use super::{Clicked, DiscordSandbox, PersonError, shapes};

/// The kind of command that is typed after a slash.
const CHAT_INPUT: u64 = 1;

/// An option that is a command below the command.
const SUB_COMMAND: u64 = 1;

/// A command and the app that has it.
struct Known {
    app: App,
    command: Value,
    of_guild: bool,
}

impl World {
    fn find_command(&self, guild: &str, name: &str) -> Option<Known> {
        let is_it = |command: &&Value| {
            command["name"] == json!(name) && command["type"].as_u64().unwrap_or(CHAT_INPUT) == CHAT_INPUT
        };
        let installed = self.apps.values().filter(|app| self.member(guild, &app.bot_user).is_some());
        installed.into_iter().find_map(|app| {
            let own = app.guild_commands.get(guild).into_iter().flatten().find(is_it).map(|it| (it, true));
            let (command, of_guild) = own.or_else(|| app.commands.iter().find(is_it).map(|it| (it, false)))?;
            Some(Known { app: app.clone(), command: command.clone(), of_guild })
        })
    }

    fn may_use(&self, guild: &str, user: &str, channel: &str, command: &Value) -> bool {
        if !self.may(user, channel, USE_APPLICATION_COMMANDS) {
            return false;
        }
        let Some(needed) = command["default_member_permissions"].as_str() else { return true };
        let has = self
            .guilds
            .get(guild)
            .and_then(|known| Some(known.base_permissions(known.members.get(user)?)))
            .unwrap_or(0);
        // "0" is for administrators alone.
        let needed = needed.parse::<u64>().unwrap_or(0);
        has & ADMINISTRATOR != 0 || (needed != 0 && has & needed == needed)
    }

    /// An option's value as it is sent, and whom or what it names; the reason when it doesn't fit.
    fn option(&self, guild: &str, about: &Value, given: &Value, resolved: &mut Value) -> Result<Value, String> {
        let kind = about["type"].as_u64().unwrap_or(0);
        let name = about["name"].as_str().unwrap_or_default();
        let id = given.as_str().unwrap_or_default();
        let fits = match kind {
            3 => given.as_str().is_some_and(|text| text.chars().count() <= 6000),
            4 => given.is_i64(),
            5 => given.is_boolean(),
            6 => self.resolve_user(guild, id, resolved),
            7 => {
                self.resolve(resolved, "channels", id, self.channels.get(id).map(|it| shapes::channel(self, it, None)))
            }
            8 => {
                let role = self.guilds.get(guild).and_then(|known| known.roles.get(id)).map(shapes::role);
                self.resolve(resolved, "roles", id, role)
            }
            10 => given.is_number(),
            _ => false,
        };
        if !fits {
            return Err(format!("{name} doesn't take {given}"));
        }
        let choices = about["choices"].as_array().filter(|choices| !choices.is_empty());
        if choices.is_some_and(|choices| !choices.iter().any(|choice| choice["value"] == *given)) {
            return Err(format!("{given} is no choice of {name}"));
        }
        let length = given.as_str().map(|text| u64::try_from(text.chars().count()).unwrap_or(u64::MAX));
        if let Some(length) = length.filter(|_| kind == 3) {
            let (least, most) = (about["min_length"].as_u64().unwrap_or(0), about["max_length"].as_u64());
            if length < least || most.is_some_and(|most| length > most) {
                return Err(format!("{name} has {length} characters"));
            }
        }
        Ok(json!({"name": name, "type": kind, "value": given}))
    }

    fn resolve(&self, resolved: &mut Value, list: &str, id: &str, shape: Option<Value>) -> bool {
        let found = shape.is_some();
        if let Some(shape) = shape {
            resolved[list][id] = shape;
        }
        found
    }

    fn resolve_user(&self, guild: &str, id: &str, resolved: &mut Value) -> bool {
        if let Some(member) = self.member(guild, id) {
            resolved["members"][id] = shapes::member_without_user(member);
        }
        self.resolve(resolved, "users", id, self.users.get(id).map(shapes::user))
    }

    fn typed(&self, guild: &str, known: &Known, given: &[(&str, Value)]) -> Result<Value, PersonError> {
        let name = known.command["name"].as_str().unwrap_or_default();
        let wrong = |why: String| PersonError::WrongOptions { command: name.to_owned(), why };
        let asked = known.command["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut resolved = Value::Object(Map::new());
        let is_below = |it: &Value| it["type"].as_u64() == Some(SUB_COMMAND);
        let options = if asked.iter().any(is_below) {
            vec![self.below(guild, asked, given, &mut resolved).map_err(wrong)?]
        } else {
            self.options(guild, asked, given, &mut resolved).map_err(wrong)?
        };
        let mut data = json!({"id": known.command["id"], "name": name, "type": CHAT_INPUT});
        if known.of_guild {
            data["guild_id"] = json!(guild);
        }
        if !options.is_empty() {
            data["options"] = json!(options);
        }
        if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
            data["resolved"] = resolved;
        }
        Ok(data)
    }

    /// The one command below that was chosen; the composer sends nothing without one.
    fn below(
        &self,
        guild: &str,
        asked: &[Value],
        given: &[(&str, Value)],
        resolved: &mut Value,
    ) -> Result<Value, String> {
        let chosen = |it: &&Value| given.iter().any(|(name, _)| it["name"] == json!(name));
        let about = asked.iter().find(chosen).ok_or("one of the commands below it is missing")?;
        let inner = about["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        let rest: Vec<(&str, Value)> = given
            .iter()
            .filter(|(name, _)| about["name"] != json!(name))
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let options = self.options(guild, inner, &rest, resolved)?;
        Ok(json!({"name": about["name"], "type": SUB_COMMAND, "options": options}))
    }

    fn options(
        &self,
        guild: &str,
        asked: &[Value],
        given: &[(&str, Value)],
        resolved: &mut Value,
    ) -> Result<Vec<Value>, String> {
        if let Some((stray, _)) = given.iter().find(|(name, _)| !asked.iter().any(|it| it["name"] == json!(name))) {
            return Err(format!("there is no {stray}"));
        }
        let mut options = Vec::new();
        for about in asked {
            match given.iter().find(|(name, _)| about["name"] == json!(name)) {
                Some((_, value)) => options.push(self.option(guild, about, value, resolved)?),
                None if about["required"] == json!(true) => return Err(format!("{} is missing", about["name"])),
                None => {}
            }
        }
        Ok(options)
    }

    fn use_command(
        &mut self,
        user: &str,
        channel: &str,
        name: &str,
        options: &[(&str, Value)],
    ) -> Result<String, PersonError> {
        self.may_act(user, channel)?;
        let Some(place) = self.channels.get(channel).filter(|place| place.takes_messages()) else {
            return Err(PersonError::Refused("nothing can be typed there".to_owned()));
        };
        if place.is_locked() && !self.may(user, channel, MANAGE_THREADS) {
            return Err(PersonError::Locked(channel.to_owned()));
        }
        let guild = place.guild.clone();
        let name = name.trim_start_matches('/');
        let known = self.find_command(&guild, name).ok_or_else(|| PersonError::NoSuchCommand(name.to_owned()))?;
        if !self.may_use(&guild, user, channel, &known.command) {
            return Err(PersonError::Forbidden { user: user.to_owned(), channel: channel.to_owned() });
        }
        let data = self.typed(&guild, &known, options)?;
        Ok(self.interact(&known.app, Deed { user, channel, kind: COMMAND, name: name.to_owned(), data, message: None }))
    }
}

impl DiscordSandbox {
    /// Uses a slash command in a channel or in a thread of it; users, roles and channels are given by id. A command below
    /// the command is named like an option, whatever its value. Waits until the app answered, or Discord's three seconds are
    /// over.
    ///
    /// # Errors
    /// When no app registered the command, the options don't fit, or the person may not do that there.
    pub async fn command(
        &self,
        user: &str,
        channel: &str,
        thread: Option<&str>,
        name: &str,
        options: &[(&str, Value)],
    ) -> Result<Clicked, PersonError> {
        self.follow(|world| world.use_command(user, thread.unwrap_or(channel), name, options)).await
    }
}
