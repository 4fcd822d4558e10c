// Messages, conversations and batches for tests, with only what a test cares about spelled out.

import type { Author, Batch, Conversation, Message, Session, SessionDomain } from "../../api/types";

export const maya: Author = { kind: "operator", name: "Maya", picture: null };
export const visitor: Author = { kind: "visitor", name: null, picture: null };

export function conversation(id = "c1", more: Partial<Conversation> = {}): Conversation {
  return {
    id,
    kind: "chat",
    status: "open",
    opened_at: at(0),
    closed_at: null,
    closed_by: null,
    assignee: null,
    rating: null,
    operators_seen: 0,
    ...more,
  };
}

export function message(seq: number, more: Partial<Message> = {}): Message {
  const conversationId = more.conversation_id ?? "c1";
  return {
    id: `${conversationId}-${seq}`,
    conversation_id: conversationId,
    seq,
    author: maya,
    body: `message ${seq}`,
    rich: null,
    client_key: null,
    created_at: at(seq),
    edited_at: null,
    removed: false,
    ...more,
  };
}

/** A batch that ends at `after` and names its messages. */
export function batch(after: number, messages: Message[], more: Partial<Batch> = {}): Batch {
  return {
    events: messages.map((each, index) => ({
      event_seq: after - messages.length + 1 + index,
      kind: "message_posted",
      conversation_id: each.conversation_id,
      message_id: each.id,
      at: each.created_at,
    })),
    messages,
    conversation: conversation(messages.at(-1)?.conversation_id ?? "c1"),
    after,
    more: false,
    reset: false,
    ...more,
  };
}

export function domain(more: Partial<SessionDomain> = {}): SessionDomain {
  return {
    name: "shop.example",
    mode: "live_chat",
    language: null,
    greeting: null,
    ask: { name: "no", email: "no" },
    privacy: null,
    look: { color: null, corner: "right", icon: "chat" },
    texts: {},
    team: [],
    ...more,
  };
}

export function session(more: Partial<Session> = {}): Session {
  return {
    visitor_token: "t1",
    domain: domain(),
    presence: { online: true },
    visitor: { name: null, email: null, verified: false },
    conversation: null,
    messages: [],
    after: 0,
    seen: { operators: 0 },
    ...more,
  };
}

/** Seconds after a fixed noon. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 4, 4, 12, 0, seconds)).toISOString();
}
