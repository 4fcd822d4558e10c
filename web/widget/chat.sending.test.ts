// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { good, inTestTime, later, made, settle, statuses, unauthorized } from "./test/chat";
import { FakeSocket } from "./test/fake-socket";
import { session } from "./test/samples";

inTestTime();

describe("sending", () => {
  it("goes in order, each with a key of its own, and ends as messages", async () => {
    const { chat, http, storage } = made();
    chat.send(" one ");
    chat.send("two");
    chat.send("  ");
    await settle();
    expect(http.post.mock.calls.map(([, request]) => request.body)).toEqual(["one", "two"]);
    expect(new Set(http.post.mock.calls.map(([, request]) => request.client_key)).size).toBe(2);
    expect(chat.state.messages.map((each) => each.body)).toEqual(["one", "two"]);
    expect(chat.state.pending).toEqual([]);
    expect(storage.names("out:")).toEqual([]);
  });

  it("is tried again under the same key until the server has it", async () => {
    const { chat, http } = made();
    http.post.mockResolvedValueOnce(later(null)).mockResolvedValueOnce(later(7_000));
    chat.send("hello");
    await settle();
    expect(statuses(chat)).toEqual(["delayed"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(http.post).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(9_099);
    expect(http.post).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(http.post).toHaveBeenCalledTimes(3);
    expect(new Set(http.post.mock.calls.map(([, request]) => request.client_key)).size).toBe(1);
    expect(chat.state.messages).toHaveLength(1);
  });

  it("happens at once when the visitor asks or the network is back", async () => {
    const { chat, http } = made();
    http.post.mockResolvedValueOnce(later(600_000));
    chat.send("hello");
    await settle();
    chat.retry(chat.state.pending[0]?.client_key ?? "");
    await settle();
    expect(chat.state.messages).toHaveLength(1);
    http.post.mockResolvedValueOnce(later(null));
    chat.send("again");
    await settle();
    expect(statuses(chat)).toEqual(["delayed"]);
    dispatchEvent(new Event("online"));
    await settle();
    expect(chat.state.messages).toHaveLength(2);
  });

  it("waits as long as the server asks, though the line comes up and the network is back", async () => {
    const { chat, http } = made();
    http.post.mockResolvedValueOnce(later(10_000));
    chat.send("hello");
    await settle();
    FakeSocket.last.ready();
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(http.post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(chat.state.messages).toHaveLength(1);
  });

  it("says that it waits while there is no session, and tries for one when the visitor asks", async () => {
    const { chat, http } = made();
    http.session.mockResolvedValueOnce(later(600_000));
    chat.send("before");
    expect(statuses(chat)).toEqual(["sending"]);
    await settle();
    expect(statuses(chat)).toEqual(["delayed"]);
    chat.send("after");
    expect(statuses(chat)).toEqual(["delayed", "delayed"]);
    chat.retry(chat.state.pending[0]?.client_key ?? "");
    await settle();
    expect(chat.state.messages.map((each) => each.body)).toEqual(["before", "after"]);
    // That is over with the session.
    http.post.mockReturnValueOnce(new Promise(() => undefined));
    chat.send("later");
    await settle();
    expect(statuses(chat)).toEqual(["sending"]);
  });

  it("survives a reload", async () => {
    const first = made();
    first.http.post.mockResolvedValue(later(600_000));
    first.chat.send("hello");
    await settle();
    const second = made(first.storage);
    expect(second.chat.isKnown).toBe(true);
    second.chat.start();
    await settle();
    expect(second.http.post.mock.calls[0]?.[1].client_key).toBe(first.http.post.mock.calls[0]?.[1].client_key);
    expect(second.chat.state.messages.map((each) => each.body)).toEqual(["hello"]);
  });

  it("shows what is turned down and goes on with the rest", async () => {
    const { chat, http } = made();
    const problem = { type: "urn:threadline:problem:validation-failed", title: "Bad", detail: "Too long", status: 422 };
    http.post.mockResolvedValueOnce({ ok: false, failure: { kind: "rejected", problem } });
    chat.send("bad");
    chat.send("fine");
    await settle();
    expect(chat.state.pending).toMatchObject([{ body: "bad", status: "failed", reason: "Too long" }]);
    expect(chat.state.messages.map((each) => each.body)).toEqual(["fine"]);
    chat.retry(chat.state.pending[0]?.client_key ?? "");
    await settle();
    expect(chat.state.messages.map((each) => each.body)).toEqual(["fine", "bad"]);
  });

  it("goes on under a new session when the token is no longer good", async () => {
    const { chat, http, storage } = made();
    chat.start();
    await settle();
    http.session.mockResolvedValue(good(session({ visitor_token: "t2" })));
    http.post.mockResolvedValueOnce(unauthorized);
    chat.send("hello");
    await settle();
    expect(http.post.mock.calls.map(([token]) => token)).toEqual(["t1", "t2"]);
    expect(storage.get("token")).toBe("t2");
    expect(chat.state.messages).toHaveLength(1);
  });

  it("tells at the message where the server won't have what the visitor said of themselves", async () => {
    const { chat, http } = made();
    const problem = { type: "urn:threadline:problem:validation-failed", title: "Bad", detail: "email isn't an address", status: 422 };
    http.visitor.mockResolvedValue({ ok: false, failure: { kind: "rejected", problem } });
    chat.start();
    chat.introduce({ email: "ada.@shop.example" });
    await settle();
    chat.send("hello");
    await settle();
    expect(http.post).not.toHaveBeenCalled();
    expect(chat.state.pending).toMatchObject([{ body: "hello", status: "failed", reason: "email isn't an address" }]);
    // It is the visitor's to say that it goes without.
    chat.retry(chat.state.pending[0]?.client_key ?? "");
    await settle();
    expect(chat.state.messages.map((each) => each.body)).toEqual(["hello"]);
    expect(http.visitor).toHaveBeenCalledTimes(2);
  });

  it("doesn't run in circles with a server that takes no token", async () => {
    const { chat, http } = made();
    http.post.mockResolvedValue(unauthorized);
    chat.send("hello");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(http.post.mock.calls.length).toBeLessThan(12);
    expect(statuses(chat)).toEqual(["delayed"]);
  });
});
