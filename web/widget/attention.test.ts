// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Attention } from "./attention";
import { inMemory } from "./storage";
import { message } from "./test/samples";

const sounds = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  sounds.mockClear();
  vi.stubGlobal("AudioContext", class { constructor() { sounds(); } });
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
});
afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(document, "visibilityState");
});

function hidden() {
  const storage = inMemory();
  const attention = new Attention({ storage, isLooking: () => false, title: () => "", onPressed: () => undefined });
  return { storage, attention };
}

it("is silent in a hidden tab while another one has the answer on screen", async () => {
  const { storage, attention } = hidden();
  attention.call(message(3));
  await vi.advanceTimersByTimeAsync(100);
  storage.set("seen", JSON.stringify({ conversation_id: "c1", seq: 3 }));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sounds).not.toHaveBeenCalled();
});

it("calls from a hidden tab where nobody has read further", async () => {
  const { storage, attention } = hidden();
  storage.set("seen", JSON.stringify({ conversation_id: "c1", seq: 2 }));
  attention.call(message(3));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sounds).toHaveBeenCalledTimes(1);
});
