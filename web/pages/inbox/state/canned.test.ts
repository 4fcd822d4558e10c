import { describe, expect, it } from "vitest";
import { choices, filled, lone, replacedAt, tokenAt } from "./canned";
import { addressOf, conversationOf } from "./place";

const all = [
  { id: "1", name: "greeting", body: "Hello {visitor}, I'm {me}.", domains: null },
  { id: "2", name: "refund", body: "We refund greetings too", domains: null },
];

describe("canned replies", () => {
  it("are asked for by a stroke at a word's beginning", () => {
    expect(tokenAt("/gr", 3)).toEqual({ typed: "gr", start: 0, end: 3 });
    expect(tokenAt("Well, /", 7)?.typed).toBe("");
    expect(tokenAt("https://x", 9)).toBeNull();
    expect(tokenAt("/gr done", 8)).toBeNull();
  });

  it("are found by name before text", () => {
    expect(choices(all, "gree").map(({ id }) => id)).toEqual(["1", "2"]);
    expect(choices(all, "zzz")).toEqual([]);
  });

  it("are meant by a text that is one word behind a stroke", () => {
    expect([" /hello\n", "/ölçü", "/a-b_1"].map(lone)).toEqual(["hello", "ölçü", "a-b_1"]);
    expect(["/", "/hello you", "hello", "/etc/hosts", "//x", ""].map(lone)).toEqual([null, null, null, null, null, null]);
  });

  it("fill in names as text, once", () => {
    expect(filled(all[0]?.body ?? "", { visitor: "{me}", me: "Ada" })).toBe("Hello {me}, I'm Ada.");
    expect(replacedAt("Well, /gr now", { typed: "gr", start: 6, end: 9 }, "hello")).toEqual({ text: "Well, hello now", caret: 11 });
  });
});

describe("the address", () => {
  it("names a conversation or none", () => {
    expect(conversationOf(new URL(addressOf("019a-7f"), "https://inbox.example").hash)).toBe("019a-7f");
    expect(conversationOf("#conversation=019a-7f")).toBe("019a-7f");
    expect(conversationOf("#conversation=../admin")).toBeNull();
    expect(conversationOf("")).toBeNull();
    expect(addressOf(null)).toBe("/inbox");
  });
});
