import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types";
import { at, batch, conversation, maya, message, session, visitor } from "../test/samples";
import { type Happening, type State, initial, newest, reduce, unread, waiting } from "./state";
import { entries } from "./view";

const after = (...happenings: Happening[]): State => happenings.reduce(reduce, initial);
/** What the list draws, of which nothing moves that stays the same. */
const places = (state: State, now: string) => entries(state, now).map((entry) => [entry.type, entry.key, ...(entry.type === "message" ? [entry.first, entry.last] : [])]);
const bodies = (state: State) => state.messages.map((each) => each.body);

describe("messages", () => {
  it("stand in the order of their seq, whatever order they came in", () => {
    const state = after(
      { type: "batch", batch: batch(9, [message(3)]) },
      { type: "batch", batch: batch(12, [message(1), message(2)]) },
    );
    expect(bodies(state)).toEqual(["message 1", "message 2", "message 3"]);
    expect(state.after).toBe(12);
  });

  it("appear once, however often they come", () => {
    const same = batch(5, [message(1), message(2)]);
    const state = after({ type: "batch", batch: same }, { type: "batch", batch: same });
    expect(state.messages).toHaveLength(2);
  });

  it("follow the order of their conversations", () => {
    const state = after(
      { type: "session", session: session({ conversation: conversation("c1"), messages: [message(7)], after: 7 }) },
      { type: "batch", batch: batch(9, [message(1, { conversation_id: "c2" })]) },
      { type: "batch", batch: batch(10, [message(8)]) },
    );
    expect(state.messages.map((each) => each.id)).toEqual(["c1-7", "c1-8", "c2-1"]);
    expect(entries(state, at(0)).map((entry) => entry.type)).toContain("conversation");
  });

  it("change when edited and are emptied when removed", () => {
    const state = after(
      { type: "batch", batch: batch(2, [message(1), message(2)]) },
      { type: "batch", batch: batch(3, [message(1, { body: "better", edited_at: at(9) })]) },
      { type: "batch", batch: batch(4, [message(2, { body: "", removed: true })]) },
    );
    expect(bodies(state)).toEqual(["better", ""]);
    expect(state.messages[1]?.removed).toBe(true);
  });

  it("aren't turned back by an answer that was overtaken", () => {
    const state = after(
      { type: "batch", batch: batch(5, [message(1, { body: "new" })], { conversation: conversation("c1", { status: "closed" }) }) },
      { type: "batch", batch: batch(3, [message(1, { body: "old" }), message(2)]) },
    );
    expect(bodies(state)).toEqual(["new", "message 2"]);
    expect(state.after).toBe(5);
    expect(state.conversation?.status).toBe("closed");
  });

  it("are all replaced by a reset", () => {
    const state = after(
      { type: "batch", batch: batch(50, [message(1), message(2)]) },
      { type: "batch", batch: batch(4, [message(9)], { reset: true }) },
    );
    expect(bodies(state)).toEqual(["message 9"]);
    expect(state.after).toBe(4);
  });

  it("are all replaced by another session", () => {
    const state = after(
      { type: "batch", batch: batch(50, [message(1)]) },
      { type: "session", session: session({ after: 2 }) },
    );
    expect(state.messages).toEqual([]);
    expect(state.conversation).toBeNull();
    expect(state.after).toBe(2);
  });
});

describe("what is on its way", () => {
  const pending = { client_key: "k1", body: "hello", status: "sending", reason: null } as const;

  it.each([
    ["the first message", [message(1, { author: visitor, client_key: "k1", created_at: at(5) })]],
    ["one of a group", [message(1, { author: visitor }), message(2, { author: visitor, client_key: "k1", created_at: at(5) })]],
    ["one after an answer", [message(1), message(2, { author: visitor, client_key: "k1", created_at: at(5) })]],
    ["one after a quiet", [message(1, { author: visitor }), message(2, { author: visitor, client_key: "k1", created_at: at(1_000) })]],
    ["one on another day", [message(1), message(2, { author: visitor, client_key: "k1", created_at: at(100_000) })]],
  ])("stands where it stays when it has arrived: %s", (_, all) => {
    const arrived = all.at(-1) as Message;
    const before = after({ type: "batch", batch: batch(1, all.slice(0, -1)) }, { type: "pending", pending: [pending] });
    const state = reduce(before, { type: "batch", batch: batch(2, [arrived]) });
    expect(waiting(before)).toHaveLength(1);
    expect(waiting(state)).toEqual([]);
    expect(places(state, arrived.created_at)).toEqual(places(before, arrived.created_at));
  });

  it("begins a new conversation after one that was closed", () => {
    const closed = { ...conversation(), status: "closed" } as const;
    const before = after({ type: "session", session: session({ conversation: closed, messages: [message(1)], after: 1 }) }, { type: "pending", pending: [pending] });
    const arrived = message(1, { author: visitor, client_key: "k1", conversation_id: "c2" });
    const state = reduce(before, { type: "posted", posted: { conversation: conversation("c2"), message: arrived } });
    expect(places(before, at(1)).map(([type]) => type)).toEqual(["day", "message", "conversation", "message"]);
    expect(places(state, at(1))).toEqual(places(before, at(1)));
  });

  it("doesn't come twice when the live line was faster than the answer", () => {
    const arrived = message(1, { author: visitor, client_key: "k1" });
    const state = after(
      { type: "batch", batch: batch(1, [arrived]) },
      { type: "posted", posted: { conversation: conversation(), message: arrived } },
    );
    expect(state.messages).toHaveLength(1);
  });
});

