import { describe, expect, it } from "vitest";
import { leastMs } from "../../../widget/test/quick";
import { ada, summary } from "../test/samples";
import { appended, changed, compare, matches, replaced, tidied, type List, type Query } from "./list";

const open: Query = { domain: null, filter: "open", words: "" };
const ids = (list: List) => list.entries.map(({ id }) => id).join(" ");
const three = replaced([summary("a", 30), summary("b", 20), summary("c", 10)], null);

describe("the list", () => {
  it("orders by activity, down to what a clock of milliseconds can't tell", () => {
    const early = summary("x", 0, { last_activity_at: "2026-11-03T12:00:00.123456Z" });
    const late = summary("y", 0, { last_activity_at: "2026-11-03T12:00:00.123457Z" });
    expect([early, late].sort(compare)[0]).toBe(late);
    expect(compare(summary("p", 1), summary("q", 1))).toBeGreaterThan(0);
  });

  it("moves what changed to the top, once", () => {
    expect(ids(changed(three, summary("c", 40), open, null, null))).toBe("c a b");
    expect(ids(changed(three, summary("d", 25), open, null, null))).toBe("a d b c");
  });

  it("lets go of what no longer belongs, unless it is the one that is open", () => {
    const closed = summary("b", 41, { status: "closed" });
    expect(ids(changed(three, closed, open, null, null))).toBe("a c");
    const kept = changed(three, closed, open, null, "b");
    expect(ids(kept)).toBe("b a c");
    expect(ids(tidied(kept, open, null, "a"))).toBe("a c");
  });

  it("leaves to a further page what is older than all that is loaded", () => {
    const partly = replaced([summary("a", 30)], "cursor");
    expect(ids(changed(partly, summary("z", 1), open, null, null))).toBe("a");
    expect(ids(changed({ ...partly, next: null }, summary("z", 1), open, null, null))).toBe("a z");
  });

  it("updates what a search found and adds nothing to it", () => {
    const search: Query = { ...open, words: "kettle" };
    const again = changed(three, summary("b", 50, { unread: 3 }), search, null, null);
    expect(ids(again)).toBe("b a c");
    expect(again.entries[0]?.unread).toBe(3);
    expect(ids(changed(three, summary("d", 60), search, null, null))).toBe("a b c");
  });

  it("appends pages without repeating what came live", () => {
    const first = replaced([summary("a", 30), summary("b", 20)], "cursor");
    expect(ids(appended(first, [summary("b", 20), summary("c", 10)], null))).toBe("a b c");
  });

  it("knows mine, unassigned, closed and other domains", () => {
    const mine = summary("m", 1, { assignee: ada });
    expect(matches(mine, { ...open, filter: "mine" }, "ada")).toBe(true);
    expect(matches(mine, { ...open, filter: "mine" }, null)).toBe(false);
    expect(matches(mine, { ...open, filter: "unassigned" }, "ada")).toBe(false);
    expect(matches(mine, { ...open, domain: "docs.example" }, "ada")).toBe(false);
    expect(matches(summary("x", 1, { status: "closed" }), { ...open, filter: "closed" }, null)).toBe(true);
  });

  it("stays quick with ten thousand entries", () => {
    const first = replaced(Array.from({ length: 10_000 }, (_, index) => summary(`c${index}`, index)), null);
    let list = first;
    const work = () => {
      list = first;
      for (let change = 0; change < 200; change += 1) list = changed(list, summary(`c${change * 37}`, 20_000 + change), open, null, null);
    };
    expect(leastMs(work)).toBeLessThan(1_000);
    expect(list.entries).toHaveLength(10_000);
  });
});
