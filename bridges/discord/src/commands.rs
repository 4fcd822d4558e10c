//! Our slash commands.
//!
//! What lives here: what they are, and putting them in place on the server. What must not: what they do.

use bridge_core::{BridgeError, Wish, Word, Words};
use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};

use crate::call::{Caller, Effect};
use crate::identity::get;
use crate::markup::escape::shorten;
use crate::message::{list, text};
use crate::snowflake;

/// An option that is a command below the command.
const BELOW: u64 = 1;
/// An option that is a person, and one that is text.
const PERSON: u64 = 6;
const TEXT: u64 = 3;
/// Discord takes 100 characters.
const LONGEST_DESCRIPTION: usize = 100;

/// The commands, in Discord's form, with descriptions in the connection's language.
fn ours(words: Words) -> Value {
    let says = |description: Word| shorten(words.text(description), LONGEST_DESCRIPTION);
    let option = |name: &str, kind: u64, description: Word| json!([{"name": name, "type": kind, "description": says(description), "required": false}]);
    let command = |name: &str, description: Word, options: Value| json!({"name": name, "type": 1, "description": says(description), "options": options});
    let below =
        |wish: Wish, description: Word| json!({"name": wish.word(), "type": BELOW, "description": says(description)});
    json!([
        command(
            "threadline",
            Word::CommandThreadline,
            json!([
                below(Wish::Inbox, Word::CommandInbox),
                below(Wish::Away, Word::CommandAway),
                below(Wish::Back, Word::CommandBack),
                below(Wish::Auto, Word::CommandAuto),
            ])
        ),
        command("assign", Word::CommandAssign, option("operator", PERSON, Word::CommandAssignWho)),
        command("close", Word::CommandClose, json!([])),
        command("reopen", Word::CommandReopen, json!([])),
        command("link", Word::CommandLink, option("code", TEXT, Word::CommandLinkCode)),
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
pub(crate) async fn in_place(
    caller: &Caller,
    words: Words,
    application: &str,
    guild: &str,
) -> Result<bool, BridgeError> {
    let application_id = snowflake::application(application)?;
    let guild_id = snowflake::guild(guild)?;
    let there = caller.call(get(Route::GuildCommands { application_id, guild_id }), Effect::Reads).await?;
    Ok(essences(&there) == essences(&ours(words)))
}

/// Puts the commands in place where they differ.
pub(crate) async fn register(caller: &Caller, words: Words, application: &str, guild: &str) -> Result<(), BridgeError> {
    if in_place(caller, words, application, guild).await? {
        return Ok(());
    }
    let application_id = snowflake::application(application)?;
    let guild_id = snowflake::guild(guild)?;
    let request = Request::new(Route::GuildCommands { application_id, guild_id }, LightMethod::Put)
        .body(Some(ours(words).to_string().into_bytes()));
    caller.call(request, Effect::Repeatable).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use bridge_core::testing::words;

    use super::*;

    #[test]
    fn what_discord_adds_makes_no_difference_and_what_we_change_does() {
        let ours = ours(words("en"));
        let mut there = ours.clone();
        for command in there.as_array_mut().unwrap() {
            command["id"] = json!("1");
            command["default_member_permissions"] = Value::Null;
            command["version"] = json!("2");
        }
        there.as_array_mut().unwrap().reverse();
        assert_eq!(essences(&there), essences(&ours));
        there[0]["description"] = json!("Another");
        assert_ne!(essences(&there), essences(&ours));
        assert_ne!(essences(&super::ours(words("de"))), essences(&ours), "another language is put in place too");
    }
}
