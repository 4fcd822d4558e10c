// One visitor's chat on one page: session, line, outbox and state brought together. No DOM but what tells whether the
// page is seen; what it looks like is the panel's.

import type { Page, Problem, ServerFrame, Session } from "../api/types";
import { cleanPage } from "./clean";
import { Draft } from "./draft";
import { Outbox } from "./outbox";
import { Polling } from "./polling";
import type { Storage } from "./storage";
import { type Happening, type Pending, type State, initial, newest, reduce } from "./store/state";
import { type Locks, exclusively } from "./tabs";
import { Pause, waitMs } from "./transport/backoff";
import { type Answer, type Failure, type Http, isProblem } from "./transport/http";
import { Live } from "./transport/live";

/** The server tells of an operator's typing now and then; past this, they stopped. */
const TYPING_SHOWN_MS = 6_000;
/** Our own typing is told at most this often. */
const TYPING_TOLD_MS = 3_000;
/** How long to wait before telling the server what was read: a burst of messages is told once. */
const READ_AFTER_MS = 1_000;
/** From this many failed tries on, every further one is accompanied by asking over plain HTTP. */
const POLL_FROM = 2;

export interface ChatOptions {
  origin: string;
  domain: string;
  http: Http;
  storage: Storage;
  locks: Locks | null;
  page: () => Page;
  /** Says to the website's developer what is wrong; each thing once. */
  complain: (problem: Problem) => void;
  random?: () => number;
}

export class Chat {
  state: State = initial;
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox;
  private readonly typed: Draft;
  private readonly polling: Polling;
  private readonly live: Live;
  private readonly pause = new Pause();
  private token: string | null = null;
  private opening: Promise<void> | null = null;
  private flushing = false;
  private delayed = false;
  /** New sessions for bad tokens since the server last took one. */
  private renewals = 0;
  private readonly complained = new Set<string>();
  private visible = false;
  private toldTyping = -TYPING_TOLD_MS;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private readTold = 0;

