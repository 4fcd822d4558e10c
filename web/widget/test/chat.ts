// What the tests of the chat share: a chat with a server of its own, tabs that hear each other, and time that tests move.

import { afterEach, beforeEach, vi } from "vitest";
import type { MessageRequest, Posted, Problem, Session } from "../../api/types";
import { Chat } from "../chat";
import { type Storage, inMemory } from "../storage";
import type { Answer, Http } from "../transport/http";
import { FakeSocket } from "./fake-socket";
import { batch, conversation, message, session, visitor } from "./samples";

/** Time stands still until a test moves it, and no socket leads anywhere. */
export function inTestTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.made = [];
    vi.stubGlobal("WebSocket", FakeSocket);
  });
  afterEach(() => void vi.useRealTimers());
}

export const good = <T>(value: T): Answer<T> => ({ ok: true, value });
export const later = (afterMs: number | null): Answer<never> => ({ ok: false, failure: { kind: "later", afterMs } });
export const unauthorized: Answer<never> = { ok: false, failure: { kind: "unauthorized" } };
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** Two tabs share storage, and hear each other like in a browser. */
export function shared(): { tab: () => Storage } {
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

/** A chat with a server that takes everything, unless a test says otherwise. */
export function made(storage: Storage = inMemory(), title = "Shop") {
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

export const statuses = (chat: Chat) => chat.state.pending.map((pending) => pending.status);
