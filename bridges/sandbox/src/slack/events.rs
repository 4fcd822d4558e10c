//! Events as Slack sends them, and which apps get them.
//!
//! What lives here: payloads of the Events API. What must not: how they travel (see `net` and `delivery`).
//!
//! The wrapper and the message, reaction, channel, member, team, user and subteam events follow Slack's published events
//! description; `authorizations`, `is_ext_shared_channel` and `event_context` are newer and follow the reference pages.
//! A message event reaches an app where its bot is a member and the token has `channels:history` or `groups:history`.

use serde_json::{Value, json};

use super::net::{Kind, Outgoing};
use super::shapes::{self, Sight};
use super::world::{App, Channel, World};
use crate::ids;

/// Who an event is for.
struct To<'a> {
    team: &'a str,
    /// Only apps whose bot is in this channel.
    channel: Option<&'a str>,
    /// The subscription's name.
    name: &'a str,
    /// The scope that it needs.
    scope: &'a str,
}

impl Channel {
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_private { "group" } else { "channel" }
    }

    fn scope(&self, verb: &str) -> String {
        format!("{}:{verb}", if self.is_private { "groups" } else { "channels" })
    }
}

fn wrap(app: &App, event: &Value, shared: bool, at: i64) -> Outgoing {
    let event_id = ids::upper("Ev");
    let kind = event["type"].as_str().unwrap_or_default();
    let about = event["subtype"].as_str().map_or_else(|| kind.to_owned(), |subtype| format!("{kind}/{subtype}"));
    let payload = json!({
        "token": app.verification_token, "team_id": app.team, "context_team_id": app.team,
        "context_enterprise_id": null, "api_app_id": app.id, "event": event, "type": "event_callback",
        "event_id": event_id, "event_time": at,
        "authorizations": [{
            "enterprise_id": null, "team_id": app.team, "user_id": app.bot_user, "is_bot": true,
            "is_enterprise_install": false,
        }],
        "is_ext_shared_channel": shared, "event_context": format!("4-{}", ids::token(24)),
    });
    Outgoing::new(&app.id, Kind::Event, &event_id, about, payload)
}

impl World {
    fn emit(&mut self, to: &To<'_>, make: impl Fn(&Self, &App) -> Option<Value>) {
        let channel = to.channel.and_then(|id| self.channels.get(id));
        let at = self.seconds();
        let out: Vec<Outgoing> = self
            .apps
            .values()
            .filter(|app| app.team == to.team && !app.uninstalled)
            .filter(|app| app.events.contains(to.name) && app.scopes.contains(to.scope))
            .filter(|app| to.channel.is_none() || channel.is_some_and(|known| known.members.contains(&app.bot_user)))
            .filter_map(|app| {
                let event = make(self, app)?;
                Some(wrap(app, &event, channel.is_some_and(|known| known.ext_shared), at))
            })
            .collect();
        self.outgoing.extend(out);
    }

    /// A message as this app sees it: with metadata where the app posted it itself.
    pub(crate) fn seen_by(&self, app: &App, channel: &str, ts: &str) -> Option<Value> {
        let known = self.channels.get(channel)?;
        let message = known.messages.get(ts)?;
        let metadata = message.app_id.as_deref() == Some(app.id.as_str());
        Some(shapes::message(&self.base, self, known, message, Sight { email: false, metadata }))
    }

    /// The same for every app, taken before a change so that it can be told as `previous_message`.
    pub(crate) fn before(&self, channel: &str, ts: &str) -> Vec<(String, Value)> {
        self.apps.values().filter_map(|app| Some((app.id.clone(), self.seen_by(app, channel, ts)?))).collect()
    }

    fn emit_message(&mut self, channel: &str, make: impl Fn(&Self, &App) -> Option<Value>) {
        let Some(known) = self.channels.get(channel) else { return };
        let (team, kind, scope) = (known.team.clone(), known.kind(), known.scope("history"));
        let name = if known.is_private { "message.groups" } else { "message.channels" };
        let to = To { team: &team, channel: Some(channel), name, scope: &scope };
        self.emit(&to, |world, app| {
            let mut event = make(world, app)?;
            event["channel"] = json!(channel);
            event["channel_type"] = json!(kind);
            Some(event)
        });
    }

    /// A message appeared.
    pub(crate) fn told_posted(&mut self, channel: &str, ts: &str) {
        self.emit_message(channel, |world, app| {
            let mut event = world.seen_by(app, channel, ts)?;
            event["event_ts"] = json!(ts);
            Some(event)
        });
    }

    /// A message changed; `before` is how it looked.
    pub(crate) fn told_changed(&mut self, channel: &str, ts: &str, before: &[(String, Value)]) {
        let at = self.next_ts();
        self.emit_message(channel, |world, app| {
            let previous = before.iter().find(|(id, _)| *id == app.id).map(|(_, value)| value);
            Some(json!({
                "type": "message", "subtype": "message_changed", "hidden": true, "ts": at, "event_ts": at,
                "message": world.seen_by(app, channel, ts)?, "previous_message": previous,
            }))
        });
    }

    /// A message is gone; `before` is how it looked.
    pub(crate) fn told_deleted(&mut self, channel: &str, ts: &str, before: &[(String, Value)]) {
        let at = self.next_ts();
        self.emit_message(channel, |_, app| {
            let previous = before.iter().find(|(id, _)| *id == app.id).map(|(_, value)| value);
            Some(json!({
                "type": "message", "subtype": "message_deleted", "hidden": true, "ts": at, "event_ts": at,
                "deleted_ts": ts, "previous_message": previous,
            }))
        });
    }

