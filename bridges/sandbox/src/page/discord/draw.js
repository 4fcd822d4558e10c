// What a message of Discord's holds beside its words, as DOM nodes: embeds, buttons, files, reactions.
// What must not live here: requests; a click is handed to the caller.

import { el, link, time } from "./kit.js";
import { markdown } from "./markdown.js";

const styles = { 1: "primary", 3: "success", 4: "danger" };

function field(item, names) {
  return el("div", { class: `field${item.inline ? "" : " wide"}` }, el("b", {}, item.name), markdown(item.value, names));
}

function embed(item, names) {
  const title = item.title && (item.url ? link(item.url, item.title) : item.title);
  const node = el("div", { class: "embed" },
    item.author?.name ? el("div", { class: "dim" }, item.author.name) : null,
    title ? el("h3", {}, title) : null,
    item.description ? markdown(item.description, names) : null,
    item.fields?.length ? el("div", { class: "fields" }, item.fields.map((one) => field(one, names))) : null,
    item.footer?.text ? el("div", { class: "dim" }, item.footer.text) : null);
  if (Number.isInteger(item.color)) node.style.borderLeftColor = `#${item.color.toString(16).padStart(6, "0")}`;
  return node;
}

function button(item, click) {
  const label = [item.emoji?.name ? `${item.emoji.name} ` : "", item.label ?? ""];
  if (item.style === 5) return el("a", { class: "press", href: /^https?:/i.test(item.url) ? item.url : null, target: "_blank", rel: "noopener noreferrer" }, label);
  return el("button", { type: "button", class: `press ${styles[item.style] ?? ""}`, disabled: item.disabled,
    onclick: (event) => click(item.custom_id, event.currentTarget) }, label);
}

/** The words and everything under them. */
export function content(message, names, click) {
  if (message.pending) return [el("div", { class: "dim" }, `${message.name} is thinking…`)];
  const files = message.attachments ?? [];
  return [
    message.content ? markdown(message.content, names) : null,
    ...(message.embeds ?? []).map((item) => embed(item, names)),
    files.length ? el("div", { class: "files" }, files.map((file) =>
      el("span", { class: "file" }, `${file.name} · ${Math.ceil(file.size / 1024)} kB`))) : null,
    ...(message.components ?? []).map((row) =>
      el("div", { class: "buttons" }, (row.components ?? []).map((item) => button(item, click)))),
    message.reactions?.length ? el("div", { class: "reactions" }, message.reactions.map((reaction) =>
      el("span", { class: "state" }, `${reaction.emoji} ${reaction.count}`))) : null,
  ];
}

/** The line over a message that answers another one. */
export function answered(message, names) {
  if (!message.answers) return null;
  return el("div", { class: "answered" }, el("b", {}, message.answers.name), el("span", {}, markdown(message.answers.text, names).textContent));
}

/** Who wrote it, and when. */
export function author(message) {
  const edited = message.edited ? el("span", { class: "only" }, "(edited)") : null;
  return el("div", { class: "by" }, el("b", {}, message.name), message.is_app ? el("span", { class: "badge" }, "APP") : null,
    time(message.at), edited);
}
