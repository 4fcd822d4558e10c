// What the visitor has sent and the server hasn't accepted yet. Each message has an entry of its own in storage, so that
// two tabs never overwrite each other's; it is there before the first try and goes only once the server has it. Sending
// is somebody else's work (chat.ts).

import type { Page, Posted } from "../api/types";
import { wellFormed } from "./clean";
import type { Storage } from "./storage";

const PREFIX = "out:";
/** Entries are named by the moment they were written, in milliseconds, so that names sort as the messages do. */
const DIGITS = 16;

/** What a form asks for beside the message. */
export interface FormAnswers {
  name: string;
  email: string;
}

export interface Item {
  client_key: string;
  body: string;
  page: Page | null;
  /** Written into the form, not into the chat. */
  form: FormAnswers | null;
  /** The server won't take it; the reason, for people. Null: still to be sent. */
  failed: string | null;
}

/** Another tab got its message accepted, or changed its list. */
export type Change = { kind: "accepted"; posted: Posted } | { kind: "changed" };

interface Stored extends Item {
  accepted?: Posted;
}

export class Outbox {
  #last = 0;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
    private readonly newKey: () => string = randomKey,
  ) {}

  add(body: string, page: Page | null, form: FormAnswers | null = null): Item {
    // Two messages in one millisecond keep their order, and so do two with a clock set back between them.
    this.#last = Math.max(this.#last + 1, this.#latest() + 1, this.now());
    const item: Item = { client_key: this.newKey(), body: wellFormed(body), page, form: form && cleanForm(form), failed: null };
    this.#save(`${PREFIX}${String(this.#last).padStart(DIGITS, "0")}:${item.client_key}`, item);
    return item;
  }

  /** Everything not accepted, in the order it was written. */
  items(): Item[] {
    return this.#entries().map(([, { client_key, body, page, form, failed }]) => ({ client_key, body, page, form: form ?? null, failed }));
  }

  /** What to send next: the oldest that the server hasn't turned down. */
  next(): Item | null {
    return this.items().find((item) => item.failed === null) ?? null;
  }

  /** The server has it. Other tabs are told with what they need to show it, then the entry goes. */
  accept(clientKey: string, posted: Posted): void {
    this.#change(clientKey, (name, item) => {
      this.storage.set(name, JSON.stringify({ ...item, accepted: posted } satisfies Stored));
      this.storage.remove(name);
    });
  }

  /** The server turned it down; it stays, with the reason, until the visitor decides. */
  fail(clientKey: string, reason: string): void {
    this.#change(clientKey, (name, item) => this.#save(name, { ...item, failed: reason }));
  }

  /** To be sent again, under the same key. */
  retry(clientKey: string): void {
    this.#change(clientKey, (name, item) => this.#save(name, { ...item, failed: null }));
  }

  discard(clientKey: string): void {
    this.#change(clientKey, (name) => this.storage.remove(name));
  }

  /** What a change of storage by another tab means, if it concerns the outbox. */
  heard(name: string, value: string | null): Change | null {
    if (!name.startsWith(PREFIX)) return null;
    const posted = parse(value)?.accepted;
    return posted ? { kind: "accepted", posted } : { kind: "changed" };
  }

  #entries(): [string, Stored][] {
    const found = new Map<string, Stored>();
    for (const name of this.storage.names(PREFIX)) {
      const item = parse(this.storage.get(name));
      // Accepted and still here: the tab went away between the two steps.
      if (item && !item.accepted) found.set(name, item);
      else this.storage.remove(name);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The greatest moment that names an entry; 0 if there is none. */
  #latest(): number {
    const moments = this.#entries().map(([name]) => Number(name.slice(PREFIX.length, PREFIX.length + DIGITS)));
    return Math.max(0, ...moments.filter((moment) => moment < Number.MAX_SAFE_INTEGER));
  }

  #change(clientKey: string, change: (name: string, item: Item) => void): void {
    const entry = this.#entries().find(([, item]) => item.client_key === clientKey);
    if (entry) change(...entry);
  }

  #save(name: string, item: Item): void {
    this.storage.set(name, JSON.stringify(item));
  }
}

function parse(text: string | null): Stored | null {
  try {
    const value = JSON.parse(text ?? "null") as Stored | null;
    return value && typeof value.client_key === "string" && typeof value.body === "string" ? value : null;
  } catch {
    return null;
  }
}

function cleanForm({ name, email }: FormAnswers): FormAnswers {
  return { name: wellFormed(name.trim()), email: wellFormed(email.trim()) };
}

/** `crypto.randomUUID` exists on secure pages only; a shop on plain http must work too. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
