//! Presses on our buttons, and our commands.
//!
//! What lives here: reading one, and telling Discord in time that it was heard. What must not: what it does to a
//! conversation, and the answer's words (`respond`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bridge_core::{Action, Click, Inbound, InboundEvent, RemoteUser, TeamCommand, Wish};
use dashmap::DashMap;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::call::{Caller, Effect};
use crate::errors::{Failure, code};
use crate::handle::Handle;
use crate::message::{list, text};
use crate::normalize::{Listener, Spot};
use crate::render::BUTTON_PREFIX;
use crate::snowflake;

/// Discord shows "the application did not respond" after three seconds; the call needs its part of them.
pub(crate) const DEFER_WITHIN: Duration = Duration::from_millis(1_900);

/// What Discord waits to be told.
#[derive(Debug)]
pub(crate) struct Waiting {
    id: String,
    token: String,
    command: bool,
    told: AtomicBool,
    /// Cancelled when Discord was told, however that went.
    settled: CancellationToken,
    /// When it must be told whatever else happens.
    pub(crate) due: Instant,
}

/// The interactions that Discord was not told about yet, by token. An answer that overtakes the telling finds nothing to
/// answer to.
#[derive(Debug, Default)]
pub(crate) struct Waits(DashMap<String, Arc<Waiting>>);

impl Waits {
    /// Remembers one.
    pub(crate) fn add(&self, waiting: &Arc<Waiting>) {
        self.0.insert(waiting.token.clone(), waiting.clone());
        if waiting.settled.is_cancelled() {
            self.0.remove(&waiting.token);
        }
    }

    /// Waits until Discord was told, if it has yet to be.
    pub(crate) async fn settled(&self, token: &str) {
        // Cloned out, because a map's entry must not be held over a wait.
        let Some(waiting) = self.0.get(token).map(|entry| entry.value().clone()) else { return };
        // A listener that ended meanwhile tells nobody any more.
        let _ = tokio::time::timeout(DEFER_WITHIN * 2, waiting.settled.cancelled()).await;
    }

    fn done(&self, waiting: &Waiting) {
        self.0.remove(&waiting.token);
        waiting.settled.cancel();
    }
}

impl Waiting {
    /// What an interaction waits for; `None` for one that asks for nothing.
    pub(crate) fn read(data: &Value) -> Option<Arc<Self>> {
        let kind = data.get("type").and_then(Value::as_u64)?;
        if !matches!(kind, 2 | 3) {
            return None;
        }
        Some(Arc::new(Self {
            id: text(data, "id")?.to_owned(),
            token: text(data, "token")?.to_owned(),
            command: kind == 2,
            told: AtomicBool::new(false),
            settled: CancellationToken::new(),
            due: Instant::now() + DEFER_WITHIN,
        }))
    }

    /// Tells Discord that it was heard, once. A command's person sees that we think; a button's sees nothing.
    pub(crate) async fn tell(&self, caller: &Caller, waits: &Waits) {
        if !self.told.swap(true, Ordering::SeqCst) {
            self.tell_once(caller).await;
            waits.done(self);
        }
    }

    /// Waits until Discord was told.
    pub(crate) async fn settled(&self) {
        self.settled.cancelled().await;
    }

    async fn tell_once(&self, caller: &Caller) {
        let body = if self.command { json!({"type": 5, "data": {"flags": 64}}) } else { json!({"type": 6}) };
        let Ok(interaction_id) = snowflake::interaction(&self.id) else { return };
        let route = Route::InteractionResponse { interaction_id, token: &self.token };
        let request = Request::new(route, LightMethod::Post).body(Some(body.to_string().into_bytes()));
        match caller.call(request, Effect::Repeatable).await {
            Ok(_) => {}
            Err(Failure::Refused { code: code::ALREADY_ACKNOWLEDGED, .. }) => {}
            Err(failure) => {
                tracing::warn!(?failure, "Discord was not told in time that a press or a command was heard")
            }
        }
    }
}

