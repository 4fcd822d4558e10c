// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { inMemory } from "./storage";
import { good, inTestTime, later, made, settle, statuses } from "./test/chat";
import { FakeSocket } from "./test/fake-socket";
import { session } from "./test/samples";
import type { Answer } from "./transport/http";

inTestTime();

describe("a session", () => {
  it("isn't begun by merely being on a page", async () => {
    const { chat, http } = made();
    await settle();
    expect(http.session).not.toHaveBeenCalled();
    expect(chat.isKnown).toBe(false);
    chat.start();
    chat.start();
    await settle();
    expect(http.session).toHaveBeenCalledTimes(1);
    expect(chat.isKnown).toBe(true);
    expect(chat.state.phase).toBe("ready");
  });

  it("keeps its token", async () => {
    const storage = inMemory();
    storage.set("token", "old");
    const { chat, http } = made(storage);
    http.session.mockResolvedValue(good(session({ visitor_token: "old" })));
    chat.start();
    await settle();
    expect(http.session).toHaveBeenCalledWith(expect.objectContaining({ domain: "shop.example", visitor_token: "old" }));
  });

  it("is tried again, as late as the server asks", async () => {
    const { chat, http } = made();
    http.session.mockResolvedValueOnce(later(5_000));
    chat.start();
    await vi.advanceTimersByTimeAsync(6_499);
    expect(http.session).toHaveBeenCalledTimes(1);
    expect(chat.state.line).toBe("lost");
    await vi.advanceTimersByTimeAsync(1);
    expect(chat.state.phase).toBe("ready");
  });

  it("that is refused is explained once and given up", async () => {
    const { chat, http, complain } = made();
    const problem = { type: "urn:threadline:problem:origin-not-allowed", title: "No", status: 403 };
    http.session.mockResolvedValue({ ok: false, failure: { kind: "refused", problem } });
    chat.start();
    await settle();
    chat.send("hello");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.state.phase).toBe("refused");
    expect(complain.mock.calls).toEqual([[problem]]);
    expect(http.session).toHaveBeenCalledTimes(1);
    expect(FakeSocket.made).toHaveLength(0);
  });
});

describe("a page that isn't shut out", () => {
  it.each([
    ["rejected", "urn:threadline:problem:malformed-request", 400],
    ["rejected", "urn:threadline:problem:payload-too-large", 413],
    ["later", "about:blank", 404],
  ] as const)("keeps its widget: %s %s", async (kind, type, status) => {
    const { chat, http, complain } = made();
    const problem = { type, title: "No", status };
    const failure = kind === "later" ? { kind, afterMs: null, problem } : { kind, problem };
    http.session.mockResolvedValueOnce({ ok: false, failure }).mockResolvedValueOnce({ ok: false, failure });
    chat.send("hello");
    await vi.advanceTimersByTimeAsync(999);
    expect(chat.state.phase).toBe("starting");
    expect(http.session).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(chat.state.phase).toBe("ready");
    expect(chat.state.messages.map((each) => each.body)).toEqual(["hello"]);
    expect(complain.mock.calls).toEqual([[problem]]);
  });

  it("keeps a message that a proxy threw back, and says so once", async () => {
    const { chat, http, complain } = made();
    const problem = { type: "about:blank", title: "The server answered 405", status: 405 };
    const answer: Answer<never> = { ok: false, failure: { kind: "later", afterMs: null, problem } };
    http.post.mockResolvedValueOnce(answer).mockResolvedValueOnce(answer);
    chat.send("hello");
    await settle();
    expect(statuses(chat)).toEqual(["delayed"]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(chat.state.messages).toHaveLength(1);
    expect(complain.mock.calls).toEqual([[problem]]);
  });

  it("sends text alone, wherever its title was cut", async () => {
    const { chat, http } = made(inMemory(), "Tea \ud83c");
    chat.send("half \ud83d");
    await settle();
    const page = { url: location.href, title: "Tea \ufffd", referrer: null };
    expect(http.session).toHaveBeenCalledWith(expect.objectContaining({ domain: "shop.example", page }));
    expect(http.post.mock.calls[0]?.[1]).toMatchObject({ body: "half \ufffd", page });
  });
});

it("keeps a draft in its own tab", () => {
  const storage = inMemory();
  const [left, right] = [made(storage).chat, made(storage).chat];
  left.draft = "from the left";
  right.draft = "from the right";
  right.send("from the right");
  right.draft = "";
  expect(left.draft).toBe("from the left");
});

it("keeps a draft", () => {
  const { chat, storage } = made();
  chat.draft = "half a sen";
  expect(made(storage).chat.draft).toBe("half a sen");
  chat.draft = "";
  expect(storage.get("draft")).toBeNull();
});

it("closes for both sides, also when the other was faster", async () => {
  const { chat, http } = made();
  expect(await chat.closeConversation()).toBe(false);
  chat.start();
  await settle();
  expect(await chat.closeConversation()).toBe(true);
  expect(chat.state.conversation?.status).toBe("closed");
  const problem = { type: "urn:threadline:problem:conversation-closed", title: "Closed", status: 409 };
  http.close.mockResolvedValue({ ok: false, failure: { kind: "rejected", problem } });
  expect(await chat.closeConversation()).toBe(true);
  http.close.mockResolvedValue(later(null));
  expect(await chat.closeConversation()).toBe(false);
});
