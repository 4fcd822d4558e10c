// What the operator has begun to write, by conversation, kept at every key so that a reload loses nothing, and the same in
// all of one's tabs. The number of drafts is bounded: the oldest go first.

import type { Storage } from "../../../widget/storage";

const PREFIX = "draft:";
const MOST = 50;

export interface Draft {
  text: string;
  note: boolean;
  /** The newest message that stood there when it was begun; unknown for a change to an old message. */
  seen?: number | null;
}

const none: Draft = { text: "", note: false, seen: null };

export class Drafts {
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {
    storage.onChange((name, value) => {
      if (!name.startsWith(PREFIX)) return;
      // It may have gone to make room for a newer one; what somebody looks at doesn't vanish for that.
      if (value === null && storage.names(PREFIX).length >= MOST) return;
      for (const listener of this.listeners.get(name.slice(PREFIX.length)) ?? []) listener();
    });
  }

  get(conversation: string): Draft {
    const kept = read(this.storage.get(PREFIX + conversation));
    return kept ? { text: kept.text, note: kept.note, seen: kept.seen } : none;
  }

  set(conversation: string, { text, note, seen = null }: Draft): void {
    const name = PREFIX + conversation;
    if (text === "" && !note) {
      this.storage.remove(name);
      return;
    }
    const isNew = this.storage.get(name) === null;
    this.storage.set(name, JSON.stringify({ text, note, seen, at: this.now() }));
    if (isNew) this.bound();
  }

  /** Hears when another tab changes this draft. @returns what ends that */
  listen(conversation: string, listener: () => void): () => void {
    const all = this.listeners.get(conversation) ?? new Set();
    this.listeners.set(conversation, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(conversation);
    };
  }

  private bound(): void {
    const names = this.storage.names(PREFIX);
    if (names.length <= MOST) return;
    // An empty box that was only turned to notes goes before anybody's words.
    const age = (name: string) => {
      const kept = read(this.storage.get(name));
      return kept && kept.text !== "" ? kept.at : 0;
    };
    const byAge = names.map((name) => ({ name, at: age(name) })).sort((a, b) => a.at - b.at);
    for (const { name } of byAge.slice(0, names.length - MOST)) this.storage.remove(name);
  }
}

type Kept = Required<Draft> & { at: number };

function read(text: string | null): Kept | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Kept> | null;
    if (!value || typeof value.text !== "string") return null;
    const number = (one: unknown) => (typeof one === "number" ? one : null);
    return { text: value.text, note: value.note === true, seen: number(value.seen), at: number(value.at) ?? 0 };
  } catch {
    return null;
  }
}
