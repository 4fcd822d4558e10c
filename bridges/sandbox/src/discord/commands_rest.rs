//! Registering slash commands, globally or for one guild.
//!
//! What lives here: the operations on application commands and the rules of their form. What must not: using them (see
//! `commands`).
//!
//! Shapes follow the published OpenAPI (`ApplicationCommandResponse`); the limits its create request and the page
//! "Application Commands": 100 commands, 25 options, lower-case names, required options before the others.

use axum::http::Method;
use serde_json::{Value, json};

use super::rest::{Answer, ApiError, Ctx, Form, Route, created, err, nothing, ok};
use super::world::World;

/// Commands in one list.
const MOST_COMMANDS: usize = 100;
/// Options of a command.
const MOST_OPTIONS: usize = 25;

/// The operations.
pub(crate) const ROUTES: &[Route] = &[
    Route::bot(Method::GET, "applications/{application}/commands", "list_application_commands", list),
    Route::bot(Method::PUT, "applications/{application}/commands", "bulk_set_application_commands", overwrite),
    Route::bot(Method::POST, "applications/{application}/commands", "create_application_command", create),
    Route::bot(Method::GET, "applications/{application}/commands/{command}", "get_application_command", one),
    Route::bot(Method::DELETE, "applications/{application}/commands/{command}", "delete_application_command", delete),
    Route::bot(
        Method::GET,
        "applications/{application}/guilds/{guild}/commands",
        "list_guild_application_commands",
        list,
    ),
    Route::bot(
        Method::PUT,
        "applications/{application}/guilds/{guild}/commands",
        "bulk_set_guild_application_commands",
        overwrite,
    ),
    Route::bot(
        Method::POST,
        "applications/{application}/guilds/{guild}/commands",
        "create_guild_application_command",
        create,
    ),
    Route::bot(
        Method::GET,
        "applications/{application}/guilds/{guild}/commands/{command}",
        "get_guild_application_command",
        one,
    ),
    Route::bot(
        Method::DELETE,
        "applications/{application}/guilds/{guild}/commands/{command}",
        "delete_guild_application_command",
        delete,
    ),
];

/// The list that the path names: the app's own, or its commands of a guild that its bot is in.
fn commands<'w>(ctx: &Ctx, world: &'w mut World) -> Result<&'w mut Vec<Value>, ApiError> {
    if ctx.param("application") != ctx.app.id {
        let message = "You are not authorized to perform this action on this application".to_owned();
        return Err(ApiError { status: 403, code: 20_012, message, errors: None });
    }
    let guild = ctx.param("guild");
    if !guild.is_empty() && world.member(guild, &ctx.app.bot_user).is_none() {
        return Err(err(50_001));
    }
    let app = world.apps.get_mut(&ctx.app.id).ok_or_else(|| err(10_002))?;
    Ok(if guild.is_empty() { &mut app.commands } else { app.guild_commands.entry(guild.to_owned()).or_default() })
}

fn list(ctx: &Ctx, world: &mut World) -> Answer {
    ok(json!(commands(ctx, world)?))
}

fn one(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.param("command");
    let found = commands(ctx, world)?.iter().find(|command| command["id"] == json!(id)).cloned();
    ok(found.ok_or_else(|| err(10_063))?)
}

fn delete(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.param("command");
    let commands = commands(ctx, world)?;
    let before = commands.len();
    commands.retain(|command| command["id"] != json!(id));
    if commands.len() == before { Err(err(10_063)) } else { nothing() }
}

fn create(ctx: &Ctx, world: &mut World) -> Answer {
    let mut form = Form::default();
    check(&mut form, &[], &ctx.args.body);
    form.check()?;
    let fresh = (world.next_id(), world.next_id());
    let commands = commands(ctx, world)?;
    let old = commands.iter().position(|known| same(known, &ctx.args.body));
    let id = old.and_then(|at| commands.get(at)).map_or_else(|| json!(fresh.0), |known| known["id"].clone());
    let command = shape(ctx, &ctx.args.body, &id, &fresh.1);
    if let Some(known) = old.and_then(|at| commands.get_mut(at)) {
        known.clone_from(&command);
        return ok(command);
    }
    if commands.len() >= MOST_COMMANDS {
        let message = "Maximum number of application commands reached (100)".to_owned();
        return Err(ApiError { status: 400, code: 30_032, message, errors: None });
    }
    commands.push(command.clone());
    created(command)
}

