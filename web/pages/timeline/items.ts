// What a timeline shows, row by row: day breaks, the line above what is new, messages in runs of one author; and in which
// blocks rows are drawn. Pure; what a row looks like is Timeline.tsx's.

import type { InboxMessage } from "../kit/types";

/** So many messages share a block. */
const BLOCK = 64;

/** A message later than this after the one before shows its author again. */
const RUN_MS = 5 * 60_000;

/** A message of one's own that the server doesn't have yet. */
export interface Unsent {
  client_key: string;
  body: string;
  note: boolean;
  at: string;
  failed: string | null;
}

export type Item =
  | { type: "day"; key: string; at: string }
  | { type: "new"; key: string }
  | { type: "message"; key: string; message: InboxMessage; first: boolean; last: boolean; seen: boolean }
  | { type: "unsent"; key: string; unsent: Unsent; first: boolean };

export interface View {
  messages: readonly InboxMessage[];
  unsent: readonly Unsent[];
  /** Messages of others after this number are new; null for no line. */
  newAfter: number | null;
  /** The visitor has seen everything up to this number. */
  seenByVisitor: number;
}

export function items({ messages, unsent, newAfter, seenByVisitor }: View): Item[] {
  const rows: Item[] = [];
  const accepted = new Set(messages.map(({ client_key }) => client_key));
  const seen = lastSeen(messages, seenByVisitor);
  let day = "";
  let before: InboxMessage | null = null;
  let lineDrawn = newAfter === null;
  const breakDay = (at: string): boolean => {
    const date = dayOf(at);
    if (date === day) return false;
    day = date;
    rows.push({ type: "day", key: `day:${date}`, at });
    return true;
  };
  for (const message of messages) {
    let first = breakDay(message.created_at);
    if (!lineDrawn && newAfter !== null && message.seq > newAfter && !message.mine && message.author.kind !== "system") {
      rows.push({ type: "new", key: "new" });
      lineDrawn = true;
      first = true;
    }
    first ||= before === null || !sameRun(before, message);
    rows.push({ type: "message", key: message.id, message, first, last: false, seen: message.id === seen });
    before = message;
  }
  for (const [index, one] of unsent.filter(({ client_key }) => !accepted.has(client_key)).entries()) {
    const broke = breakDay(one.at);
    const follows: boolean = index > 0 || (before !== null && before.mine && (before.audience === "operators") === one.note);
    rows.push({ type: "unsent", key: `unsent:${one.client_key}`, unsent: one, first: broke || !follows });
  }
  for (const [index, row] of rows.entries()) {
    const after = rows[index + 1];
    if (row.type === "message") row.last = !(after?.type === "message" || after?.type === "unsent") || after.first;
  }
  return rows;
}

/** Rows that are drawn and measured together. */
export interface Block {
  key: string;
  rows: Item[];
}

/**
 * Cuts rows into blocks. A message stays in the block that it once was in, whatever is loaded before or behind it; `known` keeps
 * which that is, by the message's id.
 */
export function blocks(rows: readonly Item[], known: Map<string, string>): Block[] {
  assign(rows, known);
  const found: Block[] = [];
  let waiting: Item[] = [];
  for (const row of rows) {
    waiting.push(row);
    if (row.type !== "message") continue;
    // A day and a line belong to the message that they stand above.
    const key = known.get(row.message.id) ?? "";
    const last = found.at(-1);
    if (last?.key === key) last.rows.push(...waiting);
    else found.push({ key, rows: waiting });
    waiting = [];
  }
  const end = found.at(-1);
  if (end) end.rows.push(...waiting);
  else if (waiting.length > 0) found.push({ key: "unsent", rows: waiting });
  return found;
}

/** Finds a block for each message that has none: what came before all others fills blocks of its own. */
function assign(rows: readonly Item[], known: Map<string, string>): void {
  const ids = rows.flatMap((row) => (row.type === "message" ? [row.message.id] : []));
  const begin = Math.max(0, ids.findIndex((id) => known.has(id)));
  for (const half of [ids.slice(0, begin).reverse(), ids.slice(begin)]) {
    let [key, size] = ["", BLOCK];
    for (const id of half) {
      const its = known.get(id);
      if (its === undefined && size >= BLOCK) [key, size] = [`block:${id}`, 0];
      else if (its !== undefined && its !== key) [key, size] = [its, 0];
      known.set(id, key);
      size += 1;
    }
  }
}

/** Whether two blocks look the same. */
export function alike(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((row, index) => alikeRow(row, b[index]));
}

function alikeRow(a: Item, b: Item | undefined): boolean {
  if (a.key !== b?.key) return false;
  if (a.type === "message") return b.type === "message" && a.message === b.message && a.first === b.first && a.last === b.last && a.seen === b.seen;
  if (a.type === "unsent") return b.type === "unsent" && a.unsent === b.unsent && a.first === b.first;
  return a.type === b.type;
}

const days = new Map<string, string>();

/** The day of a time, kept: asking the calendar ten thousand times is slow. */
function dayOf(at: string): string {
  // Nowhere does a day begin within a minute.
  const minute = at.slice(0, 16);
  const known = days.get(minute);
  if (known !== undefined) return known;
  const day = new Date(at).toDateString();
  days.set(minute, day);
  return day;
}

function sameRun(a: InboxMessage, b: InboxMessage): boolean {
  return (
    a.author.kind === b.author.kind &&
    a.author.id === b.author.id &&
    a.author.name === b.author.name &&
    a.audience === b.audience &&
    a.held === b.held &&
    a.origin === b.origin &&
    a.author.kind !== "system" &&
    Date.parse(b.created_at) - Date.parse(a.created_at) < RUN_MS
  );
}

/** The newest message for the visitor that they have seen. */
function lastSeen(messages: readonly InboxMessage[], seenByVisitor: number): string | null {
  const shown = messages.findLast(({ author, audience, held, removed }) => author.kind !== "visitor" && author.kind !== "system" && audience === "all" && !held && !removed);
  return shown && shown.seq <= seenByVisitor ? shown.id : null;
}
