//! JSON as Slack writes it: people, channels, messages, files, groups.
//!
//! What lives here: pure functions from the world to JSON. What must not: rules.
//!
//! Field names follow the published Web API description (`objs_user`, `objs_user_profile`, `objs_conversation`,
//! `objs_message`, `objs_file`, `objs_subteam`, `objs_bot_profile`, `objs_reaction`). What that description is too old
//! to know (`metadata`, `rich_text` blocks, `is_locked`, `app_id` on messages, the file's `file_access`) follows
//! Slack's reference pages.

use serde_json::{Map, Value, json};

use super::world::{App, Channel, Ephemeral, File, Group, Message, Standing, User, World};

/// What a reader may see beyond the usual.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sight {
    /// The token has `users:read.email`.
    pub(crate) email: bool,
    /// The reader asked for metadata, or is the app that posted.
    pub(crate) metadata: bool,
}

/// A person's or bot's picture at this size; the same picture serves all.
pub(crate) fn picture(base: &str, user: &User, size: u32) -> String {
    format!("{base}/files/pictures/{}-{}-{size}.png", user.id, user.picture_version)
}

pub(crate) fn profile(base: &str, user: &User, sight: Sight) -> Value {
    let (first, last) = user.real_name.split_once(' ').unwrap_or((&user.real_name, ""));
    let mut profile = json!({
        "title": "", "phone": "", "skype": "", "fields": null,
        "real_name": user.real_name, "real_name_normalized": user.real_name,
        "display_name": user.display_name, "display_name_normalized": user.display_name,
        "first_name": first, "last_name": last,
        "status_text": "", "status_emoji": "", "status_expiration": 0,
        "avatar_hash": format!("a{:011x}", user.picture_version),
        "is_custom_image": true,
        "team": user.team,
    });
    for size in [24, 32, 48, 72, 192, 512] {
        profile[format!("image_{size}")] = json!(picture(base, user, size));
    }
    profile["image_original"] = json!(picture(base, user, 512));
    if let Some(email) = user.email.as_ref().filter(|_| sight.email && user.standing != Standing::Bot) {
        profile["email"] = json!(email);
    }
    profile
}

pub(crate) fn user(base: &str, world: &World, user: &User, sight: Sight) -> Value {
    let is = |standing| user.standing == standing;
    let mut out = json!({
        "id": user.id, "team_id": user.team, "name": user.name, "deleted": user.deleted,
        "color": "9f69e7", "real_name": user.real_name,
        "tz": "Europe/Amsterdam", "tz_label": "Central European Time", "tz_offset": 3600,
        "profile": profile(base, user, sight),
        "is_admin": is(Standing::Admin), "is_owner": false, "is_primary_owner": false,
        "is_restricted": is(Standing::Guest) || is(Standing::SingleChannelGuest),
        "is_ultra_restricted": is(Standing::SingleChannelGuest),
        "is_bot": is(Standing::Bot), "is_app_user": false,
        "updated": user.updated, "is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE",
    });
    if is(Standing::Stranger) {
        out["is_stranger"] = json!(true);
    }
    if let Some(app) = world.app_of_bot(&user.id) {
        out["profile"]["bot_id"] = json!(app.bot_id);
        out["profile"]["api_app_id"] = json!(app.id);
    }
    out
}

pub(crate) fn bot_profile(base: &str, app: &App) -> Value {
    let icon = |size: u32| format!("{base}/files/pictures/{}-0-{size}.png", app.bot_user);
    json!({
        "id": app.bot_id, "deleted": app.uninstalled, "name": app.name, "updated": 1_700_000_000,
        "app_id": app.id, "user_id": app.bot_user, "team_id": app.team,
        "icons": {"image_36": icon(36), "image_48": icon(48), "image_72": icon(72)},
    })
}

