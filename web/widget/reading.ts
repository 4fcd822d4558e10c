// What the visitor has had on screen: remembered for the badge, and told to the server once a burst is over.

import type { Storage } from "./storage";
import { type Seen, type State, newest } from "./store/state";
import type { Http } from "./transport/http";

/** How long to wait before telling the server what was read: a burst of messages is told once. */
const READ_AFTER_MS = 1_000;
const NAME = "seen";

export interface ReadingOptions {
  http: Http;
  storage: Storage;
  token: () => string | null;
  state: () => State;
  onSeen: (seen: Seen) => void;
}

/** What this browser remembers. */
export function remembered(storage: Storage): Seen | null {
  try {
    return JSON.parse(storage.get(NAME) ?? "null") as Seen | null;
  } catch {
    return null;
  }
}

export class Reading {
  #visible = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = 0;

  constructor(private readonly options: ReadingOptions) {}

  /** Whether the messages are on screen. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.note();
  }

  get isLooking(): boolean {
    return this.#visible && document.visibilityState === "visible";
  }

  /** A new session counts its events anew. */
  restart(): void {
    this.#told = 0;
    clearTimeout(this.#timer);
  }

  note(): void {
    if (!this.isLooking) return;
    const seen = newest(this.options.state());
    const before = this.options.state().seen;
    if (!seen || (before?.conversation_id === seen.conversation_id && before.seq >= seen.seq)) return;
    this.options.storage.set(NAME, JSON.stringify(seen));
    this.options.onSeen(seen);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), READ_AFTER_MS);
  }

  #tell(): void {
    const { after } = this.options.state();
    const token = this.options.token();
    if (token === null || after <= this.#told) return;
    this.#told = after;
    // Best effort: the next message tells it again.
    void this.options.http.read(token, after);
  }
}
