//! Looks people, messages and pictures up.
//!
//! What lives here: who somebody is and whether they may speak for the team, remembered for a minute. What must not: what
//! follows from it.
//!
//! Discord tells of changed members only to bots with a privileged intent, which we don't ask for. Whoever writes, edits or
//! presses is described along with it, though, so that nobody speaks by a role that was taken from them. Messages that are
//! read later describe nobody; before a channel is caught up with, everybody is forgotten and asked for anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bridge_core::{BridgeError, Person, Picture, RemoteChannel, RemoteMessage, RemoteUser, Standing};
use bytes::Bytes;
use dashmap::DashMap;
use serde_json::{Value, json};
use serenity::http::Route;
use url::Url;

use crate::call::Effect;
use crate::errors::code;
use crate::identity::{Home, get, roles};
use crate::message::{self, Place, list, name_of, text};
use crate::{DiscordBridge, snowflake};

/// How long a person is taken for what they were.
const REMEMBERED: Duration = Duration::from_secs(60);
/// How many people are remembered; past it, all are forgotten and asked for anew.
const MOST: usize = 50_000;
/// How many are looked at for a typed name.
const MOST_NAMESAKES: usize = 100;
/// The biggest picture that is taken, in bytes.
const MOST_PICTURE_BYTES: usize = 1024 * 1024;

/// A member as Discord describes them, `None` for nobody, and since when.
type Remembered = (Arc<Option<Value>>, Instant);

/// What is known about people, by server and account: somebody may be another one elsewhere, and the bot may be there too.
#[derive(Debug, Default)]
pub(crate) struct Directory(DashMap<(String, String), Remembered>);

impl Directory {
    /// Remembers who wrote, edited or pressed, as the event describes them.
    pub(crate) fn learn(&self, kind: &str, data: &Value) {
        let member = data.get("member").filter(|member| member.get("roles").is_some_and(Value::is_array));
        let Some(member) = member else { return };
        let account = match kind {
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" if data.get("webhook_id").is_none_or(Value::is_null) => {
                data.get("author")
            }
            "INTERACTION_CREATE" => member.get("user"),
            _ => None,
        };
        let Some(account) = account.filter(|account| account.is_object()) else { return };
        let mut member = member.clone();
        member["user"] = account.clone();
        if let (Some(guild), Some(id)) = (text(data, "guild_id"), text(account, "id")) {
            self.put(guild, id, Some(member));
        }
    }

    /// Forgets everybody: a role has changed, or messages are read that don't describe their authors.
    pub(crate) fn forget_all(&self) {
        self.0.clear();
    }

    fn put(&self, guild: &str, id: &str, member: Option<Value>) -> Arc<Option<Value>> {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let member = Arc::new(member);
        self.0.insert((guild.to_owned(), id.to_owned()), (member.clone(), Instant::now()));
        member
    }

    fn known(&self, guild: &str, id: &str) -> Option<Arc<Option<Value>>> {
        let found = self.0.get(&(guild.to_owned(), id.to_owned()))?;
        let (member, since) = found.value();
        (since.elapsed() < REMEMBERED).then(|| member.clone())
    }
}

/// Who this is; `None` when the server has nobody like that.
pub(crate) async fn person(bridge: &DiscordBridge, user: &RemoteUser) -> Result<Option<Person>, BridgeError> {
    let home = bridge.home().await?;
    if let Some(role) = user.0.strip_prefix('&') {
        return role_as_person(bridge, &home, user, role).await;
    }
    if snowflake::number(&user.0).is_none() {
        return Ok(None);
    }
    let member = member(bridge, &home, &user.0).await?;
    Ok(member.as_ref().as_ref().and_then(|member| read(&home, member)))
}

async fn member(bridge: &DiscordBridge, home: &Home, id: &str) -> Result<Arc<Option<Value>>, BridgeError> {
    if let Some(known) = bridge.people().known(&home.guild, id) {
        return Ok(known);
    }
    let route = Route::GuildMember { guild_id: snowflake::guild(&home.guild)?, user_id: snowflake::user(id)? };
    let found = match bridge.caller().call(get(route), Effect::Reads).await {
        Ok(member) => Some(member),
        Err(failure) => {
            failure.unless_absent(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER])?;
            None
        }
    };
    Ok(bridge.people().put(&home.guild, id, found))
}

/// A called role has a name, and nobody speaks as one.
async fn role_as_person(
    bridge: &DiscordBridge,
    home: &Home,
    user: &RemoteUser,
    role: &str,
) -> Result<Option<Person>, BridgeError> {
    let roles = roles(bridge.caller(), &home.guild).await?;
    let found = roles.iter().find(|one| text(one, "id") == Some(role));
    Ok(found.and_then(|found| text(found, "name")).map(|name| Person {
        user: user.clone(),
        name: name.trim_start_matches('@').to_owned(),
        email: None,
        picture: None,
        standing: Standing::NotInGroup,
    }))
}

