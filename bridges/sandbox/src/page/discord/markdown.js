// Discord's markdown as DOM nodes. What lives here: drawing from text, never from HTML.
// What must not: requests, and what isn't text (embeds, buttons).

import { el, link } from "./kit.js";

/** The marks around words, the longest first. */
const pairs = [["***", "strong"], ["**", "strong"], ["__", "u"], ["~~", "s"], ["*", "em"], ["_", "em"]];

function mention(inside, names) {
  const [, kind, id] = /^(@[!&]?|#)(\d+)$/.exec(inside) ?? [];
  if (!kind) return null;
  if (kind === "#") {
    const open = names.open(id);
    const name = `#${names.channels.get(id) ?? "unknown"}`;
    return open ? el("a", { class: "mention", href: open }, name) : el("span", { class: "mention" }, name);
  }
  const known = kind === "@&" ? names.roles : names.people;
  return el("span", { class: "mention" }, `@${known.get(id) ?? (kind === "@&" ? "deleted-role" : "unknown-user")}`);
}

function stamp(inside) {
  const [, seconds, style] = /^t:(-?\d{1,12})(?::([a-zA-Z]))?$/.exec(inside) ?? [];
  if (!seconds) return null;
  const date = new Date(Number(seconds) * 1000);
  return el("time", { datetime: date.toISOString() }, style === "t" ? date.toLocaleTimeString() : date.toLocaleString());
}

/** What stands between "<" and ">", when it means something. */
function token(inside, names) {
  const emoji = /^a?(:\w+:)\d+$/.exec(inside);
  if (emoji) return emoji[1];
  if (/^https?:\/\/\S+$/i.test(inside)) return link(inside, inside);
  const command = /^(\/[\w -]+):\d+$/.exec(inside);
  if (command) return el("span", { class: "mention" }, command[1]);
  return mention(inside, names) ?? stamp(inside);
}

/** The piece that begins a text, as its node and its length; null where it is just a character. */
function piece(rest, before, names) {
  if (rest[0] === "\\" && /^\\[^\p{L}\p{N}\s]/u.test(rest)) return [rest[1], 2];
  const code = /^(`+)([^`](?:[\s\S]*?[^`])?)\1(?!`)/.exec(rest);
  if (code) return [el("code", {}, code[2].trim()), code[0].length];
  const held = /^<([^<>\s][^<>]*)>/.exec(rest);
  const meant = held && token(held[1], names);
  if (meant) return [meant, held[0].length];
  const masked = /^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s<>)]+)>?\)/.exec(rest);
  if (masked) return [link(masked[2], inline(masked[1], names)), masked[0].length];
  const bare = /^https?:\/\/[^\s<>]*[^\s<>.,:;"')\]*_~|`]/i.exec(rest);
  if (bare) return [link(bare[0], bare[0]), bare[0].length];
  const spoiler = /^\|\|([\s\S]+?)\|\|/.exec(rest);
  if (spoiler) {
    const show = (event) => event.currentTarget.classList.add("seen");
    return [el("span", { class: "spoiler", tabindex: 0, onclick: show }, inline(spoiler[1], names)), spoiler[0].length];
  }
  const loud = /^@(everyone|here)\b/.exec(rest);
  if (loud) return [el("span", { class: "mention loud" }, loud[0]), loud[0].length];
  for (const [mark, tag] of pairs) {
    if (!rest.startsWith(mark) || (mark[0] === "_" && /[\p{L}\p{N}]/u.test(before))) continue;
    const end = closing(rest, mark);
    if (end > 0) {
      const inner = inline(rest.slice(mark.length, end), names);
      return [el(tag, {}, mark === "***" ? el("em", {}, inner) : inner), end + mark.length];
    }
  }
  return null;
}

function closing(rest, mark) {
  if (/^\s/.test(rest.slice(mark.length)) && mark.length === 1) return -1;
  for (let at = mark.length + 1; at <= rest.length - mark.length; at++) {
    if (rest[at - 1] === "\\" && rest[at - 2] !== "\\") continue;
    if (!rest.startsWith(mark, at)) continue;
    const longer = rest[at + mark.length] === mark[0];
    const inWord = mark === "_" && /[\p{L}\p{N}]/u.test(rest[at + 1] ?? " ");
    if (longer && mark.length < 3) at += mark.length;
    else if (!inWord) return at;
  }
  return -1;
}

function inline(text, names) {
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = /[\\`<[h|@*_~H]/.test(text[at]) ? piece(text.slice(at), text[at - 1] ?? " ", names) : null;
    if (!found) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (typeof found[0] === "string") plain += found[0];
    else {
      if (plain) out.push(plain);
      plain = "";
      out.push(found[0]);
    }
    at += found[1];
  }
  if (plain) out.push(plain);
  return out;
}

const list = /^( *)(?:[-*]|(\d+)\.) +(.*)$/;

/** The lines of a text that is no code: headings, lists, quotes, and the rest. */
function lines(text, names) {
  const out = [];
  const all = text.split("\n");
  const take = (test) => {
    const taken = [];
    while (all.length && test(all[0])) taken.push(all.shift());
    return taken;
  };
  while (all.length) {
    const heading = /^(#{1,3}) +(.+)$/.exec(all[0]);
    const small = /^-# +(.+)$/.exec(all[0]);
    if (/^>>> /.test(all[0])) {
      out.push(el("blockquote", {}, inline(all.splice(0).join("\n").slice(4), names)));
    } else if (/^> /.test(all[0])) {
      const quoted = take((line) => /^> /.test(line)).map((line) => line.slice(2));
      out.push(el("blockquote", {}, inline(quoted.join("\n"), names)));
    } else if (heading) {
      all.shift();
      out.push(el(`h${heading[1].length + 2}`, {}, inline(heading[2], names)));
    } else if (small) {
      all.shift();
      out.push(el("div", { class: "dim" }, inline(small[1], names)));
    } else if (list.test(all[0])) {
      const ordered = list.exec(all[0])[2];
      const items = take((line) => list.test(line) && Boolean(list.exec(line)[2]) === Boolean(ordered));
      out.push(el(ordered ? "ol" : "ul", ordered ? { start: ordered } : {},
        items.map((line) => el("li", {}, inline(list.exec(line)[3], names)))));
    } else {
      const plain = take((line) => !/^(>>> |> |#{1,3} +\S|-# +\S)/.test(line) && !list.test(line));
      out.push(...inline(plain.join("\n"), names));
    }
  }
  return out;
}

/** Discord's markdown as one node. */
export function markdown(text, names) {
  const out = [];
  (text ?? "").split(/```(?:([a-zA-Z0-9_+-]+)\n)?([\s\S]+?)```/).forEach((part, n) => {
    if (n % 3 === 2) out.push(el("pre", {}, part.replace(/^\n|\n$/g, "")));
    else if (n % 3 === 0 && part) out.push(...lines(n > 0 ? part.replace(/^\n/, "") : part, names));
  });
  return el("div", { class: "text" }, out);
}
