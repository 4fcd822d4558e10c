import { expect, it } from "vitest";
import { Draft } from "./draft";
import { inMemory } from "./storage";

it("outlives the page", () => {
  const storage = inMemory();
  new Draft(storage).set("half a sen");
  const next = new Draft(storage);
  expect(next.get()).toBe("half a sen");
  next.set("");
  expect(new Draft(storage).get()).toBe("");
});

it("isn't lost to what another tab does", () => {
  const storage = inMemory();
  const [left, right] = [new Draft(storage), new Draft(storage)];
  left.set("from the left");
  right.set("from the right");
  right.set("");
  expect(left.get()).toBe("from the left");
  expect(new Draft(storage).get()).toBe("");
});

it("of another tab isn't thrown away", () => {
  const storage = inMemory();
  const [left, right] = [new Draft(storage), new Draft(storage)];
  left.set("from the left");
  right.get();
  right.set("from the right");
  left.set("");
  expect(new Draft(storage).get()).toBe("from the right");
});

it("lives without storage", () => {
  const draft = new Draft({ ...inMemory(), set: () => undefined });
  draft.set("kept");
  expect(draft.get()).toBe("kept");
});