describe("the conversation", () => {
  it("stays closed when a late answer still calls it open", () => {
    const state = after(
      { type: "batch", batch: batch(4, [message(1)], { conversation: conversation("c1", { status: "closed" }) }) },
      { type: "posted", posted: { conversation: conversation("c1"), message: message(2) } },
    );
    expect(state.conversation?.status).toBe("closed");
    expect(state.messages).toHaveLength(2);
  });

  it("begins with an answer, so with a connection", () => {
    const state = after({ type: "line", line: "lost" }, { type: "session", session: session() });
    expect(state.line).toBe("connecting");
    expect(after({ type: "line", line: "polling" }, { type: "session", session: session() }).line).toBe("polling");
  });

  it("is a new one after a message that opened it", () => {
    const state = after(
      { type: "batch", batch: batch(4, [message(1)], { conversation: conversation("c1", { status: "closed" }) }) },
      { type: "posted", posted: { conversation: conversation("c2"), message: message(1, { conversation_id: "c2" }) } },
    );
    expect(state.conversation).toMatchObject({ id: "c2", status: "open" });
  });
});

describe("typing", () => {
  const typing: Happening = { type: "typing", author: maya };

  it("ends with an answer, a closed conversation or a lost line", () => {
    expect(after(typing).typing).toEqual(maya);
    expect(after(typing, { type: "batch", batch: batch(1, [message(1)]) }).typing).toBeNull();
    expect(after(typing, { type: "conversation", conversation: conversation("c1", { status: "closed" }) }).typing).toBeNull();
    expect(after(typing, { type: "line", line: "lost" }).typing).toBeNull();
    expect(after(typing, { type: "typing_over" }).typing).toBeNull();
  });

  it("goes on while the visitor writes", () => {
    expect(after(typing, { type: "batch", batch: batch(1, [message(1, { author: visitor })]) }).typing).toEqual(maya);
  });
});

describe("unread", () => {
  it("counts answers after the last one seen, and nothing else", () => {
    const before = after(
      { type: "batch", batch: batch(4, [message(1), message(2, { author: visitor }), message(3), message(4, { removed: true })]) },
    );
    expect(unread(before)).toBe(2);
    expect(unread(reduce(before, { type: "seen", seen: { conversation_id: "c1", seq: 1 } }))).toBe(1);
    expect(unread(reduce(before, { type: "seen", seen: newest(before) }))).toBe(0);
  });

  it("counts what came in a newer conversation", () => {
    const state = after(
      { type: "batch", batch: batch(4, [message(9)]) },
      { type: "seen", seen: { conversation_id: "c1", seq: 9 } },
      { type: "batch", batch: batch(6, [message(1, { conversation_id: "c2" })]) },
    );
    expect(unread(state)).toBe(1);
  });
});

describe("groups", () => {
  it("begin with another author, after a quiet and on another day", () => {
    const list = entries(
      after({
        type: "batch",
        batch: batch(5, [
          message(1),
          message(2),
          message(3, { author: visitor }),
          message(4, { author: visitor, created_at: at(1_000) }),
          message(5, { author: visitor, created_at: at(100_000) }),
        ]),
      }),
      at(100_000),
    );
    const shape = list.map((entry) => (entry.type === "message" ? `${entry.first ? "(" : ""}m${entry.last ? ")" : ""}` : entry.type));
    expect(shape).toEqual(["day", "(m", "m)", "(m)", "(m)", "day", "(m)"]);
  });
});
