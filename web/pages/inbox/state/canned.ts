// Canned replies as they are typed for: `/` and a part of the name. Pure.

import type { CannedReply } from "../../kit/types";

const MOST = 8;

export interface Token {
  /** What was typed after the stroke. */
  typed: string;
  start: number;
  end: number;
}

/** The canned reply that is being asked for just before the caret, if one is. */
export function tokenAt(text: string, caret: number): Token | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}-]*)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const typed = found[1] ?? "";
  return { typed, start: caret - typed.length - 1, end: caret };
}

/** Those whose name begins so, then those that hold the letters anywhere. */
export function choices(all: readonly CannedReply[], typed: string): CannedReply[] {
  const wanted = typed.toLocaleLowerCase();
  const rank = ({ name, body }: CannedReply) =>
    name.startsWith(wanted) ? 0 : name.includes(wanted) ? 1 : body.toLocaleLowerCase().includes(wanted) ? 2 : 3;
  return all
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank || (a.reply.name < b.reply.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ reply }) => reply);
}

/** The reply's words with the names filled in. */
export function filled(body: string, names: { visitor: string; me: string }): string {
  return body.replace(/\{(visitor|me)\}/g, (_, which: "visitor" | "me") => names[which]);
}

/** The text with the token replaced, and where the caret goes. */
export function replacedAt(text: string, { start, end }: Token, words: string): { text: string; caret: number } {
  return { text: text.slice(0, start) + words + text.slice(end), caret: start + words.length };
}

/** What stands behind the stroke of a text that is nothing but one `/word`; null for any other text. */
export function lone(text: string): string | null {
  return /^\/([\p{L}\p{N}_-]+)$/u.exec(text.trim())?.[1] ?? null;
}
