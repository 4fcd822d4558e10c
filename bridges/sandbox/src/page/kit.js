// What the page of every team chat needs. What lives here: where one looks, requests, live updates, composers, nodes.
// What must not: a platform's words or markup.

/** The sandbox's mount point, without a slash at the end. */
export const base = document.documentElement.dataset.base;
/** Who looks where; stands in the address too. */
export const at = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
export const find = (id) => document.getElementById(id);

/** A node. Attributes that begin with "on" are listeners; children that are nothing are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** A link that can only lead to the web or to a mail address. */
export function link(target, label) {
  const safe = /^(https?:|mailto:)/i.test(target);
  return safe ? el("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, label) : el("span", {}, label);
}

export function time(milliseconds) {
  const date = new Date(milliseconds);
  return el("time", { datetime: date.toISOString(), title: date.toLocaleString() },
    date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
}

/** A picture of somebody, or the first letter of their name. */
export function picture(path, name) {
  if (path) return el("img", { class: "face", src: `${base}/${path}`, alt: "" });
  return el("span", { class: "face", "aria-hidden": "true" }, (name ?? "?").slice(0, 1));
}

export function notice(text) {
  const box = find("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { box.hidden = true; }, 5000);
}

/** Does something as a person; says so on the page where it isn't allowed. */
export async function act(what) {
  const answer = await fetch(`${base}/people/do`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what),
  }).catch(() => null);
  const body = await answer?.json().catch(() => null) ?? { ok: false, error: "The sandbox doesn't answer." };
  if (!body.ok) notice(body.error);
  else if (body.acked === false) notice("The app didn't answer in time.");
  return body;
}

/**
 * Keeps the page as the sandbox is. `keys`: the parts of `at` that the view depends on. `settle(view)` chooses somebody
 * and somewhere, `draw(view)` shows it, and while `paused()` nothing is redrawn. Gives `go(change)` and `load()`.
 */
export function follow({ keys, settle, draw, paused }) {
  let loading = false;
  let again = false;
  let drawn = "";
  const places = () => keys.map((key) => at[key] ?? "").join(" ");

  async function load() {
    again = loading;
    if (loading) return;
    loading = true;
    do {
      again = false;
      try {
        const query = new URLSearchParams(keys.map((key) => [key, at[key] ?? ""]));
        const asked = places();
        const text = await (await fetch(`${base}/people/view?${query}`)).text();
        const view = JSON.parse(text);
        settle(view);
        if (places() !== asked) again = true;
        else if (drawn !== asked + text) draw(view);
        drawn = asked + text;
      } catch (error) {
        console.warn(error);
        notice("The sandbox doesn't answer.");
      }
    } while (again);
    loading = false;
  }

  function go(change) {
    Object.assign(at, change);
    for (const key of Object.keys(at)) if (!at[key]) delete at[key];
    history.replaceState(null, "", `#${new URLSearchParams(at)}`);
    load();
  }

  addEventListener("hashchange", () => {
    const to = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    for (const key of keys) at[key] = to[key];
    load();
  });
  // A browser opens six connections to one host, over all tabs: one that nobody looks at lets go of its own.
  let live = null;
  const listen = () => {
    live?.close();
    live = document.hidden ? null : new EventSource(`${base}/people/live`);
    live?.addEventListener("message", () => { if (!paused()) load(); });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
  load();
  return { go, load };
}

/**
 * Fills a pane with a row for each item, and stays at its end when it was there, or when `place` is another than before.
 * `stamp` is what rows depend on besides their item: what didn't change keeps its nodes, with focus and all.
 */
export function fill(pane, { place, stamp, items, row, empty }) {
  const low = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 60 || pane.dataset.at !== place;
  pane.dataset.at = place;
  const known = pane.stamp === stamp ? pane.rows : new Map();
  pane.stamp = stamp;
  pane.rows = new Map(items.map((item) => {
    const text = JSON.stringify(item);
    return [text, known.get(text) ?? row(item)];
  }));
  const wanted = items.length ? [...pane.rows.values()] : [el("div", { class: "empty" }, empty)];
  const kept = new Set(wanted);
  for (const node of [...pane.children]) if (!kept.has(node)) node.remove();
  wanted.forEach((node, n) => {
    if (pane.children[n] !== node) pane.insertBefore(node, pane.children[n] ?? null);
  });
  if (low) pane.scrollTop = pane.scrollHeight;
}

function size(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** A form that sends on Enter. `send(text)` says whether it was taken; words that were not stay in the box. */
export function composer(form, send) {
  const box = form.querySelector("textarea");
  const submit = async () => {
    const text = box.value;
    if (!text.trim()) return;
    box.value = "";
    size(box);
    if (!await send(text)) box.value = text;
    size(box);
    box.dispatchEvent(new Event("input"));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => size(box));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  return box;
}

/** A box in the place of a message's words. `save(text)` and `leave()` are the caller's. */
export function editor(text, save, leave) {
  const box = el("textarea", { class: "edit", rows: 2, "aria-label": "Edit the message", onkeydown: (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      save(box.value);
    }
  } });
  box.value = text;
  queueMicrotask(() => box.focus());
  return [box, el("div", { class: "dim" }, "Enter saves, Escape leaves it as it was")];
}

/** The people one can be, in the list at the top. */
export function choosePerson(people, change) {
  const select = find("person");
  const wanted = JSON.stringify(people);
  if (select.dataset.made !== wanted) {
    select.dataset.made = wanted;
    select.replaceChildren(...people.map((person) =>
      el("option", { value: person.id, disabled: person.away }, `${person.name} · ${person.about}`)));
    select.onchange = () => change(select.value);
  }
  select.value = at.user;
  const me = people.find((person) => person.id === at.user);
  find("me").src = me?.picture ? `${base}/${me.picture}` : "data:,";
}
