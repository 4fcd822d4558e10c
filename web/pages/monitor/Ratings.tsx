// What visitors thought of it, star by star.

import type { VNode } from "preact";
import { language, t } from "../kit/i18n";
import { Stars } from "../kit/stars";
import type { Monitoring } from "../kit/types";

export function Ratings({ ratings }: { ratings: Monitoring["ratings"] }): VNode {
  const number = new Intl.NumberFormat(language());
  const most = Math.max(1, ...ratings.by_stars);
  return (
    <section class="card ratings" aria-labelledby="ratings-title">
      <h2 id="ratings-title">{t("monitor.ratings")}</h2>
      {ratings.count === 0 ? (
        <p class="chart-empty">{t("monitor.ratings.none")}</p>
      ) : (
        <>
          <p class="ratings-average">
            <strong>{new Intl.NumberFormat(language(), { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(ratings.average ?? 0)}</strong>
            <Stars stars={ratings.average ?? 0} />
            <span>{t.count("monitor.rated", ratings.count)}</span>
          </p>
          <ul>
            {[5, 4, 3, 2, 1].map((stars) => {
              const times = ratings.by_stars[stars - 1] ?? 0;
              return (
                <li key={stars}>
                  <span>{t.count("rating.stars", stars)}</span>
                  <progress aria-label={t.count("rating.stars", stars)} max={most} value={times} />
                  <span class="number">{number.format(times)}</span>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
