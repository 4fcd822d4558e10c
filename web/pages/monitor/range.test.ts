import { describe, expect, it } from "vitest";
import { length, moved, read } from "./range";

const week = { from: "2026-11-10", to: "2026-11-16" };

describe("the days that are looked at", () => {
  it("moves the other end along, where the two would change places", () => {
    expect(moved(week, { from: "2026-11-12" })).toEqual({ from: "2026-11-12", to: "2026-11-16" });
    expect(moved(week, { from: "2026-11-20" })).toEqual({ from: "2026-11-20", to: "2026-11-20" });
    expect(moved(week, { to: "2026-11-01" })).toEqual({ from: "2026-11-01", to: "2026-11-01" });
  });

  it("moves the other end along, where it would be more than a year", () => {
    const early = moved(week, { from: "2024-02-29" });
    expect([early.from, length(early)]).toEqual(["2024-02-29", 366]);
    const late = moved({ from: "2025-01-01", to: "2025-01-07" }, { to: "2026-11-16" });
    expect([late.to, length(late)]).toEqual(["2026-11-16", 366]);
    expect(length(read("?from=2020-01-01&to=2026-11-16")!)).toBe(366);
  });
});
