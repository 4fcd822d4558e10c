// What the widget knows, and how each thing that happens changes it. Pure: no clock, no network, no DOM.

import type {
  Author,
  Batch,
  Conversation,
  Message,
  Posted,
  Presence,
  Session,
  SessionDomain,
  SessionVisitor,
} from "../../api/types";

/** A message on its way: `sending` now, `delayed` until the network or the server lets it, or `failed` for good. */
export interface Pending {
  client_key: string;
  body: string;
  status: "sending" | "delayed" | "failed";
  /** Why it failed, for people. */
  reason: string | null;
}

/** The newest message that the visitor has had on screen. */
export interface Seen {
  conversation_id: string;
  seq: number;
}

export interface State {
  /** `idle`: no session yet. `refused`: this page may not use the widget; nothing more happens. */
  readonly phase: "idle" | "starting" | "ready" | "refused";
  /** `polling`: WebSockets don't work here, but asking does. `lost`: nothing does. */
  readonly line: "connecting" | "live" | "polling" | "lost";
  readonly presence: Presence | null;
  /** What the domain wants; null until a session tells. */
  readonly domain: SessionDomain | null;
  /** What is known about whom the visitor is. */
  readonly visitor: SessionVisitor;
  /** The newest one. */
  readonly conversation: Conversation | null;
  /** Conversations that messages here belong to, oldest first. A visitor has one open at most, so they never interleave. */
  readonly order: readonly string[];
  /** By conversation, then by `seq`. */
  readonly messages: readonly Message[];
  readonly pending: readonly Pending[];
  /** The last event that is reflected here. */
  readonly after: number;
  /** The operator who types right now. */
  readonly typing: Author | null;
  readonly seen: Seen | null;
  /** How many visitors this tab has had and forgotten. */
  readonly forgotten: number;
}

export type Happening =
  | { type: "starting" }
  | { type: "session"; session: Session }
  | { type: "refused" }
  | { type: "line"; line: State["line"] }
  | { type: "ready"; presence: Presence; conversation: Conversation | null; after: number }
  | { type: "batch"; batch: Batch }
  | { type: "posted"; posted: Posted }
  | { type: "conversation"; conversation: Conversation }
  | { type: "visitor"; visitor: SessionVisitor }
  | { type: "presence"; presence: Presence }
  | { type: "typing"; author: Author }
  | { type: "typing_over" }
  | { type: "pending"; pending: Pending[] }
  | { type: "seen"; seen: Seen | null }
  /** The visitor is somebody else now. */
  | { type: "forgotten" };

export const initial: State = {
  phase: "idle",
  line: "connecting",
  presence: null,
  domain: null,
  visitor: { name: null, email: null, verified: false },
  conversation: null,
  order: [],
  messages: [],
  pending: [],
  after: 0,
  typing: null,
  seen: null,
  forgotten: 0,
};

export function reduce(state: State, happening: Happening): State {
  switch (happening.type) {
    case "starting":
      return state.phase === "ready" ? state : { ...state, phase: "starting" };
    case "session":
      return snapshot(begun(state, happening.session), happening.session);
    case "refused":
      return { ...state, phase: "refused" };
    case "line":
      return { ...state, line: happening.line, typing: happening.line === "live" ? state.typing : null };
    case "ready": {
      const next = { ...state, presence: happening.presence };
      return happening.after < state.after ? next : adopt(next, happening.conversation);
    }
    case "batch":
      return happening.batch.reset ? snapshot(state, happening.batch) : take(state, happening.batch);
    case "posted":
      return posted(state, happening.posted);
    case "conversation":
      return adopt(state, happening.conversation);
    case "visitor":
      return { ...state, visitor: happening.visitor };
    case "presence":
      return { ...state, presence: happening.presence };
    case "typing":
      return { ...state, typing: happening.author };
    case "typing_over":
      return { ...state, typing: null };
    case "pending":
      return { ...state, pending: happening.pending };
    case "seen":
      return { ...state, seen: happening.seen };
    case "forgotten":
      return {
        ...initial,
        phase: state.phase === "refused" ? "refused" : "idle",
        domain: state.domain,
        presence: state.presence,
        forgotten: state.forgotten + 1,
      };
  }
}

/** Who has just had an answer isn't without a connection. */
function begun(state: State, { domain, presence, visitor }: Session): State {
  return { ...state, phase: "ready", domain, presence, visitor, line: state.line === "lost" ? "connecting" : state.line };
}

