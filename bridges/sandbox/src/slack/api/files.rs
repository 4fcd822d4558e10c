//! `files.*`: the two-step upload, and information about a file.
//!
//! What lives here: Slack's rules. What must not: the bytes (see `slack::files`).
//!
//! `files.completeUploadExternal` answers before the message exists; the share appears some moments later, told by a
//! `file_share` message event and by `files.info`.

use serde_json::{Value, json};

use super::chat::thread;
use super::{Answer, ApiError, Ctx, err};
use crate::ids;
use crate::slack::shapes;
use crate::slack::world::{File, Message, World};

pub(crate) fn get_upload_url(ctx: &Ctx, world: &mut World) -> Answer {
    let name = ctx.args.required("filename")?;
    let length = ctx.args.required("length")?.parse::<usize>().ok().filter(|length| *length > 0);
    let length = length.ok_or_else(|| err("invalid_arguments").saying(&["must be greater than 0: length".into()]))?;
    if length > 1024 * 1024 * 1024 {
        return Err(err("file_upload_size_restricted"));
    }
    let (id, token) = (ids::upper("F"), ids::token(40));
    let url = format!("{}/files/upload/{token}", world.base);
    let file = File {
        id: id.clone(),
        team: ctx.app.team.clone(),
        user: ctx.app.bot_user.clone(),
        title: name.clone(),
        name,
        mimetype: "application/octet-stream".to_owned(),
        length,
        bytes: None,
        created: world.seconds(),
        upload_token: Some(token),
        completed: false,
        shares: Vec::new(),
    };
    world.files.insert(id.clone(), file);
    Ok(json!({"upload_url": url, "file_id": id}))
}

/// The files that the call names, uploaded by this app and not completed yet.
fn named(ctx: &Ctx, world: &World) -> Result<Vec<(String, Option<String>)>, ApiError> {
    let broken = || err("invalid_arguments").saying(&["missing required field: files".to_owned()]);
    let list = ctx.args.json_value("files").map_err(|()| broken())?;
    let list = list.as_ref().and_then(Value::as_array).filter(|list| !list.is_empty()).ok_or_else(broken)?;
    let mut files = Vec::new();
    for entry in list {
        let id = entry["id"].as_str().ok_or_else(broken)?;
        let file = world.files.get(id).filter(|file| file.user == ctx.app.bot_user && file.bytes.is_some());
        if file.is_none_or(|file| file.completed) {
            return Err(err("file_not_found"));
        }
        files.push((id.to_owned(), entry["title"].as_str().map(str::to_owned)));
    }
    Ok(files)
}

pub(crate) fn complete_upload(ctx: &Ctx, world: &mut World) -> Answer {
    let files = named(ctx, world)?;
    let target = match ctx.args.channel() {
        None => None,
        Some(id) => {
            let channel = ctx.joined(world, &id, "")?;
            if channel.archived {
                return Err(err("is_archived"));
            }
            Some((id, thread(channel, ctx.args.text("thread_ts"))?))
        }
    };
    for (id, title) in &files {
        if let Some(file) = world.files.get_mut(id) {
            file.completed = true;
            if let Some(title) = title {
                file.title.clone_from(title);
            }
        }
    }
    if let Some((channel, thread_ts)) = target {
        let message = Message {
            user: Some(ctx.app.bot_user.clone()),
            bot_id: Some(ctx.app.bot_id.clone()),
            app_id: Some(ctx.app.id.clone()),
            text: ctx.args.text("initial_comment").unwrap_or_default(),
            thread_ts,
            subtype: Some("file_share".to_owned()),
            files: files.iter().map(|(id, _)| id.clone()).collect(),
            ..Message::default()
        };
        share_later(ctx, channel, message);
    }
    let known = files.iter().filter_map(|(id, _)| world.files.get(id));
    let shown: Vec<Value> = known.map(|file| shapes::file(&world.base, world, file)).collect();
    Ok(json!({"files": shown}))
}

/// The sharing is asynchronous, as Slack's: the message appears after a moment.
fn share_later(ctx: &Ctx, channel: String, message: Message) {
    let sandbox = ctx.sandbox.clone();
    let at = sandbox.0.clock.after(sandbox.0.share_after);
    tokio::spawn(async move {
        tokio::select! {
            () = sandbox.0.clock.sleep_until(at) => {}
            () = sandbox.0.stop.cancelled() => return,
        }
        let first = message.files.first().cloned().unwrap_or_default();
        sandbox.change(|world| world.share(&first, &channel, message));
    });
}

pub(crate) fn info(ctx: &Ctx, world: &mut World) -> Answer {
    let id = ctx.args.text("file").ok_or_else(|| err("file_not_found"))?;
    let file = world.files.get(&id).filter(|file| file.team == ctx.app.team || !file.shares.is_empty());
    let file = file.filter(|file| file.completed).ok_or_else(|| err("file_not_found"))?;
    let seen = file.user == ctx.app.bot_user
        || file.shares.iter().any(|(channel, _, _)| {
            world.channels.get(channel).is_some_and(|channel| channel.members.contains(&ctx.app.bot_user))
        });
    if !seen {
        return Err(err("file_not_found"));
    }
    Ok(json!({
        "file": shapes::file(&world.base, world, file), "comments": [], "content_html": null, "editor": null,
        "response_metadata": {"next_cursor": ""},
    }))
}
