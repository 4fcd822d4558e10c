// Sends what the operator wrote: kept in the browser first, posted in order, one tab at a time, tried again until the
// server has it or turns it down. No DOM.

import { signal } from "@preact/signals";
import type { Storage } from "../../../widget/storage";
import { exclusively, type Locks } from "../../../widget/tabs";
import { Pause, waitMs } from "../../../widget/transport/backoff";
import { Refused } from "../../kit/api";
import type { InboxMessage } from "../../kit/types";
import { Outbox, type Item } from "./outbox";

export interface SenderOptions {
  storage: Storage;
  locks: Locks | null;
  /** Whose messages they are: one operator's tabs take turns. */
  operator: string;
  post: (conversation: string, body: { client_key: string; body: string; note: boolean }) => Promise<{ message: InboxMessage }>;
  onPosted: (message: InboxMessage) => void;
}

export class Sender {
  /** What the server doesn't have yet, in the order it was written. */
  readonly items = signal<readonly Item[]>([]);
  /** The last try got no answer. */
  readonly delayed = signal(false);
  private readonly outbox: Outbox;
  private readonly pause = new Pause();
  private flushing = false;
  private stopped = false;

  constructor(private readonly options: SenderOptions) {
    this.outbox = new Outbox(options.storage);
    options.storage.onChange((name) => {
      if (this.outbox.heard(name)) this.show();
    });
    this.show();
  }

  send(conversation: string, text: string, note: boolean): void {
    this.outbox.add(conversation, text.trim(), note);
    this.show();
    void this.flush();
  }

  retry(clientKey: string): void {
    this.outbox.retry(clientKey);
    this.show();
    this.hurry(true);
  }

  discard(clientKey: string): void {
    this.outbox.drop(clientKey);
    this.show();
  }

  /** The network may be back: tries now. Where the server asked for patience, only if the operator wants that. */
  hurry(byOperator = false): void {
    this.pause.wake(byOperator);
    void this.flush();
  }

  /** Nobody is signed in any more: what is unsent waits for the same person. */
  stop(): void {
    this.stopped = true;
    this.pause.wake(true);
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (let attempt = 0; !this.stopped; attempt += 1) {
        const failure = await exclusively(this.options.locks, `inbox:${this.options.operator}`, () => this.drain());
        this.delayed.value = failure !== null;
        if (failure === null) return;
        await this.pause.wait(waitMs(attempt, failure.afterMs), failure.afterMs);
      }
    } finally {
      this.flushing = false;
      // Something may have been written while the last step was under way.
      if (!this.stopped && this.outbox.next()) void this.flush();
    }
  }

  /** Sends until nothing is left (null) or no answer comes. */
  private async drain(): Promise<{ afterMs: number | null } | null> {
    for (let item = this.outbox.next(); item && !this.stopped; item = this.outbox.next()) {
      try {
        const { client_key, conversation, body, note } = item;
        const { message } = await this.options.post(conversation, { client_key, body, note });
        this.options.onPosted(message);
        this.outbox.drop(client_key);
        this.delayed.value = false;
      } catch (error) {
        // Whatever else went wrong, nothing is lost by trying again later.
        if (!(error instanceof Refused) || error.status === 401) return { afterMs: null };
        if (error.status === 408 || error.status === 425 || error.status === 429 || error.status >= 500) return { afterMs: error.afterMs };
        this.outbox.fail(item.client_key, error.message);
      }
      this.show();
    }
    return null;
  }

  private show(): void {
    this.items.value = this.outbox.items();
  }
}
