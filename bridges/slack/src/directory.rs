//! Looks people, messages and pictures up.
//!
//! What lives here: who somebody is and whether they may speak for the team, remembered for five minutes (`memory`,
//! `roster`). What must not: what follows from it.

use std::collections::HashSet;
use std::sync::Arc;

use bridge_core::{BridgeError, Micros, Person, Picture, RemoteMessage, RemoteUser, Standing};
use dashmap::DashMap;
use hyper::Method;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::call::Caller;
use crate::fetch::Fetcher;
use crate::identity::Identity;
use crate::memory::Memo;
use crate::message::{self, Place, is_tombstone, text};
use crate::normalize::Stale;
use crate::read::{History, read_all};
use crate::roster::Roster;
use crate::settings::Operators;

/// The biggest picture that is taken.
const MOST_PICTURE_BYTES: usize = 1024 * 1024;

/// What is known about people.
pub(crate) struct Directory {
    operators: Operators,
    people: DashMap<String, Arc<Memo<Option<Value>>>>,
    group: Memo<HashSet<String>>,
    roster: Roster,
}

impl Directory {
    pub(crate) fn new(operators: Operators) -> Self {
        Self { operators, people: DashMap::new(), group: Memo::default(), roster: Roster::default() }
    }

    /// Forgets what an event says has changed. Never waits for Slack: the ears call it.
    pub(crate) fn forget(&self, stale: &Stale) {
        match stale {
            Stale::Person { id, account } => {
                // Whoever is being asked about has an entry, so that the coming answer is not remembered either.
                if let Some(known) = self.people.get(id) {
                    known.forget();
                }
                self.roster.tell(id, account.as_deref());
            }
            Stale::Groups => self.group.forget(),
        }
    }

    /// Forgets what everybody is. The names by which people are called are kept: nobody speaks by a name.
    pub(crate) fn forget_all(&self) {
        self.people.iter().for_each(|known| known.forget());
        self.group.forget();
    }

    /// Who this is; `None` when there is nobody like that.
    pub(crate) async fn person(
        &self,
        caller: &Caller,
        me: &Identity,
        now: Micros,
        user: &RemoteUser,
    ) -> Result<Option<Person>, BridgeError> {
        let found = self.user(caller, now, &user.0).await?;
        let Some(found) = found.as_ref() else { return Ok(None) };
        self.read_person(caller, me, now, found).await
    }

    async fn read_person(
        &self,
        caller: &Caller,
        me: &Identity,
        now: Micros,
        user: &Value,
    ) -> Result<Option<Person>, BridgeError> {
        let Some(id) = text(user, "id") else { return Ok(None) };
        let standing = match standing_alone(user, me) {
            Standing::Operator => match &self.operators {
                Operators::Members => Standing::Operator,
                Operators::Group(group) => {
                    let members = self.group_members(caller, now, group).await?;
                    if members.contains(id) { Standing::Operator } else { Standing::NotInGroup }
                }
            },
            other => other,
        };
        Ok(Some(Person {
            user: RemoteUser(id.to_owned()),
            name: name_of(user),
            email: email_of(user).map(str::to_owned),
            picture: picture_url(user).map(|url| profile(user, "avatar_hash").unwrap_or(url).to_owned()),
            standing,
        }))
    }

    /// Those of these people who may be operators, as far as that is known without asking about each.
    pub(crate) async fn perhaps_operators(
        &self,
        caller: &Caller,
        now: Micros,
        mut people: Vec<String>,
    ) -> Result<Vec<String>, BridgeError> {
        if let Operators::Group(group) = &self.operators {
            let members = self.group_members(caller, now, group).await?;
            people.retain(|id| members.contains(id));
        }
        Ok(people)
    }

