import { describe, expect, it } from "vitest";
import { durationTicks, MOST_SERIES, stacked, sum, times, volume } from "./figures";
import { days, lastDays, length, LONGEST_DAYS, plus, read } from "./range";

describe("the days", () => {
  it("are counted over months, years and the hour that summer time takes", () => {
    expect(lastDays(3, "2026-03-01")).toEqual({ from: "2026-02-27", to: "2026-03-01" });
    expect(days({ from: "2026-03-28", to: "2026-03-31" })).toEqual(["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]);
    expect(plus("2026-12-31", 1)).toBe("2027-01-01");
    expect(length({ from: "2026-11-02", to: "2026-11-01" })).toBe(0);
    expect(days({ from: "1990-01-01", to: "2026-11-01" })).toHaveLength(LONGEST_DAYS);
  });

  it("come from the address only if they make sense", () => {
    expect(read("?from=2026-11-01&to=2026-11-05")).toEqual({ from: "2026-11-01", to: "2026-11-05" });
    for (const bad of ["", "?from=2026-11-01", "?from=2026-11-05&to=2026-11-01", "?from=x&to=y"]) expect(read(bad)).toBeNull();
  });
});

describe("what is drawn", () => {
  const list = ["2026-11-01", "2026-11-02"];

  it("has a value for every day, and one series for what is left over", () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({ day: "2026-11-02", domain: `d${index}`, conversations: 8 - index, missed: 0 }));
    const series = volume([...rows, { day: "2020-01-01", domain: "d0", conversations: 99, missed: 0 }], list, "others");
    expect(series).toHaveLength(MOST_SERIES);
    expect(series[0]).toEqual({ label: "d0", values: [0, 8] });
    expect(series.at(-1)).toEqual({ label: "others", values: [0, 4 + 3 + 2 + 1] });
    expect(sum(series.map(({ values }) => sum(values)))).toBe(36);
    expect(stacked(series).at(-1)).toEqual([0, 36]);
    expect(volume([], list, "others")).toEqual([]);
  });

  it("leaves gaps where nothing was timed", () => {
    const [median] = times([{ day: "2026-11-02", median_s: 30, p90_s: null }], list, { median: "m", p90: "p" });
    expect(median).toEqual({ label: "m", values: [null, 30] });
  });

  it("marks durations at whole steps", () => {
    expect(durationTicks(240)).toEqual([0, 60, 120, 180, 240]);
    expect(durationTicks(0)).toEqual([0]);
    for (const most of [3, 59, 3600, 86_400 * 3, 86_400 * 400]) expect(durationTicks(most).length).toBeLessThan(8);
  });
});
