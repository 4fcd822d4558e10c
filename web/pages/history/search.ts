// The list of the history page: what is looked for, what was found, and the next page of it.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { reason } from "../kit/api";
import { inbox } from "../kit/calls";
import { prefs } from "../kit/prefs";
import { domain, me } from "../kit/session";
import type { Found } from "../kit/types";
import { ask, read, write, type Wanted } from "./query";

const PAGE = 50;
/** Marks the browser's entries that opening a conversation made. */
const OPENED = "opened";

const began = read(location.search);
if (began.domain !== null) prefs.domain.value = began.domain;

export const wanted = signal<Wanted>(began.wanted);
/** The conversation that is open for reading. */
export const opened = signal<string | null>(began.conversation);
export const found = signal<readonly Found[]>([]);
export const next = signal<string | null>(null);
export const state = signal<"loading" | "more" | "ready" | { failed: string }>("loading");
/** For those who can't see the list change. */
export const asked = signal(0);
export const isLoading = computed(() => state.value === "loading");

let running: AbortController | null = null;

async function load(cursor: string | null): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  state.value = cursor === null ? "loading" : "more";
  try {
    const answer = await inbox.history({ ...ask(wanted.peek(), domain.peek()), before: cursor, limit: PAGE }, { signal: mine.signal });
    if (mine.signal.aborted) return;
    batch(() => {
      const known = new Set(cursor === null ? [] : found.value.map(({ id }) => id));
      found.value = [...(cursor === null ? [] : found.value), ...answer.conversations.filter(({ id }) => !known.has(id))];
      next.value = answer.next;
      state.value = "ready";
      asked.value += 1;
    });
  } catch (error) {
    if (!mine.signal.aborted) state.value = { failed: reason(error) };
  }
}

export const reload = (): Promise<void> => load(null);

/** The next page, unless it is on its way or there is none. */
export function more(): void {
  if (state.value === "ready" && next.value !== null) void load(next.value);
}

export function narrow(change: Partial<Wanted>): void {
  wanted.value = { ...wanted.value, ...change };
}

/** Closes what is open for reading; where it was opened in this page, the browser's Back does the same. */
export function close(): void {
  if (history.state === OPENED) history.back();
  else opened.value = null;
}

/** Keeps the address and the list in step with what is looked for. Called once. */
export function follow(): void {
  let shown = opened.peek();
  effect(() => {
    const address = location.pathname + write(wanted.value, opened.value);
    const opens = shown === null && opened.value !== null;
    shown = opened.value;
    if (address === location.pathname + location.search) return;
    if (opens) history.pushState(OPENED, "", address);
    else history.replaceState(history.state, "", address);
  });
  addEventListener("popstate", () => (opened.value = read(location.search).conversation));
  effect(() => {
    void [wanted.value, domain.value];
    if (me.value !== null) untracked(() => void load(null));
  });
}
