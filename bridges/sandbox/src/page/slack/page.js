// The team chat: who you are, where you look, what you do. What lives here: state, requests, the panes.
// What must not: Slack's rules; the sandbox has them and answers with a sentence when something isn't allowed.

import { content, glyph } from "./blocks.js";
import { act, at, choosePerson, composer, editor, el, fill, find, follow, picture, time } from "./kit.js";

const seen = new Map();
let view = null;
let editing = null;
/** How much was said from here: after one's own words, a pane shows its end. */
let sent = 0;

const names = { people: new Map(), channels: new Map(), groups: new Map() };
const standing = { member: "member", admin: "admin", guest: "guest", single_channel_guest: "guest", stranger: "other workspace", bot: "bot" };
const { go, load } = follow({
  keys: ["user", "channel", "thread"],
  settle,
  draw: (latest) => {
    view = latest;
    draw();
  },
  paused: () => editing,
});

/** Chooses somebody and somewhere at the start. */
function settle(latest) {
  if (!latest.people.some((person) => person.id === at.user)) {
    at.user = (latest.people.find((person) => person.standing === "member" && !person.deleted) ?? latest.people[0])?.id;
  }
  if (!latest.channels.some((channel) => channel.id === at.channel)) {
    at.channel = (latest.channels.find((channel) => channel.member) ?? latest.channels[0])?.id;
  }
}

async function press(message, action, node) {
  node.disabled = true;
  await act({ do: "click", user: at.user, channel: at.channel, ts: message.ts, action_id: action });
  node.disabled = false;
}

function tools(message, inThread) {
  if (message.is_ephemeral || message.subtype === "tombstone") return null;
  const own = message.user === at.user;
  const tool = (label, onclick, title) => el("button", { type: "button", onclick, title }, label);
  const react = (name) => act({ do: "react", user: at.user, channel: at.channel, ts: message.ts, name });
  return el("div", { class: "tools" },
    tool("React", () => react("+1"), "Adds :+1:"),
    inThread || message.reply ? null : tool("Reply", () => go({ thread: message.ts })),
    view.shortcuts.map((shortcut) => tool(shortcut.name, () =>
      act({ do: "shortcut", user: at.user, channel: at.channel, ts: message.ts, callback_id: shortcut.id }))),
    own ? tool("Edit", () => { editing = message.ts; draw(); }) : null,
    own ? tool("Delete", () => act({ do: "delete", user: at.user, channel: at.channel, ts: message.ts })) : null);
}

function change(message) {
  const plain = message.text.replace(/<(https?:[^|>]+)>/g, "$1").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  const leave = () => {
    editing = null;
    draw();
    load();
  };
  return editor(plain, async (text) => {
    const done = await act({ do: "edit", user: at.user, channel: at.channel, ts: message.ts, text });
    if (done.ok) leave();
  }, leave);
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const mine = reaction.users.includes(at.user);
    const who = reaction.users.map((user) => names.people.get(user) ?? user).join(", ");
    return el("button", { type: "button", title: who, "aria-pressed": String(mine), onclick: () => act({
      do: mine ? "unreact" : "react", user: at.user, channel: at.channel, ts: message.ts, name: reaction.name,
    }) }, `${glyph(reaction.name)} ${reaction.count}`);
  }));
}

function row(message, inThread) {
  const quiet = /^(channel_|tombstone)/.test(message.subtype ?? "");
  const click = (action, node) => press(message, action, node);
  const replies = message.reply_count ?? 0;
  return el("article", { class: `message${message.is_ephemeral ? " own-eyes" : ""}${quiet ? " quiet" : ""}`, "data-ts": message.ts },
    picture(message.picture, message.name),
    el("div", { class: "inside" },
      el("div", { class: "by" }, el("b", {}, message.name ?? "Slack"), message.is_app ? el("span", { class: "badge" }, "APP") : null, time(message.ts.split(".")[0] * 1000)),
      message.is_ephemeral ? el("div", { class: "only" }, "Only visible to you") : null,
      message.reply && !inThread ? el("div", { class: "only" }, "replied to a thread") : null,
      editing === message.ts ? change(message) : content(message, names, click),
      message.edited ? el("span", { class: "only" }, "(edited)") : null,
      message.files?.length ? el("div", { class: "files" }, message.files.map((file) =>
        el("span", { class: "file" }, `${file.title} · ${Math.ceil(file.size / 1024)} kB`))) : null,
      reactions(message),
      replies && !inThread ? el("button", { type: "button", class: "open-thread", onclick: () => go({ thread: message.ts }) },
        `${replies} ${replies === 1 ? "reply" : "replies"} ›`) : null),
    tools(message, inThread));
}

