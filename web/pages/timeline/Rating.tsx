// What the visitor thought of the conversation: stars, and their words.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { moment } from "../kit/time";
import type { Detail } from "../kit/types";

const MOST = 5;

export function Stars({ stars }: { stars: number }): VNode {
  return (
    <span class="stars" role="img" aria-label={t("inbox.stars", { stars, most: MOST })}>
      <span aria-hidden="true">
        {"★".repeat(stars)}
        <span class="unlit">{"★".repeat(Math.max(0, MOST - stars))}</span>
      </span>
    </span>
  );
}

export function Rating({ rating, visitor }: { rating: NonNullable<Detail["rating"]>; visitor: string }): VNode {
  return (
    <div class="tl-rating">
      <p>
        {t("inbox.rated", { name: visitor })} <Stars stars={rating.stars} />
        <time dateTime={rating.at}>{moment(rating.at)}</time>
      </p>
      {rating.comment && (
        <blockquote dir="auto">
          <p>{rating.comment}</p>
        </blockquote>
      )}
    </div>
  );
}
