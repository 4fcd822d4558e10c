// Slack's markup and blocks as DOM nodes. What lives here: drawing from data, never from HTML.
// What must not: requests; a click is handed to the caller.

import { el, link } from "./kit.js";

const emoji = {
  smile: "😄", "+1": "👍", thumbsup: "👍", eyes: "👀", tada: "🎉", white_check_mark: "✅", wave: "👋", heart: "❤️",
  warning: "⚠️", lock: "🔒", bell: "🔔", x: "❌", pencil: "📝", arrow_right: "➡️", large_green_circle: "🟢",
  white_circle: "⚪", red_circle: "🔴", thinking_face: "🤔", pray: "🙏", rocket: "🚀", speech_balloon: "💬",
};

export function glyph(name) {
  return emoji[name] ?? `:${name}:`;
}

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function token(inside, names) {
  const [target, label] = inside.split(/\|(.*)/s);
  const kind = target[0];
  if (kind === "@") return el("span", { class: "mention" }, `@${names.people.get(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (kind === "#") return el("span", { class: "mention" }, `#${names.channels.get(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, `@${names.groups.get(target.slice(9)) ?? label ?? "group"}`);
  if (kind === "!") return el("span", { class: "mention loud" }, label ?? `@${target.slice(1).split("^")[0]}`);
  const url = unescape(target);
  return link(url, label === undefined ? url.replace(/^mailto:/, "") : unescape(label));
}

const marks = { "*": "strong", _: "em", "~": "s", "`": "code" };

function closing(rest, mark) {
  if (!rest[1] || /\s/.test(rest[1]) || rest[1] === mark) return -1;
  const end = rest.indexOf("\n") < 0 ? rest.length : rest.indexOf("\n");
  for (let at = 2; at < end; at++) {
    if (rest[at] === mark && !/\s/.test(rest[at - 1]) && !/[\p{L}\p{N}]/u.test(rest[at + 1] ?? " ")) return at;
  }
  return -1;
}

function inline(text, names) {
  const out = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) out.push(unescape(plain));
    plain = "";
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const mark = marks[rest[0]];
    const end = mark && !/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ") ? closing(rest, rest[0]) : -1;
    const held = rest[0] === "<" ? rest.indexOf(">") : -1;
    const named = /^:([a-z0-9_+'-]*[a-z1][a-z0-9_+'-]*):/.exec(rest);
    if (end > 0) {
      flush();
      const inner = rest.slice(1, end);
      out.push(el(mark, {}, mark === "code" ? unescape(inner) : inline(inner, names)));
      at += end + 1;
    } else if (held > 1) {
      flush();
      out.push(token(rest.slice(1, held), names));
      at += held + 1;
    } else if (named) {
      flush();
      out.push(glyph(named[1]));
      at += named[0].length;
    } else {
      plain += rest[0];
      at += 1;
    }
  }
  flush();
  return out;
}

/** Slack's markup as nodes. */
export function mrkdwn(text, names) {
  const out = [];
  (text ?? "").split("```").forEach((part, index) => {
    if (index % 2 === 1) return out.push(el("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    const lines = (index > 0 ? part.replace(/^\n/, "") : part).split("\n");
    let quote = [];
    const endQuote = () => {
      if (quote.length) out.push(el("blockquote", {}, inline(quote.join("\n"), names)));
      quote = [];
    };
    lines.forEach((line, n) => {
      if (line.startsWith("&gt;")) return quote.push(line.replace(/^&gt; ?/, ""));
      endQuote();
      out.push(...inline(n < lines.length - 1 ? `${line}\n` : line, names));
    });
    endQuote();
  });
  return el("div", { class: "text" }, out);
}

function textObject(object, names) {
  if (!object) return null;
  if (object.type !== "plain_text") return mrkdwn(object.text, names);
  return el("div", { class: "text" }, object.text.replace(/:([a-z0-9_+-]+):/g, (_, name) => glyph(name)));
}

function image(element) {
  return el("img", { src: element.image_url, alt: element.alt_text, referrerpolicy: "no-referrer" });
}

function button(element, click) {
  const style = element.style === "primary" || element.style === "danger" ? ` ${element.style}` : "";
  const label = (element.text?.text ?? "").replace(/:([a-z0-9_+-]+):/g, (_, name) => glyph(name));
  return el("button", { type: "button", class: `press${style}`, onclick: (event) => {
    const url = element.url && /^https?:/i.test(element.url) ? element.url : null;
    if (url) window.open(url, "_blank", "noopener");
    click(element.action_id, event.currentTarget);
  } }, label);
}

function element(item, names, click) {
  if (item.type === "button") return button(item, click);
  if (item.type === "image") return image(item);
  return textObject(item, names) ?? el("span", { class: "dim" }, item.type);
}

/** One piece of rich text; its words are shown as they are, never read as markup. */
function piece(item, names) {
  const style = item.style ?? {};
  let node;
  switch (item.type) {
    case "text":
      node = item.text;
      break;
    case "link":
      node = link(item.url, item.text ?? item.url);
      break;
    case "emoji":
      return glyph(item.name);
    case "user":
      return el("span", { class: "mention" }, `@${names.people.get(item.user_id) ?? item.user_id}`);
    case "channel":
      return el("span", { class: "mention" }, `#${names.channels.get(item.channel_id) ?? item.channel_id}`);
    case "usergroup":
      return el("span", { class: "mention" }, `@${names.groups.get(item.usergroup_id) ?? "group"}`);
    case "broadcast":
      return el("span", { class: "mention loud" }, `@${item.range}`);
    default:
      return el("span", { class: "dim" }, item.type);
  }
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}

function richText(item, names) {
  const pieces = (part) => (part.elements ?? []).map((inner) => piece(inner, names));
  const parts = (item.elements ?? []).map((part) => {
    switch (part.type) {
      case "rich_text_preformatted":
        return el("pre", {}, pieces(part));
      case "rich_text_quote":
        return el("blockquote", {}, pieces(part));
      case "rich_text_list":
        return el(part.style === "ordered" ? "ol" : "ul", {}, (part.elements ?? []).map((inner) => el("li", {}, pieces(inner))));
      default:
        return el("span", {}, pieces(part));
    }
  });
  return el("div", { class: "block text" }, parts);
}

function block(item, names, click) {
  switch (item.type) {
    case "rich_text":
      return richText(item, names);
    case "header":
      return el("div", { class: "block header" }, textObject(item.text, names));
    case "section": {
      const fields = item.fields?.length && el("div", { class: "fields" }, item.fields.map((field) => textObject(field, names)));
      return el("div", { class: "block section" }, textObject(item.text, names), fields || null,
        item.accessory ? element(item.accessory, names, click) : null);
    }
    case "context":
    case "actions":
      return el("div", { class: `block ${item.type}` }, (item.elements ?? []).map((inner) => element(inner, names, click)));
    case "divider":
      return el("div", { class: "block" }, el("hr"));
    case "image":
      return el("div", { class: "block" }, image(item));
    case "markdown":
      return el("div", { class: "block text" }, item.text);
    default:
      return null;
  }
}

/** A message's content: its blocks, or its text where it has none. */
export function content(message, names, click) {
  const blocks = message.blocks ?? [];
  if (!blocks.length) return [message.text ? mrkdwn(message.text, names) : ""];
  return blocks.map((item) => block(item, names, click));
}
