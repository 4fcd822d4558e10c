// A visitor's rating as stars; read out as a number.

import type { VNode } from "preact";
import { t } from "./i18n";

const FIVE = [1, 2, 3, 4, 5];

export function Stars({ stars }: { stars: number }): VNode {
  const full = Math.round(stars);
  return (
    <span class="stars">
      <span class="only-read">{t.count("rating.stars", full)}</span>
      {FIVE.map((star) => (
        <svg key={star} class={star <= full ? "star full" : "star"} viewBox="0 0 24 24" aria-hidden="true">
          <path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.3 2.8 1.1-5.9-4.3-4.1 5.9-.8z" />
        </svg>
      ))}
    </span>
  );
}
