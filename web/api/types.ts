// The widget API's shapes, as the server speaks them under /v1/widget. Types only: no calls, no logic.
// Times are RFC 3339 in UTC. `after` and `event_seq` number a visitor's events; `seq` orders messages in a conversation.

/** RFC 9457 problem document. `type` is `urn:threadline:problem:NAME`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  request_id?: string;
  /** Seconds to wait before trying again. */
  retry_after_s?: number;
  field?: string;
}

export interface Page {
  url: string;
  title: string;
  referrer?: string;
}

export interface Presence {
  online: boolean;
}

export interface Author {
  kind: "visitor" | "operator" | "assistant" | "system";
  name: string | null;
  /** An absolute path on the server. */
  picture: string | null;
}

export interface Conversation {
  id: string;
  status: "open" | "closed";
  opened_at: string;
  closed_at: string | null;
  closed_by: Author | null;
  assignee: Author | null;
}

export type Inline =
  | { type: "text"; text: string }
  | { type: "bold" | "italic" | "strike"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "link"; url: string; children: Inline[] }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "quote"; children: Block[] }
  | { type: "code"; text: string }
  | { type: "list"; ordered: boolean; items: Inline[][] };

export interface Message {
  id: string;
  conversation_id: string;
  seq: number;
  author: Author;
  body: string;
  rich: Block[] | null;
  /** The visitor's own messages only. */
  client_key: string | null;
  created_at: string;
  edited_at: string | null;
  /** Then `body` is empty. */
  removed: boolean;
}

export interface Event {
  event_seq: number;
  kind:
    | "message_posted"
    | "message_edited"
    | "message_removed"
    | "conversation_opened"
    | "conversation_closed"
    | "conversation_reopened"
    | "conversation_assigned";
  conversation_id: string;
  message_id: string | null;
  at: string;
}

export interface SessionRequest {
  domain: string;
  visitor_token?: string;
  page?: Page;
}

export interface Session {
  visitor_token: string;
  domain: { name: string };
  presence: Presence;
  conversation: Conversation | null;
  /** The latest 100 of the newest conversation, oldest first. */
  messages: Message[];
  after: number;
}

export interface MessageRequest {
  client_key: string;
  body: string;
  page?: Page;
}

export interface Posted {
  conversation: Conversation;
  message: Message;
}

export interface Batch {
  events: Event[];
  /** The present state of every message that the events name. */
  messages: Message[];
  conversation: Conversation | null;
  after: number;
  more: boolean;
  /** Forget what is shown and take this batch as the whole. */
  reset: boolean;
}

/** What the server says over the WebSocket. */
export type ServerFrame =
  | { type: "ready"; presence: Presence; conversation: Conversation | null; after: number }
  | ({ type: "batch" } & Batch)
  | { type: "presence"; presence: Presence }
  | { type: "typing"; author: Author }
  | { type: "ping" }
  | { type: "error"; problem: Problem };

/** What the widget says over the WebSocket. */
export type ClientFrame = { type: "hello"; token: string; after: number } | { type: "typing" } | { type: "pong" };