/// Reads an interaction at its spot; `None` for what isn't one of ours.
pub(crate) fn read(listener: &Listener<'_>, data: &Value, spot: Option<Spot<'_>>) -> Option<Inbound> {
    let id = text(data, "id")?;
    let spot = spot?;
    let user = data.pointer("/member/user/id").or_else(|| data.pointer("/user/id"))?.as_str()?;
    let command = data.get("type").and_then(Value::as_u64)? == 2;
    let inside = data.get("data")?;
    let action = if command { command_action(inside)? } else { button_action(text(inside, "custom_id")?)? };
    let message = data.get("message").and_then(|message| text(message, "id"));
    // A card stands in the channel, and its thread has its id.
    let thread = spot.thread.or(message.filter(|_| !command));
    let on_card = matches!(action, Action::Assign | Action::Close | Action::Reopen);
    let at = snowflake::made_at(id).unwrap_or(listener.now);
    let handle = Handle::Interaction {
        application: text(data, "application_id").unwrap_or(&listener.me.application).to_owned(),
        token: text(data, "token").unwrap_or_default().to_owned(),
        ephemeral_pending: command,
        channel: spot.thread.unwrap_or(spot.channel).to_owned(),
        message: message.filter(|_| !command && !on_card).map(str::to_owned),
        user: user.to_owned(),
        at,
    };
    let lane = Spot { channel: spot.channel, thread }.lane();
    let click = Click {
        channel: listener.channel(spot.channel),
        thread: thread.map(str::to_owned),
        user: RemoteUser(user.to_owned()),
        action,
        at,
        reply: handle.to_reply(),
    };
    Some(listener.inbound(format!("interaction:{id}"), lane, InboundEvent::Click(click)))
}

/// Reads a command that concerns whoever gives it, wherever they give it; `None` for everything else.
pub(crate) fn team_command(listener: &Listener<'_>, data: &Value) -> Option<Inbound> {
    let inside = data.get("data").filter(|_| data.get("type").and_then(Value::as_u64) == Some(2))?;
    if text(inside, "name")? != "threadline" {
        return None;
    }
    let wish = list(inside, "options").iter().find_map(|option| Wish::parse(text(option, "name")?))?;
    let id = text(data, "id")?;
    let user = data.pointer("/member/user/id").or_else(|| data.pointer("/user/id"))?.as_str()?;
    let at = snowflake::made_at(id).unwrap_or(listener.now);
    let handle = Handle::Interaction {
        application: text(data, "application_id").unwrap_or(&listener.me.application).to_owned(),
        token: text(data, "token").unwrap_or_default().to_owned(),
        ephemeral_pending: true,
        channel: text(data, "channel_id").unwrap_or_default().to_owned(),
        message: None,
        user: user.to_owned(),
        at,
    };
    let command = TeamCommand { user: RemoteUser(user.to_owned()), wish, at, reply: handle.to_reply() };
    // What one person says of themselves counts in its order.
    let (key, lane) = (format!("interaction:{id}"), format!("command/{user}"));
    Some(listener.inbound(key, lane, InboundEvent::TeamCommand(command)))
}

/// `threadline.NAME`, with `/VALUE` where the action has one, and with the card's key behind it on a card.
fn button_action(custom_id: &str) -> Option<Action> {
    let mut parts = custom_id.strip_prefix(BUTTON_PREFIX)?.split('/');
    let name = parts.next()?;
    Action::parse(name, parts.next().unwrap_or_default())
}