    /// A reaction came or went.
    pub(crate) fn told_reaction(&mut self, added: bool, user: &str, name: &str, channel: &str, ts: &str) {
        let at = self.next_ts();
        let Some(known) = self.channels.get(channel) else { return };
        let team = known.team.clone();
        let author = known.messages.get(ts).and_then(|message| message.user.clone());
        let kind = if added { "reaction_added" } else { "reaction_removed" };
        let to = To { team: &team, channel: Some(channel), name: kind, scope: "reactions:read" };
        self.emit(&to, |_, _| {
            let mut event = json!({
                "type": kind, "user": user, "reaction": name, "event_ts": at,
                "item": {"type": "message", "channel": channel, "ts": ts},
            });
            if let Some(author) = &author {
                event["item_user"] = json!(author);
            }
            Some(event)
        });
    }

    /// Something about the channel itself: `archive`, `unarchive` or `rename`.
    pub(crate) fn told_channel(&mut self, what: &str, channel: &str, user: &str) {
        let at = self.next_ts();
        let Some(known) = self.channels.get(channel).cloned() else { return };
        let name = format!("{}_{what}", known.kind());
        let subscription = if what == "rename" { "channel_rename" } else { name.as_str() };
        let scope = known.scope("read");
        let to = To { team: &known.team, channel: Some(channel), name: subscription, scope: &scope };
        self.emit(&to, |_, _| {
            Some(if what == "rename" {
                json!({
                    "type": name, "event_ts": at,
                    "channel": {
                        "id": known.id, "name": known.name, "name_normalized": known.name, "created": known.created,
                        "is_channel": !known.is_private, "is_mpim": false,
                    },
                })
            } else {
                json!({"type": name, "channel": channel, "user": user, "is_moved": 0, "event_ts": at})
            })
        });
    }

    /// Somebody joined or left; a bot that was removed is still told.
    pub(crate) fn told_membership(&mut self, joined: bool, channel: &str, user: &str, inviter: Option<&str>) {
        let at = self.next_ts();
        let Some(known) = self.channels.get(channel).cloned() else { return };
        let kind = if joined { "member_joined_channel" } else { "member_left_channel" };
        let letter = if known.is_private { "G" } else { "C" };
        let scope = known.scope("read");
        let to = To { team: &known.team, channel: None, name: kind, scope: &scope };
        self.emit(&to, |_, app| {
            let concerned = known.members.contains(&app.bot_user) || app.bot_user == user;
            let mut event = json!({
                "type": kind, "user": user, "channel": channel, "channel_type": letter, "team": known.team,
                "event_ts": at,
            });
            if let Some(inviter) = inviter {
                event["inviter"] = json!(inviter);
            }
            concerned.then_some(event)
        });
    }

    /// A person's account changed (`user_change`) or is new (`team_join`).
    pub(crate) fn told_user(&mut self, kind: &str, user: &str) {
        let at = self.next_ts();
        let Some(team) = self.users.get(user).map(|user| user.team.clone()) else { return };
        // Somebody from outside may be seen by every workspace here.
        let outside = !self.teams.contains_key(&team);
        let teams: Vec<String> = self.teams.keys().filter(|id| **id == team || outside).cloned().collect();
        for reached in &teams {
            self.emit(&To { team: reached, channel: None, name: kind, scope: "users:read" }, |world, app| {
                let sight = Sight { email: app.scopes.contains("users:read.email"), metadata: false };
                let user = world.users.get(user)?;
                Some(json!({
                    "type": kind, "user": shapes::user(&world.base, world, user, sight),
                    "cache_ts": world.seconds(), "event_ts": at,
                }))
            });
        }
    }

    /// A user group changed.
    pub(crate) fn told_group(&mut self, group: &str) {
        let at = self.next_ts();
        let Some(known) = self.groups.get(group).cloned() else { return };
        let to = To { team: &known.team, channel: None, name: "subteam_updated", scope: "usergroups:read" };
        self.emit(&to, |_, _| {
            Some(json!({"type": "subteam_updated", "subteam": shapes::group(&known, true, true), "event_ts": at}))
        });
    }

    /// A file was shared in a channel.
    pub(crate) fn told_file(&mut self, channel: &str, file: &str, user: &str) {
        let at = self.next_ts();
        let Some(team) = self.channels.get(channel).map(|channel| channel.team.clone()) else { return };
        let to = To { team: &team, channel: Some(channel), name: "file_shared", scope: "files:read" };
        self.emit(&to, |_, _| {
            Some(json!({
                "type": "file_shared", "channel_id": channel, "file_id": file, "user_id": user, "file": {"id": file},
                "event_ts": at,
            }))
        });
    }

    /// The app itself lost something: `tokens_revoked` or `app_uninstalled`. No scope is needed for these.
    pub(crate) fn told_app(&mut self, app: &str, kind: &str) {
        let at = self.next_ts();
        let Some(app) = self.apps.get(app).filter(|app| app.events.contains(kind)) else { return };
        let mut event = json!({"type": kind, "event_ts": at});
        if kind == "tokens_revoked" {
            event["tokens"] = json!({"oauth": [], "bot": [app.bot_user]});
        }
        let out = wrap(app, &event, false, self.seconds());
        self.outgoing.push(out);
    }
}
