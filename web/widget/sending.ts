// Getting what the visitor wrote to the server: in order, one tab at a time, each message once, for as long as it takes.
// What they said about themselves goes first. Keeps nothing itself: that is in the outbox and in storage.

import type { Posted, Problem, SessionVisitor } from "../api/types";
import type { Outbox } from "./outbox";
import type { Profile } from "./profile";
import { type Locks, exclusively } from "./tabs";
import type { Pause } from "./transport/backoff";
import type { Answer, Failure, Http } from "./transport/http";
import { waitAfter } from "./opening";

export interface SendingOptions {
  domain: string;
  http: Http;
  locks: Locks | null;
  outbox: Outbox;
  profile: Profile;
  pause: Pause;
  token: () => string | null;
  renew: (bad: string) => Promise<void>;
  onPosted: (posted: Posted) => void;
  onVisitor: (visitor: SessionVisitor) => void;
  /** The list of what is under way changed. */
  onChange: () => void;
  onRefused: (problem: Problem) => void;
  onTrouble: (failure: Failure) => void;
  random?: (() => number) | undefined;
}

export class Sending {
  /** Something stood in the way, and what is unsent waits for the next try. */
  delayed = false;
  #flushing = false;

  constructor(private readonly options: SendingOptions) {}

  /** Sends what there is, oldest first. Waits between tries without keeping other tabs out. */
  async flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      await this.#tryToFlush();
    } finally {
      this.#flushing = false;
      // Something may have been written while the last step was under way.
      if (this.options.token() !== null && this.options.outbox.next()) void this.flush();
    }
  }

  async #tryToFlush(): Promise<void> {
    const { domain, locks, renew, onTrouble } = this.options;
    let attempt = 0;
    for (let token = this.options.token(); token !== null; token = this.options.token()) {
      const now = token;
      const failure = await exclusively(locks, `${domain}:outbox`, () => this.#drain(now));
      if (failure === null) return;
      onTrouble(failure);
      if (failure.kind === "unauthorized") {
        attempt += 1;
        await renew(token);
        if (attempt < 2) continue;
      }
      this.#setDelayed(true);
      await waitAfter(failure, attempt, this.options);
      attempt += 1;
    }
  }

  /** Sends until nothing is left (null) or something stands in the way. */
  async #drain(token: string): Promise<Failure | null> {
    const failure = await this.#introduce(token);
    if (failure !== null) return failure;
    const { http, outbox } = this.options;
    for (let item = outbox.next(); item && this.options.token() === token; item = outbox.next()) {
      const { client_key, body, page, form } = item;
      const shared = { client_key, ...(page ? { page } : {}) };
      const answer = await (form ? http.form(token, { ...shared, ...form, message: body }) : http.post(token, { ...shared, body }));
      const failed = this.#settle(token, client_key, answer);
      if (failed !== null) return failed;
      this.options.onChange();
    }
    return null;
  }

  /** What came of one message; a failure if it has to be tried again. */
  #settle(token: string, clientKey: string, answer: Answer<Posted>): Failure | null {
    const { outbox } = this.options;
    if (answer.ok) {
      outbox.accept(clientKey, answer.value);
      this.#setDelayed(false);
      // Under another token by now, it isn't this visitor's any more.
      if (this.options.token() === token) this.options.onPosted(answer.value);
    } else if (answer.failure.kind === "rejected") {
      this.#turnedDown(clientKey, answer.failure.problem);
    } else if (answer.failure.kind === "refused") {
      this.options.onRefused(answer.failure.problem);
    } else {
      return answer.failure;
    }
    return null;
  }

  #turnedDown(clientKey: string, { detail, title }: Problem): void {
    this.options.outbox.fail(clientKey, detail ?? title);
    this.options.onChange();
  }

  async #introduce(token: string): Promise<Failure | null> {
    const { http, outbox, profile } = this.options;
    const said = profile.unsent();
    if (said === null) return null;
    const answer = await http.visitor(token, said);
    if (answer.ok) {
      profile.sent(said);
      if (this.options.token() === token) this.options.onVisitor(answer.value.visitor);
    } else if (answer.failure.kind === "rejected") {
      // Not taken, for good: told at the next message, for the visitor to decide; what follows goes without it.
      const next = outbox.next();
      if (next) {
        profile.sent(said);
        this.#turnedDown(next.client_key, answer.failure.problem);
      }
      this.options.onTrouble(answer.failure);
    } else if (answer.failure.kind === "refused") {
      this.options.onRefused(answer.failure.problem);
    } else {
      return answer.failure;
    }
    return null;
  }

  #setDelayed(delayed: boolean): void {
    if (this.delayed === delayed) return;
    this.delayed = delayed;
    this.options.onChange();
  }
}
