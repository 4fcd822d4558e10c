// Stands in for the live line where that doesn't come up (a proxy or the page's own rules may forbid WebSockets): asks for
// what is new when told to, and now and then whether somebody is there. When to ask is the chat's business.

import type { Batch, Presence, Session } from "../api/types";
import { waitMs } from "./transport/backoff";
import type { Answer, Failure, Http } from "./transport/http";

/** Presence comes with a session alone; it is asked for this often. */
const PRESENCE_MS = 60_000;

export interface PollingOptions {
  http: Http;
  token: () => string | null;
  after: () => number;
  /** The session of this very token, anew. */
  session: () => Promise<Answer<Session>>;
  onBatch: (batch: Batch) => void;
  onPresence: (presence: Presence) => void;
  onReached: () => void;
  onFailure: (failure: Failure, token: string) => void;
  random?: (() => number) | undefined;
}

export class Polling {
  #busy = false;
  #notBefore = 0;
  #presenceAt = -PRESENCE_MS;

  constructor(private readonly options: PollingOptions) {}

  /** The presence was just learned in another way. */
  knowsPresence(): void {
    this.#presenceAt = performance.now();
  }

  /** Brings what is new, unless that is under way or the server asked for quiet. */
  async ask(): Promise<void> {
    const token = this.options.token();
    if (this.#busy || token === null || performance.now() < this.#notBefore) return;
    this.#busy = true;
    try {
      const failure = (await this.#events(token)) ?? (await this.#presence(token));
      if (failure === null) this.options.onReached();
      else this.options.onFailure(failure, token);
      if (failure?.kind === "later" && failure.afterMs !== null) {
        this.#notBefore = performance.now() + waitMs(0, failure.afterMs, this.options.random);
      }
    } finally {
      this.#busy = false;
    }
  }

  async #events(token: string): Promise<Failure | null> {
    for (let more = true; more && token === this.options.token(); ) {
      const after = this.options.after();
      const answer = await this.options.http.events(token, after);
      if (token !== this.options.token()) return null;
      if (!answer.ok) return answer.failure;
      // A server that says "more" without moving on would keep us here for ever.
      more = answer.value.more && answer.value.after > after;
      this.options.onBatch(answer.value);
    }
    return null;
  }

  async #presence(token: string): Promise<Failure | null> {
    if (performance.now() - this.#presenceAt < PRESENCE_MS || token !== this.options.token()) return null;
    const answer = await this.options.session();
    if (!answer.ok) return answer.failure;
    this.knowsPresence();
    // Another token: ours is good no more.
    if (answer.value.visitor_token !== token) return { kind: "unauthorized" };
    this.options.onPresence(answer.value.presence);
    return null;
  }
}
