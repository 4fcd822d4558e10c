// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Live } from "../../kit/live";
import type { ServerFrame } from "../../kit/types";
import { ada, batch, detail, message, summary } from "../test/samples";
import { Inbox } from "./inbox";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** An inbox with the conversation `c` open, where the visitor has said something, and what its live line tells. */
async function looking() {
  vi.stubGlobal("fetch", (path: string) =>
    Promise.resolve(Response.json(path.includes("/conversations/c") ? detail([message(1)]) : { conversations: [summary("c", 0)], next: null })),
  );
  const live = new Live(() => undefined);
  let hear: (frame: ServerFrame) => void = () => undefined;
  vi.spyOn(live, "on").mockImplementation((listener) => {
    hear = listener;
    return () => undefined;
  });
  const inbox = new Inbox(() => null, ada.id, live);
  inbox.start({ domain: null, filter: "open", words: "" });
  await inbox.select("c", "replace");
  return { inbox, hear: (frame: ServerFrame) => hear(frame) };
}

const types: ServerFrame = { type: "typing", conversation: "c", author: { kind: "visitor", name: null, picture: null } };

it("shows that somebody types until their words come or nothing comes for a while, and through receipts for older words", async () => {
  const { inbox, hear } = await looking();
  const typing = () => inbox.typing.value.length;
  hear(types);
  expect(typing()).toBe(1);
  hear({ type: "batch", ...batch(6, [message(1, { deliveries: [] })]) });
  expect(typing()).toBe(1);
  hear({ type: "batch", ...batch(7, [message(2)]) });
  expect(typing()).toBe(0);
  hear(types);
  vi.advanceTimersByTime(5_999);
  expect(typing()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(typing()).toBe(0);
  inbox.stop();
});
