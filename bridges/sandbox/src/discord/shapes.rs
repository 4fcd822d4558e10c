//! The JSON of Discord's objects, as in its published OpenAPI (version 10).
//!
//! What lives here: one function an object. What must not: deciding who gets to see it.

use serde_json::{Value, json};

use super::permissions::Whom;
use super::snowflake::iso;
use super::world::{
    App, Attachment, Channel, FORUM, Guild, Member, Message, Role, Status, THREAD_STARTER, User, World,
};

/// A user.
pub(crate) fn user(user: &User) -> Value {
    let mut shape = json!({
        "id": user.id, "username": user.username, "avatar": user.avatar, "discriminator": "0", "public_flags": 0,
        "flags": 0, "banner": null, "accent_color": null, "global_name": user.global_name,
        "avatar_decoration_data": null, "collectibles": null, "banner_color": null, "clan": null,
        "primary_guild": null,
    });
    if user.bot {
        shape["bot"] = json!(true);
        shape["discriminator"] = json!("0000");
    }
    shape
}

/// A user that may not be known any more.
pub(crate) fn user_or_ghost(world: &World, id: &str) -> Value {
    world.users.get(id).map_or_else(
        || {
            json!({
                "id": id, "username": "deleted_user", "avatar": null, "discriminator": "0", "global_name": null,
                "public_flags": 0, "flags": 0, "primary_guild": null,
            })
        },
        user,
    )
}

/// A member as in message events: without the user.
pub(crate) fn member_without_user(member: &Member) -> Value {
    json!({
        "nick": member.nick, "avatar": member.avatar, "banner": null, "roles": member.roles, "joined_at": iso(member.joined),
        "premium_since": null, "pending": false, "communication_disabled_until": null, "flags": 0, "deaf": false,
        "mute": false,
    })
}

/// A member with the user.
pub(crate) fn member(world: &World, member: &Member) -> Value {
    let mut shape = member_without_user(member);
    shape["user"] = user_or_ghost(world, &member.user);
    shape
}

/// A role.
pub(crate) fn role(role: &Role) -> Value {
    json!({
        "id": role.id, "name": role.name, "description": null, "permissions": role.permissions.to_string(),
        "position": role.position, "color": 0, "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "managed": role.managed, "mentionable": role.mentionable, "icon": null, "unicode_emoji": null,
        "flags": 0,
    })
}

/// A guild as REST gives it.
pub(crate) fn guild(guild: &Guild) -> Value {
    let mut shape = json!({
        "id": guild.id, "name": guild.name, "owner_id": guild.owner, "features": [], "region": "deprecated",
        "afk_timeout": 300, "system_channel_flags": 0, "widget_enabled": false, "verification_level": 1,
        "roles": guild.roles.values().map(role).collect::<Vec<_>>(), "default_message_notifications": 1,
        "mfa_level": 0, "explicit_content_filter": 0, "max_members": 25_000_000,
        "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "premium_tier": 0,
        "premium_subscription_count": 0, "preferred_locale": "en-US", "premium_progress_bar_enabled": false,
        "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [],
    });
    // What this guild doesn't have is there all the same.
    let absent = [
        "icon",
        "description",
        "home_header",
        "splash",
        "discovery_splash",
        "banner",
        "application_id",
        "afk_channel_id",
        "system_channel_id",
        "widget_channel_id",
        "max_presences",
        "vanity_url_code",
        "rules_channel_id",
        "safety_alerts_channel_id",
        "public_updates_channel_id",
        "hub_type",
        "latest_onboarding_question_id",
        "incidents_data",
        "inventory_settings",
    ];
    for name in absent {
        shape[name] = Value::Null;
    }
    shape
}

