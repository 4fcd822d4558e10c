// Which days are looked at, and the list of them. Days are texts like 2026-11-03; arithmetic on them is done in UTC, where
// every day is as long as every other.

export interface Range {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;
/** The longest stretch that is drawn day by day. */
export const LONGEST_DAYS = 366;

const parse = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const write = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The present day. The API counts days in UTC, wherever an operator sits. */
export const today = (): string => write(Date.now());

export const isDay = (text: string): boolean => FORM.test(text) && !Number.isNaN(parse(text));

/** The day so many days after this one. */
export const plus = (day: string, days: number): string => write(parse(day) + days * DAY_MS);

/** The last so many days, today included. */
export function lastDays(days: number, today: string): Range {
  return { from: plus(today, 1 - days), to: today };
}

/** How many days, both ends included; 0 where they are the wrong way round. */
export function length({ from, to }: Range): number {
  return Math.max(0, Math.round((parse(to) - parse(from)) / DAY_MS) + 1);
}

/** Every day of the range, at most `LONGEST_DAYS`, the latest ones then. */
export function days(range: Range): string[] {
  const count = Math.min(length(range), LONGEST_DAYS);
  return Array.from({ length: count }, (_, index) => plus(range.to, index - count + 1));
}

/** The range with one end moved; the other moves along, so that there is always a stretch to look at, and never too long a one. */
export function moved(range: Range, change: Partial<Range>): Range {
  const next = { ...range, ...change };
  const count = length(next);
  if (count > 0 && count <= LONGEST_DAYS) return next;
  const days = count === 0 ? 1 : LONGEST_DAYS;
  return change.from === undefined ? { from: plus(next.to, 1 - days), to: next.to } : { from: next.from, to: plus(next.from, days - 1) };
}

/** The range that the address names, if it makes sense. */
export function read(search: string): Range | null {
  const query = new URLSearchParams(search);
  const range = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
  if (!isDay(range.from) || !isDay(range.to) || length(range) === 0) return null;
  return moved(range, { to: range.to });
}
