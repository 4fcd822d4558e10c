// Times, dates and durations in the page's language. Nothing reads the clock here but `now`.

import { computed, signal } from "@preact/signals";
import { regional } from "../../texts/index";
import { language } from "./i18n";

/** The present, for what says how long ago something was: moves twice a minute. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 30_000);

/** When the present day began here: moves at midnight. */
export const today = computed(() => new Date(now.value).setHours(0, 0, 0, 0));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const made = new Map<string, Intl.DateTimeFormat>();

function format(kind: string, options: Intl.DateTimeFormatOptions, at: Date): string {
  const key = `${language()} ${kind}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(regional(language()), options);
    made.set(key, found);
  }
  return found.format(at);
}

/** 14:05 */
export const clock = (at: string | Date): string => format("clock", { hour: "numeric", minute: "2-digit" }, new Date(at));
/** 3 Nov 2026 */
export const day = (at: string | Date): string => format("day", { day: "numeric", month: "short", year: "numeric" }, new Date(at));
/** 3 Nov */
export const shortDay = (at: string | Date): string => format("short", { day: "numeric", month: "short" }, new Date(at));
/** 3 Nov 2026, 14:05 */
export const moment = (at: string | Date): string =>
  format("moment", { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" }, new Date(at));

/** `2 hours ago`, `in 5 minutes`. */
export function ago(at: string, from: number = now.value): string {
  const past = new Date(at).getTime() - from;
  const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  const size = Math.abs(past);
  if (size < MINUTE) return words.format(0, "minute");
  if (size < HOUR) return words.format(Math.trunc(past / MINUTE), "minute");
  if (size < DAY) return words.format(Math.trunc(past / HOUR), "hour");
  if (size < 30 * DAY) return words.format(Math.trunc(past / DAY), "day");
  return day(at);
}

const unit = (value: number, name: "second" | "minute" | "hour" | "day"): string =>
  new Intl.NumberFormat(language(), { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);

/** How long something took: `45 sec`, `3 min`, `2 hr 10 min`, `3 days`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return unit(whole, "second");
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 || days > 6 ? unit(days, "day") : `${unit(days, "day")} ${unit(hours % 24, "hour")}`;
}

/** How long it has been, for clocks that count up. */
export const since = (at: string, from: number = now.value): string => duration((from - new Date(at).getTime()) / 1000);