/// A guild as `GUILD_CREATE` gives it: with its channels, active threads and the members that fit.
pub(crate) fn guild_create(world: &World, known: &Guild, bot: &str, with_presences: bool) -> Value {
    let mut shape = guild(known);
    let of_guild = || world.channels.values().filter(|channel| channel.guild == known.id);
    let channels: Vec<Value> =
        of_guild().filter(|it| !it.is_thread()).map(|it| channel(world, it, Some(bot))).collect();
    let seen = |it: &&Channel| it.is_thread() && !it.is_archived() && world.permissions(bot, &it.id) != 0;
    let threads: Vec<Value> = of_guild().filter(seen).map(|it| channel(world, it, Some(bot))).collect();
    // Without the privileged intent, a bot is told of nobody but itself.
    let online: Vec<&User> =
        known.members.keys().filter_map(|id| world.users.get(id)).filter(|_| with_presences).collect();
    let online: Vec<&User> = online.into_iter().filter(|it| it.status != Status::Offline).collect();
    let is_told = |id: &str| id == bot || online.iter().any(|it| it.id == id);
    let members: Vec<Value> =
        known.members.values().filter(|it| is_told(&it.user)).map(|it| member(world, it)).collect();
    let presences: Vec<Value> = online.iter().map(|it| presence(it, None)).collect();
    shape["joined_at"] = json!(iso(known.members.get(bot).map_or(0, |member| member.joined)));
    shape["large"] = json!(false);
    shape["unavailable"] = json!(false);
    shape["member_count"] = json!(known.members.len());
    shape["channels"] = json!(channels);
    shape["threads"] = json!(threads);
    shape["members"] = json!(members);
    shape["presences"] = json!(presences);
    for name in ["voice_states", "stage_instances", "guild_scheduled_events", "soundboard_sounds"] {
        shape[name] = json!([]);
    }
    shape
}

/// What somebody shows of themselves; of the account there is nothing but the id.
pub(crate) fn presence(user: &User, guild: Option<&str>) -> Value {
    let client = if user.status == Status::Offline { json!({}) } else { json!({"web": user.status}) };
    let mut shape = json!({"user": {"id": user.id}, "status": user.status, "activities": [], "client_status": client});
    if let Some(guild) = guild {
        shape["guild_id"] = json!(guild);
    }
    shape
}

/// Somebody in a thread.
pub(crate) fn thread_member(thread: &str, user: &str, joined: i64) -> Value {
    json!({"id": thread, "user_id": user, "join_timestamp": iso(joined), "flags": 1})
}

fn overwrites(channel: &Channel) -> Vec<Value> {
    let shape = |it: &super::permissions::Overwrite| {
        json!({
            "id": it.id, "type": u8::from(it.whom == Whom::Member), "allow": it.allow.to_string(),
            "deny": it.deny.to_string(),
        })
    };
    channel.overwrites.iter().map(shape).collect()
}

/// A channel or thread; for a thread with `for_user`, that user's membership is in it.
pub(crate) fn channel(world: &World, channel: &Channel, for_user: Option<&str>) -> Value {
    let Some(thread) = &channel.thread else {
        let mut shape = json!({
            "id": channel.id, "type": channel.kind, "last_message_id": channel.last_message, "flags": 0,
            "guild_id": channel.guild, "name": channel.name, "parent_id": channel.parent, "rate_limit_per_user": 0,
            "topic": channel.topic, "position": channel.position, "permission_overwrites": overwrites(channel),
            "nsfw": false, "last_pin_timestamp": null, "default_auto_archive_duration": null,
        });
        if channel.kind == FORUM {
            let tags: Vec<Value> = channel
                .tags
                .iter()
                .map(|tag| json!({"id": tag.id, "name": tag.name, "moderated": tag.moderated, "emoji_id": null, "emoji_name": null}))
                .collect();
            shape["available_tags"] = json!(tags);
            shape["flags"] = json!(u8::from(channel.tag_required) << 4);
            shape["default_reaction_emoji"] = Value::Null;
            shape["default_sort_order"] = Value::Null;
            shape["default_forum_layout"] = json!(0);
        }
        return shape;
    };
    let messages = channel.messages.values().filter(|it| it.kind != THREAD_STARTER && it.id != channel.id).count();
    let mut shape = json!({
        "id": channel.id, "type": channel.kind, "last_message_id": channel.last_message, "flags": 0,
        "guild_id": channel.guild, "name": channel.name, "parent_id": channel.parent, "rate_limit_per_user": 0,
        "bitrate": 64_000, "user_limit": 0, "rtc_region": null, "owner_id": thread.owner,
        "thread_metadata": {
            "archived": thread.archived, "archive_timestamp": iso(thread.archive_changed),
            "auto_archive_duration": thread.auto_archive_minutes, "locked": thread.locked,
            "create_timestamp": iso(thread.created),
        },
        "message_count": messages, "member_count": thread.members.len().min(50),
        "total_message_sent": thread.total_messages,
    });
    let in_forum = channel.parent.as_deref().and_then(|id| world.channels.get(id)).is_some_and(|it| it.kind == FORUM);
    if in_forum {
        shape["applied_tags"] = json!(thread.tags);
    }
    if let Some((user, joined)) = for_user.and_then(|user| thread.members.get_key_value(user)) {
        shape["member"] = thread_member(&channel.id, user, *joined);
    }
    shape
}

