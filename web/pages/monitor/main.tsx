// The monitor page: how things stand now, and how they went.

import "./monitor.css";
import { useMemo } from "preact/hooks";
import type { VNode } from "preact";
import { language, t } from "../kit/i18n";
import { mount } from "../kit/page";
import { clock, duration } from "../kit/time";
import type { Monitoring } from "../kit/types";
import { Button, Empty, Spinner } from "../kit/ui";
import { Chart } from "./Chart";
import { Channels, RecentlyClosed } from "./Lists";
import { sum, times, volume } from "./figures";
import { Now } from "./Now";
import { days } from "./range";
import { RangePicker } from "./RangePicker";
import { Ratings } from "./Ratings";
import { failed, figures, follow, load, range, readAt } from "./state";
import { ByDomain, ByOperator } from "./Tables";

function Monitor(): VNode {
  const known = figures.value;
  return (
    <div class="monitor">
      <div class="monitor-head">
        <div>
          <h1>{t("nav.monitor")}</h1>
          {readAt.value !== null && <p class="told">{t("monitor.read_at", { time: clock(readAt.value) })}</p>}
        </div>
        <RangePicker />
      </div>
      {failed.value !== null && known === null && (
        <Empty icon="alert" title={t("kit.failed")}>
          <p>{failed.value}</p>
          <Button look="primary" onClick={() => void load()}>
            {t("kit.again")}
          </Button>
        </Empty>
      )}
      {known === null && failed.value === null && <Spinner />}
      {known && <Figures known={known} />}
    </div>
  );
}

const count = (value: number): string => new Intl.NumberFormat(language()).format(value);

function Figures({ known }: { known: Monitoring }): VNode {
  const list = useMemo(() => days(range.value), [range.value]);
  const labels = { median: t("monitor.median"), p90: t("monitor.p90") };
  const talk = useMemo(() => volume(known.volume, list, t("monitor.others")), [known, list, language()]);
  const first = useMemo(() => times(known.first_response.by_day, list, labels), [known, list, language()]);
  const done = useMemo(() => times(known.resolution.by_day, list, labels), [known, list, language()]);
  const missed = sum(known.volume.map((row) => row.missed));
  const whole = (median: number | null) => (median === null ? undefined : t("monitor.median_of", { time: duration(median) }));
  return (
    <>
      <Now known={known} />
      <div class="wide">
        <Chart
          title={t("monitor.volume")}
          kind="bars"
          days={list}
          series={talk}
          say={count}
          summary={`${t.count("monitor.conversations", sum(talk.map(({ values }) => sum(values))))} · ${t.count("monitor.missed", missed)}`}
          empty={t("monitor.volume.none")}
        />
      </div>
      <div class="halves">
        <Chart
          title={t("monitor.first_response")}
          kind="lines"
          days={list}
          series={first}
          say={duration}
          durations
          summary={whole(known.first_response.median_s)}
          empty={t("monitor.first_response.none")}
        />
        <Chart
          title={t("monitor.resolution")}
          kind="lines"
          days={list}
          series={done}
          say={duration}
          durations
          summary={whole(known.resolution.median_s)}
          empty={t("monitor.resolution.none")}
        />
      </div>
      <div class="halves">
        <ByOperator rows={known.by_operator} />
        <ByDomain rows={known.by_domain} />
      </div>
      <div class="halves">
        <div class="stack">
          <Channels channels={known.channels} />
          <Ratings ratings={known.ratings} />
        </div>
        <RecentlyClosed list={known.recently_closed} />
      </div>
    </>
  );
}

follow();
void mount("monitor", Monitor);
