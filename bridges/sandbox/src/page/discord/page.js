// The community chat: who you are, where you look, what you do. What lives here: state, requests, the panes.
// What must not: Discord's rules; the sandbox has them and answers with a sentence when something isn't allowed.

import { commandsFor, parsed, suggest } from "./commands.js";
import { answered, author, content } from "./draw.js";
import { act, at, choosePerson, composer, editor, el, fill, find, follow, notice, picture } from "./kit.js";

const seen = new Map();
let view = null;
let editing = null;
let listing = false;
/** How much was said from here: after one's own words, a pane shows its end. */
let sent = 0;
let quiet = null;
let typed = 0;

const names = { people: new Map(), roles: new Map(), channels: new Map(), open: () => null };
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
    at.user = (latest.people.find((person) => !person.bot && person.roles.length) ?? latest.people[0])?.id;
  }
  if (!latest.channels.some((channel) => channel.id === at.channel)) at.channel = latest.channels[0]?.id;
}

const where = (thread) => ({ user: at.user, channel: at.channel, thread });

async function press(message, action, node) {
  node.disabled = true;
  await act({ do: "click", user: at.user, ...message.press, custom_id: action });
  node.disabled = false;
}

function tools(message) {
  if (message.author !== at.user || message.system || message.only_you) return null;
  const tool = (label, onclick) => el("button", { type: "button", onclick }, label);
  return el("div", { class: "tools" },
    tool("Edit", () => {
      editing = message.id;
      draw();
    }),
    tool("Delete", () => act({ do: "delete", user: at.user, channel: message.channel, message: message.id })));
}

function change(message) {
  const leave = () => {
    editing = null;
    draw();
    load();
  };
  return editor(message.content, async (text) => {
    const done = await act({ do: "edit", user: at.user, channel: message.channel, message: message.id, text: meant(text) });
    if (done.ok) leave();
  }, leave);
}

const state = (thread) => [
  thread.archived ? el("span", { class: "state" }, "Archived") : null,
  thread.locked ? el("span", { class: "state" }, "Locked") : null,
];
const count = (thread) => `${thread.messages} ${thread.messages === 1 ? "message" : "messages"}`;

/** The thread that hangs on a message of the channel. */
function hanging(thread) {
  return el("div", { class: "thread-card" },
    el("b", {}, thread.name), state(thread),
    el("button", { type: "button", class: "open-thread", onclick: () => go({ thread: thread.id }) }, `${count(thread)} ›`),
    thread.last ? el("span", { class: "last" }, `${thread.last.name}: ${thread.last.text}`) : null);
}

function row(message, inThread) {
  if (message.system) return el("article", { class: "message quiet", "data-id": message.id }, el("div", { class: "inside" }, message.system));
  return el("article", { class: `message${message.only_you ? " own-eyes" : ""}${message.starter ? " starter" : ""}`, "data-id": message.id },
    picture(message.picture, message.name),
    el("div", { class: "inside" },
      answered(message, names),
      author(message),
      editing === message.id ? change(message) : content(message, names, (action, node) => press(message, action, node)),
      message.only_you ? el("div", { class: "only" }, "Only you can see this") : null,
      message.thread && !inThread ? hanging(message.thread) : null),
    tools(message));
}

function show(pane, place, items, inThread, empty) {
  const stamp = JSON.stringify([at.user, at.channel, editing, view.people, view.roles, view.places]);
  fill(pane, { place: `${place} ${sent}`, stamp, items, row: (message) => row(message, inThread), empty });
}

function channels() {
  const entry = (label, here, classes, onclick) =>
    el("button", { type: "button", class: classes, "aria-current": here ? "page" : null, onclick }, label);
  find("channels").replaceChildren(...view.channels.flatMap((channel) => {
    const here = channel.id === at.channel;
    const latest = [channel.latest, ...channel.threads.map((thread) => thread.latest)].sort().at(-1);
    if (here || !seen.has(channel.id)) seen.set(channel.id, latest);
    const mark = { forum: "▤", announcement: "◈" }[channel.kind] ?? "#";
    const news = seen.get(channel.id) !== latest ? "news" : "";
    const open = channel.threads.filter((thread) => here && (!thread.archived || thread.id === at.thread)).slice(0, 12);
    return [
      entry(`${mark} ${channel.name}`, here && !at.thread, `${news}${here ? " here" : ""}`, () => go({ channel: channel.id, thread: null })),
      ...open.map((thread) => entry(thread.name, thread.id === at.thread, "in-thread", () => go({ thread: thread.id }))),
    ];
  }));
}

/** The list of all the channel's threads, the archived ones too. */
function threads(channel) {
  const panel = find("threads");
  panel.hidden = !listing;
  find("show-threads").setAttribute("aria-expanded", String(listing));
  find("show-threads").textContent = `Threads${channel?.threads.length ? ` · ${channel.threads.length}` : ""}`;
  if (!listing) return;
  const part = (title, some) => some.length ? [el("h3", {}, title), ...some.map((thread) =>
    el("button", { type: "button", onclick: () => go({ thread: thread.id }) },
      el("span", {}, thread.name), el("span", { class: "dim" }, thread.locked ? "locked" : count(thread))))] : [];
  const all = channel?.threads ?? [];
  const parts = [...part("Active", all.filter((thread) => !thread.archived)), ...part("Archived", all.filter((thread) => thread.archived))];
  panel.replaceChildren(...(parts.length ? parts : [el("div", { class: "empty" }, "No threads yet.")]));
}

