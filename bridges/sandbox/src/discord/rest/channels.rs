//! Channels and threads themselves: `get_channel`, `update_channel`, `delete_channel`.
//!
//! What lives here: who may change what of them. What must not: messages, and starting threads (see `threads`).

use axum::http::Method;
use serde_json::{Map, Value};

use super::threads::{duration, tags};
use super::{Answer, ApiError, Ctx, Form, Route, err, ok};
use crate::discord::permissions::{MANAGE_CHANNELS, MANAGE_THREADS, SEND_MESSAGES_IN_THREADS};
use crate::discord::shapes;
use crate::discord::world::{Channel, NAME_CHANGE, World};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(Method::GET, "channels/{channel}", "get_channel", get),
    Route::bot(Method::PATCH, "channels/{channel}", "update_channel", update),
    Route::bot(Method::DELETE, "channels/{channel}", "delete_channel", delete),
];

fn shape(ctx: &Ctx, world: &World, id: &str) -> Answer {
    let known = world.channels.get(id).ok_or_else(|| err(10_003))?;
    ok(shapes::channel(world, known, Some(&ctx.app.bot_user)))
}

fn get(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.channel(world)?.id.clone();
    shape(ctx, world, &id)
}

fn update(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let id = known.id.clone();
    let fields = ctx.args.fields();
    let mut form = Form::default();
    let name = name(&mut form, &fields);
    let minutes = duration(&mut form, &fields);
    let parent = known.parent.as_deref().and_then(|parent| world.channels.get(parent));
    let forum = parent.filter(|_| fields.contains_key("applied_tags"));
    let applied = forum.map(|forum| tags(&mut form, &fields, forum));
    form.check()?;
    if !known.is_thread() {
        ctx.need(world, MANAGE_CHANNELS)?;
        update_channel(world, &id, name, &fields);
        return shape(ctx, world, &id);
    }
    let change = Change {
        name,
        minutes,
        applied,
        archived: fields.get("archived").and_then(Value::as_bool),
        locked: fields.get("locked").and_then(Value::as_bool),
    };
    may_change(ctx, world, known, &change, parent)?;
    world.change_thread(&ctx.app.bot_user, &id, change);
    shape(ctx, world, &id)
}

fn name(form: &mut Form, fields: &Map<String, Value>) -> Option<String> {
    let name = fields.get("name")?.as_str().unwrap_or_default().trim();
    form.length(&["name"], name, 1, 100);
    Some(name.to_owned())
}

fn update_channel(world: &mut World, id: &str, name: Option<String>, fields: &Map<String, Value>) {
    if let Some(known) = world.channels.get_mut(id) {
        if let Some(name) = name {
            known.name = name;
        }
        if let Some(topic) = fields.get("topic") {
            known.topic = topic.as_str().map(str::to_owned);
        }
    }
    world.told_channel(false, id);
}

/// What of a thread is changed.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) name: Option<String>,
    pub(crate) minutes: Option<u64>,
    pub(crate) applied: Option<Vec<String>>,
    pub(crate) archived: Option<bool>,
    pub(crate) locked: Option<bool>,
}

impl Change {
    /// Nothing but bringing the thread back.
    fn only_unarchives(&self) -> bool {
        self.archived == Some(false)
            && self.locked != Some(true)
            && self.name.is_none()
            && self.minutes.is_none()
            && self.applied.is_none()
    }
}

/// Discord's rules: an archived thread must be brought back in the same call; bringing back one that isn't locked needs
/// only to be able to write there; everything else needs MANAGE_THREADS, but for the thread's owner while it isn't locked.
fn may_change(
    ctx: &Ctx,
    world: &World,
    known: &Channel,
    change: &Change,
    parent: Option<&Channel>,
) -> Result<(), ApiError> {
    if known.is_archived() && change.archived != Some(false) {
        return Err(err(50_083));
    }
    let bot = &ctx.app.bot_user;
    let manages = world.may(bot, &known.id, MANAGE_THREADS);
    let writes = world.may(bot, &known.id, SEND_MESSAGES_IN_THREADS);
    let owns = known.thread.as_ref().is_some_and(|thread| thread.owner == *bot);
    let gentle = change.only_unarchives() || (owns && change.locked.is_none());
    if !manages && (known.is_locked() || !gentle || !writes) {
        return Err(err(50_013));
    }
    if known.is_archived() && world.active_threads(&known.guild) >= world.active_threads {
        return Err(err(160_006));
    }
    let emptied = change.applied.as_ref().is_some_and(Vec::is_empty);
    if emptied && parent.is_some_and(|forum| forum.tag_required) {
        return Err(err(40_067));
    }
    Ok(())
}

impl World {
    /// Changes a thread and tells once, whatever changed; a new name is also said in the thread.
    pub(crate) fn change_thread(&mut self, user: &str, thread: &str, change: Change) {
        if change.archived.is_some_and(|archived| !archived) {
            self.set_archived(thread, false);
        }
        let renamed =
            change.name.clone().filter(|name| self.channels.get(thread).is_some_and(|known| known.name != *name));
        if let Some(known) = self.channels.get_mut(thread) {
            if let Some(name) = change.name {
                known.name = name;
            }
            if let Some(state) = &mut known.thread {
                state.locked = change.locked.unwrap_or(state.locked);
                state.auto_archive_minutes = change.minutes.unwrap_or(state.auto_archive_minutes);
                if let Some(applied) = change.applied {
                    state.tags = applied;
                }
            }
        }
        if change.archived == Some(true) {
            self.set_archived(thread, true);
        }
        self.next_archive = 0;
        self.told_channel(false, thread);
        let active = self.channels.get(thread).is_some_and(|known| !known.is_archived());
        if let Some(name) = renamed.filter(|_| active) {
            self.system(thread, user, NAME_CHANGE, &name, None);
        }
    }
}

fn delete(ctx: &Ctx, world: &mut World) -> Answer {
    let known = ctx.channel(world)?;
    let id = known.id.clone();
    ctx.need(world, if known.is_thread() { MANAGE_THREADS } else { MANAGE_CHANNELS })?;
    let answer = shape(ctx, world, &id);
    world.remove_channel(&id);
    answer
}
