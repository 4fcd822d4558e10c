import { describe, expect, it } from "vitest";
import { at, message } from "../inbox/test/samples";
import { items, type View } from "./items";

const view = (more: Partial<View>): View => ({ messages: [], unsent: [], newAfter: null, seenByVisitor: 0, ...more });
const kinds = (rows: ReturnType<typeof items>) => rows.map((row) => (row.type === "message" ? `${row.message.seq}${row.first ? "!" : ""}` : row.type)).join(" ");
const team = { author: { kind: "operator" as const, id: "ada", name: "Ada", picture: null }, origin: "inbox" };

describe("the timeline", () => {
  it("breaks at days and shows an author once a run", () => {
    const next = new Date(Date.parse(at(0)) + 86_400_000).toISOString();
    const rows = items(view({ messages: [message(1), message(2), message(3, team), message(4, { ...team, audience: "operators" }), message(20), message(30, { created_at: next })] }));
    expect(kinds(rows)).toBe("day 1! 2 3! 4! 20! day 30!");
  });

  it("draws one line above what others wrote since", () => {
    expect(kinds(items(view({ messages: [message(1), message(2, { mine: true }), message(3), message(4)], newAfter: 1 })))).toBe("day 1! 2 new 3! 4");
    expect(kinds(items(view({ messages: [message(1)], newAfter: 1 })))).toBe("day 1!");
  });

  it("marks the newest answer as seen, and only when it was", () => {
    const messages = [message(1), message(2, team), message(3, team)];
    const seen = (by: number) => items(view({ messages, seenByVisitor: by })).flatMap((row) => (row.type === "message" && row.seen ? [row.message.seq] : []));
    expect(seen(3)).toEqual([3]);
    expect(seen(2)).toEqual([]);
  });

  it("shows unsent words last, until the server's copy is there", () => {
    const unsent = [{ client_key: "k", body: "x", note: false, at: at(5), failed: null }];
    expect(kinds(items(view({ messages: [message(1)], unsent })))).toBe("day 1! unsent");
    expect(kinds(items(view({ messages: [message(1), message(2, { client_key: "k" })], unsent })))).toBe("day 1! 2");
  });
});