/** Everything shown is replaced by what the server says. */
function snapshot(state: State, whole: Pick<Batch, "messages" | "conversation" | "after">): State {
  const empty = { ...state, messages: [], order: [], conversation: null, typing: null, after: whole.after };
  return adopt(merge(empty, whole.messages, true), whole.conversation);
}

function take(state: State, batch: Batch): State {
  // An answer overtaken by a later one may still bring messages, but must not undo what came after it.
  const fresh = batch.after >= state.after;
  const ids = batch.events.map((event) => event.conversation_id);
  let next: State = { ...state, order: extended(state.order, ids), after: Math.max(state.after, batch.after) };
  next = merge(next, batch.messages, fresh);
  return fresh ? adopt(next, batch.conversation) : next;
}

function posted(state: State, { conversation, message }: Posted): State {
  const next = merge(state, [message], false);
  // The answer may come after an event that closed this very conversation: only a new conversation is news here.
  const known = state.conversation?.id === conversation.id || state.order.includes(conversation.id);
  return known ? next : adopt(next, conversation);
}

function adopt(state: State, conversation: Conversation | null): State {
  if (!conversation) return state;
  // Nobody types into a closed conversation.
  const typing = conversation.status === "open" ? state.typing : null;
  return { ...state, typing, conversation, order: extended(state.order, [conversation.id]) };
}

function extended(order: readonly string[], ids: readonly string[]): readonly string[] {
  const fresh = [...new Set(ids)].filter((id) => !order.includes(id));
  return fresh.length === 0 ? order : [...order, ...fresh];
}

function merge(state: State, incoming: readonly Message[], overwrite: boolean): State {
  const byId = new Map(state.messages.map((message) => [message.id, message]));
  let answered = false;
  for (const message of incoming) {
    if (!byId.has(message.id)) answered ||= message.author.kind !== "visitor";
    if (overwrite || !byId.has(message.id)) byId.set(message.id, message);
  }
  const order = extended(
    state.order,
    incoming.map((message) => message.conversation_id),
  );
  const rank = new Map(order.map((id, index) => [id, index]));
  const place = (message: Message) => rank.get(message.conversation_id) ?? 0;
  const messages = [...byId.values()].sort((a, b) => place(a) - place(b) || a.seq - b.seq);
  // Who has answered no longer types.
  return { ...state, messages, order, typing: answered ? null : state.typing };
}

/** The newest message from anybody, as something to remember; null while there is none. */
export function newest(state: State): Seen | null {
  const last = state.messages.at(-1);
  return last ? { conversation_id: last.conversation_id, seq: last.seq } : null;
}

/** The answers that are in `after` and weren't in `before`. */
export function arrived(before: State, after: State): Message[] {
  const known = new Set(before.messages.map((message) => message.id));
  return after.messages.filter((message) => !known.has(message.id) && !message.removed && isAnswer(message));
}

/** The visitor's last message in the present conversation, and whether an operator has seen it; null if there is none. */
export function lastOwn(state: State): { key: string; seen: boolean } | null {
  const { conversation } = state;
  const messages = state.messages.filter((message) => message.conversation_id === conversation?.id);
  const index = messages.findLastIndex((message) => message.author.kind === "visitor");
  const own = messages[index];
  if (!conversation || !own) return null;
  const answered = messages.slice(index + 1).some((message) => message.author.kind === "operator");
  return { key: own.client_key ?? own.id, seen: answered || conversation.operators_seen >= own.seq };
}

function isAnswer({ author }: Message): boolean {
  return author.kind === "operator" || author.kind === "assistant";
}

/** How many answers the visitor hasn't had on screen. */
export function unread(state: State): number {
  const { seen, order } = state;
  const seenPlace = seen ? order.indexOf(seen.conversation_id) : -1;
  return state.messages.filter((message) => {
    if (message.removed || !isAnswer(message)) return false;
    const place = order.indexOf(message.conversation_id);
    return place > seenPlace || (place === seenPlace && message.seq > (seen?.seq ?? 0));
  }).length;
}

/** What is on its way and not yet among the messages. */
export function waiting(state: State): readonly Pending[] {
  const arrived = new Set(state.messages.map((message) => message.client_key));
  return state.pending.filter((pending) => !arrived.has(pending.client_key));
}
