// Turns what the API says into what the charts and their tables draw: a value for every day, the domains with the most
// conversations by name and the others together.

import type { Monitoring, Times } from "../kit/types";

export interface Series {
  label: string;
  /** One for each day; null: nothing to draw there. */
  values: (number | null)[];
}

/** How many domains have a colour of their own. */
export const MOST_SERIES = 5;

/** Conversations by day, one series a domain; the smallest domains become one. */
export function volume(rows: Monitoring["volume"], days: readonly string[], others: string): Series[] {
  const place = new Map(days.map((day, index) => [day, index]));
  const byDomain = new Map<string, number[]>();
  for (const { day, domain, conversations } of rows) {
    const index = place.get(day);
    if (index === undefined) continue;
    const values = byDomain.get(domain) ?? days.map(() => 0);
    values[index] = (values[index] ?? 0) + conversations;
    byDomain.set(domain, values);
  }
  const sorted = [...byDomain].sort(([a, x], [b, y]) => sum(y) - sum(x) || a.localeCompare(b));
  const shown = sorted.length > MOST_SERIES ? sorted.slice(0, MOST_SERIES - 1) : sorted;
  const rest = sorted.slice(shown.length);
  const series: Series[] = shown.map(([label, values]) => ({ label, values }));
  if (rest.length > 0) series.push({ label: others, values: days.map((_, index) => sum(rest.map(([, values]) => values[index] ?? 0))) });
  return series;
}

/** Median and 90th percentile by day, in seconds; days without any are gaps. */
export function times(rows: Times["by_day"], days: readonly string[], labels: { median: string; p90: string }): Series[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return [
    { label: labels.median, values: days.map((day) => known.get(day)?.median_s ?? null) },
    { label: labels.p90, values: days.map((day) => known.get(day)?.p90_s ?? null) },
  ];
}

/** Each series on top of those before it, as stacked bars are drawn: the last one is the tallest. */
export function stacked(series: readonly Series[]): number[][] {
  const height = (series[0]?.values ?? []).map(() => 0);
  return series.map(({ values }) =>
    values.map((value, index) => {
      height[index] = (height[index] ?? 0) + (value ?? 0);
      return height[index] ?? 0;
    }),
  );
}

export const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** Marks on the axis of a duration: whole seconds, minutes, hours or days, four to six of them. */
export function durationTicks(most: number): number[] {
  const steps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
  const step = steps.find((each) => most / each <= 5) ?? Math.ceil(most / 5 / 604_800) * 604_800;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
