import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageRequest, Posted, Problem, Session } from "../api/types";
import { Chat } from "./chat";
import { type Storage, inMemory } from "./storage";
import { FakeSocket } from "./test/fake-socket";
import { batch, conversation, message, session, visitor } from "./test/samples";
import type { Answer, Http } from "./transport/http";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => void vi.useRealTimers());

const good = <T>(value: T): Answer<T> => ({ ok: true, value });
const later = (afterMs: number | null): Answer<never> => ({ ok: false, failure: { kind: "later", afterMs } });
const unauthorized: Answer<never> = { ok: false, failure: { kind: "unauthorized" } };
const settle = () => vi.advanceTimersByTimeAsync(0);

/** Two tabs share storage, and hear each other like in a browser. */
function shared(): { tab: () => Storage } {
  const values = inMemory();
  const tabs: ((name: string, value: string | null) => void)[] = [];
  const tab = (): Storage => {
    let own: ((name: string, value: string | null) => void) | undefined;
    const tell = (name: string, value: string | null) => tabs.filter((each) => each !== own).forEach((each) => each(name, value));
    return {
      ...values,
      set: (name, value) => (values.set(name, value), tell(name, value)),
      remove: (name) => (values.remove(name), tell(name, null)),
      onChange: (listener) => void tabs.push((own = listener)),
    };
  };
  return { tab };
}

function made(storage: Storage = inMemory(), title = "Shop") {
  let seq = 0;
  const post = vi.fn<Http["post"]>(async (_, request: MessageRequest): Promise<Answer<Posted>> => {
    const posted = message((seq += 1), { author: visitor, body: request.body, client_key: request.client_key });
    return good({ conversation: conversation(), message: posted });
  });
  const http = {
    session: vi.fn<Http["session"]>(async (): Promise<Answer<Session>> => good(session())),
    post,
    events: vi.fn<Http["events"]>(async () => good(batch(0, [], { conversation: null }))),
    read: vi.fn<Http["read"]>(async () => good(null)),
    close: vi.fn<Http["close"]>(async () => good({ conversation: conversation("c1", { status: "closed" }) })),
    visitor: vi.fn<Http["visitor"]>(async (_, said) => good({ visitor: { name: null, email: null, verified: false, ...said } })),
    form: vi.fn<Http["form"]>(async (_, request) => {
      const posted = message((seq += 1), { author: visitor, body: request.message, client_key: request.client_key });
      return good({ conversation: conversation("c1", { kind: "form" }), message: posted });
    }),
    rate: vi.fn<Http["rate"]>(async (_, { stars }) => good({ conversation: conversation("c1", { status: "closed", rating: { stars } }) })),
    page: vi.fn<Http["page"]>(async () => good(null)),
    abort: vi.fn<Http["abort"]>(),
  };
  document.title = title;
  const complain = vi.fn<(problem: Problem) => void>();
  const chat = new Chat({
    origin: "https://chat.example",
    domain: "shop.example",
    http,
    storage,
    locks: null,
    complain,
    random: () => 1,
  });
  return { chat, http, complain, storage };
}

const statuses = (chat: Chat) => chat.state.pending.map((pending) => pending.status);

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
    const page = { url: location.href, title: "Tea \ufffd" };
    expect(http.session).toHaveBeenCalledWith(expect.objectContaining({ domain: "shop.example", page }));
    expect(http.post.mock.calls[0]?.[1]).toMatchObject({ body: "half \ufffd", page });
  });
});

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
    http.post.mockResolvedValueOnce(later(600_000));
    chat.send("again");
    await settle();
    dispatchEvent(new Event("online"));
    await settle();
    expect(chat.state.messages).toHaveLength(2);
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

  it("doesn't run in circles with a server that takes no token", async () => {
    const { chat, http } = made();
    http.post.mockResolvedValue(unauthorized);
    chat.send("hello");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(http.post.mock.calls.length).toBeLessThan(12);
    expect(statuses(chat)).toEqual(["delayed"]);
  });
});

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

describe("two tabs", () => {
  it("become one visitor", async () => {
    const { tab } = shared();
    const [left, right] = [made(tab()), made(tab())];
    left.chat.start();
    await settle();
    expect(right.http.session).toHaveBeenCalledWith(expect.objectContaining({ visitor_token: "t1" }));
    expect(right.chat.state.phase).toBe("ready");
  });

  it("show what the other sends, with nothing missing in between", async () => {
    const { tab } = shared();
    const [left, right] = [made(tab()), made(tab())];
    left.chat.start();
    await settle();
    const seen: number[] = [];
    right.chat.subscribe(() => seen.push(right.chat.state.messages.length + right.chat.state.pending.length));
    left.chat.send("hello");
    expect(right.chat.state.pending.map((pending) => pending.body)).toEqual(["hello"]);
    await settle();
    expect(right.chat.state.messages.map((each) => each.body)).toEqual(["hello"]);
    expect(right.http.post).not.toHaveBeenCalled();
    expect(Math.min(...seen)).toBeGreaterThan(0);
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
