// The conversation on the right: what was loaded, and what the live line and one's own answers bring. Pure.

import type { Checks, Detail, InboxBatch, InboxMessage, Summary } from "../../kit/types";

/** Up to which message somebody has read. */
type ReadMarks = Detail["read"];

export interface Open {
  readonly detail: Detail;
  /** Oldest first, each once. */
  readonly messages: readonly InboxMessage[];
  readonly moreBefore: boolean;
  /** Newest event that is worked in. */
  readonly after: number;
  readonly read: ReadMarks;
  readonly checks: Checks;
  readonly summary: Summary;
  /** Messages after this number are new since the operator looked; fixed while they read on. */
  readonly newAfter: number;
}

export function opened(detail: Detail): Open {
  return {
    detail,
    messages: [...detail.messages].sort(bySeq),
    moreBefore: detail.more_before,
    after: detail.after,
    read: detail.read,
    checks: detail.checks,
    summary: detail.conversation,
    newAfter: detail.read.mine,
  };
}

/** Read again while it is open: older messages that were scrolled to stay, and so does the line. */
export function reopened(open: Open, detail: Detail): Open {
  const oldest = detail.messages[0]?.seq ?? 0;
  const older = open.messages.filter(({ seq }) => seq < oldest);
  // Messages that lie between the two, if there was more than a page of them, must be asked for again.
  const joins = older.length > 0 && open.messages.some(({ seq }) => seq >= oldest);
  return {
    ...opened(detail),
    messages: [...(joins ? older : []), ...[...detail.messages].sort(bySeq)],
    moreBefore: joins ? open.moreBefore : detail.more_before,
    newAfter: open.newAfter,
  };
}

/** What the server told since `after`; `watched` where the operator saw it arrive. The same batch twice changes nothing. */
export function heard(open: Open, batch: InboxBatch, watched: boolean): Open {
  if (batch.after < open.after || batch.conversation.id !== open.summary.id) return open;
  const messages = merged(open.messages, batch.messages, open.moreBefore);
  return {
    ...open,
    messages,
    newAfter: lineAfter(open, messages, watched),
    after: batch.after,
    read: { mine: Math.max(open.read.mine, batch.read.mine), visitor: Math.max(open.read.visitor, batch.read.visitor) },
    checks: batch.checks,
    summary: batch.conversation,
  };
}

/** The answer to one's own doing. Its event comes over the live line too. */
export function told(open: Open, message: InboxMessage): Open {
  if (message.conversation_id !== open.summary.id) return open;
  const messages = merged(open.messages, [message], open.moreBefore);
  return { ...open, messages, newAfter: lineAfter(open, messages, false) };
}

/**
 * Where the line above what is new stands once these messages are there. Whoever sees messages arrive needs no line above
 * them, and whoever answers has read what came before. A line that is drawn stays until then.
 */
function lineAfter(open: Open, messages: readonly InboxMessage[], watched: boolean): number {
  const drawn = newestSeq(open) > open.newAfter;
  const answered = messages.findLast(({ mine }) => mine)?.seq ?? 0;
  return Math.max(open.newAfter, answered, watched && !drawn ? (messages.at(-1)?.seq ?? 0) : 0);
}

/** Older messages, loaded on scrolling up. */
export function earlier(open: Open, messages: readonly InboxMessage[], moreBefore: boolean): Open {
  return { ...open, messages: merged(open.messages, messages, false), moreBefore };
}

/** Whether something is still on its way to a thread. */
export function isUnderWay(open: Open): boolean {
  return open.messages.some(({ deliveries }) => deliveries.some(({ state }) => state === "pending"));
}

/** How far messages got meanwhile. Nothing else of them is taken: the live line knows their words better. */
export function delivered(open: Open, fresh: readonly InboxMessage[]): Open {
  const states = new Map(fresh.map(({ id, deliveries }) => [id, deliveries]));
  const told = (message: InboxMessage): InboxMessage => {
    const deliveries = states.get(message.id);
    return deliveries ? { ...message, deliveries } : message;
  };
  return { ...open, messages: open.messages.map(told) };
}

/** Whether something arrived meanwhile in a thread that wasn't open yet: only the whole conversation tells where it is. */
export function threadOpened(before: Open, now: Open): boolean {
  const opening = now.detail.threads.filter(({ state }) => state === "opening");
  if (opening.length === 0) return false;
  const hadArrived = arrivals(before);
  return [...arrivals(now)].some((arrival) => !hadArrived.has(arrival) && opening.some((thread) => arrival.endsWith(` ${place(thread)}`)));
}

/** Each message and thread in which it has arrived. */
function arrivals({ messages }: Open): Set<string> {
  return new Set(messages.flatMap(({ id, deliveries }) => deliveries.filter(({ state }) => state === "delivered").map((one) => `${id} ${place(one)}`)));
}

function place({ connection, channel }: { connection: string; channel: string }): string {
  return `${connection}/${channel}`;
}

export function summarised(open: Open, summary: Summary): Open {
  return summary.id === open.summary.id ? { ...open, summary } : open;
}

/** From now on, what comes is new: the operator looks away. */
export function lookedAway(open: Open): Open {
  const last = open.messages.at(-1)?.seq ?? 0;
  return open.newAfter === last ? open : { ...open, newAfter: last };
}

/** The newest message's number; 0 where there is none. */
export function newestSeq(open: Open): number {
  return open.messages.at(-1)?.seq ?? 0;
}

/** The visitor's newest words, for "they wrote while you typed". */
export function lastOfVisitor(open: Open): InboxMessage | null {
  return open.messages.findLast(({ author, removed }) => author.kind === "visitor" && !removed) ?? null;
}

function bySeq(a: InboxMessage, b: InboxMessage): number {
  return a.seq - b.seq;
}

function merged(known: readonly InboxMessage[], fresh: readonly InboxMessage[], moreBefore: boolean): readonly InboxMessage[] {
  if (fresh.length === 0) return known;
  const oldest = known[0]?.seq ?? 0;
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) {
    // A change to a message further up than was loaded: it comes with its page, without a hole between.
    if (moreBefore && !byId.has(message.id) && message.seq < oldest) continue;
    byId.set(message.id, message);
  }
  return [...byId.values()].sort(bySeq);
}
