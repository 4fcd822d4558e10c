// Slash commands as somebody types them. What lives here: the list over the box, and what typed words mean.
// What must not: requests.

import { el } from "./kit.js";

const USER = 6;

/** The commands that fit what stands in the box so far. */
export function commandsFor(text, view) {
  const begun = /^\/(\S*)$/.exec(text)?.[1];
  return begun === undefined ? [] : (view?.commands ?? []).filter((command) => command.name.startsWith(begun));
}

/** Shows them over the box; choosing one writes it. */
export function suggest(form, commands) {
  const panel = form.querySelector(".commands");
  const box = form.querySelector("textarea");
  panel.hidden = !commands.length;
  panel.replaceChildren(...commands.map((command) => {
    const takes = command.options.map((option) => (option.required ? option.name : `[${option.name}]`)).join(" ");
    return el("button", { type: "button", onclick: () => {
      box.value = `/${command.name}${command.options.length ? " " : ""}`;
      panel.hidden = true;
      box.focus();
    } }, `/${command.name}`, el("span", { class: "dim" }, `${takes} ${command.description}`.trim()));
  }));
}

function person(typed, people) {
  const id = /^<@!?(\d+)>$/.exec(typed)?.[1] ?? typed;
  const name = typed.replace(/^@/, "").toLowerCase();
  return people.find((one) => one.id === id || one.name.toLowerCase() === name || one.username.toLowerCase() === name);
}

/** The options in what follows a command's name: "operator: @Mina", or the words alone for the first option. */
function pieces(rest, command) {
  const known = command.options.map((option) => option.name);
  const marks = [...rest.matchAll(/(?:^|\s)([a-z0-9_-]+):\s*/g)].filter((mark) => known.includes(mark[1]));
  if (!marks.length) return rest.trim() ? [[known[0], rest.trim()]] : [];
  return marks.map((mark, n) => [mark[1], rest.slice(mark.index + mark[0].length, marks[n + 1]?.index).trim()]);
}

/** A known command with its options; `wrong` where they can't be understood; null for ordinary words. */
export function parsed(text, view) {
  const [, name, rest] = /^\/(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const command = view.commands.find((one) => one.name === name);
  if (!command) return null;
  const options = {};
  for (const [key, value] of pieces(rest, command)) {
    const option = command.options.find((one) => one.name === key);
    if (!option) return { wrong: `/${name} takes nothing after it.` };
    const who = option.type === USER ? person(value, view.people) : null;
    if (option.type === USER && !who) return { wrong: `There is nobody called ${value}.` };
    options[key] = who ? who.id : value;
  }
  return { name, options };
}
