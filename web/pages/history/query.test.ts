import { describe, expect, it } from "vitest";
import { ask, isNarrowed, NOTHING, read, write } from "./query";

describe("what is looked for", () => {
  it("stands in the address and comes back from it", () => {
    const wanted = { ...NOTHING, q: "tea & cups", status: "closed" as const, rating: "none" as const, from: "2026-11-01", tag: "größe" };
    const address = write(wanted, "c1");
    expect(read(address)).toEqual({ wanted, conversation: "c1", domain: null });
    expect(write(NOTHING, null)).toBe("");
    expect([isNarrowed(NOTHING), isNarrowed(wanted)]).toEqual([false, true]);
  });

  it("leaves out what makes no sense", () => {
    const { wanted } = read("?status=deleted&rating=9&from=yesterday&to=2026-13-45&q=%20%20");
    expect(wanted).toEqual(NOTHING);
  });

  it("asks for whole days as they are here, the last one included", () => {
    const asked = ask({ ...NOTHING, from: "2026-11-01", to: "2026-11-01" }, "shop.example");
    const [from, to] = [String(asked["from"]), String(asked["to"])].map((text) => new Date(text));
    expect([from?.getFullYear(), from?.getMonth(), from?.getDate(), from?.getHours()]).toEqual([2026, 10, 1, 0]);
    expect([to?.getDate(), to?.getHours()]).toEqual([2, 0]);
    expect(asked["domain"]).toBe("shop.example");
    expect(ask(NOTHING, null)["from"]).toBeNull();
  });
});
