// Chooses the days: the last week, month or quarter, or any two days.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { Choice } from "../kit/ui";
import { isDay, lastDays, length, moved, today, type Range } from "./range";
import { range } from "./state";

const PRESETS = ["7", "30", "90"] as const;

export function RangePicker(): VNode {
  const last = today();
  const { from, to } = range.value;
  const chosen = PRESETS.find((each) => to === last && String(length(range.value)) === each) ?? "own";
  const set = (change: Partial<Range>) => {
    if (Object.values(change).every(isDay)) range.value = moved(range.value, change);
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
        <abbr title={t("monitor.utc")}>UTC</abbr>
      </div>
    </div>
  );
}