  constructor(private readonly options: ChatOptions) {
    this.outbox = new Outbox(options.storage);
    this.typed = new Draft(options.storage);
    this.polling = new Polling({
      http: options.http,
      token: () => this.token,
      after: () => this.state.after,
      session: () => this.askSession(),
      onBatch: (batch) => this.dispatch({ type: "batch", batch }),
      onPresence: (presence) => this.dispatch({ type: "presence", presence }),
      onReached: () => this.polled(null, null),
      onFailure: (failure, token) => this.polled(failure, token),
      random: options.random,
    });
    this.live = new Live({
      origin: options.origin,
      hello: () => this.token === null ? null : { token: this.token, after: this.state.after },
      onFrame: (frame) => this.hear(frame),
      onLine: (up, failures) => this.lineChanged(up, failures),
      onUnauthorized: (token) => void this.renew(token),
      onRefused: (problem) => this.refuse(problem),
      ...(options.random ? { random: options.random } : {}),
    });
    this.dispatch({ type: "seen", seen: readSeen(options.storage) });
    this.showOutbox();
    options.storage.onChange((name, value) => this.otherTab(name, value));
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.noteSeen());
  }

  /** Calls back after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether this visitor has been here before: then the widget connects without being opened. */
  get isKnown(): boolean {
    return this.options.storage.get("token") !== null || this.outbox.next() !== null;
  }

  /** Starts the session, once; safe to call again. */
  start(): void {
    if (this.state.phase === "idle") void this.openSession();
  }

  /** Keeps the message, then sends it as soon as that is possible. */
  send(text: string): void {
    const body = text.trim();
    if (body === "") return;
    this.outbox.add(body, cleanPage(this.options.page()));
    this.toldTyping = -TYPING_TOLD_MS;
    this.showOutbox();
    this.start();
    void this.flush();
  }

  retry(clientKey: string): void {
    this.outbox.retry(clientKey);
    this.showOutbox();
    this.hurry();
  }

  discard(clientKey: string): void {
    this.outbox.discard(clientKey);
    this.showOutbox();
  }

  /** Ends the conversation for both sides; false if the server couldn't be told. */
  async closeConversation(): Promise<boolean> {
    if (this.token === null) return false;
    const answer = await this.options.http.close(this.token);
    if (answer.ok) this.dispatch({ type: "closed", conversation: answer.value.conversation });
    // Somebody else was faster: what the live line brings shows it.
    return answer.ok || (answer.failure.kind === "rejected" && isProblem(answer.failure.problem, "conversation-closed"));
  }

  /** The visitor types: told to the operators now and then. */
  typing(): void {
    const now = performance.now();
    if (now - this.toldTyping >= TYPING_TOLD_MS && this.live.send({ type: "typing" })) this.toldTyping = now;
  }

  /** Whether the messages are on screen. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.noteSeen();
  }

  get draft(): string {
    return this.typed.get();
  }

  set draft(text: string) {
    this.typed.set(text);
  }

  private dispatch(happening: Happening): void {
    const before = this.state;
    this.state = reduce(before, happening);
    if (this.state === before) return;
    if (this.state.messages !== before.messages) this.noteSeen();
    for (const listener of [...this.listeners]) listener();
  }

  private openSession(): Promise<void> {
    this.opening ??= this.tryToOpen().finally(() => (this.opening = null));
    return this.opening;
  }

  private async tryToOpen(): Promise<void> {
    this.dispatch({ type: "starting" });
    for (let attempt = 0; this.state.phase !== "refused"; attempt += 1) {
      const answer = await this.askSession();
      if (answer.ok) {
        this.token = answer.value.visitor_token;
        this.readTold = 0;
        this.polling.knowsPresence();
        this.dispatch({ type: "session", session: answer.value });
        this.live.stop();
        this.live.start();
        void this.flush();
        return;
      }
      const { failure } = answer;
      if (failure.kind === "refused") {
        this.refuse(failure.problem);
        return;
      }
      // Turned down for any other reason, this page isn't shut out: the reason may pass.
      this.mention(failure);
      this.dispatch({ type: "line", line: "lost" });
      await this.pause.wait(this.waitAfter(failure, attempt));
    }
  }

  private askSession(): Promise<Answer<Session>> {
    const { domain, http, locks, storage } = this.options;
    // Two tabs of a new visitor must become one visitor: the second finds the first one's token.
    return exclusively(locks, `${domain}:session`, async () => {
      const known = this.token ?? storage.get("token");
      const page = cleanPage(this.options.page());
      const answer = await http.session({
        domain,
        ...(page === null ? {} : { page }),
        ...(known === null ? {} : { visitor_token: known }),
      });
      if (answer.ok && (answer.value.visitor_token !== known || storage.get("token") === null)) {
        storage.set("token", answer.value.visitor_token);
      }
      return answer;
    });
  }

  /** The token is no longer good: a new session takes its place, and what is unsent goes on under it. */
  private async renew(bad: string | null): Promise<void> {
    if (bad === null || this.token !== bad) return;
    this.token = null;
    this.live.stop();
    this.renewals += 1;
    if (this.renewals > 1) {
      // A server that hands out tokens and then takes none of them mustn't be asked without a pause.
      this.dispatch({ type: "line", line: "lost" });
      await this.pause.wait(waitMs(this.renewals - 2, null, this.options.random));
    }
    await this.openSession();
  }

  private refuse(problem: Problem): void {
    if (this.state.phase === "refused") return;
    this.live.stop();
    this.token = null;
    this.options.complain(problem);
    this.dispatch({ type: "refused" });
  }

  /** Sends what is in the outbox, oldest first, one tab at a time. Waits between tries without keeping other tabs out. */
  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (let attempt = 0; this.token !== null; ) {
        const { token } = this;
        const failure = await exclusively(this.options.locks, `${this.options.domain}:outbox`, () => this.drain(token));
        if (failure === null) return;
        this.mention(failure);
        attempt = failure.kind === "unauthorized" ? attempt + 1 : attempt;
        if (failure.kind === "unauthorized") await this.renew(token);
        if (failure.kind === "unauthorized" && attempt < 2) continue;
        this.setDelayed(true);
        await this.pause.wait(this.waitAfter(failure, attempt));
        attempt += 1;
      }
    } finally {
      this.flushing = false;
      // Something may have been written while the last step was under way.
      if (this.token !== null && this.state.phase === "ready" && this.outbox.next()) void this.flush();
    }
  }

  /** Sends until nothing is left (null) or something stands in the way. */
  private async drain(token: string): Promise<Failure | null> {
    for (let item = this.outbox.next(); item && this.token === token; item = this.outbox.next()) {
      const { client_key, body, page } = item;
      const answer = await this.options.http.post(token, { client_key, body, ...(page ? { page } : {}) });
      if (answer.ok) {
        this.outbox.accept(client_key, answer.value);
        this.setDelayed(false);
        this.dispatch({ type: "posted", posted: answer.value });
      } else if (answer.failure.kind === "rejected") {
        this.outbox.fail(client_key, answer.failure.problem.detail ?? answer.failure.problem.title);
      } else if (answer.failure.kind === "refused") {
        this.refuse(answer.failure.problem);
        return null;
      } else {
        return answer.failure;
      }
      this.showOutbox();
    }
    return null;
  }

  private waitAfter(failure: Failure, attempt: number): number {
    const asked = failure.kind === "later" ? failure.afterMs : null;
    return waitMs(attempt, asked, this.options.random);
  }

  /** Tells the website's developer what kept us off, if it's more than a network that failed. */
  private mention(failure: Failure): void {
    const problem = failure.kind === "unauthorized" ? undefined : failure.problem;
    if (!problem || this.complained.has(problem.type)) return;
    this.complained.add(problem.type);
    this.options.complain(problem);
  }

  private setDelayed(delayed: boolean): void {
    if (this.delayed === delayed) return;
    this.delayed = delayed;
    this.showOutbox();
  }

  private showOutbox(): void {
    const pending = this.outbox.items().map(({ client_key, body, failed }): Pending => {
      const status = failed !== null ? "failed" : this.delayed ? "delayed" : "sending";
      return { client_key, body, status, reason: failed };
    });
    this.dispatch({ type: "pending", pending });
  }

  private hear(frame: ServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.renewals = 0;
        this.polling.knowsPresence();
        this.dispatch(frame);
        this.pause.wake();
        return;
      case "batch":
        this.dispatch({ type: "batch", batch: frame });
        return;
      case "presence":
        this.polling.knowsPresence();
        this.dispatch(frame);
        return;
      case "typing":
        this.dispatch(frame);
        clearTimeout(this.typingTimer);
        this.typingTimer = setTimeout(() => this.dispatch({ type: "typing_over" }), TYPING_SHOWN_MS);
        return;
      case "ping":
      case "error":
        return;
    }
  }

  private lineChanged(up: boolean, failures: number): void {
    if (up) this.dispatch({ type: "line", line: "live" });
    // Before it was up, asking decides whether there is a connection: only the socket may be forbidden here.
    else if (this.state.line === "live") this.dispatch({ type: "line", line: "lost" });
    if (!up && failures >= POLL_FROM) void this.polling.ask();
  }

  /** How asking went, while the socket didn't come up. */
  private polled(failure: Failure | null, token: string | null): void {
    const askedToWait = failure?.kind === "later" && failure.afterMs !== null;
    if (failure === null) this.renewals = 0;
    if (failure?.kind === "unauthorized") void this.renew(token);
    else if (failure?.kind === "refused") this.refuse(failure.problem);
    // Who asks for patience is there. And the socket may have come up meanwhile.
    else if (this.state.line !== "live" && !askedToWait) {
      this.dispatch({ type: "line", line: failure === null ? "polling" : "lost" });
    }
  }

  private hurry(): void {
    this.pause.wake();
    this.live.hurry();
    void this.flush();
  }

  private otherTab(name: string, value: string | null): void {
    if (name === "token") {
      if (value === null || value === this.token) return;
      // Another tab began, or began anew: this one joins it.
      if (this.token !== null) void this.renew(this.token);
      else this.start();
    } else if (name === "seen") {
      this.dispatch({ type: "seen", seen: readSeen(this.options.storage) });
    } else {
      const change = this.outbox.heard(name, value);
      if (change?.kind === "accepted") this.dispatch({ type: "posted", posted: change.posted });
      if (change) this.showOutbox();
    }
  }

  private noteSeen(): void {
    if (!this.visible || document.visibilityState !== "visible") return;
    const seen = newest(this.state);
    const before = this.state.seen;
    if (!seen || (before?.conversation_id === seen.conversation_id && before.seq >= seen.seq)) return;
    this.options.storage.set("seen", JSON.stringify(seen));
    this.dispatch({ type: "seen", seen });
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => this.tellRead(), READ_AFTER_MS);
  }

  private tellRead(): void {
    if (this.token === null || this.state.after <= this.readTold) return;
    this.readTold = this.state.after;
    // Best effort: the next message tells it again.
    void this.options.http.read(this.token, this.state.after);
  }
}

function readSeen(storage: Storage): State["seen"] {
  try {
    return JSON.parse(storage.get("seen") ?? "null") as State["seen"];
  } catch {
    return null;
  }
}
