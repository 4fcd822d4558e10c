//! What an app may answer to a click or a command: the callback, and the webhook of the interaction's token.
//!
//! What lives here: the operations, their order (callback first, once, in time) and what people see of the answers.
//! What must not: sending interactions (see `interactions`), what a message may hold (see `rest`).
//!
//! The rules follow "Receiving and Responding": callback types 4 to 7; a second callback is refused (40060), a late one
//! too (10062); a follow-up before the callback finds no webhook (10015); after fifteen minutes the token is worthless
//! (50027); the first follow-up to a deferred answer takes its place. Modals and autocompletion aren't here.

use axum::http::Method;
use serde_json::{Value, json};

use super::interactions::{COMPONENT, LIFE};
use super::rest::{Answer, ApiError, Ctx, Draft, Form, Route, err, nothing, ok};
use super::shapes;
use super::world::{COMMAND_ANSWER, EPHEMERAL, Ephemeral, Interaction, LOADING, Message, REPLY, Reference, World};

/// The operations. They need no bot token: the interaction's own is in the path.
pub(crate) const ROUTES: &[Route] = &[
    open(Method::POST, "interactions/{interaction}/{token}/callback", "create_interaction_response", callback),
    open(Method::POST, "webhooks/{application}/{token}", "execute_webhook", follow_up),
    open(Method::GET, "webhooks/{application}/{token}/messages/@original", "get_original_webhook_message", get),
    open(Method::PATCH, "webhooks/{application}/{token}/messages/@original", "update_original_webhook_message", edit),
    open(
        Method::DELETE,
        "webhooks/{application}/{token}/messages/@original",
        "delete_original_webhook_message",
        delete,
    ),
    open(Method::GET, "webhooks/{application}/{token}/messages/{message}", "get_webhook_message", get),
    open(Method::PATCH, "webhooks/{application}/{token}/messages/{message}", "update_webhook_message", edit),
    open(Method::DELETE, "webhooks/{application}/{token}/messages/{message}", "delete_webhook_message", delete),
];

const fn open(method: Method, path: &'static str, name: &'static str, run: fn(&Ctx, &mut World) -> Answer) -> Route {
    Route { method, path, name, bot: false, run }
}

/// Callback types.
const MESSAGE: u64 = 4;
const DEFERRED_MESSAGE: u64 = 5;
const DEFERRED_UPDATE: u64 = 6;
const UPDATE: u64 = 7;

/// The fields of an answer's message.
fn read(message: &Value) -> Result<Draft, ApiError> {
    Draft::read(&message.as_object().cloned().unwrap_or_default())
}

/// The same, for a message that has to say something.
fn something(message: &Value) -> Result<Draft, ApiError> {
    let said = read(message)?;
    if said.is_empty() { Err(err(50_006)) } else { Ok(said) }
}

/// Where an answer is seen.
#[derive(Clone)]
enum Spot {
    /// Only by who asked.
    Ephemeral(String),
    /// In this channel or thread.
    Posted(String, String),
}

fn callback(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.param("interaction");
    let known = world.interactions.get(id).filter(|known| known.token == ctx.param("token")).cloned();
    let known = known.ok_or_else(|| err(10_062))?;
    if known.answered.is_some() {
        return Err(err(40_060));
    }
    if !ctx.sandbox.in_time(&known, world.now) {
        return Err(err(10_062));
    }
    let body = &ctx.args.body;
    let kind = body["type"].as_u64().unwrap_or(0);
    let of_component = known.kind == COMPONENT;
    let original = match kind {
        MESSAGE => Some(world.answer(&known, something(&body["data"])?, false)?),
        DEFERRED_MESSAGE => {
            let said = Draft { flags: read(&body["data"])?.flags, ..Draft::default() };
            Some(world.answer(&known, said, true)?)
        }
        DEFERRED_UPDATE if of_component => known.message.clone(),
        UPDATE if of_component => {
            let said = read(&body["data"])?;
            let spot = world.spot(&known, known.message.as_deref()).ok_or_else(|| err(10_008))?;
            world.reword(&spot, said)?;
            known.message.clone()
        }
        _ => {
            let mut form = Form::default();
            form.choice(&["type"], if of_component { "(4, 5, 6, 7)" } else { "(4, 5)" });
            form.check()?;
            None
        }
    };
    if let Some(interaction) = world.interactions.get_mut(id) {
        interaction.answered = u8::try_from(kind).ok();
        interaction.original.clone_from(&original);
    }
    if let Some(done) = world.gateway.waiting.remove(id) {
        let _ = done.send(());
    }
    if ctx.args.query("with_response") == Some("true") {
        return ok(world.callback_shape(&known, kind, original.as_deref()));
    }
    nothing()
}

