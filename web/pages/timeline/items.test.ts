import { describe, expect, it } from "vitest";
import { at, message } from "../inbox/test/samples";
import { alike, blocks, items, type View } from "./items";

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

  it("keeps messages in the same blocks, whatever is loaded before and behind them", () => {
    const messages = Array.from({ length: 300 }, (_, index) => message(index + 1));
    const known = new Map<string, string>();
    const cut = (from: number, to: number) => blocks(items(view({ messages: messages.slice(from, to) })), known);
    const sizes = (all: ReturnType<typeof cut>) => all.map(({ rows }) => rows.filter(({ type }) => type === "message").length);
    const [middle] = cut(150, 200);
    expect(sizes(cut(150, 200))).toEqual([50]);
    const longer = cut(150, 230);
    expect(sizes(longer)).toEqual([64, 16]);
    expect(longer[0]?.key).toBe(middle?.key);
    const all = cut(30, 300);
    expect(sizes(all)).toEqual([56, 64, 64, 64, 22]);
    expect(all.slice(2, 4).map(({ key }) => key)).toEqual(longer.map(({ key }) => key));
    expect(new Set(all.map(({ key }) => key)).size).toBe(5);
    expect(sizes(cut(0, 300))).toEqual([30, 56, 64, 64, 64, 22]);
    expect(cut(0, 300).flatMap(({ rows }) => rows)).toEqual(items(view({ messages })));
  });

  it("lets what comes late join the block that it falls into", () => {
    const known = new Map<string, string>();
    const messages = Array.from({ length: 70 }, (_, index) => message(2 * index + 1));
    const before = blocks(items(view({ messages })), known);
    const after = blocks(items(view({ messages: [...messages.slice(0, 3), message(6), ...messages.slice(3)] })), known);
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    expect(after[0]?.rows).toHaveLength((before[0]?.rows.length ?? 0) + 1);
    expect(alike(after[1]?.rows ?? [], before[1]?.rows ?? [])).toBe(true);
  });

  it("draws the day, the line and unsent words in the block of their message", () => {
    const unsent = [{ client_key: "k", body: "x", note: false, at: at(5), failed: null }];
    const messages = Array.from({ length: 65 }, (_, index) => message(index + 1));
    const cut = blocks(items(view({ messages, newAfter: 64, unsent })), new Map());
    expect(cut.map(({ rows }) => kinds(rows).replace(/1! .* /, "… "))).toEqual(["day … 64", "new 65! unsent"]);
    expect(blocks(items(view({ unsent })), new Map()).map(({ rows }) => kinds(rows))).toEqual(["day unsent"]);
  });

  it("draws a block anew for a change of one message in it", () => {
    const rows = items(view({ messages: [message(1), message(2)] }));
    expect(alike(rows, items(view({ messages: [message(1), message(2)] })))).toBe(false);
    const [one, two] = [message(1), message(2, team)];
    const before = items(view({ messages: [one, two] }));
    expect(alike(before, items(view({ messages: [one, two] })))).toBe(true);
    expect(alike(before, items(view({ messages: [one, { ...two, body: "Now else" }] })))).toBe(false);
    expect(alike(before, items(view({ messages: [one, two], seenByVisitor: 2 })))).toBe(false);
    expect(alike(before, items(view({ messages: [one, two], newAfter: 1 })))).toBe(false);
  });
});
