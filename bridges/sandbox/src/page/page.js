// The team chat: who you are, where you look, what you do. What lives here: state, requests, the panes.
// What must not: Slack's rules; the sandbox has them and answers with a sentence when something isn't allowed.

import { content, el, glyph } from "./blocks.js";

const base = document.documentElement.dataset.base;
const at = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const find = (id) => document.getElementById(id);
const seen = new Map();
let view = null;
let editing = null;
let loading = false;
let again = false;

const names = { people: new Map(), channels: new Map(), groups: new Map() };
const standing = { member: "member", admin: "admin", guest: "guest", single_channel_guest: "guest", stranger: "other workspace", bot: "bot" };

function notice(text) {
  const box = find("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { box.hidden = true; }, 5000);
}

function go(change) {
  Object.assign(at, change);
  for (const key of Object.keys(at)) if (!at[key]) delete at[key];
  history.replaceState(null, "", `#${new URLSearchParams(at)}`);
  load();
}

async function act(what) {
  const answer = await fetch(`${base}/people/do`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what),
  });
  const body = await answer.json().catch(() => ({ ok: false, error: "the sandbox didn't understand" }));
  if (!body.ok) notice(body.error);
  return body;
}

async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  do {
    again = false;
    const query = new URLSearchParams({ user: at.user ?? "", channel: at.channel ?? "", thread: at.thread ?? "" });
    try {
      view = await (await fetch(`${base}/people/view?${query}`)).json();
      if (settle()) again = true;
      else draw();
    } catch {
      notice("The sandbox doesn't answer.");
    }
  } while (again);
  loading = false;
}

/** Chooses somebody and somewhere at the start; true when that changed what to ask for. */
function settle() {
  const before = `${at.user} ${at.channel}`;
  if (!view.people.some((person) => person.id === at.user)) {
    at.user = (view.people.find((person) => person.standing === "member" && !person.deleted) ?? view.people[0])?.id;
  }
  if (!view.channels.some((channel) => channel.id === at.channel)) {
    at.channel = (view.channels.find((channel) => channel.member) ?? view.channels[0])?.id;
  }
  return before !== `${at.user} ${at.channel}`;
}

function time(ts) {
  const date = new Date(Number(ts.split(".")[0]) * 1000);
  return el("time", { datetime: date.toISOString(), title: date.toLocaleString() },
    date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
}

async function press(message, action, node) {
  node.disabled = true;
  const answer = await act({ do: "click", user: at.user, channel: at.channel, ts: message.ts, action_id: action });
  node.disabled = false;
  if (answer.ok && !answer.acked) notice("The app didn't answer in time.");
}

function tools(message, inThread) {
  if (message.is_ephemeral || message.subtype === "tombstone") return null;
  const own = message.user === at.user;
  const tool = (label, onclick, title) => el("button", { type: "button", onclick, title }, label);
  const react = (name) => act({ do: "react", user: at.user, channel: at.channel, ts: message.ts, name });
  return el("div", { class: "tools" },
    tool("React", () => react("+1"), "Adds :+1:"),
    inThread || message.reply ? null : tool("Reply", () => go({ thread: message.ts })),
    view.shortcuts.map((shortcut) => tool(shortcut.name, async () => {
      const used = await act({ do: "shortcut", user: at.user, channel: at.channel, ts: message.ts, callback_id: shortcut.id });
      if (used.ok && !used.acked) notice("The app didn't answer in time.");
    })),
    own ? tool("Edit", () => { editing = message.ts; draw(); }) : null,
    own ? tool("Delete", () => act({ do: "delete", user: at.user, channel: at.channel, ts: message.ts })) : null);
}

function editor(message) {
  const plain = message.text.replace(/<(https?:[^|>]+)>/g, "$1").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  const box = el("textarea", { class: "edit", rows: 2, "aria-label": "Edit the message", onkeydown: async (event) => {
    if (event.key === "Escape") {
      editing = null;
      draw();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const done = await act({ do: "edit", user: at.user, channel: at.channel, ts: message.ts, text: box.value });
      if (done.ok) {
        editing = null;
        load();
      }
    }
  } });
  box.value = plain;
  queueMicrotask(() => box.focus());
  return [box, el("div", { class: "dim" }, "Enter saves, Escape leaves it as it was")];
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
    el("img", { src: message.picture ? `${base}/${message.picture}` : "data:image/gif;base64,R0lGODlhAQABAAAAACw=", alt: "" }),
    el("div", { class: "inside" },
      el("div", { class: "by" }, el("b", {}, message.name ?? "Slack"), message.is_app ? el("span", { class: "badge" }, "APP") : null, time(message.ts)),
      message.is_ephemeral ? el("div", { class: "only" }, "Only visible to you") : null,
      message.reply && !inThread ? el("div", { class: "only" }, "replied to a thread") : null,
      editing === message.ts ? editor(message) : content(message, names, click),
      message.edited ? el("span", { class: "only" }, "(edited)") : null,
      message.files?.length ? el("div", { class: "files" }, message.files.map((file) =>
        el("span", { class: "file" }, `${file.title} · ${Math.ceil(file.size / 1024)} kB`))) : null,
      reactions(message),
      replies && !inThread ? el("button", { type: "button", class: "open-thread", onclick: () => go({ thread: message.ts }) },
        `${replies} ${replies === 1 ? "reply" : "replies"} ›`) : null),
    tools(message, inThread));
}

