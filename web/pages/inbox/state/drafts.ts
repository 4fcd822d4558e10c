// What the operator has begun to write, by conversation, kept at every key so that a reload loses nothing. The number of
// drafts is bounded: the oldest go first.

import type { Storage } from "../../../widget/storage";

const PREFIX = "draft:";
const MOST = 50;

export interface Draft {
  text: string;
  note: boolean;
}

const none: Draft = { text: "", note: false };

export class Drafts {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  get(conversation: string): Draft {
    const kept = read(this.storage.get(PREFIX + conversation));
    return kept ? { text: kept.text, note: kept.note } : none;
  }

  set(conversation: string, { text, note }: Draft): void {
    const name = PREFIX + conversation;
    if (text === "" && !note) {
      this.storage.remove(name);
      return;
    }
    const isNew = this.storage.get(name) === null;
    this.storage.set(name, JSON.stringify({ text, note, at: this.now() }));
    if (isNew) this.bound();
  }

  private bound(): void {
    const names = this.storage.names(PREFIX);
    if (names.length <= MOST) return;
    const byAge = names.map((name) => ({ name, at: read(this.storage.get(name))?.at ?? 0 })).sort((a, b) => a.at - b.at);
    for (const { name } of byAge.slice(0, names.length - MOST)) this.storage.remove(name);
  }
}

function read(text: string | null): (Draft & { at: number }) | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Draft & { at: number }> | null;
    if (!value || typeof value.text !== "string") return null;
    return { text: value.text, note: value.note === true, at: typeof value.at === "number" ? value.at : 0 };
  } catch {
    return null;
  }
}
