import { expect, it } from "vitest";
import { read } from "./place";
import { inWords } from "./words";

it("finds the part that the address names", () => {
  expect(read("#operators")).toEqual({ part: "operators", domain: null });
  expect(read("#domain=shop.example")).toEqual({ part: "domains", domain: "shop.example" });
  expect(read("#nonsense")).toEqual({ part: "domains", domain: null });
});

it("tells an audit entry whatever its shape", () => {
  expect(inWords({ role: "admin", domains: ["a", "b"], none: null })).toBe("role: admin · domains: a, b");
  expect([inWords(null), inWords("x"), inWords(3), inWords([1, { a: true }])]).toEqual(["", "x", "3", "1, a: true"]);
});