function fill(pane, messages, inThread, empty) {
  const low = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 60 || pane.dataset.at !== `${at.channel} ${at.thread}`;
  pane.dataset.at = `${at.channel} ${at.thread}`;
  pane.replaceChildren(...(messages.length ? messages.map((message) => row(message, inThread)) : [el("div", { class: "empty" }, empty)]));
  if (low) pane.scrollTop = pane.scrollHeight;
}

function people() {
  const select = find("person");
  const wanted = JSON.stringify(view.people.map((person) => [person.id, person.name, person.deleted]));
  if (select.dataset.made !== wanted) {
    select.dataset.made = wanted;
    select.replaceChildren(...view.people.map((person) => el("option", { value: person.id, disabled: person.deleted },
      `${person.name} · ${person.deleted ? "deactivated" : standing[person.standing]}`)));
  }
  select.value = at.user;
  const me = view.people.find((person) => person.id === at.user);
  find("me").src = me ? `${base}/${me.picture}` : "data:,";
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
  people();
  channels();
  const channel = view.channels.find((known) => known.id === at.channel);
  find("channel-name").textContent = channel ? `# ${channel.name}` : "";
  find("channel-about").textContent = !channel ? "" : channel.archived ? "archived" : channel.member ? `${channel.members} members` : "you aren't in this channel";
  const order = (a, b) => (a.ts < b.ts ? -1 : 1);
  const here = view.ephemerals.filter((message) => !message.thread_ts);
  fill(find("timeline"), [...view.timeline, ...here].sort(order), false, "Nothing here yet.");
  const inside = view.ephemerals.filter((message) => at.thread && message.thread_ts === at.thread);
  find("thread-pane").hidden = !at.thread;
  if (at.thread) fill(find("thread"), [...view.thread, ...inside].sort(order), true, "This thread is gone.");
  const able = channel?.member && !channel.archived;
  find("say").inert = !able;
  find("reply").inert = !able;
  find("say").querySelector("textarea").placeholder = channel ? `Message #${channel.name}` : "";
  find("reply").querySelector("textarea").placeholder = "Reply…";
}

async function submit(form, thread) {
  const box = form.querySelector("textarea");
  const text = box.value;
  if (!text.trim()) return;
  const broadcast = form.querySelector("input[type=checkbox]")?.checked ?? false;
  const common = { user: at.user, channel: at.channel, thread_ts: thread };
  const [command, ...rest] = text.split(" ");
  const what = /^\/[a-z]/.test(command)
    ? { do: "command", ...common, command, text: rest.join(" ") }
    : { do: "say", ...common, text, broadcast: broadcast && Boolean(thread) };
  box.value = "";
  size(box);
  const answer = await act(what);
  if (!answer.ok) box.value = text;
  else if (answer.acked === false) notice("The app didn't answer in time.");
  else if (thread) find("thread").dataset.at = "";
  else find("timeline").dataset.at = "";
}

async function attach(input, thread) {
  const file = input.files[0];
  if (!file) return;
  const bytes = Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => byte.toString(16).padStart(2, "0")).join("");
  await act({ do: "upload", user: at.user, channel: at.channel, thread_ts: thread, name: file.name,
    mimetype: file.type || "application/octet-stream", bytes });
  input.value = "";
}

function size(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

for (const [id, thread] of [["say", () => null], ["reply", () => at.thread]]) {
  const form = find(id);
  const box = form.querySelector("textarea");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form, thread());
  });
  box.addEventListener("input", () => size(box));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit(form, thread());
    }
  });
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => attach(input, thread()));
}
find("person").addEventListener("change", (event) => go({ user: event.target.value }));
find("close-thread").addEventListener("click", () => go({ thread: null }));
addEventListener("hashchange", () => {
  const to = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  for (const key of ["user", "channel", "thread"]) at[key] = to[key];
  load();
});

const live = new EventSource(`${base}/people/live`);
live.addEventListener("message", () => { if (!editing) load(); });
load();
