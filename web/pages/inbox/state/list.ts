// The list on the left: conversations by their newest activity, from pages and from live changes. Pure: given what is
// known and what came, it says what is known now.

import type { Summary } from "../../kit/types";

export const FILTERS = ["open", "unassigned", "mine", "closed"] as const;
export type Filter = (typeof FILTERS)[number];

export interface Query {
  /** A domain's name; null for all of the operator's domains. */
  domain: string | null;
  filter: Filter;
  /** Words that must all be there; empty for none. */
  words: string;
}

export interface List {
  /** Newest activity first, each conversation once. */
  readonly entries: readonly Summary[];
  /** Where the next page begins; null when everything is here. */
  readonly next: string | null;
  /** Whether a first page has come. */
  readonly loaded: boolean;
}

export const emptyList: List = { entries: [], next: null, loaded: false };

/** Below zero when `a` stands before `b`. */
export function compare(a: Summary, b: Summary): number {
  if (a.last_activity_at !== b.last_activity_at) {
    const difference = Date.parse(b.last_activity_at) - Date.parse(a.last_activity_at);
    // Within a millisecond, the digits that a number of milliseconds drops decide.
    if (difference !== 0) return difference;
    if (a.last_activity_at.length === b.last_activity_at.length) return a.last_activity_at < b.last_activity_at ? 1 : -1;
  }
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

/** Whether the conversation belongs into the list. Words can't be looked for here: the server did. */
export function matches(summary: Summary, query: Query, me: string | null): boolean {
  if (query.domain !== null && summary.domain !== query.domain) return false;
  switch (query.filter) {
    case "open":
      return summary.status === "open";
    case "unassigned":
      return summary.status === "open" && summary.assignee === null;
    case "mine":
      return summary.status === "open" && me !== null && summary.assignee?.id === me;
    case "closed":
      return summary.status === "closed";
  }
}

function place(entries: readonly Summary[], summary: Summary): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = entries[middle];
    if (at && compare(at, summary) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The list begins anew with these pages. */
export function replaced(pages: readonly Summary[], next: string | null): List {
  const known = new Map(pages.map((summary) => [summary.id, summary]));
  return { entries: [...known.values()].sort(compare), next, loaded: true };
}

/** A further page, at the end. What live changes brought meanwhile is newer than the page, and stays. */
export function appended(list: List, page: readonly Summary[], next: string | null): List {
  const known = new Set(list.entries.map(({ id }) => id));
  const fresh = page.filter(({ id }) => !known.has(id)).sort(compare);
  const last = list.entries.at(-1);
  const first = fresh[0];
  const ordered = !last || !first || compare(last, first) <= 0;
  const entries = [...list.entries, ...fresh];
  return { entries: ordered ? entries : entries.sort(compare), next, loaded: true };
}

/** A conversation changed: it moves to its place, comes, or goes (unless it is the one that is open on the right). */
export function changed(list: List, summary: Summary, query: Query, me: string | null, selected: string | null): List {
  const at = list.entries.findIndex(({ id }) => id === summary.id);
  const wanted = matches(summary, query, me) || (at >= 0 && summary.id === selected);
  // Which conversations hold the words only the server knows; those that it found are kept up to date.
  if (at < 0 && (!wanted || query.words !== "")) return list;
  const entries = [...list.entries];
  if (at >= 0) entries.splice(at, 1);
  if (!wanted) return { ...list, entries };
  const index = place(entries, summary);
  // Older than all that was loaded: a further page brings it.
  if (at < 0 && index === entries.length && list.next !== null) return list;
  entries.splice(index, 0, summary);
  return { ...list, entries };
}

/** What no longer belongs here goes, now that another conversation is open. */
export function tidied(list: List, query: Query, me: string | null, selected: string | null): List {
  const entries = list.entries.filter((summary) => summary.id === selected || matches(summary, query, me));
  return entries.length === list.entries.length ? list : { ...list, entries };
}
