// One visitor's chat on one page: session, line, outbox and state brought together. No DOM but what tells whether the
// page is seen; what it looks like is the panel's.

import type { Message, Problem, ServerFrame, Session } from "../api/types";
import { cleanPage } from "./clean";
import { Draft } from "./draft";
import { Following } from "./following";
import { subjectOf } from "./identity";
import { Opening } from "./opening";
import { type FormAnswers, Outbox } from "./outbox";
import { Polling } from "./polling";
import { Profile, type Said } from "./profile";
import { Reading, remembered } from "./reading";
import { Sending } from "./sending";
import { ERA, type Storage } from "./storage";
import { type Happening, type Pending, type State, arrived, initial, reduce } from "./store/state";
import type { Locks } from "./tabs";
import { Pause } from "./transport/backoff";
import { type Failure, type Http, isProblem } from "./transport/http";
import { Live } from "./transport/live";
import { onWake } from "./wake";

/** The server tells of an operator's typing now and then; past this, they stopped. */
const TYPING_SHOWN_MS = 6_000;
/** Our own typing is told at most this often. */
const TYPING_TOLD_MS = 3_000;
/** From this many failed tries on, every further one is accompanied by asking over plain HTTP. */
const POLL_FROM = 2;
/** While asking stands in for the line, so often: with the messages on screen, and otherwise. */
const POLL_MS = 4_000;
const POLL_UNSEEN_MS = 30_000;

export interface ChatOptions {
  origin: string;
  domain: string;
  http: Http;
  storage: Storage;
  locks: Locks | null;
  /** Says to the website's developer what is wrong; each thing once. */
  complain: (problem: Problem) => void;
  random?: () => number;
}

