// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "./live";

class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readonly sent: { type: string; [key: string]: unknown }[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen?.();
    this.hear({ type: "ready", domains: [] });
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const last = () => Socket.made.at(-1) as Socket;
let signedOut: ReturnType<typeof vi.fn<() => void>>;
let failed: ReturnType<typeof vi.fn<() => void>>;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.made = [];
  signedOut = vi.fn<() => void>();
  failed = vi.fn<() => void>();
  live = new Live(signedOut, failed, "https://chat.example");
  live.start();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

describe("the live socket of the operators' pages", () => {
  it("says hello, hands frames on, and answers pings by itself", () => {
    const heard: string[] = [];
    live.on((frame) => heard.push(frame.type));
    expect(last().url).toBe("wss://chat.example/v1/inbox/live");
    last().open();
    last().hear({ type: "ping" });
    expect(last().sent.map(({ type }) => type)).toEqual(["hello", "pong"]);
    expect([heard, live.line.value]).toEqual([["ready"], "up"]);
  });

  it("comes back after a break, and goes on with what it watched from where it was", () => {
    let after = 7;
    last().open();
    live.watch("c1", () => after);
    expect(last().sent.at(-1)).toEqual({ type: "watch", conversation: "c1", after: 7 });
    after = 9;
    last().onclose?.({ code: 1006 });
    expect([live.line.value, live.failures, failed.mock.calls.length]).toEqual(["down", 1, 1]);
    vi.advanceTimersByTime(2_000);
    last().open();
    expect(Socket.made).toHaveLength(2);
    expect(last().sent.at(-1)).toEqual({ type: "watch", conversation: "c1", after: 9 });
    expect([live.line.value, live.failures]).toEqual(["up", 0]);
  });

  it("notices a line that is dead though the browser holds it", () => {
    last().open();
    vi.advanceTimersByTime(46_000);
    expect(live.line.value).toBe("down");
    live.check();
    expect(Socket.made).toHaveLength(2);
  });

  it("connects anew after a sleep in which a ping was missed, and not after a nap", () => {
    last().open();
    vi.setSystemTime(Date.now() + 20_000);
    dispatchEvent(new Event("online"));
    expect(Socket.made).toHaveLength(1);
    // The clock on the wall went on; no timer did.
    vi.setSystemTime(Date.now() + 20_000);
    document.dispatchEvent(new Event("resume"));
    expect(Socket.made).toHaveLength(2);
  });

  it("stays away when the session has ended, whichever way it is told", () => {
    last().open();
    last().hear({ type: "signed_out" });
    expect(signedOut).toHaveBeenCalledTimes(1);
    live.start();
    last().onclose?.({ code: 4401 });
    expect(signedOut).toHaveBeenCalledTimes(2);
    const count = Socket.made.length;
    vi.advanceTimersByTime(120_000);
    live.check();
    expect(Socket.made).toHaveLength(count);
  });

  it("tells when nobody is at the tab any more, and when somebody is again", () => {
    last().open();
    vi.advanceTimersByTime(30_000);
    last().hear({ type: "ping" });
    for (let each = 0; each < 5; each += 1) {
      vi.advanceTimersByTime(20_000);
      last().hear({ type: "ping" });
    }
    expect(last().sent.at(-2)).toEqual({ type: "active", active: false });
    dispatchEvent(new Event("keydown"));
    expect(last().sent.at(-1)).toEqual({ type: "active", active: true });
  });

  it("says that one is typing at most once in three seconds", () => {
    last().open();
    live.typing("c1");
    live.typing("c1");
    expect(last().sent.filter(({ type }) => type === "typing")).toHaveLength(1);
    vi.advanceTimersByTime(3_100);
    live.typing("c1");
    expect(last().sent.filter(({ type }) => type === "typing")).toHaveLength(2);
  });

  it("isn't put off by what it can't read", () => {
    last().open();
    last().onmessage?.({ data: "{" });
    expect(live.line.value).toBe("up");
  });
});