fn read(home: &Home, member: &Value) -> Option<Person> {
    let account = member.get("user")?;
    let id = text(account, "id")?;
    let nick = text(member, "nick").filter(|nick| !nick.trim().is_empty());
    let standing = if account.get("bot").and_then(Value::as_bool) == Some(true) {
        Standing::Bot
    } else if list(member, "roles").iter().any(|role| role.as_str() == Some(&home.role)) {
        Standing::Operator
    } else {
        Standing::NotInGroup
    };
    Some(Person {
        user: RemoteUser(id.to_owned()),
        name: nick.or_else(|| name_of(account)).unwrap_or(id).to_owned(),
        // Discord tells bots nobody's address.
        email: None,
        picture: picture_of(member).map(|(own, hash)| format!("{}{hash}", if own { "g:" } else { "" })),
        standing,
    })
}

/// The picture's mark, and whether it is the one for this server alone.
fn picture_of(member: &Value) -> Option<(bool, &str)> {
    // It becomes a part of an address.
    let mark = |value: &'_ Value| {
        let mark = value.get("avatar").and_then(Value::as_str)?;
        let plain = !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain.then_some(())
    };
    if mark(member).is_some() {
        return text(member, "avatar").map(|mark| (true, mark));
    }
    let account = member.get("user")?;
    mark(account)?;
    text(account, "avatar").map(|mark| (false, mark))
}

/// The teammate whom a typed name means, if there is exactly one.
pub(crate) async fn teammate(bridge: &DiscordBridge, typed: &str) -> Result<Option<Person>, BridgeError> {
    let typed = typed.trim();
    if let Some(inner) = typed.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
        let id = inner.strip_prefix('!').unwrap_or(inner);
        return person(bridge, &RemoteUser(id.to_owned())).await;
    }
    let bare = typed.strip_prefix('@').unwrap_or(typed).trim();
    if bare.is_empty() || bare.chars().count() > 100 {
        return Ok(None);
    }
    if bare.len() >= 15
        && snowflake::number(bare).is_some()
        && let Some(found) = person(bridge, &RemoteUser(bare.to_owned())).await?
    {
        return Ok(Some(found));
    }
    let home = bridge.home().await?;
    let found = search(bridge, &home, bare).await?;
    let wanted = bare.to_lowercase();
    let named = |member: &&Value| {
        let account = member.get("user");
        let names = [
            text(member, "nick"),
            account.and_then(|account| text(account, "global_name")),
            account.and_then(|account| text(account, "username")),
        ];
        names.into_iter().flatten().any(|name| name.trim().to_lowercase() == wanted)
    };
    let mut people: Vec<Person> = found.iter().filter(named).filter_map(|member| read(&home, member)).collect();
    if people.len() > 1 {
        // Of namesakes, whoever may answer is meant.
        people.retain(|person| person.standing == Standing::Operator);
    }
    Ok(if people.len() == 1 { people.pop() } else { None })
}

/// Members whose account's or server's name begins so, and those that are remembered: Discord doesn't search the names that
/// people chose for all servers.
async fn search(bridge: &DiscordBridge, home: &Home, name: &str) -> Result<Vec<Value>, BridgeError> {
    let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let params = vec![("query", query), ("limit", MOST_NAMESAKES.to_string())];
    let route = Route::GuildMembersSearch { guild_id: snowflake::guild(&home.guild)? };
    let found = bridge.caller().call(get(route).params(Some(params)), Effect::Reads).await?;
    let mut found = found.as_array().cloned().unwrap_or_default();
    let id = |member: &Value| member.pointer("/user/id").cloned();
    for entry in &bridge.people().0 {
        let (member, since) = entry.value();
        if entry.key().0 == home.guild
            && since.elapsed() < REMEMBERED
            && let Some(member) = &**member
            && !found.iter().any(|one| id(one) == id(member))
        {
            found.push(member.clone());
        }
    }
    Ok(found)
}

/// One message as it stands now; `None` when it is gone.
pub(crate) async fn message(
    bridge: &DiscordBridge,
    channel: &RemoteChannel,
    thread: Option<&str>,
    id: &str,
) -> Result<Option<RemoteMessage>, BridgeError> {
    let channel_id = snowflake::channel(thread.unwrap_or(&channel.id))?;
    let route = Route::ChannelMessage { channel_id, message_id: snowflake::message(id)? };
    let found = match bridge.caller().call(get(route), Effect::Reads).await {
        Ok(found) => found,
        Err(failure) => {
            let gone = if thread.is_some() {
                &[code::UNKNOWN_MESSAGE, code::UNKNOWN_CHANNEL][..]
            } else {
                &[code::UNKNOWN_MESSAGE]
            };
            failure.unless_absent(gone)?;
            return Ok(None);
        }
    };
    if !found.is_object() {
        return Err(BridgeError::Transient {
            why: "Discord gave something that is no message; check api_url".to_owned(),
        });
    }
    let place = Place { connection: bridge.id(), me: bridge.me().await?, channel: &channel.id, thread };
    match message::read(&place, &found) {
        Some(found) => Ok(Some(found)),
        None => {
            // Even read whole it has no form that we know. Its author must hear of it, so its words count as none.
            let mut bare = found;
            bare["content"] = json!(text(&bare, "content").unwrap_or_default());
            bare["message_reference"] = Value::Null;
            Ok(message::read(&place, &bare))
        }
    }
}

