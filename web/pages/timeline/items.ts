// What a timeline shows, row by row: day breaks, the line above what is new, messages in runs of one author. Pure; what a
// row looks like is Timeline.tsx's.

import type { InboxMessage } from "../kit/types";

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
    const date = new Date(at).toDateString();
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