pub(crate) fn channel(channel: &Channel, reader: &str, with_members: bool) -> Value {
    let empty = json!({"value": "", "creator": "", "last_set": 0});
    let mut out = json!({
        "id": channel.id, "name": channel.name, "name_normalized": channel.name,
        "is_channel": !channel.is_private, "is_group": channel.is_private, "is_im": false, "is_mpim": false,
        "is_private": channel.is_private, "created": channel.created, "creator": channel.creator,
        "is_archived": channel.archived, "is_general": false, "unlinked": 0,
        "is_shared": channel.ext_shared, "is_ext_shared": channel.ext_shared, "is_org_shared": false,
        "is_pending_ext_shared": false, "pending_shared": [], "context_team_id": channel.team,
        "updated": channel.created * 1000, "parent_conversation": null,
        "shared_team_ids": [channel.team], "pending_connected_team_ids": [], "previous_names": [],
        "is_member": channel.members.contains(reader),
        "topic": empty, "purpose": empty,
    });
    if with_members {
        out["num_members"] = json!(channel.members.len());
    }
    out
}

pub(crate) fn group(group: &Group, with_users: bool, with_count: bool) -> Value {
    let mut out = json!({
        "id": group.id, "team_id": group.team, "is_usergroup": true, "is_subteam": true, "name": group.name,
        "description": "", "handle": group.handle, "is_external": false, "date_create": 1_700_000_000,
        "date_update": group.updated, "date_delete": if group.disabled { group.updated } else { 0 },
        "auto_type": null, "auto_provision": false, "enterprise_subteam_id": "",
        "created_by": "USLACKBOT", "updated_by": "USLACKBOT", "deleted_by": null,
        "prefs": {"channels": [], "groups": []},
    });
    if with_users {
        out["users"] = json!(group.users);
    }
    if with_count || with_users {
        out["user_count"] = json!(group.users.len());
    }
    out
}

pub(crate) fn file(base: &str, world: &World, file: &File) -> Value {
    let extension = file.name.rsplit_once('.').map_or("binary", |(_, extension)| extension);
    let address = format!("{base}/files/download/{}/{}", file.id, url_safe(&file.name));
    let mut shares = json!({});
    let (mut channels, mut groups) = (Vec::new(), Vec::new());
    for (channel, ts, thread) in &file.shares {
        let private = world.channels.get(channel).is_some_and(|channel| channel.is_private);
        let mut share = json!({"ts": ts, "reply_users": [], "reply_users_count": 0, "reply_count": 0});
        if let Some(thread) = thread {
            share["thread_ts"] = json!(thread);
        }
        if private {
            groups.push(channel)
        } else {
            channels.push(channel)
        }
        let kind = if private { "private" } else { "public" };
        if shares[kind][channel].is_null() {
            shares[kind][channel] = json!([]);
        }
        if let Some(list) = shares[kind][channel].as_array_mut() {
            list.push(share);
        }
    }
    json!({
        "id": file.id, "created": file.created, "timestamp": file.created, "name": file.name, "title": file.title,
        "mimetype": file.mimetype, "filetype": extension, "pretty_type": extension.to_uppercase(),
        "user": file.user, "user_team": file.team, "editable": false, "size": file.length, "mode": "hosted",
        "is_external": false, "external_type": "", "is_public": !channels.is_empty(), "public_url_shared": false,
        "display_as_bot": false, "username": "", "file_access": "visible",
        "url_private": address, "url_private_download": address,
        "permalink": format!("{base}/files/permalink/{}", file.id),
        "channels": channels, "groups": groups, "ims": [], "shares": shares, "comments_count": 0,
        "has_rich_preview": false, "media_display_type": "unknown",
    })
}

fn url_safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' }).collect()
}

fn thread_fields(out: &mut Map<String, Value>, channel: &Channel, message: &Message) {
    let replies: Vec<&Message> = channel.replies(&message.ts).collect();
    let Some(latest) = replies.last() else { return };
    let mut users: Vec<&str> = Vec::new();
    for author in replies.iter().filter_map(|reply| reply.user.as_deref().or(reply.bot_id.as_deref())) {
        if !users.contains(&author) {
            users.push(author);
        }
    }
    out.insert("thread_ts".into(), json!(message.ts));
    out.insert("reply_count".into(), json!(replies.len()));
    out.insert("reply_users_count".into(), json!(users.len()));
    out.insert("reply_users".into(), json!(users));
    out.insert("latest_reply".into(), json!(latest.ts));
    out.insert("is_locked".into(), json!(false));
    out.insert("subscribed".into(), json!(false));
}

