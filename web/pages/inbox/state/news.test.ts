import { expect, it } from "vitest";
import { detail, message } from "../test/samples";
import { opened } from "./conversation";
import { isNews, newsSince } from "./news";

const ben = { kind: "operator" as const, id: "ben", name: "Ben", picture: null };
const seqs = (messages: ReturnType<typeof message>[], seen: number) => {
  const { visitor, colleague } = newsSince(opened(detail(messages)), seen);
  return [visitor?.seq ?? null, colleague?.seq ?? null];
};

it("is the visitor's and a colleague's newest words since", () => {
  const messages = [message(10), message(20), message(30, { author: ben }), message(40), message(50, { author: ben })];
  expect(seqs(messages, 0)).toEqual([40, 50]);
  expect(seqs(messages, 40)).toEqual([null, 50]);
  expect(seqs(messages, 50)).toEqual([null, null]);
  expect(isNews(newsSince(opened(detail(messages)), 40))).toBe(true);
  expect(isNews(newsSince(opened(detail(messages)), 50))).toBe(false);
});

it("is nothing that the visitor doesn't see, that is gone, or that one said oneself", () => {
  const others = [
    { audience: "operators" as const },
    { audience: "operators" as const, held: true },
    { removed: true },
    { mine: true },
    { author: { ...ben, kind: "system" as const } },
  ];
  expect(seqs(others.map((more, index) => message(10 + index, { author: ben, ...more })), 0)).toEqual([null, null]);
  expect(seqs([message(10, { removed: true })], 0)).toEqual([null, null]);
});
