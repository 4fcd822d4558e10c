// The calls that only the inbox page makes, one line each.

import { del, get, patch, post, put, type Options } from "../kit/api";
import type { CannedReply, InboxMessage, Summary } from "../kit/types";
import type { Query } from "./state/list";

const id = encodeURIComponent;
const of = (conversation: string) => `/v1/inbox/conversations/${id(conversation)}`;
const message = (conversation: string, which: string) => `${of(conversation)}/messages/${id(which)}`;

export interface ListPage {
  conversations: Summary[];
  next: string | null;
}

/** Refusals and network errors are thrown, as kit/api.ts does. */
export const calls = {
  list: ({ domain, filter, words }: Query, before: string | null, limit: number, options: Options = {}) =>
    get<ListPage>("/v1/inbox/conversations", { ...options, query: { domain, filter, q: words, before, limit } }),
  post: (conversation: string, body: { client_key: string; body: string; note: boolean }) =>
    post<{ message: InboxMessage }>(`${of(conversation)}/messages`, body),
  edit: (conversation: string, which: string, body: string) =>
    patch<{ message: InboxMessage }>(message(conversation, which), { body }),
  remove: (conversation: string, which: string) => del<{ message: InboxMessage }>(message(conversation, which)),
  retry: (conversation: string, which: string) => post<void>(`${message(conversation, which)}/retry`),
  release: (conversation: string, which: string) =>
    post<{ message: InboxMessage }>(`${message(conversation, which)}/release`),
  keep: (conversation: string, which: string) => post<{ message: InboxMessage }>(`${message(conversation, which)}/keep`),
  close: (conversation: string) => post<{ conversation: Summary }>(`${of(conversation)}/close`),
  reopen: (conversation: string) => post<{ conversation: Summary }>(`${of(conversation)}/reopen`),
  assign: (conversation: string, operator: string | null) =>
    post<{ conversation: Summary }>(`${of(conversation)}/assign`, { operator }),
  read: (conversation: string, seq: number) => post<void>(`${of(conversation)}/read`, { seq }),
  tag: (conversation: string, tags: readonly string[]) => put<{ tags: string[] }>(`${of(conversation)}/tags`, { tags }),
  cannedReplies: (domain: string) =>
    get<{ canned_replies: CannedReply[] }>("/v1/inbox/canned-replies", { query: { domain } }),
};