/// The bytes of a person's picture; `None` when there is none that can be shown.
pub(crate) async fn picture(bridge: &DiscordBridge, user: &RemoteUser) -> Result<Option<Picture>, BridgeError> {
    if snowflake::number(&user.0).is_none() {
        return Ok(None);
    }
    let home = bridge.home().await?;
    let member = member(bridge, &home, &user.0).await?;
    let Some((own, mark)) = member.as_ref().as_ref().and_then(picture_of) else { return Ok(None) };
    let path = if own {
        format!("guilds/{}/users/{}/avatars/{mark}.png?size=128", home.guild, user.0)
    } else {
        format!("avatars/{}/{mark}.png?size=128", user.0)
    };
    let Ok(url) = format!("{}/{path}", cdn(bridge.api_url())).parse::<Url>() else { return Ok(None) };
    let bytes = bridge.caller().fetch(&url, MOST_PICTURE_BYTES).await?;
    // By what it is, not by what it says that it is.
    Ok(bytes.and_then(|bytes| {
        let content_type = content_type(&bytes)?.to_owned();
        Some(Picture { content_type, bytes })
    }))
}

/// Where pictures are: Discord's own network, or below a stand-in's address.
fn cdn(api_url: &str) -> String {
    let host = api_url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if host == "discord.com" || host.ends_with(".discord.com") {
        return "https://cdn.discordapp.com".to_owned();
    }
    format!("{}/cdn", api_url.strip_suffix("/api").unwrap_or(api_url))
}

fn content_type(bytes: &Bytes) -> Option<&'static str> {
    match &**bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Home {
        Home { guild: "1".into(), name: "Tidewater".into(), role: "201".into() }
    }

    fn read_one(member: &Value) -> Person {
        read(&home(), member).unwrap()
    }

    #[test]
    fn only_the_role_makes_an_operator() {
        let member = |roles: Value, more: Value| {
            let mut user = json!({"id": "301", "username": "mina", "global_name": "Mina"});
            for (name, value) in more.as_object().unwrap() {
                user[name] = value.clone();
            }
            read_one(&json!({"user": user, "roles": roles, "nick": null}))
        };
        assert_eq!(member(json!(["201"]), json!({})).standing, Standing::Operator);
        assert_eq!(member(json!(["1", "202"]), json!({})).standing, Standing::NotInGroup);
        assert_eq!(member(json!(["201"]), json!({"bot": true})).standing, Standing::Bot);
    }

    #[test]
    fn the_name_is_the_one_on_the_server() {
        let name = |member: Value| read_one(&member).name;
        let user = json!({"id": "301", "username": "mina", "global_name": "Mina"});
        assert_eq!(name(json!({"user": user, "nick": "Mina (shop)"})), "Mina (shop)");
        assert_eq!(name(json!({"user": user, "nick": " "})), "Mina");
        assert_eq!(name(json!({"user": {"id": "301", "username": "mina"}})), "mina");
    }

    #[test]
    fn the_picture_of_the_server_comes_first_and_a_mark_is_plain() {
        let picture = |member: Value| read_one(&member).picture;
        let user = json!({"id": "301", "username": "mina", "avatar": "abc"});
        assert_eq!(picture(json!({"user": user, "avatar": "a_def"})), Some("g:a_def".into()));
        assert_eq!(picture(json!({"user": user, "avatar": null})), Some("abc".into()));
        assert_eq!(picture(json!({"user": {"id": "301", "avatar": "../x"}})), None);
    }

    #[test]
    fn pictures_come_from_discords_network_or_the_stand_in() {
        assert_eq!(cdn("https://discord.com/api"), "https://cdn.discordapp.com");
        assert_eq!(cdn("http://127.0.0.1:9/api"), "http://127.0.0.1:9/cdn");
        assert_eq!(cdn("https://evildiscord.com/api"), "https://evildiscord.com/cdn");
    }

    #[test]
    fn who_writes_is_known_by_it() {
        let directory = Directory::default();
        let said = |guild: &str, roles: Value| {
            let author = json!({"id": "301", "username": "mina"});
            json!({"guild_id": guild, "author": author, "member": {"roles": roles, "nick": "M"}})
        };
        let standing = || read_one(directory.known("1", "301").unwrap().as_ref().as_ref().unwrap()).standing;
        directory.learn("MESSAGE_CREATE", &said("1", json!(["201"])));
        assert_eq!(standing(), Standing::Operator);
        directory.learn("MESSAGE_CREATE", &said("2", json!([])));
        assert_eq!(standing(), Standing::Operator, "on another server she may be anybody");
        directory.learn("MESSAGE_CREATE", &said("1", json!([])));
        assert_eq!(standing(), Standing::NotInGroup);
        let hook = json!({"guild_id": "1", "webhook_id": "5", "author": {"id": "302"}, "member": {"roles": []}});
        directory.learn("MESSAGE_CREATE", &hook);
        assert!(directory.known("1", "302").is_none());
    }
}
