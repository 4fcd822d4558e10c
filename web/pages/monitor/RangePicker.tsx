// Chooses the days: the last week, month or quarter, or any two days.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { Choice } from "../kit/ui";
import { isDay, lastDays, length, today } from "./range";
import { range } from "./state";

const PRESETS = ["7", "30", "90"] as const;

export function RangePicker(): VNode {
  const last = today();
  const { from, to } = range.value;
  const chosen = PRESETS.find((each) => to === last && String(length(range.value)) === each) ?? "own";
  const set = (change: { from?: string; to?: string }) => {
    const next = { ...range.value, ...change };
    if (!isDay(next.from) || !isDay(next.to)) return;
    // The other end moves along, so that there is always a stretch to look at.
    range.value = length(next) > 0 ? next : change.from === undefined ? { from: next.to, to: next.to } : { from: next.from, to: next.from };
  };
  return (
    <div class="range">
      <Choice
        label={t("monitor.range")}
        hideLabel
        value={chosen}
        options={PRESETS.map((value) => ({ value, label: t.count("monitor.days", Number(value)) }))}
        onChange={(value) => {
          if (value !== "own") range.value = lastDays(Number(value), last);
        }}
      />
      <div class="range-days">
        <input type="date" aria-label={t("history.from")} value={from} max={last} onChange={(event) => set({ from: event.currentTarget.value })} />
        <span aria-hidden="true">–</span>
        <input type="date" aria-label={t("history.to")} value={to} max={last} onChange={(event) => set({ to: event.currentTarget.value })} />
      </div>
    </div>
  );
}
