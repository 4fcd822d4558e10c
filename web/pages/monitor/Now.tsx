// How things stand at this moment, one figure a card.

import type { VNode } from "preact";
import { language, t } from "../kit/i18n";
import { domain } from "../kit/session";
import { moment, since } from "../kit/time";
import type { Monitoring } from "../kit/types";

/** A visitor who waits this long is waiting too long. */
const LONG_MS = 10 * 60_000;

export function Now({ known }: { known: Monitoring }): VNode {
  const { open, waiting, unassigned, longest_wait_since: wait } = known.now;
  const number = new Intl.NumberFormat(language());
  const long = wait !== null && Date.now() - Date.parse(wait) > LONG_MS;
  const { average, count } = known.ratings;
  const rating = average === null ? "–" : new Intl.NumberFormat(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(average);
  return (
    <section aria-label={t("monitor.now")}>
      <dl class="cards">
        <Figure name={t("monitor.open")} value={number.format(open)} href="/inbox" />
        <Figure name={t("monitor.waiting")} value={number.format(waiting)} look={waiting > 0 ? "warn" : "plain"} />
        <Figure
          name={t("monitor.longest")}
          value={wait === null ? "–" : since(wait)}
          title={wait === null ? undefined : moment(wait)}
          look={long ? "alert" : "plain"}
        />
        <Figure name={t("monitor.unassigned")} value={number.format(unassigned)} />
        <Figure name={t("monitor.undelivered")} value={number.format(known.undelivered)} look={known.undelivered > 0 ? "alert" : "plain"} />
        <Figure name={t("monitor.rating")} value={rating} more={t.count("monitor.rated", count)} />
      </dl>
      {domain.value === null ? null : <p class="only-read">{domain.value}</p>}
    </section>
  );
}

interface FigureProps {
  name: string;
  value: string;
  more?: string;
  title?: string | undefined;
  look?: "plain" | "warn" | "alert";
  href?: string;
}

function Figure({ name, value, more, title, look = "plain", href }: FigureProps): VNode {
  return (
    <div class={`figure card ${look}`} title={title}>
      <dt>{name}</dt>
      <dd>
        {href === undefined ? <strong>{value}</strong> : <a href={href}>{value}</a>}
        {more !== undefined && <span>{more}</span>}
      </dd>
    </div>
  );
}
