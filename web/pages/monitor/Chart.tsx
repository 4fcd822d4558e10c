// A chart over days, drawn by uPlot on a canvas, and the same figures as a table for everybody who can't see it. Colours are
// the page's own, also in dark mode and with forced colours.

import "uplot/dist/uPlot.min.css";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { t } from "../kit/i18n";
import { prefs } from "../kit/prefs";
import { shortDay } from "../kit/time";
import { durationTicks, stacked, sum, type Series } from "./figures";

export interface ChartProps {
  title: string;
  kind: "bars" | "lines";
  days: readonly string[];
  series: readonly Series[];
  /** A value in words, for axis, table and what stands under the pointer. */
  say: (value: number) => string;
  /** The values are durations in seconds. */
  durations?: boolean;
  /** What stands beside the title: the whole range in one figure. */
  summary?: string | undefined;
  /** What is said when there is nothing to draw. */
  empty: string;
}

const HEIGHT = 220;
/** A day of the API as a moment of this browser's calendar. */
const local = (day: string): Date => new Date(`${day}T12:00:00`);

export function Chart(props: ChartProps): VNode {
  const { title, days, series, say, summary, empty } = props;
  const [at, setAt] = useState<number | null>(null);
  const hasAny = series.some(({ values }) => values.some((value) => value !== null && value !== 0));
  const read = at === null ? null : days[at];
  return (
    <figure class="chart card">
      <figcaption>
        <h2>{title}</h2>
        {summary !== undefined && <p class="chart-summary">{summary}</p>}
      </figcaption>
      {hasAny ? (
        <>
          <ul class="legend">
            {series.map(({ label, values }, index) => (
              <li key={label}>
                <span class={`swatch series-${index + 1}`} aria-hidden="true" />
                <span dir="auto">{label}</span>
                {at !== null && <strong>{values[at] === null || values[at] === undefined ? "–" : say(values[at])}</strong>}
              </li>
            ))}
            <li class="legend-day" aria-hidden="true">
              {read ? shortDay(local(read)) : ""}
            </li>
          </ul>
          <Canvas {...props} onPoint={setAt} />
          <Table {...props} />
        </>
      ) : (
        <p class="chart-empty">{empty}</p>
      )}
    </figure>
  );
}

function Canvas({ kind, days, series, say, durations = false, onPoint }: ChartProps & { onPoint: (index: number | null) => void }): VNode {
  const box = useRef<HTMLDivElement>(null);
  const repaint = useColours();
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const plot = new uPlot(options({ parent, kind, days, series, say, durations, onPoint }), data(kind, days, series), parent);
    const watch = new ResizeObserver(() => plot.setSize({ width: Math.max(1, parent.clientWidth), height: HEIGHT }));
    watch.observe(parent);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [kind, days, series, say, durations, repaint]);
  return <div class="chart-box" dir="ltr" aria-hidden="true" ref={box} />;
}

/** Changes whenever the page's colours do. */
function useColours(): number {
  const [count, setCount] = useState(0);
  const theme = prefs.theme.value;
  useEffect(() => {
    const changed = () => setCount((before) => before + 1);
    const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
    for (const each of media) each.addEventListener("change", changed);
    // The page's attribute follows the choice in the same turn; ours must be read after it.
    const timer = setTimeout(changed);
    return () => {
      clearTimeout(timer);
      for (const each of media) each.removeEventListener("change", changed);
    };
  }, [theme]);
  return count;
}

function data(kind: ChartProps["kind"], days: readonly string[], series: readonly Series[]): uPlot.AlignedData {
  const places = days.map((_, index) => index);
  // The tallest of the stack is drawn first, so that the others stand before it.
  const values = kind === "bars" ? stacked(series).reverse() : series.map((each) => each.values);
  return [places, ...values] as uPlot.AlignedData;
}

/** What a custom property is as a colour that a canvas knows. */
function colours(parent: HTMLElement): (name: string) => string {
  const probe = document.createElement("i");
  parent.append(probe);
  const found = new Map<string, string>();
  const names = ["text", "muted", "edge", ...Array.from({ length: 6 }, (_, index) => `series-${index + 1}`)];
  for (const name of names) {
    // With forced colours the series keep theirs: in one colour they couldn't be told apart.
    probe.style.setProperty("forced-color-adjust", name.startsWith("series") ? "none" : "auto");
    probe.style.color = `var(--${name})`;
    found.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (name) => found.get(name) ?? "gray";
}

type Wanted = Required<Pick<ChartProps, "kind" | "days" | "series" | "say" | "durations">> & {
  parent: HTMLElement;
  onPoint: (index: number | null) => void;
};

function options({ parent, kind, days, series, say, durations, onPoint }: Wanted): uPlot.Options {
  const colour = colours(parent);
  const bars = uPlot.paths.bars?.({ size: [0.72, 48, 1], radius: 0.1 });
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const own = series.map((_, index) => index);
  const axis = { stroke: colour("muted"), font, ticks: { show: false }, border: { show: false } };
  return {
    width: Math.max(1, parent.clientWidth),
    height: HEIGHT,
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: kind === "lines" }, y: false },
    scales: {
      x: { time: false, range: (_, low, high) => (kind === "bars" || low === high ? [low - 0.5, high + 0.5] : [low, high]) },
      y: { range: (_, _low, high) => [0, Math.max(high, 1) * 1.06] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        space: 64,
        incrs: [1, 2, 3, 5, 7, 14, 28, 56],
        values: (_, places) => places.map((place) => (days[place] === undefined ? "" : shortDay(local(days[place])))),
      },
      {
        ...axis,
        grid: { stroke: colour("edge"), width: 1 },
        size: durations ? 72 : 44,
        ...(durations ? { splits: (plot: uPlot) => durationTicks(plot.scales["y"]?.max ?? 0) } : { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] }),
        values: (_, values) => values.map(say),
      },
    ],
    series: [
      {},
      ...(kind === "bars"
        ? own
            .map((index): uPlot.Series => ({ fill: colour(`series-${index + 1}`), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }))
            .reverse()
        : own.map(
            (index): uPlot.Series => ({
              stroke: colour(`series-${index + 1}`),
              width: 2,
              spanGaps: true,
              ...(index > 0 ? { dash: [5, 4] } : {}),
              points: { size: 5, fill: colour(`series-${index + 1}`) },
            }),
          )),
    ],
    hooks: {
      setCursor: [(plot) => onPoint(plot.cursor.left === undefined || plot.cursor.left < 0 ? null : (plot.cursor.idx ?? null))],
    },
  };
}

function Table({ title, days, series, say, kind }: ChartProps): VNode {
  const totals = kind === "bars";
  return (
    <details class="figures">
      <summary>{t("monitor.table")}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("monitor.day")}</th>
              {series.map(({ label }) => (
                <th key={label} scope="col" dir="auto">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, index) => (
              <tr key={day}>
                <th scope="row">{shortDay(local(day))}</th>
                {series.map(({ label, values }) => (
                  <td key={label}>{values[index] === null || values[index] === undefined ? "–" : say(values[index])}</td>
                ))}
              </tr>
            ))}
          </tbody>
          {totals && (
            <tfoot>
              <tr>
                <th scope="row">{t("monitor.total")}</th>
                {series.map(({ label, values }) => (
                  <td key={label}>{say(sum(values))}</td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </details>
  );
}