    /// `users.info`, remembered.
    async fn user(&self, caller: &Caller, now: Micros, id: &str) -> Result<Arc<Option<Value>>, BridgeError> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(Arc::new(None));
        }
        // Cloned out, because a map's entry must not be held over a call.
        let known = self.people.entry(id.to_owned()).or_default().clone();
        let ask = async {
            match caller.get("users.info", &[("user", id)]).await {
                Ok(mut answer) => Ok(answer.get_mut("user").map(Value::take)),
                Err(failure)
                    if matches!(failure.code(), Some("user_not_found" | "users_not_found" | "user_not_visible")) =>
                {
                    Ok(None)
                }
                Err(failure) => Err(failure.into()),
            }
        };
        known.get(now, ask).await
    }

    async fn group_members(
        &self,
        caller: &Caller,
        now: Micros,
        group: &str,
    ) -> Result<Arc<HashSet<String>>, BridgeError> {
        let ask = async {
            let members: HashSet<String> = match group_id(caller, group).await? {
                Some(id) => match caller.get("usergroups.users.list", &[("usergroup", &id)]).await {
                    Ok(answer) => texts(answer.get("users")).collect(),
                    Err(failure) if failure.code() == Some("no_such_subteam") => HashSet::new(),
                    Err(failure) => return Err(failure.into()),
                },
                None => HashSet::new(),
            };
            if members.is_empty() {
                tracing::warn!(
                    slack.group = group,
                    "the user group {group} has nobody in it or is unknown: nobody may answer"
                );
            }
            Ok(members)
        };
        self.group.get(now, ask).await
    }

    /// The teammate whom a typed name means, if there is exactly one.
    pub(crate) async fn teammate(
        &self,
        caller: &Caller,
        me: &Identity,
        now: Micros,
        typed: &str,
    ) -> Result<Option<Person>, BridgeError> {
        let typed = typed.trim();
        if let Some(inner) = typed.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
            let id = inner.split('|').next().unwrap_or_default();
            return self.person(caller, me, now, &RemoteUser(id.to_owned())).await;
        }
        let bare = typed.strip_prefix('@').unwrap_or(typed).trim();
        let wanted = bare.to_lowercase();
        if wanted.is_empty() {
            return Ok(None);
        }
        // A mention that was picked from the composer's menu comes as its id: one call tells, and not fifty.
        if is_user_id(bare)
            && let Some(found) = self.person(caller, me, now, &RemoteUser(bare.to_owned())).await?
        {
            return Ok(Some(found));
        }
        match self.roster.named(caller, now, &wanted).await?.as_slice() {
            [id] => self.person(caller, me, now, &RemoteUser(id.clone())).await,
            _ => Ok(None),
        }
    }

    /// The bytes of a person's picture; `None` when there is none that can be shown.
    pub(crate) async fn picture(
        &self,
        caller: &Caller,
        fetcher: &Fetcher,
        token: &SecretString,
        now: Micros,
        user: &RemoteUser,
    ) -> Result<Option<Picture>, BridgeError> {
        let found = self.user(caller, now, &user.0).await?;
        let url = found.as_ref().as_ref().and_then(picture_url).and_then(|url| Url::parse(url).ok());
        let Some(url) = url else { return Ok(None) };
        if url.scheme() != "https" && url.origin() != fetcher.api_url().origin() {
            return Ok(None);
        }
        let (head, bytes) = fetcher.fetch(Method::GET, &url, token, MOST_PICTURE_BYTES).await?;
        if !head.status.is_success() {
            return Ok(None);
        }
        // By what it is, not by what it says that it is.
        Ok(content_type(&bytes).map(|content_type| Picture { content_type: content_type.to_owned(), bytes }))
    }
}

/// The id of a user group that is named by its id or its handle.
pub(crate) async fn group_id(caller: &Caller, group: &str) -> Result<Option<String>, BridgeError> {
    let answer = caller.get("usergroups.list", &[]).await?;
    let handle = group.trim_start_matches('@');
    let groups = answer.get("usergroups").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let found = groups.iter().find(|found| text(found, "id") == Some(group) || text(found, "handle") == Some(handle));
    Ok(found.and_then(|found| text(found, "id")).map(str::to_owned))
}

/// One message as it stands now; `None` when it is gone.
pub(crate) async fn message(
    caller: &Caller,
    place: &Place<'_>,
    thread: Option<&str>,
    id: &str,
) -> Result<Option<RemoteMessage>, BridgeError> {
    // Slack takes a reply's own id in the thread's place too.
    let history = History::of_thread(place.channel, thread.unwrap_or(id)).only(id).at_most(3);
    let mut found = None;
    let mut visit = |message: &Value| {
        if text(message, "ts") == Some(id) && !is_tombstone(message) {
            found = Some(message.clone());
        }
        found.is_none()
    };
    match read_all(caller, &history, &mut visit).await {
        Ok(_) => {}
        Err(BridgeError::ThreadGone) => return Ok(None),
        Err(error) => return Err(error),
    }
    let Some(found) = found else { return Ok(None) };
    message::read(place, &found)
        .map(Some)
        .ok_or_else(|| BridgeError::Rejected { why: format!("the message {id} has no form that can be read") })
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned))
}