/// The interaction of the token in the path, answered and still good.
fn answered(ctx: &Ctx, world: &World) -> Result<Interaction, ApiError> {
    let (app, token) = (ctx.param("application"), ctx.param("token"));
    let found = world.interactions.values().find(|known| known.app == app && known.token == token);
    let found = found.filter(|known| known.answered.is_some()).ok_or_else(|| err(10_015))?;
    if found.created.saturating_add(LIFE) < world.now {
        return Err(err(50_027));
    }
    Ok(found.clone())
}

fn follow_up(ctx: &Ctx, world: &mut World) -> Answer {
    let known = answered(ctx, world)?;
    let said = something(&ctx.args.body)?;
    let pending = world.spot(&known, known.original.as_deref()).filter(|spot| world.is_pending(spot));
    let spot = match pending {
        Some(spot) => {
            world.reword(&spot, said)?;
            spot
        }
        None => {
            let id = world.answer(&known, said, false)?;
            world.spot(&known, Some(&id)).ok_or_else(|| err(10_008))?
        }
    };
    ok(world.spot_shape(&spot))
}

/// The message that the path names: the first answer, or one of the follow-ups.
fn named(ctx: &Ctx, world: &World, known: &Interaction) -> Result<Spot, ApiError> {
    let id = match ctx.param("message") {
        "" => known.original.as_deref(),
        id => Some(id),
    };
    world.spot(known, id).ok_or_else(|| err(10_008))
}

fn get(ctx: &Ctx, world: &mut World) -> Answer {
    let known = answered(ctx, world)?;
    let spot = named(ctx, world, &known)?;
    ok(world.spot_shape(&spot))
}

fn edit(ctx: &Ctx, world: &mut World) -> Answer {
    let known = answered(ctx, world)?;
    let said = read(&ctx.args.body)?;
    let spot = named(ctx, world, &known)?;
    world.reword(&spot, said)?;
    ok(world.spot_shape(&spot))
}

fn delete(ctx: &Ctx, world: &mut World) -> Answer {
    let known = answered(ctx, world)?;
    match named(ctx, world, &known)? {
        Spot::Ephemeral(id) => world.ephemerals.retain(|it| it.id != id),
        Spot::Posted(channel, id) => {
            world.remove_message(&channel, &id);
        }
    }
    nothing()
}

impl World {
    /// The message of this id, when it is the interaction's: an answer to it, or the one with the button.
    fn spot(&self, known: &Interaction, id: Option<&str>) -> Option<Spot> {
        let id = id?;
        if let Some(it) = self.ephemerals.iter().find(|it| it.id == id && it.app == known.app) {
            return Some(Spot::Ephemeral(it.id.clone()));
        }
        let message = self.find_message(&known.channel, id)?;
        let answers = message.answers.as_ref().is_some_and(|(interaction, ..)| *interaction == known.id);
        (answers || known.message.as_deref() == Some(id)).then(|| Spot::Posted(message.channel.clone(), id.to_owned()))
    }

    fn is_pending(&self, spot: &Spot) -> bool {
        match spot {
            Spot::Ephemeral(id) => self.ephemerals.iter().any(|it| it.id == *id && it.pending),
            Spot::Posted(channel, id) => self.message(channel, id).is_some_and(|it| it.flags & LOADING != 0),
        }
    }

    /// Shows an answer: to who asked alone, or to all. Gives its id.
    fn answer(&mut self, known: &Interaction, said: Draft, pending: bool) -> Result<String, ApiError> {
        let place = self.channels.get(&known.channel).ok_or_else(|| err(10_003))?;
        if place.is_archived() && place.is_locked() {
            return Err(err(50_083));
        }
        let bot = self.apps.get(&known.app).map(|app| app.bot_user.clone()).unwrap_or_default();
        let flags = said.flags.unwrap_or(0);
        if flags & EPHEMERAL != 0 {
            let id = self.next_id();
            self.ephemerals.push(Ephemeral {
                id: id.clone(),
                user: known.user.clone(),
                channel: known.channel.clone(),
                app: known.app.clone(),
                interaction: known.id.clone(),
                content: said.content.unwrap_or_default(),
                embeds: said.embeds.unwrap_or_default(),
                components: said.components.unwrap_or_default(),
                pending,
            });
            return Ok(id);
        }
        let content = said.content.unwrap_or_default();
        let mentioned = self.mentioned(&bot, &known.channel, &content, &said.allowed.unwrap_or_default(), None);
        let reference = known.message.as_ref().map(|message| {
            let at = self.find_message(&known.channel, message).map_or(&known.channel, |it| &it.channel);
            Reference { channel: at.clone(), message: Some(message.clone()) }
        });
        let message = Message {
            author: bot,
            app: Some(known.app.clone()),
            kind: if known.kind == COMPONENT { REPLY } else { COMMAND_ANSWER },
            content,
            embeds: said.embeds.unwrap_or_default(),
            components: said.components.unwrap_or_default(),
            flags: if pending { flags | LOADING } else { flags },
            mentions: mentioned.users,
            pinged: mentioned.pinged,
            reference,
            answers: Some((known.id.clone(), known.name.clone(), known.user.clone())),
            ..Message::default()
        };
        Ok(self.post(&known.channel, message))
    }

