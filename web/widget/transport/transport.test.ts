import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Problem } from "../../api/types";
import { FakeSocket } from "../test/fake-socket";
import { Pause, backoffMs, waitMs } from "./backoff";
import { connectHttp } from "./http";
import { Live, type LiveOptions } from "./live";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => void vi.useRealTimers());

function problem(name: string, status: number, more: Partial<Problem> = {}): Problem & { request_id: string } {
  return { type: `urn:threadline:problem:${name}`, title: name, status, request_id: "1", ...more };
}

describe("waiting", () => {
  it("doubles up to half a minute, half of it by chance", () => {
    expect([0, 1, 2, 9].map((attempt) => backoffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
    expect([0, 1, 2, 99].map((attempt) => backoffMs(attempt, () => 0))).toEqual([500, 1_000, 2_000, 15_000]);
  });

  it("isn't shorter than the server asked for, and up to a third longer, so that not all come back at once", () => {
    expect([0, 0.5, 1].map((chance) => waitMs(0, 10_000, () => chance))).toEqual([10_000, 11_500, 13_000]);
    expect(waitMs(3, 2_000, () => 1)).toBe(8_000);
    expect(waitMs(0, null, () => 0)).toBe(500);
  });

  it("can be cut short", async () => {
    const pause = new Pause();
    const done = vi.fn();
    void pause.wait(60_000, null).then(done);
    pause.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is cut short to what the server asked for, but for a person's own wish", async () => {
    const pause = new Pause();
    const done = vi.fn();
    void pause.wait(60_000, 20_000).then(done);
    await vi.advanceTimersByTimeAsync(5_000);
    for (let time = 0; time < 2; time += 1) pause.wake();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalled();
    // Slept through, it is over at once, though no timer ran.
    const slept = vi.fn();
    void pause.wait(60_000, 20_000).then(slept);
    vi.setSystemTime(Date.now() + 20_000);
    pause.wake();
    const wished = vi.fn();
    void pause.wait(60_000, 20_000).then(wished);
    pause.wake(true);
    await vi.advanceTimersByTimeAsync(0);
    expect([slept, wished].map((each) => each.mock.calls.length)).toEqual([1, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a call", () => {
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    vi.fn<typeof fetch>(async () => new Response(status === 204 ? null : JSON.stringify(body), { status, headers }));

  it("carries the token and no cookie", async () => {
    const fetcher = answering(201, { conversation: {}, message: {} });
    await connectHttp("https://chat.example", fetcher).post("secret", { client_key: "k", body: "hi" });
    const [url, init] = fetcher.mock.calls[0] ?? [];
    expect(url).toBe("https://chat.example/v1/widget/messages");
    expect(init).toMatchObject({ method: "POST", credentials: "omit", body: '{"client_key":"k","body":"hi"}' });
    expect(init?.headers).toMatchObject({ Authorization: "Bearer secret" });
  });

  it("takes an empty answer", async () => {
    expect(await connectHttp("", answering(204, null)).read("t", 3)).toEqual({ ok: true, value: null });
  });

  it.each([
    [401, problem("unauthorized", 401), { kind: "unauthorized" }],
    [403, problem("origin-not-allowed", 403), { kind: "refused", problem: problem("origin-not-allowed", 403) }],
    [404, problem("unknown-domain", 404), { kind: "refused", problem: problem("unknown-domain", 404) }],
    [422, problem("validation-failed", 422), { kind: "rejected", problem: problem("validation-failed", 422) }],
    [429, problem("too-many-requests", 429, { retry_after_s: 7 }), { kind: "later", afterMs: 7_000 }],
    [503, problem("unavailable", 503), { kind: "later", afterMs: null }],
    [502, "<html>", { kind: "later", afterMs: null }],
    [401, "<html>", { kind: "later", afterMs: null }],
    [403, "<html>", { kind: "later", afterMs: null, problem: { status: 403 } }],
    [404, { type: "https://proxy.example/gone", title: 7, retry_after_s: "x" }, { kind: "later", afterMs: null, problem: { title: "The server answered 404" } }],
    [405, null, { kind: "later", afterMs: null, problem: { type: "about:blank" } }],
    [503, problem("unavailable", 503, { retry_after_s: 1e12 }), { kind: "later", afterMs: 3_600_000 }],
  ])("that answers %i says what to do", async (status, body, failure) => {
    expect(await connectHttp("", answering(status, body)).events("t", 0)).toMatchObject({ ok: false, failure });
  });

  it("reads Retry-After from the header too", async () => {
    const answer = await connectHttp("", answering(429, problem("too-many-requests", 429), { "Retry-After": "3" })).events("t", 0);
    expect(answer).toEqual({ ok: false, failure: { kind: "later", afterMs: 3_000 } });
  });

  it("that never comes back is given up", async () => {
    const hanging: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    const answer = connectHttp("", hanging).events("t", 0);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await answer).toEqual({ ok: false, failure: { kind: "later", afterMs: null } });
  });
});

describe("the live line", () => {
  function line() {
    const options = {
      origin: "https://chat.example",
      hello: vi.fn<LiveOptions["hello"]>(() => ({ token: "t", after: 7 })),
      onFrame: vi.fn<LiveOptions["onFrame"]>(),
      onLine: vi.fn<LiveOptions["onLine"]>(),
      onUnauthorized: vi.fn<LiveOptions["onUnauthorized"]>(),
      onRefused: vi.fn<LiveOptions["onRefused"]>(),
      random: () => 1,
    };
    const live = new Live(options);
    live.start();
    return { live, options };
  }

  it("says hello first, with where it stopped", () => {
    line();
    FakeSocket.last.open();
    expect(FakeSocket.last.url).toBe("wss://chat.example/v1/widget/live");
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "t", after: 7 }]);
  });

  it("answers pings and tells nobody", () => {
    const { options } = line();
    FakeSocket.last.ready();
    FakeSocket.last.hear({ type: "ping" });
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "pong" });
    expect(options.onFrame).toHaveBeenCalledTimes(1);
  });

  it("comes back after a break, later each time, and asks anew where it stopped", () => {
    const { options } = line();
    for (const wait of [1_000, 2_000, 4_000]) {
      const { length } = FakeSocket.made;
      FakeSocket.last.end(1006);
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.made).toHaveLength(length);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.made).toHaveLength(length + 1);
    }
    options.hello.mockReturnValue({ token: "t", after: 12 });
    FakeSocket.last.ready();
    FakeSocket.last.end(1001);
    vi.advanceTimersByTime(1_000);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "t", after: 12 }]);
    expect(options.onLine.mock.calls).toEqual([[false, 1], [false, 2], [false, 3], [true, 0], [false, 1]]);
  });

  it("waits as long as the server asks", () => {
    line();
    FakeSocket.last.open();
    FakeSocket.last.hear({ type: "error", problem: problem("too-many-requests", 429, { retry_after_s: 20 }) });
    FakeSocket.last.end(4429);
    vi.advanceTimersByTime(25_999);
    expect(FakeSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("leaves a line that fell silent", () => {
    const { options } = line();
    FakeSocket.last.ready();
    vi.advanceTimersByTime(44_000);
    FakeSocket.last.hear({ type: "ping" });
    vi.advanceTimersByTime(44_999);
    expect(options.onLine).toHaveBeenCalledTimes(1);
    const silent = FakeSocket.last;
    vi.advanceTimersByTime(1);
    expect(silent.readyState).toBe(3);
    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("stops at a bad token and at a refused page", () => {
    const first = line();
    FakeSocket.last.end(4401);
    expect(first.options.onUnauthorized).toHaveBeenCalledWith("t");
    const second = line();
    FakeSocket.last.open();
    FakeSocket.last.hear({ type: "error", problem: problem("origin-not-allowed", 403) });
    FakeSocket.last.end(4403);
    expect(second.options.onRefused).toHaveBeenCalledWith(problem("origin-not-allowed", 403));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("hurries when the network is back, and not otherwise", () => {
    const { live } = line();
    live.hurry();
    expect(FakeSocket.made).toHaveLength(1);
    FakeSocket.last.end(1006);
    live.hurry();
    expect(FakeSocket.made).toHaveLength(2);
    live.stop();
    live.hurry();
    expect(FakeSocket.made).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("comes back where only an error is called out", () => {
    const { options } = line();
    FakeSocket.last.onerror?.({});
    expect(options.onLine.mock.calls).toEqual([[false, 1]]);
    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("survives what it can't read", () => {
    const { options } = line();
    FakeSocket.last.open();
    FakeSocket.last.onmessage?.({ data: "{broken" });
    expect(options.onFrame).not.toHaveBeenCalled();
  });
});
