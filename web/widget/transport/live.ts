// The WebSocket: says hello, hands on what the server says, and comes back by itself after every break. Knows nothing
// about messages.

import type { ClientFrame, Problem, ServerFrame } from "../../api/types";
import { waitMs } from "./backoff";
import { failureOf } from "./http";

/** The server pings every 20 s; a line that is silent for this long is dead, whatever the browser thinks. */
const SILENCE_MS = 45_000;
/** After a sleep, one missed ping is enough: coming back costs little, and the wait would be the visitor's. */
const MISSED_MS = 22_000;

const UNAUTHORIZED = 4401;
const REFUSED = 4403;
const TOO_MANY = 4429;
const TRY_LATER = 1013;

/** The least wait where the server asked for one without saying how long. */
const POLITE_MS = 15_000;

export interface LiveOptions {
  origin: string;
  /** The first frame, asked for anew at each connection; null if there is no session now. */
  hello: () => { token: string; after: number } | null;
  onFrame: (frame: ServerFrame) => void;
  /** The line came up, or went down after `failures` tries in a row. */
  onLine: (up: boolean, failures: number) => void;
  onUnauthorized: (token: string) => void;
  onRefused: (problem: Problem) => void;
  random?: () => number;
}

export class Live {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  /** By the clock on the wall: that one goes on while the page sleeps. */
  #heardAt = 0;
  #failures = 0;
  #running = false;
  #ready = false;
  #problem: Problem | null = null;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#drop();
  }

  /** Connects now instead of after the wait, if it isn't connected: the network is back. */
  hurry(): void {
    if (!this.#running || this.#socket) return;
    this.#connect();
  }

  /** Connects anew if the line was silent for too long: the page has been asleep. */
  check(): void {
    const silent = Math.abs(Date.now() - this.#heardAt);
    if (this.#running && this.#socket && silent > MISSED_MS) this.#connect();
  }

  /** Best effort; false if nobody is listening now. */
  send(frame: ClientFrame): boolean {
    if (!this.#socket || !this.#ready || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect(): void {
    this.#drop();
    const hello = this.options.hello();
    if (!hello) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${this.options.origin.replace(/^http/, "ws")}/v1/widget/live`);
    } catch {
      // The page's own rules (CSP) forbid the socket: the polling beside every failed try carries the conversation.
      this.#down(null);
      return;
    }
    this.#socket = socket;
    this.#problem = null;
    this.#watch();
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", ...hello } satisfies ClientFrame));
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#hear(event.data);
    };
    // Some blockers call out an error alone, which has no code.
    socket.onclose = socket.onerror = (event) => {
      if (socket === this.#socket) this.#closed((event as CloseEvent).code, hello.token);
    };
  }

  #hear(data: unknown): void {
    this.#watch();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      return;
    }
    if (frame.type === "ping") {
      this.#socket?.send(JSON.stringify({ type: "pong" } satisfies ClientFrame));
    } else if (frame.type === "error") {
      this.#problem = frame.problem;
    } else {
      if (frame.type === "ready") {
        this.#ready = true;
        this.#failures = 0;
        this.options.onLine(true, 0);
      }
      this.options.onFrame(frame);
    }
  }

  #closed(code: number, token: string): void {
    const failure = this.#problem && failureOf(this.#problem);
    if (code === UNAUTHORIZED || failure?.kind === "unauthorized") {
      this.stop();
      this.options.onUnauthorized(token);
    } else if (code === REFUSED || failure?.kind === "refused") {
      this.stop();
      this.options.onRefused(
        this.#problem ?? { type: "about:blank", title: "This page may not use the chat", status: 403 },
      );
    } else {
      const asked = failure?.kind === "later" ? failure.afterMs : null;
      this.#down(asked ?? (code === TOO_MANY || code === TRY_LATER ? POLITE_MS : null));
    }
  }

  /** Off the line: says so, and comes back after a wait (not before `leastMs`). */
  #down(leastMs: number | null): void {
    this.#drop();
    this.#failures += 1;
    this.options.onLine(false, this.#failures);
    this.#timer = setTimeout(() => this.#connect(), waitMs(this.#failures - 1, leastMs, this.options.random));
  }

  #watch(): void {
    this.#heardAt = Date.now();
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#down(null), SILENCE_MS);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#ready = false;
    const socket = this.#socket;
    // From here on nobody listens to it: its handlers ask whether it is the one.
    this.#socket = null;
    socket?.close();
  }
}