    /// Changes an answer, or the message with the button. The first words of a deferred answer are no edit.
    fn reword(&mut self, spot: &Spot, said: Draft) -> Result<(), ApiError> {
        let now = self.now;
        let (channel, id) = match spot {
            Spot::Ephemeral(id) => {
                let it = self.ephemerals.iter_mut().find(|it| it.id == *id).ok_or_else(|| err(10_008))?;
                it.content = said.content.unwrap_or_else(|| std::mem::take(&mut it.content));
                it.embeds = said.embeds.unwrap_or_else(|| std::mem::take(&mut it.embeds));
                it.components = said.components.unwrap_or_else(|| std::mem::take(&mut it.components));
                it.pending = false;
                return Ok(());
            }
            Spot::Posted(channel, id) => (channel, id),
        };
        if self.channels.get(channel).is_some_and(super::Channel::is_archived) {
            return Err(err(50_083));
        }
        let bot = self.message(channel, id).map(|it| it.author.clone()).unwrap_or_default();
        let allowed = said.allowed.unwrap_or_default();
        let mentioned = said.content.as_deref().map(|content| self.mentioned(&bot, channel, content, &allowed, None));
        let message = self.message_mut(channel, id).ok_or_else(|| err(10_008))?;
        if message.flags & LOADING == 0 {
            message.edited = Some(now);
        }
        message.flags &= !LOADING;
        message.content = said.content.unwrap_or_else(|| std::mem::take(&mut message.content));
        message.embeds = said.embeds.unwrap_or_else(|| std::mem::take(&mut message.embeds));
        message.components = said.components.unwrap_or_else(|| std::mem::take(&mut message.components));
        if let Some(mentioned) = mentioned {
            message.mentions = mentioned.users;
        }
        self.told_changed(channel, id);
        Ok(())
    }

    /// An ephemeral answer as the app sees it.
    pub(super) fn ephemeral_shape(&self, it: &Ephemeral) -> Value {
        let message = Message {
            id: it.id.clone(),
            channel: it.channel.clone(),
            author: self.apps.get(&it.app).map(|app| app.bot_user.clone()).unwrap_or_default(),
            app: Some(it.app.clone()),
            content: it.content.clone(),
            embeds: it.embeds.clone(),
            components: it.components.clone(),
            flags: EPHEMERAL | if it.pending { LOADING } else { 0 },
            ..Message::default()
        };
        shapes::message(self, &message)
    }

    fn spot_shape(&self, spot: &Spot) -> Value {
        match spot {
            Spot::Ephemeral(id) => {
                self.ephemerals.iter().find(|it| it.id == *id).map_or(Value::Null, |it| self.ephemeral_shape(it))
            }
            Spot::Posted(channel, id) => self.message(channel, id).map_or(Value::Null, |it| shapes::message(self, it)),
        }
    }

    /// What `with_response` gives.
    fn callback_shape(&self, known: &Interaction, kind: u64, original: Option<&str>) -> Value {
        let spot = self.spot(known, original);
        let private = matches!(spot, Some(Spot::Ephemeral(_)));
        let loading = spot.as_ref().is_some_and(|spot| self.is_pending(spot));
        let mut shape = json!({"interaction": {
            "id": known.id, "type": known.kind, "response_message_id": original, "response_message_loading": loading,
            "response_message_ephemeral": private,
        }});
        if let Some(spot) = spot {
            shape["resource"] = json!({"type": kind, "message": self.spot_shape(&spot)});
        }
        shape
    }
}

impl super::DiscordSandbox {
    /// Whether an interaction can still be answered for the first time.
    fn in_time(&self, known: &Interaction, now: i64) -> bool {
        let most = i64::try_from(self.0.ack_within.as_micros()).unwrap_or(i64::MAX);
        now <= known.created.saturating_add(most)
    }
}