export class Chat {
  state: State = initial;
  readonly #listeners = new Set<() => void>();
  readonly #answerListeners = new Set<(message: Message) => void>();
  readonly profile: Profile;
  readonly #outbox: Outbox;
  readonly #typed: Draft;
  readonly #polling: Polling;
  readonly #live: Live;
  readonly #opening: Opening;
  readonly #sending: Sending;
  readonly #reading: Reading;
  readonly #following: Following;
  readonly #pause = new Pause();
  readonly #complained = new Set<string>();
  #era: string | null;
  #toldTyping = -TYPING_TOLD_MS;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ChatOptions) {
    const { domain, http, locks, storage, random } = options;
    const token = () => this.#opening.token;
    const common = { domain, http, locks, storage, pause: this.#pause, token, random };
    const onRefused = (problem: Problem) => this.#refuse(problem);
    const onTrouble = (failure: Failure) => this.#mention(failure);
    this.#outbox = new Outbox(storage);
    this.#typed = new Draft(storage);
    this.profile = new Profile(storage);
    this.#following = new Following({ http, token, isOpen: () => this.state.conversation?.status === "open" });
    this.#reading = new Reading({ ...common, state: () => this.state, onSeen: (seen) => this.#dispatch({ type: "seen", seen }) });
    this.#opening = new Opening({
      ...common,
      page: () => this.#following.page(),
      isOver: () => this.state.phase === "refused",
      onSession: (session) => this.#begin(session),
      onLost: () => {
        this.#dispatch({ type: "line", line: "lost" });
        this.#showOutbox();
      },
      onRefused,
      onTrouble,
    });
    this.#sending = new Sending({
      ...common,
      outbox: this.#outbox,
      profile: this.profile,
      renew: (bad) => this.#renew(bad),
      onPosted: (posted) => this.#dispatch({ type: "posted", posted }),
      onVisitor: (visitor) => this.#dispatch({ type: "visitor", visitor }),
      onChange: () => this.#showOutbox(),
      onRefused,
      onTrouble,
    });
    this.#polling = new Polling({
      http,
      token,
      after: () => this.state.after,
      session: () => this.#opening.ask(),
      onBatch: (batch) => this.#dispatch({ type: "batch", batch }),
      onPresence: (presence) => this.#dispatch({ type: "presence", presence }),
      onReached: () => this.#polled(null, null),
      onFailure: (failure, asked) => this.#polled(failure, asked),
      random,
    });
    this.#live = new Live({
      origin: options.origin,
      hello: () => this.#opening.token === null ? null : { token: this.#opening.token, after: this.state.after },
      onFrame: (frame) => this.#hear(frame),
      onLine: (up, failures) => this.#lineChanged(up, failures),
      onUnauthorized: (bad) => void this.#renew(bad),
      onRefused,
      ...(random ? { random } : {}),
    });
    this.#era = storage.get(ERA);
    this.#dispatch({ type: "seen", seen: remembered(storage) });
    this.#showOutbox();
    storage.onChange((name, value) => this.#otherTab(name, value));
    document.addEventListener("visibilitychange", () => this.#reading.note());
    onWake(() => this.#woken());
    this.#following.watch();
  }

  /** Calls back after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with every answer that comes while this page is here. */
  onAnswer(listener: (message: Message) => void): void {
    this.#answerListeners.add(listener);
  }

  /** Whether this visitor has been here before: then the widget connects without being opened. */
  get isKnown(): boolean {
    return this.options.storage.get("token") !== null || this.#outbox.next() !== null;
  }

  /** Whether the visitor has the messages before their eyes. */
  get isLooking(): boolean {
    return this.#reading.isLooking;
  }

  /** Starts the session, once; safe to call again. */
  start(): void {
    if (this.state.phase === "idle") void this.#open();
  }

  /** Keeps the message, then sends it as soon as that is possible; with `form`, as the form's. */
  send(text: string, form: FormAnswers | null = null): void {
    const body = text.trim();
    if (body === "") return;
    this.#outbox.add(body, cleanPage(this.#following.page()), form);
    this.#toldTyping = -TYPING_TOLD_MS;
    this.#showOutbox();
    this.start();
    void this.#sending.flush();
  }

  retry(clientKey: string): void {
    this.#outbox.retry(clientKey);
    this.#showOutbox();
    this.#hurry(true);
  }

  discard(clientKey: string): void {
    this.#outbox.discard(clientKey);
    this.#showOutbox();
  }

  /** What the visitor says about themselves; kept until the server has it. */
  introduce(said: Said): void {
    this.profile.say(said);
    this.#dispatch({ type: "visitor", visitor: this.#withSaid(this.state.visitor) });
    void this.#sending.flush();
  }

  /** Whom a JWT vouches for. Somebody else than this browser knew: nothing of that one is left, or shown. */
  identify(jwt: string): void {
    const subject = subjectOf(jwt);
    if (subject === null) {
      this.options.complain({ type: "about:blank", title: "Threadline.identify needs a JWT with a `sub`", status: 400 });
      return;
    }
    const before = this.options.storage.get("identity");
    if (before !== null && before !== subject) this.reset();
    if (this.#opening.identify(jwt, subject)) void this.#open();
  }

  /** Forgets the visitor: in this tab at once, in storage, and in the other tabs. */
  reset(): void {
    const { storage } = this.options;
    for (const name of storage.names("")) if (name !== ERA) storage.remove(name);
    this.#era = `${Math.random()}`;
    storage.set(ERA, this.#era);
    this.#forget();
  }

  setPage(page: { url?: string; title?: string }): void {
    this.#following.setPage(page);
  }

  /** Ends the conversation for both sides; false if the server couldn't be told. */
  async closeConversation(): Promise<boolean> {
    const { token } = this.#opening;
    if (token === null) return false;
    const answer = await this.options.http.close(token);
    if (answer.ok && token === this.#opening.token) this.#dispatch({ type: "conversation", conversation: answer.value.conversation });
    // Somebody else was faster: what the live line brings shows it.
    return answer.ok || (answer.failure.kind === "rejected" && isProblem(answer.failure.problem, "conversation-closed"));
  }

  /** Says how the conversation was, 1 to 5 stars; false if the server couldn't be told. */
  async rate(conversationId: string, stars: number, comment: string): Promise<boolean> {
    const { token } = this.#opening;
    if (token === null) return false;
    const answer = await this.options.http.rate(token, { conversation_id: conversationId, stars, comment: comment.trim() || null });
    if (answer.ok && token === this.#opening.token) this.#dispatch({ type: "conversation", conversation: answer.value.conversation });
    return answer.ok;
  }

  /** The visitor types: told to the operators now and then. */
  typing(): void {
    const now = performance.now();
    if (now - this.#toldTyping >= TYPING_TOLD_MS && this.#live.send({ type: "typing" })) this.#toldTyping = now;
  }

  /** Whether the messages are on screen. */
  setVisible(visible: boolean): void {
    this.#reading.setVisible(visible);
    if (visible && this.state.line === "polling") void this.#polling.ask();
  }

  get draft(): string {
    return this.#typed.get();
  }

  set draft(text: string) {
    this.#typed.set(text);
  }

  #dispatch(happening: Happening): void {
    const before = this.state;
    this.state = reduce(before, happening);
    if (this.state === before) return;
    if (this.state.messages !== before.messages) this.#reading.note();
    for (const listener of [...this.#listeners]) listener();
    if (happening.type !== "batch" || happening.batch.reset) return;
    for (const message of arrived(before, this.state)) for (const listener of this.#answerListeners) listener(message);
  }

  #open(): Promise<void> {
    if (this.state.phase === "refused") return Promise.resolve();
    this.#dispatch({ type: "starting" });
    return this.#opening.open();
  }

  #begin(session: Session): void {
    this.#reading.restart();
    this.#polling.knowsPresence();
    this.#dispatch({ type: "session", session: { ...session, visitor: this.#withSaid(session.visitor) } });
    this.#live.stop();
    this.#live.start();
    void this.#sending.flush();
  }

  #withSaid(visitor: State["visitor"]): State["visitor"] {
    return visitor.verified ? visitor : { ...visitor, ...this.profile.unsent() };
  }

  async #renew(bad: string | null): Promise<void> {
    if (bad === null || bad !== this.#opening.token) return;
    this.#live.stop();
    await this.#opening.renew(bad);
  }

  #forget(): void {
    clearTimeout(this.#typingTimer);
    this.#live.stop();
    this.options.http.abort();
    this.#opening.forget();
    this.#reading.restart();
    this.#typed.forget();
    this.#sending.delayed = false;
    this.#pause.wake(true);
    this.#dispatch({ type: "forgotten" });
  }

  #refuse(problem: Problem): void {
    if (this.state.phase === "refused") return;
    this.#live.stop();
    this.#opening.token = null;
    this.options.complain(problem);
    this.#dispatch({ type: "refused" });
  }

  /** Tells the website's developer what kept us off, if it's more than a network that failed. */
  #mention(failure: Failure): void {
    const problem = failure.kind === "unauthorized" ? undefined : failure.problem;
    if (!problem || this.#complained.has(problem.type + problem.title)) return;
    this.#complained.add(problem.type + problem.title);
    this.options.complain(problem);
  }

  #showOutbox(): void {
    // Without a session nothing is even tried.
    const delayed = this.#sending.delayed || (this.#opening.token === null && this.state.line === "lost");
    const pending = this.#outbox.items().map(({ client_key, body, failed }): Pending => {
      const status = failed !== null ? "failed" : delayed ? "delayed" : "sending";
      return { client_key, body, status, reason: failed };
    });
    this.#dispatch({ type: "pending", pending });
  }

  #hear(frame: ServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.#opening.taken();
        this.#polling.knowsPresence();
        this.#dispatch(frame);
        this.#pause.wake();
        return;
      case "batch":
        this.#dispatch({ type: "batch", batch: frame });
        return;
      case "presence":
        this.#polling.knowsPresence();
        this.#dispatch(frame);
        return;
      case "typing":
        this.#dispatch(frame);
        clearTimeout(this.#typingTimer);
        this.#typingTimer = setTimeout(() => this.#dispatch({ type: "typing_over" }), TYPING_SHOWN_MS);
        return;
      case "ping":
      case "error":
        return;
    }
  }

  #lineChanged(up: boolean, failures: number): void {
    if (up) this.#dispatch({ type: "line", line: "live" });
    // Before it was up, asking decides whether there is a connection: only the socket may be forbidden here.
    else if (this.state.line === "live") this.#dispatch({ type: "line", line: "lost" });
    if (!up && failures >= POLL_FROM) void this.#polling.ask();
  }

  /** How asking went, while the socket didn't come up. */
  #polled(failure: Failure | null, token: string | null): void {
    const askedToWait = failure?.kind === "later" && failure.afterMs !== null;
    if (failure === null) this.#opening.taken();
    if (failure?.kind === "unauthorized") void this.#renew(token);
    else if (failure?.kind === "refused") this.#refuse(failure.problem);
    // Who asks for patience is there. And the socket may have come up meanwhile.
    else if (this.state.line !== "live" && !askedToWait) {
      this.#dispatch({ type: "line", line: failure === null ? "polling" : "lost" });
      clearTimeout(this.#pollTimer);
      if (failure === null) {
        this.#pollTimer = setTimeout(() => void this.#polling.ask(), this.isLooking ? POLL_MS : POLL_UNSEEN_MS);
      }
    }
  }

  /** Tries now; where the server asked for patience, only as the visitor's own wish. */
  #hurry(byVisitor?: boolean): void {
    this.#pause.wake(byVisitor);
    this.#live.hurry();
    void this.#sending.flush();
  }

  /** The page was asleep, or without a network. */
  #woken(): void {
    if (this.#isAnotherVisitors()) this.#joinOthers();
    this.#live.check();
    this.#hurry();
  }

  /** Another tab forgot the visitor while this one couldn't hear it. */
  #isAnotherVisitors(): boolean {
    return this.options.storage.get(ERA) !== this.#era;
  }

  /** The visitor that this tab knew is gone from this browser. */
  #joinOthers(): void {
    this.options.storage.forget();
    this.#era = this.options.storage.get(ERA);
    this.#forget();
    this.#showOutbox();
    if (this.options.storage.get("token") !== null) this.start();
  }

  #otherTab(name: string, value: string | null): void {
    if (name === ERA) {
      if (value !== this.#era) this.#joinOthers();
    } else if (name === "token") {
      if (value === null || value === this.#opening.token) return;
      // Another tab began, or began anew: this one joins it.
      if (this.#opening.token !== null) void this.#renew(this.#opening.token);
      else this.start();
    } else if (name === "seen") {
      this.#dispatch({ type: "seen", seen: remembered(this.options.storage) });
    } else {
      const change = this.#outbox.heard(name, value);
      if (change?.kind === "accepted") this.#dispatch({ type: "posted", posted: change.posted });
      if (change) this.#showOutbox();
    }
  }
}
