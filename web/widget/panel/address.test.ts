import { expect, it } from "vitest";
import list from "../test/addresses.json";
import { isAddress } from "./address";

// The server's test holds the same list.
it.each(list.taken)("takes %j", (text) => expect(isAddress(text)).toBe(true));
it.each(list.refused)("refuses %j", (text) => expect(isAddress(text)).toBe(false));

it("stays quick on long nonsense", () => {
  const began = performance.now();
  for (const piece of ["a.", "a", "-", "a-"]) isAddress(`a@${piece.repeat(20_000)}!`);
  expect(performance.now() - began).toBeLessThan(1_000);
});