function typing() {
  clearTimeout(quiet);
  const now = Date.now();
  const there = view.typing.filter((one) => one.until > now);
  const who = there.map((one) => one.name).join(", ");
  find("typing").textContent = who ? `${who} ${there.length === 1 ? "is" : "are"} typing…` : "";
  if (there.length) quiet = setTimeout(typing, Math.min(...there.map((one) => one.until)) - now + 50);
}

function know() {
  names.people = new Map(view.people.map((person) => [person.id, person.name]));
  names.roles = new Map(view.roles.map((role) => [role.id, role.name]));
  const threadsOf = new Map(view.channels.flatMap((channel) => channel.threads.map((thread) => [thread.id, channel.id])));
  names.channels = new Map(view.channels.flatMap((channel) => [channel, ...channel.threads]).map((place) => [place.id, place.name]));
  names.open = (id) => {
    if (!names.channels.has(id)) return null;
    const to = threadsOf.has(id) ? { channel: threadsOf.get(id), thread: id } : { channel: id };
    return `#${new URLSearchParams({ user: at.user, ...to })}`;
  };
  view.places = [...names.channels.values()];
}

function draw() {
  know();
  find("team").textContent = view.guild ?? "Community chat";
  choosePerson(view.people.filter((person) => !person.bot), (user) => go({ user }));
  channels();
  const channel = view.channels.find((known) => known.id === at.channel);
  find("channel-name").textContent = channel ? `${channel.kind === "forum" ? "▤" : "#"} ${channel.name}` : "";
  find("channel-about").textContent = channel && !channel.can_write ? "you can only read here" : "";
  threads(channel);
  show(find("timeline"), at.channel, view.timeline, false, channel?.kind === "forum" ? "No posts yet." : "Nothing here yet.");
  find("thread-pane").hidden = !at.thread;
  if (at.thread) {
    find("thread-name").textContent = view.thread?.name ?? "Thread";
    find("thread-about").replaceChildren(...state(view.thread ?? {}).filter(Boolean));
    find("archive").hidden = !view.thread?.can_archive;
    find("archive").textContent = view.thread?.archived ? "Bring back" : "Archive";
    show(find("thread"), at.thread, view.messages, true, "This thread is gone.");
  }
  typing();
  find("say").inert = !channel?.can_write || channel.kind === "forum";
  find("reply").inert = !view.thread?.can_write;
  find("say").querySelector("textarea").placeholder = channel ? `Message #${channel.name}` : "";
  find("reply").querySelector("textarea").placeholder = view.thread ? `Message ${view.thread.name}` : "";
}

/** What a client sends for the names that somebody typed: "@Mina" becomes her id. */
function meant(text) {
  const known = [
    ...view.people.flatMap((person) => [[`@${person.name}`, `<@${person.id}>`], [`@${person.username}`, `<@${person.id}>`]]),
    ...view.roles.map((role) => [`@${role.name}`, `<@&${role.id}>`]),
    ...view.channels.map((channel) => [`#${channel.name}`, `<#${channel.id}>`]),
  ];
  const tokens = new Map(known.map(([name, id]) => [name.toLowerCase(), id]));
  const names = [...tokens.keys()].sort((a, b) => b.length - a.length).map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  if (!names.length) return text;
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}<])(?:${names.join("|")})(?![\\p{L}\\p{N}])`, "giu"), (name) => tokens.get(name.toLowerCase()));
}

async function submit(text, thread) {
  const command = parsed(text, view);
  if (command?.wrong) {
    notice(command.wrong);
    return false;
  }
  const answer = await act(command
    ? { do: "command", ...where(thread), name: command.name, options: command.options }
    : { do: "say", ...where(thread), text: meant(text) });
  typed = 0;
  if (answer.ok) sent += 1;
  return answer.ok;
}

/** Says that somebody is typing, at most once in eight seconds, as clients do. */
function tell(text, thread) {
  if (!text || text.startsWith("/") || Date.now() - typed < 8000) return;
  typed = Date.now();
  act({ do: "typing", ...where(thread) });
}

for (const [id, thread] of [["say", () => null], ["reply", () => at.thread]]) {
  const form = find(id);
  const box = composer(form, (text) => submit(text, thread()));
  box.addEventListener("input", () => {
    suggest(form, commandsFor(box.value, view));
    tell(box.value, thread());
  });
}
find("show-threads").addEventListener("click", () => {
  listing = !listing;
  draw();
});
find("archive").addEventListener("click", () =>
  act({ do: "archive_thread", user: at.user, thread: at.thread, archived: !view.thread.archived }));
find("close-thread").addEventListener("click", () => go({ thread: null }));