function show(pane, place, messages, inThread, empty) {
  const stamp = JSON.stringify([at.user, at.channel, editing, view.people, view.channels.length, view.groups, view.shortcuts]);
  const items = messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
  fill(pane, { place: `${place} ${sent}`, stamp, items, row: (message) => row(message, inThread), empty });
}

function channels() {
  find("channels").replaceChildren(...view.channels.map((channel) => {
    const here = channel.id === at.channel;
    if (here || !seen.has(channel.id)) seen.set(channel.id, channel.latest);
    const news = channel.member && seen.get(channel.id) !== channel.latest;
    const mark = channel.archived ? "× " : channel.is_private ? "⊘ " : "# ";
    return el("button", { type: "button", class: `${channel.member ? "" : "away"}${news ? " news" : ""}`,
      "aria-current": here ? "page" : null, onclick: () => go({ channel: channel.id, thread: null }) }, `${mark}${channel.name}`);
  }));
}

function draw() {
  names.people = new Map(view.people.map((person) => [person.id, person.name]));
  names.channels = new Map(view.channels.map((channel) => [channel.id, channel.name]));
  names.groups = new Map(view.groups.map((group) => [group.id, group.handle]));
  find("team").textContent = view.team ?? "Team chat";
  choosePerson(view.people.map((person) => ({
    id: person.id, name: person.name, picture: person.picture, away: person.deleted,
    about: person.deleted ? "deactivated" : standing[person.standing],
  })), (user) => go({ user }));
  channels();
  const channel = view.channels.find((known) => known.id === at.channel);
  find("channel-name").textContent = channel ? `# ${channel.name}` : "";
  find("channel-about").textContent = !channel ? "" : channel.archived ? "archived" : channel.member ? `${channel.members} members` : "you aren't in this channel";
  const here = view.ephemerals.filter((message) => !message.thread_ts);
  show(find("timeline"), at.channel, [...view.timeline, ...here], false, "Nothing here yet.");
  find("thread-pane").hidden = !at.thread;
  const inside = view.ephemerals.filter((message) => at.thread && message.thread_ts === at.thread);
  if (at.thread) show(find("thread"), `${at.channel} ${at.thread}`, [...view.thread, ...inside], true, "This thread is gone.");
  const able = channel?.member && !channel.archived;
  find("say").inert = !able;
  find("reply").inert = !able;
  find("say").querySelector("textarea").placeholder = channel ? `Message #${channel.name}` : "";
  find("reply").querySelector("textarea").placeholder = "Reply…";
}

async function submit(text, form, thread) {
  const broadcast = form.querySelector("input[type=checkbox]")?.checked ?? false;
  const common = { user: at.user, channel: at.channel, thread_ts: thread };
  const [command, ...rest] = text.split(" ");
  const what = /^\/[a-z]/.test(command)
    ? { do: "command", ...common, command, text: rest.join(" ") }
    : { do: "say", ...common, text, broadcast: broadcast && Boolean(thread) };
  const answer = await act(what);
  if (answer.ok) sent += 1;
  return answer.ok;
}

async function attach(input, thread) {
  const file = input.files[0];
  if (!file) return;
  const bytes = Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => byte.toString(16).padStart(2, "0")).join("");
  await act({ do: "upload", user: at.user, channel: at.channel, thread_ts: thread, name: file.name,
    mimetype: file.type || "application/octet-stream", bytes });
  input.value = "";
}

for (const [id, thread] of [["say", () => null], ["reply", () => at.thread]]) {
  const form = find(id);
  composer(form, (text) => submit(text, form, thread()));
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => attach(input, thread()));
}
find("close-thread").addEventListener("click", () => go({ thread: null }));
