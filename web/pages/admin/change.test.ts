import { expect, it } from "vitest";
import { accessOf, changeOf } from "./change";

const byChat = { role: null, domains: null };
const narrow = { role: "operator" as const, domains: ["a.example", "gone.example"] };

it("asks for nothing where somebody only looked", () => {
  expect(changeOf(byChat, accessOf(byChat))).toBe(null);
  expect(changeOf(narrow, { role: "operator", domains: ["gone.example", "a.example"] })).toBe(null);
});

it("asks for what is different, and for nothing else", () => {
  expect(changeOf(byChat, { role: "none", domains: ["a.example"] })).toEqual({ domains: ["a.example"] });
  expect(changeOf(byChat, { role: "operator", domains: null })).toEqual({ role: "operator" });
  expect(changeOf(narrow, { role: "none", domains: null })).toEqual({ role: null, domains: null });
  expect(changeOf(narrow, { role: "operator", domains: ["a.example"] })).toEqual({ domains: ["a.example"] });
});
