// Conversations and messages for tests, with what a test doesn't care about filled in.

import type { Detail, InboxBatch, InboxMessage, OperatorBrief, Summary } from "../../kit/types";

export const ada: OperatorBrief = { id: "ada", name: "Ada", picture: null, email: null };

/** A conversation whose last activity is so many minutes after noon. */
export function summary(id: string, minute: number, more: Partial<Summary> = {}): Summary {
  return {
    id,
    domain: "shop.example",
    kind: "chat",
    status: "open",
    visitor: { id: `v-${id}`, name: "Visitor", email: null, verified: false, external_id: null },
    assignee: null,
    preview: null,
    unread: 0,
    waiting_since: null,
    last_activity_at: at(minute),
    opened_at: at(0),
    closed_at: null,
    rating: null,
    tags: [],
    undelivered: false,
    ...more,
  };
}

export const at = (minute: number): string => new Date(Date.UTC(2026, 10, 3, 12, minute)).toISOString();

export function message(seq: number, more: Partial<InboxMessage> = {}): InboxMessage {
  return {
    id: `m${seq}`,
    conversation_id: "c",
    seq,
    author: { kind: "visitor", id: "v", name: null, picture: null },
    audience: "all",
    held: false,
    body: `words ${seq}`,
    rich: null,
    client_key: null,
    created_at: at(seq),
    edited_at: null,
    removed: false,
    origin: "widget",
    deliveries: [],
    mine: false,
    ...more,
  };
}

const checks = { visitor_has_last_word: false, undelivered: 0, others_active: [], follow_up: "unknown" as const };

export function detail(messages: InboxMessage[], more: Partial<Detail> = {}): Detail {
  const conversation = summary("c", 0);
  return {
    conversation,
    visitor: { ...conversation.visitor, language: null, first_seen_at: at(0), last_seen_at: at(0), online: false },
    page: null,
    client: null,
    threads: [],
    earlier: [],
    checks,
    messages,
    more_before: false,
    after: 5,
    read: { mine: 0, visitor: 0 },
    rating: null,
    ...more,
  };
}

export function batch(after: number, messages: InboxMessage[], more: Partial<InboxBatch> = {}): InboxBatch {
  return { events: [], messages, conversation: summary("c", 1), checks, after, more: false, reset: false, read: { mine: 0, visitor: 0 }, ...more };
}