/// What a reply says about its root; a broadcast one carries a piece of it.
fn reply_fields(out: &mut Map<String, Value>, channel: &Channel, message: &Message) {
    let Some(root) = message.thread_ts.as_ref().and_then(|root| channel.messages.get(root)) else { return };
    if let Some(author) = &root.user {
        out.insert("parent_user_id".into(), json!(author));
    }
    if message.broadcast {
        out.insert("root".into(), json!({"ts": root.ts, "text": root.text}));
    }
}

/// A message as history, replies and events give it.
pub(crate) fn message(base: &str, world: &World, channel: &Channel, message: &Message, sight: Sight) -> Value {
    let mut out = Map::new();
    out.insert("type".into(), json!("message"));
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            out.insert(key.to_owned(), value);
        }
    };
    let subtype = if message.broadcast && message.subtype.is_none() {
        Some("thread_broadcast")
    } else {
        message.subtype.as_deref()
    };
    put("subtype", json!(subtype));
    put("user", json!(message.user));
    put("bot_id", json!(message.bot_id));
    put("app_id", json!(message.app_id));
    put("username", json!(message.username));
    put("icons", json!(message.icons));
    put("text", json!(message.text));
    put("ts", json!(message.ts));
    put("client_msg_id", json!(message.client_msg_id));
    let team = message.user.as_ref().and_then(|user| world.users.get(user)).map(|user| &user.team);
    put("team", json!(team.unwrap_or(&channel.team)));
    if let Some(outside) = team.filter(|team| **team != channel.team) {
        put("user_team", json!(outside));
        put("source_team", json!(outside));
    }
    put("thread_ts", json!(message.thread_ts));
    if let Some(app) = message.app_id.as_ref().and_then(|id| world.apps.get(id)).filter(|_| message.user.is_some()) {
        put("bot_profile", bot_profile(base, app));
    }
    if !message.blocks.is_empty() {
        put("blocks", json!(message.blocks));
    }
    if !message.attachments.is_empty() {
        put("attachments", json!(message.attachments));
    }
    put("edited", json!(message.edited.as_ref().map(|(user, ts)| json!({"user": user, "ts": ts}))));
    if !message.files.is_empty() {
        let files = message.files.iter().filter_map(|id| world.files.get(id)).map(|known| file(base, world, known));
        put("files", json!(files.collect::<Vec<_>>()));
        put("upload", json!(false));
        put("display_as_bot", json!(false));
    }
    if !message.reactions.is_empty() {
        put("reactions", reactions(message));
    }
    if sight.metadata {
        put("metadata", json!(message.metadata));
    }
    if message.tombstone {
        put("hidden", json!(true));
    }
    if message.is_reply() {
        reply_fields(&mut out, channel, message);
    } else {
        thread_fields(&mut out, channel, message);
    }
    Value::Object(out)
}

pub(crate) fn reactions(message: &Message) -> Value {
    message
        .reactions
        .iter()
        .map(|reaction| json!({"name": reaction.name, "users": reaction.users, "count": reaction.users.len()}))
        .collect()
}

pub(crate) fn ephemeral(ephemeral: &Ephemeral) -> Value {
    json!({
        "type": "message", "ts": ephemeral.ts, "thread_ts": ephemeral.thread_ts, "channel": ephemeral.channel,
        "user": ephemeral.user, "app_id": ephemeral.app_id, "text": ephemeral.text, "blocks": ephemeral.blocks,
        "is_ephemeral": true,
    })
}

/// Where a message can be opened in a browser.
pub(crate) fn permalink(base: &str, channel: &str, message: &Message) -> String {
    let digits: String = message.ts.chars().filter(char::is_ascii_digit).collect();
    let mut link = format!("{base}/archives/{channel}/p{digits}");
    if let Some(root) = message.thread_ts.as_ref().filter(|_| message.is_reply()) {
        link.push_str(&format!("?thread_ts={root}&cid={channel}"));
    }
    link
}
