import { expect, it } from "vitest";
import list from "../test/addresses.json";
import { leastMs } from "../test/quick";
import { isAddress } from "./address";

// The server's test holds the same list.
it.each(list.taken)("takes %j", (text) => expect(isAddress(text)).toBe(true));
it.each(list.refused)("refuses %j", (text) => expect(isAddress(text)).toBe(false));

it("stays quick on long nonsense", () => {
  const nonsense = ["a.", "a", "-", "a-"].map((piece) => `a@${piece.repeat(20_000)}!`);
  expect(leastMs(() => nonsense.forEach(isAddress))).toBeLessThan(1_000);
});