fn command_action(data: &Value) -> Option<Action> {
    let option = |name: &str| {
        let option = list(data, "options").iter().find(|option| text(option, "name") == Some(name))?;
        text(option, "value").map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    Some(match text(data, "name")? {
        "assign" => option("operator").map_or(Action::Assign, Action::AssignTo),
        "close" => Action::Close,
        "reopen" => Action::Reopen,
        "link" => Action::Link(option("code").unwrap_or_default()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use bridge_core::{ConnectionId, Micros, ReplyHandle};

    use super::*;
    use crate::identity::Identity;

    fn click(data: &Value, spot: Spot<'_>) -> Option<Click> {
        let connection: ConnectionId = "discord.play".parse().unwrap();
        let me = Identity { user: "400".into(), application: "400".into() };
        let listener = Listener { connection: &connection, me: &me, now: Micros(5) };
        match read(&listener, data, Some(spot))?.event {
            InboundEvent::Click(click) => Some(click),
            other => panic!("{other:?}"),
        }
    }

    fn pressed(custom_id: &str, message: &str) -> Value {
        json!({
            "id": "175928847299117063", "type": 3, "application_id": "400", "token": "secret", "channel_id": "101",
            "member": {"user": {"id": "301"}}, "message": {"id": message}, "data": {"custom_id": custom_id},
        })
    }

    fn given(name: &str, options: &Value) -> Value {
        json!({
            "id": "175928847299117063", "type": 2, "application_id": "400", "token": "secret", "channel_id": "900",
            "member": {"user": {"id": "301"}}, "data": {"name": name, "options": options},
        })
    }

    fn handle(reply: &ReplyHandle) -> (bool, Option<String>) {
        match Handle::read(reply) {
            Ok(Handle::Interaction { ephemeral_pending, message, token, .. }) => {
                assert_eq!(token, "secret");
                (ephemeral_pending, message)
            }
            _ => panic!("{:?}", reply.0),
        }
    }

    #[test]
    fn a_cards_button_belongs_to_the_thread_under_it() {
        let channel = Spot { channel: "101", thread: None };
        let found = click(&pressed("threadline.close/0123456789abcdefghijklmno", "900"), channel).unwrap();
        assert_eq!(
            (found.action, found.thread.as_deref(), found.channel.id.as_str()),
            (Action::Close, Some("900"), "101")
        );
        assert_eq!(handle(&found.reply), (false, None), "a card is never replaced");
        let forum = Spot { channel: "104", thread: Some("900") };
        let found = click(&pressed("threadline.assign/0123456789abcdefghijklmno", "900"), forum).unwrap();
        assert_eq!(
            (found.action, found.thread.as_deref(), found.channel.id.as_str()),
            (Action::Assign, Some("900"), "104")
        );
    }

    #[test]
    fn a_questions_button_names_the_message_that_asks() {
        let thread = Spot { channel: "101", thread: Some("900") };
        let found = click(&pressed("threadline.send_held/77", "950"), thread).unwrap();
        assert_eq!((found.action, found.thread.as_deref()), (Action::SendHeld("77".into()), Some("900")));
        assert_eq!(handle(&found.reply), (false, Some("950".into())));
        assert_eq!(click(&pressed("somebody.else", "950"), thread), None);
        assert_eq!(click(&pressed("threadline.dance", "950"), thread), None);
    }

    #[test]
    fn commands_are_read_with_their_options() {
        let thread = Spot { channel: "101", thread: Some("900") };
        let action = |name: &str, options: Value| click(&given(name, &options), thread).map(|click| click.action);
        assert_eq!(action("assign", json!([])), Some(Action::Assign));
        let to = json!([{"name": "operator", "type": 6, "value": "302"}]);
        assert_eq!(action("assign", to), Some(Action::AssignTo("302".into())));
        assert_eq!(action("close", Value::Null), Some(Action::Close));
        assert_eq!(action("reopen", json!([])), Some(Action::Reopen));
        assert_eq!(action("link", json!([])), Some(Action::Link(String::new())));
        assert_eq!(action("link", json!([{"name": "code", "value": " 42 "}])), Some(Action::Link("42".into())));
        assert_eq!(action("dance", json!([])), None);
        let connection: ConnectionId = "discord.play".parse().unwrap();
        let me = Identity { user: "400".into(), application: "400".into() };
        let listener = Listener { connection: &connection, me: &me, now: Micros(5) };
        let given_below = |name: &str| given("threadline", &json!([{"name": name, "type": 1, "options": []}]));
        let wish = |name: &str| match team_command(&listener, &given_below(name))?.event {
            InboundEvent::TeamCommand(command) => Some((command.wish, command.user.0, handle(&command.reply).0)),
            other => panic!("{other:?}"),
        };
        assert_eq!(wish("inbox"), Some((Wish::Inbox, "301".into(), true)));
        assert_eq!(wish("dance"), None);
        assert!(team_command(&listener, &given("close", &json!([]))).is_none());
        let outside = Spot { channel: "101", thread: None };
        let found = click(&given("close", &json!([])), outside).unwrap();
        assert_eq!((found.thread, handle(&found.reply)), (None, (true, None)));
    }
}