/// Replaces the whole list; a command that keeps its name keeps its id.
fn overwrite(ctx: &Ctx, world: &mut World) -> Answer {
    let given = ctx.args.body.as_array().cloned();
    let mut form = Form::default();
    let Some(given) = given.filter(|given| given.len() <= MOST_COMMANDS) else {
        form.wrong(&[], "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 100 in length.");
        form.check()?;
        return nothing();
    };
    for (at, command) in given.iter().enumerate() {
        let place = at.to_string();
        check(&mut form, &[&place], command);
        if given.iter().take(at).any(|before| same(before, command)) {
            let words = "Application command names must be unique";
            form.wrong(&[], "APPLICATION_COMMANDS_DUPLICATE_NAME", words);
        }
    }
    form.check()?;
    let fresh: Vec<(String, String)> = given.iter().map(|_| (world.next_id(), world.next_id())).collect();
    let commands = commands(ctx, world)?;
    let next = given.iter().zip(fresh).map(|(command, (id, version))| {
        let old = commands.iter().find(|known| same(known, command));
        let id = old.map_or_else(|| json!(id), |known| known["id"].clone());
        shape(ctx, command, &id, &version)
    });
    let next: Vec<Value> = next.collect();
    commands.clone_from(&next);
    ok(json!(next))
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

fn same(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && kind(one) == kind(other)
}

/// A command as Discord gives it back.
fn shape(ctx: &Ctx, given: &Value, id: &Value, version: &str) -> Value {
    let mut shape = json!({
        "id": id, "application_id": ctx.app.id, "version": version, "type": kind(given), "name": given["name"],
        "description": given["description"].as_str().unwrap_or_default(), "name_localizations": null,
        "description_localizations": null, "default_member_permissions": given["default_member_permissions"],
        "nsfw": given["nsfw"] == json!(true), "contexts": given["contexts"], "integration_types": [0],
        "dm_permission": given["dm_permission"].as_bool().unwrap_or(true),
    });
    if let Some(options) = given["options"].as_array().filter(|options| !options.is_empty()) {
        shape["options"] = options.iter().map(option).collect();
    }
    let guild = ctx.param("guild");
    if !guild.is_empty() {
        shape["guild_id"] = json!(guild);
    }
    shape
}

/// An option as Discord gives it back: what is off isn't there.
fn option(given: &Value) -> Value {
    let mut option = json!({"type": given["type"], "name": given["name"], "description": given["description"]});
    for key in ["choices", "min_length", "max_length", "min_value", "max_value", "channel_types", "options"] {
        if !given[key].is_null() && given[key] != json!([]) {
            option[key] = given[key].clone();
        }
    }
    for key in ["required", "autocomplete"] {
        if given[key] == json!(true) {
            option[key] = json!(true);
        }
    }
    option
}

fn check(form: &mut Form, at: &[&str], command: &Value) {
    let place = |name| [at, &[name]].concat();
    check_name(form, &place("name"), command, kind(command) == 1);
    if kind(command) != 1 {
        return;
    }
    check_description(form, &place("description"), command);
    let options = command["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    if options.len() > MOST_OPTIONS {
        form.wrong(&place("options"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
    }
    let below = options.iter().filter(|option| matches!(option["type"].as_u64(), Some(1 | 2))).count();
    if below > 0 && below < options.len() {
        let words = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        form.wrong(&place("options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words);
    }
    let mut optional = false;
    for (number, option) in options.iter().enumerate() {
        let number = number.to_string();
        let place = |name| [at, &["options", &number, name]].concat();
        check_name(form, &place("name"), option, true);
        check_description(form, &place("description"), option);
        if !option["type"].as_u64().is_some_and(|kind| (1..=11).contains(&kind)) {
            form.choice(&place("type"), "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)");
        }
        if option["required"] == json!(true) && optional {
            let words = "Required options must be placed before non-required options";
            form.wrong(&place("required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words);
        }
        optional |= option["required"] != json!(true);
    }
}

fn check_name(form: &mut Form, at: &[&str], command: &Value, typed: bool) {
    let Some(name) = command["name"].as_str() else { return form.required(at) };
    let is_word = |c: char| (c.is_alphanumeric() || matches!(c, '-' | '_' | '\'')) && !c.is_uppercase();
    if typed && (name.is_empty() || !name.chars().all(is_word)) {
        form.wrong(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    form.length(at, name, 1, 32);
}

fn check_description(form: &mut Form, at: &[&str], command: &Value) {
    match command["description"].as_str() {
        Some(text) => form.length(at, text, 1, 100),
        None => form.required(at),
    }
}
