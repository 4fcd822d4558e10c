// One visitor's chat on one page: session, line, outbox and state brought together. No DOM but what tells whether the
// page is seen; what it looks like is the panel's.

import type { Batch, Page, Problem, ServerFrame } from "../api/types";
import { Outbox } from "./outbox";
import type { Storage } from "./storage";
import { type Happening, type Pending, type State, initial, newest, reduce } from "./store/state";
import { type Locks, exclusively } from "./tabs";
import { Pause, backoffMs } from "./transport/backoff";
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
  /** Says once to the website's developer why the widget isn't there. */
  complain: (problem: Problem) => void;
  random?: () => number;
}

export class Chat {
  state: State = initial;
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox;
  private readonly live: Live;
  private readonly pause = new Pause();
  private token: string | null = null;
  private opening: Promise<void> | null = null;
  private flushing = false;
  private delayed = false;
  private visible = false;
  private toldTyping = -TYPING_TOLD_MS;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private readTold = 0;

  constructor(private readonly options: ChatOptions) {
    this.outbox = new Outbox(options.storage);
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
    this.outbox.add(body, this.options.page());
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
    return this.options.storage.get("draft") ?? "";
  }

  set draft(text: string) {
    if (text === "") this.options.storage.remove("draft");
    else this.options.storage.set("draft", text);
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
      // Two tabs of a new visitor must become one visitor: the second finds the first one's token.
      const answer = await exclusively(this.options.locks, `${this.options.domain}:session`, async () => {
        const known = this.options.storage.get("token");
        const result = await this.options.http.session({
          domain: this.options.domain,
          page: this.options.page(),
          ...(known === null ? {} : { visitor_token: known }),
        });
        if (result.ok) this.options.storage.set("token", result.value.visitor_token);
        return result;
      });
      if (answer.ok) {
        this.token = answer.value.visitor_token;
        this.readTold = 0;
        this.dispatch({ type: "session", session: answer.value });
        this.live.stop();
        this.live.start();
        void this.flush();
        return;
      }
      if (answer.failure.kind === "refused" || answer.failure.kind === "rejected") {
        this.refuse(answer.failure.problem);
        return;
      }
      this.dispatch({ type: "line", line: "lost" });
      await this.pause.wait(this.waitAfter(answer.failure, attempt));
    }
  }

  /** The token is no longer good: a new session takes its place, and what is unsent goes on under it. */
  private async renew(bad: string | null): Promise<void> {
    if (this.token !== bad) return;
    this.token = null;
    this.live.stop();
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
        const failure = await exclusively(this.options.locks, `${this.options.domain}:outbox`, () => this.drain());
        if (failure === null) return;
        attempt = failure.kind === "unauthorized" ? attempt + 1 : attempt;
        if (failure.kind === "unauthorized") await this.renew(this.token);
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
  private async drain(): Promise<Failure | null> {
    for (let item = this.outbox.next(); item && this.token !== null; item = this.outbox.next()) {
      const { client_key, body, page } = item;
      const answer = await this.options.http.post(this.token, { client_key, body, ...(page ? { page } : {}) });
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
    return asked ?? backoffMs(attempt, this.options.random);
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
        this.dispatch(frame);
        this.pause.wake();
        return;
      case "batch":
        this.dispatch({ type: "batch", batch: frame });
        return;
      case "presence":
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
    this.dispatch({ type: "line", line: up ? "live" : "lost" });
    if (!up && failures >= POLL_FROM) void this.poll();
  }

  /** The socket doesn't come up (a proxy may forbid it): ask for what is new instead. */
  private async poll(): Promise<void> {
    for (let more = true; more && this.token !== null; ) {
      const token = this.token;
      const answer: Answer<Batch> = await this.options.http.events(token, this.state.after);
      if (token !== this.token) return;
      if (!answer.ok) {
        if (answer.failure.kind === "unauthorized") await this.renew(token);
        return;
      }
      // A server that says "more" without moving on would keep us here for ever.
      more = answer.value.more && answer.value.after > this.state.after;
      this.dispatch({ type: "batch", batch: answer.value });
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
