// The same figures by operator and by domain.

import type { VNode } from "preact";
import { language, t } from "../kit/i18n";
import { duration } from "../kit/time";
import type { Monitoring } from "../kit/types";
import { Avatar } from "../kit/ui";

const whole = (value: number): string => new Intl.NumberFormat(language()).format(value);
const took = (value: number | null): string => (value === null ? "–" : duration(value));
const stars = (value: number | null): string =>
  value === null ? "–" : `${new Intl.NumberFormat(language(), { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value)} ★`;

export function ByOperator({ rows }: { rows: Monitoring["by_operator"] }): VNode {
  return (
    <Table
      title={t("monitor.by_operator")}
      more={t("monitor.by_operator.more")}
      empty={t("monitor.by_operator.none")}
      heads={[t("monitor.operator"), t("monitor.conversations.head"), t("monitor.replies"), t("monitor.first_response.head"), t("monitor.rating")]}
      rows={rows.map((row) => ({
        key: row.operator.id,
        head: (
          <span class="person">
            <Avatar name={row.operator.name} picture={row.operator.picture} />
            <span dir="auto">{row.operator.name}</span>
          </span>
        ),
        cells: [whole(row.conversations), whole(row.replies), took(row.median_first_response_s), stars(row.rating)],
      }))}
    />
  );
}

export function ByDomain({ rows }: { rows: Monitoring["by_domain"] }): VNode {
  return (
    <Table
      title={t("monitor.by_domain")}
      empty={t("monitor.by_domain.none")}
      heads={[t("history.domain"), t("monitor.conversations.head"), t("monitor.first_response.head"), t("monitor.rating")]}
      rows={rows.map((row) => ({
        key: row.domain,
        head: <span dir="auto">{row.domain}</span>,
        cells: [whole(row.conversations), took(row.median_first_response_s), stars(row.rating)],
      }))}
    />
  );
}

interface TableProps {
  title: string;
  /** What one must know to read it. */
  more?: string;
  empty: string;
  heads: readonly string[];
  rows: readonly { key: string; head: VNode; cells: readonly string[] }[];
}

function Table({ title, more, empty, heads, rows }: TableProps): VNode {
  return (
    <section class="card table-card">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="chart-empty">{empty}</p>
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, head, cells }) => (
                <tr key={key}>
                  <th scope="row">{head}</th>
                  {cells.map((cell, index) => (
                    <td key={index}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more !== undefined && rows.length > 0 && <p class="table-more">{more}</p>}
    </section>
  );
}
