// The operators' live socket: says hello, hands on what the server says, watches one conversation, tells whether somebody
// is at this tab, and comes back by itself after every break.

import { signal } from "@preact/signals";
import { waitMs } from "../../widget/transport/backoff";
import { onWake } from "../../widget/wake";
import type { ClientFrame, ServerFrame } from "./types";

/** The server pings every 25 s; a line that is silent for this long is dead, whatever the browser thinks. */
const SILENCE_MS = 45_000;
/** After a sleep, one missed ping is enough: coming back costs little, and the wait would be the operator's. */
const MISSED_MS = 27_000;
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
  /** By the clock on the wall: that one goes on while the page sleeps. */
  private heardAt = 0;
  private typedAt = new Map<string, number>();
  private watched: { conversation: string; after: () => number } | null = null;
  private readonly listeners = new Set<Listener>();

  constructor(
    private readonly signedOut: () => void,
    /** Called after a try that failed: an upgrade that was refused looks like a network that is gone, so ask otherwise. */
    private readonly failed: () => void = () => undefined,
    private readonly origin: string = location.origin,
  ) {
    // A page is asleep (frozen, behind a closed lid) without hearing that its line is gone.
    onWake(() => this.check());
  }

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
    this.connect();
  }

  stop(): void {
    this.running = false;
    for (const name of ["pointerdown", "keydown", "wheel", "pointermove"]) removeEventListener(name, this.used);
    document.removeEventListener("visibilitychange", this.shown);
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

  /** Connects now instead of after the wait, and anew where the line was silent for too long: the page is awake again. */
  check(): void {
    const silent = Math.abs(Date.now() - this.heardAt);
    if (this.running && (this.socket === null || silent > MISSED_MS)) this.connect();
  }

  private readonly used = (): void => {
    this.setActive(document.visibilityState === "visible");
    this.noticeUse();
  };

  private readonly shown = (): void => {
    this.setActive(document.visibilityState === "visible");
    if (document.visibilityState === "visible") this.noticeUse();
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
    this.heardAt = Date.now();
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
