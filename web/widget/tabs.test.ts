import { expect, it, vi } from "vitest";
import { type Locks, exclusively } from "./tabs";

it("goes ahead where the browser has locks and gives none", async () => {
  const locks: Locks = { request: () => Promise.reject(new DOMException("The request was denied.", "SecurityError")) };
  const work = vi.fn(async () => "done");
  expect(await exclusively(locks, "outbox", work)).toBe("done");
  expect(work).toHaveBeenCalledTimes(1);
});

it("does work that fails once, and says so", async () => {
  const locks: Locks = { request: (_, work) => work() };
  const work = vi.fn(() => Promise.reject(new Error("failed")));
  await expect(exclusively(locks, "outbox", work)).rejects.toThrow("failed");
  expect(work).toHaveBeenCalledTimes(1);
});