fn attachment(base: &str, channel: &str, file: &Attachment) -> Value {
    let url = format!("{base}/cdn/attachments/{channel}/{}/{}", file.id, file.name);
    json!({
        "id": file.id, "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
        "content_type": file.mimetype, "content_scan_version": 0,
    })
}

/// A message as everybody sees it: without its nonce.
pub(crate) fn message(world: &World, message: &Message) -> Value {
    let mut shape = bare(world, message);
    if let Some(reference) = &message.reference {
        let guild = world.channels.get(&message.channel).map(|known| known.guild.clone());
        shape["message_reference"] = json!({"type": 0, "channel_id": reference.channel, "guild_id": guild});
        if let Some(id) = &reference.message {
            shape["message_reference"]["message_id"] = json!(id);
            let other = world.message(&reference.channel, id);
            shape["referenced_message"] = other.map_or(Value::Null, |other| bare(world, other));
        }
    }
    // A thread started from a message has the message's id.
    if let Some(thread) = world.channels.get(&message.id).filter(|_| message.channel != message.id) {
        shape["thread"] = channel(world, thread, None);
    }
    shape
}

fn bare(world: &World, message: &Message) -> Value {
    let files: Vec<Value> =
        message.attachments.iter().map(|file| attachment(&world.base, &message.channel, file)).collect();
    let mentions: Vec<Value> = message.mentions.iter().map(|id| user_or_ghost(world, id)).collect();
    let roles: Vec<&String> =
        message.pinged.iter().filter(|id| world.guilds.values().any(|guild| guild.roles.contains_key(*id))).collect();
    let everyone = message.pinged.iter().any(|whom| whom == "everyone" || whom == "here");
    let mut shape = json!({
        "type": message.kind, "content": message.content, "mentions": mentions, "mention_roles": roles,
        "attachments": files, "embeds": message.embeds, "timestamp": iso(super::snowflake::made(&message.id)),
        "edited_timestamp": message.edited.map(iso), "flags": message.flags, "components": message.components,
        "id": message.id, "channel_id": message.channel, "author": author(world, message), "pinned": message.pinned,
        "mention_everyone": everyone, "tts": false,
    });
    if let Some(app) = &message.app {
        shape["application_id"] = json!(app);
    }
    if message.webhook.is_some() {
        shape["webhook_id"] = json!(message.author);
    }
    if !message.reactions.is_empty() {
        let each = message.reactions.iter().map(|it| {
            json!({
                "emoji": {"id": null, "name": it.emoji}, "count": it.users.len(), "me": false, "me_burst": false,
                "count_details": {"burst": 0, "normal": it.users.len()}, "burst_colors": [], "burst_me": false,
                "burst_count": 0,
            })
        });
        shape["reactions"] = each.collect();
    }
    if let Some((id, name, who)) = &message.answers {
        let who = user_or_ghost(world, who);
        shape["interaction"] = json!({"id": id, "type": 2, "name": name, "user": who});
        shape["interaction_metadata"] = json!({
            "id": id, "type": 2, "name": name, "user": who, "authorizing_integration_owners": {},
        });
    }
    shape
}

fn author(world: &World, message: &Message) -> Value {
    match &message.webhook {
        Some(name) => json!({
            "id": message.author, "username": name, "avatar": null, "discriminator": "0000", "public_flags": 0,
            "flags": 0, "bot": true, "global_name": null,
        }),
        None => user_or_ghost(world, &message.author),
    }
}

/// Bits of `ApplicationFlags` for the intents that were switched on; the "limited" ones, as for apps in under 100 guilds.
fn application_flags(app: &App) -> u64 {
    let bit = |on: bool, at: u32| u64::from(on) << at;
    bit(app.guild_presences, 13) | bit(app.guild_members, 15) | bit(app.message_content, 19)
}

/// An application as its own bot sees it.
pub(crate) fn application(world: &World, app: &App) -> Value {
    let flags = application_flags(app);
    json!({
        "id": app.id, "name": app.name, "icon": null, "description": "", "type": null, "bot_public": false,
        "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": flags, "flags_new": flags.to_string(),
        "redirect_uris": [], "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "approximate_guild_count": world.guilds.values().filter(|it| it.members.contains_key(&app.bot_user)).count(),
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "eligible_oauth2_scopes": [], "integration_types_config": {"0": {}},
        "owner": user_or_ghost(world, "0"), "team": null, "bot": world.users.get(&app.bot_user).map(user),
    })
}
