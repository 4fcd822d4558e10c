// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { good, inTestTime, later, made, settle } from "./test/chat";
import { FakeSocket } from "./test/fake-socket";
import { batch, message, session } from "./test/samples";

inTestTime();

describe("the live line", () => {
  it("brings answers, and is resumed from the last event", async () => {
    const { chat } = made();
    chat.start();
    await settle();
    FakeSocket.last.ready();
    FakeSocket.last.hear({ type: "batch", ...batch(9, [message(1)]) });
    expect(chat.state.messages).toHaveLength(1);
    FakeSocket.last.end(1001);
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "t1", after: 9 }]);
  });

  it("is stood in for by plain requests while it doesn't come up", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    http.events.mockResolvedValueOnce(good(batch(3, [message(1)], { more: true }))).mockResolvedValueOnce(good(batch(5, [message(2)])));
    FakeSocket.last.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.end(1006);
    await settle();
    expect(http.events.mock.calls).toEqual([["t1", 0], ["t1", 3]]);
    expect(chat.state.messages).toHaveLength(2);
  });

  it("begins a new session when the server knows the token no more", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    http.session.mockResolvedValue(good(session({ visitor_token: "t2" })));
    FakeSocket.last.end(4401);
    await settle();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "t2", after: 0 }]);
  });

  it("isn't tried without end when no token is good for it", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    const sessions: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      FakeSocket.last.end(4401);
      await settle();
      sessions.push(http.session.mock.calls.length);
      await vi.advanceTimersByTimeAsync(2 ** turn * 500);
    }
    // The first new session comes at once, the next after one second, then two, then four.
    expect(sessions).toEqual([2, 2, 3, 4]);
    expect(http.session).toHaveBeenCalledTimes(5);
    // A token that was taken is forgotten trouble.
    FakeSocket.last.ready();
    FakeSocket.last.end(4401);
    await settle();
    expect(http.session).toHaveBeenCalledTimes(6);
  });

  it("tells typing now and then, and shows an operator's for six seconds", async () => {
    const { chat } = made();
    chat.start();
    await settle();
    FakeSocket.last.ready();
    const told = () => FakeSocket.last.sent.filter((frame) => frame.type === "typing").length;
    for (let key = 0; key < 5; key += 1) chat.typing();
    expect(told()).toBe(1);
    await vi.advanceTimersByTimeAsync(3_000);
    chat.typing();
    expect(told()).toBe(2);
    FakeSocket.last.hear({ type: "typing", author: { kind: "operator", name: "Maya", picture: null } });
    await vi.advanceTimersByTimeAsync(5_999);
    expect(chat.state.typing?.name).toBe("Maya");
    await vi.advanceTimersByTimeAsync(1);
    expect(chat.state.typing).toBeNull();
  });

  it("is told what was read, once a burst is over", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    FakeSocket.last.ready();
    FakeSocket.last.hear({ type: "batch", ...batch(1, [message(1)]) });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(http.read).not.toHaveBeenCalled();
    chat.setVisible(true);
    FakeSocket.last.hear({ type: "batch", ...batch(2, [message(2)]) });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(http.read.mock.calls).toEqual([["t1", 2]]);
  });
});

describe("without WebSockets", () => {
  /** A chat whose every socket fails, and the time goes on. */
  async function blocked(ms: number) {
    const step = 500;
    for (let passed = 0; passed < ms; passed += step) {
      if (FakeSocket.last.readyState === 0) FakeSocket.last.end(1006);
      await vi.advanceTimersByTimeAsync(step);
    }
  }

  it("is quiet about it while asking works", async () => {
    const { chat, http } = made();
    const lines = new Set<string>();
    chat.subscribe(() => lines.add(chat.state.line));
    chat.start();
    await settle();
    await blocked(40_000);
    expect(chat.state.line).toBe("polling");
    expect([...lines]).toEqual(["connecting", "polling"]);
    http.events.mockResolvedValue(later(null));
    await blocked(60_000);
    expect(chat.state.line).toBe("lost");
    http.events.mockResolvedValue(good(batch(0, [], { conversation: null })));
    await blocked(60_000);
    expect(chat.state.line).toBe("polling");
    await vi.advanceTimersByTimeAsync(30_000);
    FakeSocket.last.ready();
    expect(chat.state.line).toBe("live");
  });

  it("asks every four seconds while the messages are on screen, and every thirty otherwise", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    await blocked(60_000);
    // From here on the socket is tried no more, and asking goes on by itself.
    const asked = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return http.events.mock.calls.splice(0).length;
    };
    await asked(0);
    expect(await asked(30_500)).toBe(1);
    chat.setVisible(true);
    expect(await asked(0)).toBe(1);
    expect(await asked(12_500)).toBe(3);
    chat.setVisible(false);
    await asked(4_000);
    expect(await asked(25_000)).toBe(0);
    chat.reset();
    expect(await asked(60_000)).toBe(0);
  });

  it("asks as late as the server wants", async () => {
    const { chat, http } = made();
    chat.start();
    await settle();
    http.events.mockResolvedValueOnce(later(100_000));
    await blocked(129_000);
    expect(http.events).toHaveBeenCalledTimes(1);
    expect(chat.state.line).not.toBe("lost");
    await blocked(40_000);
    expect(http.events.mock.calls.length).toBeGreaterThan(1);
  });

  it("learns now and then whether somebody is there", async () => {
    const { chat, http, storage } = made();
    chat.start();
    await settle();
    http.session.mockResolvedValue(good(session({ presence: { online: false } })));
    await blocked(50_000);
    expect(http.session).toHaveBeenCalledTimes(1);
    await blocked(50_000);
    expect(http.session).toHaveBeenCalledTimes(2);
    expect(http.session).toHaveBeenLastCalledWith(expect.objectContaining({ visitor_token: "t1" }));
    expect(chat.state.presence?.online).toBe(false);
    http.session.mockResolvedValue(good(session({ visitor_token: "t2" })));
    await blocked(100_000);
    expect(storage.get("token")).toBe("t2");
    expect(http.events.mock.lastCall?.[0]).toBe("t2");
  });
});
