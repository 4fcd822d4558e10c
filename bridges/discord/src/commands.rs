//! Our slash commands.
//!
//! What lives here: what they are, and putting them in place on the server. What must not: what they do.

use bridge_core::{BridgeError, Wish};
use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};

use crate::call::{Caller, Effect};
use crate::identity::get;
use crate::message::{list, text};
use crate::snowflake;

/// An option that is a command below the command.
const BELOW: u64 = 1;
/// An option that is a person, and one that is text.
const PERSON: u64 = 6;
const TEXT: u64 = 3;

/// The commands, in Discord's form.
fn ours() -> Value {
    let option = |name: &str, kind: u64, description: &str| json!([{"name": name, "type": kind, "description": description, "required": false}]);
    let command = |name: &str, description: &str, options: Value| json!({"name": name, "type": 1, "description": description, "options": options});
    let below = |wish: Wish, description: &str| json!({"name": wish.word(), "type": BELOW, "description": description});
    json!([
        command(
            "threadline",
            "Whether you can answer visitors, and your way into the inbox",
            json!([
                below(Wish::Inbox, "Get a link into the inbox, for you alone"),
                below(Wish::Away, "Count as away, whatever you do"),
                below(Wish::Back, "Count as there, whatever you do"),
                below(Wish::Auto, "Count as there by what you do"),
            ])
        ),
        command(
            "assign",
            "Take care of this conversation, or give it to a teammate",
            option("operator", PERSON, "Who")
        ),
        command("close", "Close this conversation", json!([])),
        command("reopen", "Open this conversation again", json!([])),
        command(
            "link",
            "Say that your accounts on two platforms are one operator",
            option("code", TEXT, "The code that the other platform gave you")
        ),
    ])
}

/// What tells two versions of a command apart; Discord adds much of its own.
fn essence(command: &Value) -> Option<Value> {
    let options: Vec<Value> = list(command, "options")
        .iter()
        .map(|option| {
            json!([
                option.get("name"),
                option.get("type"),
                option.get("description"),
                option.get("required").and_then(Value::as_bool).unwrap_or(false)
            ])
        })
        .collect();
    let kind = command.get("type").and_then(Value::as_u64).unwrap_or(1);
    Some(json!([text(command, "name")?, kind, text(command, "description")?, options]))
}

fn essences(commands: &Value) -> Vec<String> {
    let commands = commands.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut all: Vec<String> = commands.iter().filter_map(essence).map(|essence| essence.to_string()).collect();
    all.sort();
    all
}

/// Whether all commands are in place on the server.
pub(crate) async fn in_place(caller: &Caller, application: &str, guild: &str) -> Result<bool, BridgeError> {
    let application_id = snowflake::application(application)?;
    let guild_id = snowflake::guild(guild)?;
    let there = caller.call(get(Route::GuildCommands { application_id, guild_id }), Effect::Reads).await?;
    Ok(essences(&there) == essences(&ours()))
}

/// Puts the commands in place where they differ.
pub(crate) async fn register(caller: &Caller, application: &str, guild: &str) -> Result<(), BridgeError> {
    if in_place(caller, application, guild).await? {
        return Ok(());
    }
    let application_id = snowflake::application(application)?;
    let guild_id = snowflake::guild(guild)?;
    let request = Request::new(Route::GuildCommands { application_id, guild_id }, LightMethod::Put)
        .body(Some(ours().to_string().into_bytes()));
    caller.call(request, Effect::Repeatable).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_adds_makes_no_difference_and_what_we_change_does() {
        let mut there = ours();
        for command in there.as_array_mut().unwrap() {
            command["id"] = json!("1");
            command["default_member_permissions"] = Value::Null;
            command["version"] = json!("2");
        }
        there.as_array_mut().unwrap().reverse();
        assert_eq!(essences(&there), essences(&ours()));
        there[0]["description"] = json!("Another");
        assert_ne!(essences(&there), essences(&ours()));
    }
}
