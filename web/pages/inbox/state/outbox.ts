// What the operator has sent and the server hasn't accepted yet, for all conversations. Each message has an entry of its
// own in storage, so that two tabs never overwrite each other's; it is there before the first try and goes only once the
// server has it. Sending is somebody else's work (sender.ts).

import type { Storage } from "../../../widget/storage";

const PREFIX = "out:";
/** Entries are named by the moment they were written, in milliseconds, so that names sort as the messages do. */
const DIGITS = 16;

export interface Item {
  client_key: string;
  conversation: string;
  body: string;
  note: boolean;
  /** When it was written, RFC 3339. */
  at: string;
  /** The server won't take it; the reason, for people. Null: still to be sent. */
  failed: string | null;
}

export class Outbox {
  /** What storage couldn't keep (full, forbidden) still lives as long as the page. */
  private readonly unsaved = new Map<string, Item>();
  private last = 0;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
    private readonly newKey: () => string = randomKey,
  ) {}

  add(conversation: string, body: string, note: boolean): Item {
    const stamp = this.now();
    // Two messages in one millisecond keep their order, and so do two with a clock set back between them.
    this.last = Math.max(this.last + 1, this.latest() + 1, stamp);
    const item: Item = { client_key: this.newKey(), conversation, body, note, at: new Date(stamp).toISOString(), failed: null };
    this.save(`${PREFIX}${String(this.last).padStart(DIGITS, "0")}:${item.client_key}`, item);
    return item;
  }

  /** Everything not accepted, in the order it was written. */
  items(): Item[] {
    return this.entries().map(([, item]) => item);
  }

  /** What to send next: the oldest that the server hasn't turned down. */
  next(): Item | null {
    return this.items().find((item) => item.failed === null) ?? null;
  }

  /** The server has it, or the operator doesn't want it any more. */
  drop(clientKey: string): void {
    this.change(clientKey, (name) => {
      this.unsaved.delete(name);
      this.storage.remove(name);
    });
  }

  /** The server turned it down; it stays, with the reason, until the operator decides. */
  fail(clientKey: string, reason: string): void {
    this.change(clientKey, (name, item) => this.save(name, { ...item, failed: reason }));
  }

  /** To be sent again, under the same key. */
  retry(clientKey: string): void {
    this.change(clientKey, (name, item) => this.save(name, { ...item, failed: null }));
  }

  /** Whether a change of storage by another tab concerns the outbox. */
  heard(name: string): boolean {
    if (!name.startsWith(PREFIX)) return false;
    this.unsaved.delete(name);
    return true;
  }

  private entries(): [string, Item][] {
    const found = new Map<string, Item>();
    for (const name of this.storage.names(PREFIX)) {
      const item = parse(this.storage.get(name));
      if (item) found.set(name, item);
      else this.storage.remove(name);
    }
    for (const [name, item] of this.unsaved) found.set(name, item);
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The greatest moment that names an entry; 0 if there is none. */
  private latest(): number {
    const moments = this.entries().map(([name]) => Number(name.slice(PREFIX.length, PREFIX.length + DIGITS)));
    return Math.max(0, ...moments.filter((moment) => moment < Number.MAX_SAFE_INTEGER));
  }

  private change(clientKey: string, change: (name: string, item: Item) => void): void {
    const entry = this.entries().find(([, item]) => item.client_key === clientKey);
    if (entry) change(...entry);
  }

  private save(name: string, item: Item): void {
    const text = JSON.stringify(item);
    this.storage.set(name, text);
    if (this.storage.get(name) === text) this.unsaved.delete(name);
    else this.unsaved.set(name, item);
  }
}

function parse(text: string | null): Item | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Item> | null;
    if (!value || typeof value.client_key !== "string" || typeof value.conversation !== "string" || typeof value.body !== "string") return null;
    return {
      client_key: value.client_key,
      conversation: value.conversation,
      body: value.body,
      note: value.note === true,
      at: typeof value.at === "string" ? value.at : new Date(0).toISOString(),
      failed: typeof value.failed === "string" ? value.failed : null,
    };
  } catch {
    return null;
  }
}

/** `crypto.randomUUID` exists on secure pages only; an inbox on plain http within a company must work too. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
