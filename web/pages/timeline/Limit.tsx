// How much fits into a message, said where one is written or changed as soon as it gets near.

import type { VNode } from "preact";
import { t } from "../kit/i18n";

/** The server's limit, in characters as people count them (Unicode code points). */
const MOST = 10_000;
const NEAR = 9_500;

/** By how many characters it is too long; below zero, so many are left. */
export function tooLong(text: string): number {
  return (text.length < NEAR ? text.length : [...text.trim()].length) - MOST;
}

export function Limit({ text }: { text: string }): VNode {
  const over = tooLong(text);
  return (
    <p class={over > 0 ? "limit over" : "limit"} aria-live="polite">
      {over < NEAR - MOST ? "" : over > 0 ? t.count("inbox.over", over) : t.count("inbox.left", -over)}
    </p>
  );
}