/// Whether an account has this mark.
pub(crate) fn flag(user: &Value, name: &str) -> bool {
    user.get(name).and_then(Value::as_bool) == Some(true)
}

fn profile<'a>(user: &'a Value, name: &str) -> Option<&'a str> {
    user.get("profile").and_then(|profile| text(profile, name)).map(str::trim).filter(|found| !found.is_empty())
}

/// Whether it is no person.
pub(crate) fn is_bot(user: &Value) -> bool {
    flag(user, "is_bot") || text(user, "id") == Some("USLACKBOT")
}

fn is_user_id(text: &str) -> bool {
    text.len() > 6 && text.starts_with(['U', 'W']) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The name that teammates see.
fn name_of(user: &Value) -> String {
    let found = names_of(user).next().or_else(|| text(user, "id")).unwrap_or("somebody");
    found.to_owned()
}

/// The names that somebody may be called by, the first one first.
pub(crate) fn names_of(user: &Value) -> impl Iterator<Item = &str> {
    let names =
        [profile(user, "display_name"), profile(user, "real_name"), text(user, "real_name"), text(user, "name")];
    names.into_iter().flatten().filter(|name| !name.trim().is_empty())
}

/// The address that Slack vouches for: one that was never confirmed may be anybody's.
fn email_of(user: &Value) -> Option<&str> {
    profile(user, "email").filter(|_| flag(user, "is_email_confirmed"))
}

fn picture_url(user: &Value) -> Option<&str> {
    profile(user, "image_192").or_else(|| profile(user, "image_72"))
}

/// Standing by the account alone, before any group is asked for.
fn standing_alone(user: &Value, me: &Identity) -> Standing {
    let team = text(user, "team_id");
    let in_team = team.is_none_or(|team| team == me.team)
        || texts(user.pointer("/enterprise_user/teams")).any(|team| team == me.team);
    if flag(user, "deleted") {
        Standing::Deactivated
    } else if is_bot(user) {
        Standing::Bot
    } else if flag(user, "is_stranger") || !in_team {
        Standing::Stranger
    } else if flag(user, "is_restricted") || flag(user, "is_ultra_restricted") {
        Standing::Guest
    } else {
        Standing::Operator
    }
}

/// The kind of picture that the bytes are, of those that can hold no script.
fn content_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn standing(more: Value) -> Standing {
        let me = Identity { team: "T1".into(), user: "UBOT".into(), bot: None, url: None };
        let mut user = json!({"id": "U1", "team_id": "T1"});
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        standing_alone(&user, &me)
    }

    #[test]
    fn only_full_members_of_the_workspace_stand_as_operators() {
        assert_eq!(standing(json!({})), Standing::Operator);
        assert_eq!(standing(json!({"is_restricted": true})), Standing::Guest);
        assert_eq!(standing(json!({"is_ultra_restricted": true})), Standing::Guest);
        assert_eq!(standing(json!({"team_id": "T2"})), Standing::Stranger);
        assert_eq!(standing(json!({"is_stranger": true})), Standing::Stranger);
        assert_eq!(standing(json!({"team_id": "E1", "enterprise_user": {"teams": ["T1"]}})), Standing::Operator);
        assert_eq!(standing(json!({"is_bot": true})), Standing::Bot);
        assert_eq!(standing(json!({"id": "USLACKBOT"})), Standing::Bot);
        assert_eq!(standing(json!({"deleted": true, "is_bot": true})), Standing::Deactivated);
    }

    #[test]
    fn only_an_address_that_was_confirmed_is_vouched_for() {
        let email = |more: Value| {
            let mut user = json!({"id": "U1", "profile": {"email": "ada@shop.example"}});
            user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            email_of(&user).map(str::to_owned)
        };
        assert_eq!(email(json!({"is_email_confirmed": true})).as_deref(), Some("ada@shop.example"));
        assert_eq!(email(json!({"is_email_confirmed": false})), None);
        assert_eq!(email(json!({})), None);
    }

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        assert_eq!(content_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(content_type(b"RIFF1234WEBPVP8 "), Some("image/webp"));
        assert_eq!(content_type(b"<svg onload=alert(1)>"), None);
        assert_eq!(content_type(b""), None);
    }
}
