// What the monitor page shows, read again every half minute and soon after something has happened.

import { effect, signal, untracked } from "@preact/signals";
import { reason } from "../kit/api";
import { inbox } from "../kit/calls";
import { domain, live, me } from "../kit/session";
import type { Monitoring } from "../kit/types";
import { lastDays, read, today, type Range } from "./range";

const EACH_MS = 30_000;
/** Many things may happen at once; they are looked at together. */
const SOON_MS = 3_000;

export const range = signal<Range>(read(location.search) ?? lastDays(30, today()));
export const figures = signal<Monitoring | null>(null);
export const failed = signal<string | null>(null);
/** When what is shown was read. */
export const readAt = signal<string | null>(null);

let running: AbortController | null = null;
let soon: ReturnType<typeof setTimeout> | undefined;

export async function load(): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  clearTimeout(soon);
  soon = undefined;
  try {
    const answer = await inbox.monitor({ domain: domain.peek(), ...range.peek() }, { signal: mine.signal });
    if (mine.signal.aborted) return;
    figures.value = answer;
    failed.value = null;
    readAt.value = new Date().toISOString();
  } catch (error) {
    if (!mine.signal.aborted) failed.value = reason(error);
  }
}

/** Keeps the figures and the address up to date. Called once. */
export function follow(): void {
  effect(() => {
    void [domain.value, range.value];
    if (me.value === null) return;
    untracked(() => {
      figures.value = null;
      void load();
    });
  });
  effect(() => {
    const { from, to } = range.value;
    const usual = lastDays(30, today());
    const query = from === usual.from && to === usual.to ? "" : `?from=${from}&to=${to}`;
    if (query !== location.search) history.replaceState(null, "", location.pathname + query);
  });
  const look = () => {
    if (document.visibilityState === "visible" && me.value !== null) void load();
  };
  setInterval(look, EACH_MS);
  document.addEventListener("visibilitychange", look);
  live.on((frame) => {
    if (frame.type !== "conversation" && frame.type !== "domain" && frame.type !== "reset") return;
    soon ??= setTimeout(() => {
      soon = undefined;
      look();
    }, SOON_MS);
  });
}
