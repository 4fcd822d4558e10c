// The operators' live socket: says hello, hands on what the server says, watches one conversation, tells whether somebody
// is at this tab, and comes back by itself after every break.

import { signal } from "@preact/signals";
import { waitMs } from "../../widget/transport/backoff";
import type { ClientFrame, ServerFrame } from "./types";

/** The server pings every 20 s; a line that is silent for this long is dead, whatever the browser thinks. */
const SILENCE_MS = 45_000;
/** Somebody who did nothing for this long isn't at the tab. */
const IDLE_MS = 120_000;
const TYPING_MS = 3_000;
const SIGNED_OUT = 4401;
const BUSY = [4429, 1013];
const POLITE_MS = 15_000;

export type Line = "connecting" | "up" | "down";
type Listener = (frame: ServerFrame) => void;

export class Live {
  /** `down` once a try has failed; `connecting` only at the very start. */
  readonly line = signal<Line>("connecting");
  /** How many tries have failed in a row. */
  failures = 0;

  private socket: WebSocket | null = null;
  private running = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private active = false;
  private typedAt = new Map<string, number>();
  private watched: { conversation: string; after: () => number } | null = null;
  private readonly listeners = new Set<Listener>();

  constructor(
    private readonly signedOut: () => void,
    /** Called after a try that failed: an upgrade that was refused looks like a network that is gone, so ask otherwise. */
    private readonly failed: () => void = () => undefined,
    private readonly origin: string = location.origin,
  ) {}

  /** Hears every frame but `ping`. Answers how to stop. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.active = document.visibilityState === "visible";
    this.noticeUse();
    for (const name of ["pointerdown", "keydown", "wheel", "pointermove"]) addEventListener(name, this.used, { passive: true });
    document.addEventListener("visibilitychange", this.shown);
    addEventListener("online", this.hurry);
    addEventListener("pageshow", this.hurry);
    this.connect();
  }

  stop(): void {
    this.running = false;
    for (const name of ["pointerdown", "keydown", "wheel", "pointermove"]) removeEventListener(name, this.used);
    document.removeEventListener("visibilitychange", this.shown);
    removeEventListener("online", this.hurry);
    removeEventListener("pageshow", this.hurry);
    clearTimeout(this.idle);
    this.drop();
  }

  /** Follows one conversation from the event that `after` names; it is asked again at each connection. */
  watch(conversation: string, after: () => number): void {
    this.watched = { conversation, after };
    this.sendWatch();
  }

  unwatch(): void {
    if (this.watched === null) return;
    this.watched = null;
    this.send({ type: "unwatch" });
  }

  /** Says that this operator is typing, at most once in three seconds. */
  typing(conversation: string): void {
    const now = performance.now();
    if (now - (this.typedAt.get(conversation) ?? -TYPING_MS) < TYPING_MS) return;
    this.typedAt.clear();
    this.typedAt.set(conversation, now);
    this.send({ type: "typing", conversation });
  }

  /** Connects now instead of after the wait. */
  readonly hurry = (): void => {
    if (this.running && this.socket === null) this.connect();
  };

  private readonly used = (): void => {
    this.setActive(document.visibilityState === "visible");
    this.noticeUse();
  };

  private readonly shown = (): void => {
    this.setActive(document.visibilityState === "visible");
    if (document.visibilityState === "visible") {
      this.noticeUse();
      this.hurry();
    }
  };

  private noticeUse(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.setActive(false), IDLE_MS);
  }

  private setActive(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    this.send({ type: "active", active });
  }

  private connect(): void {
    this.drop();
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${this.origin.replace(/^http/, "ws")}/v1/inbox/live`);
    } catch {
      this.down(null);
      return;
    }
    this.socket = socket;
    this.watchSilence();
    socket.onopen = () => {
      this.send({ type: "hello", active: this.active });
      this.sendWatch();
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.hear(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  private hear(data: unknown): void {
    this.watchSilence();
    let frame: ServerFrame;
    try {
      frame = JSON.parse(String(data)) as ServerFrame;
    } catch {
      return;
    }
    if (frame.type === "ping") {
      this.send({ type: "pong" });
      return;
    }
    if (frame.type === "ready") {
      this.failures = 0;
      this.line.value = "up";
    }
    if (frame.type === "signed_out") {
      this.stop();
      this.signedOut();
      return;
    }
    for (const listener of [...this.listeners]) listener(frame);
  }

  private closed(code: number): void {
    if (code === SIGNED_OUT) {
      this.stop();
      this.signedOut();
      return;
    }
    this.down(BUSY.includes(code) ? POLITE_MS : null);
  }

  private down(leastMs: number | null): void {
    this.drop();
    this.failures += 1;
    this.line.value = "down";
    this.failed();
    this.timer = setTimeout(() => this.connect(), waitMs(this.failures - 1, leastMs));
  }

  private sendWatch(): void {
    if (this.watched) this.send({ type: "watch", conversation: this.watched.conversation, after: this.watched.after() });
  }

  private send(frame: ClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private watchSilence(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.down(null), SILENCE_MS);
  }

  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}
