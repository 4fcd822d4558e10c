// The calls of the inbox's and the admin's API that more than one page makes, one line each.

import { del, get, patch, post, put, upload, type Options } from "./api";
import type {
  AdminDomain,
  AdminOperator,
  AdminSession,
  ApiKey,
  AuditEntry,
  Availability,
  Detail,
  Found,
  InboxMessage,
  Me,
  Monitoring,
  OperatorBrief,
  Role,
} from "./types";

const INBOX = "/v1/inbox";
const ADMIN = "/v1/admin";
const id = encodeURIComponent;

export const session = {
  me: () => get<Me>(`${INBOX}/session`),
  signIn: (token: string) => post<void>(`${INBOX}/session`, { token }),
  signOut: () => del<void>(`${INBOX}/session`),
};

export const profile = {
  availability: (availability: Availability) => put<Me>(`${INBOX}/availability`, { availability }),
  rename: (name: string) => patch<Me>(`${INBOX}/profile`, { name }),
  setPicture: (file: Blob) => upload<Me>(`${INBOX}/profile/picture`, file),
  removePicture: () => del<Me>(`${INBOX}/profile/picture`),
  linkCode: () => post<{ code: string; expires_at: string }>(`${INBOX}/profile/link-code`),
};

export const inbox = {
  operators: (domain: string | null) =>
    get<{ operators: (OperatorBrief & { online: boolean })[] }>(`${INBOX}/operators`, { query: { domain } }),
  tags: (domain: string | null) => get<{ tags: string[] }>(`${INBOX}/tags`, { query: { domain } }),
  detail: (conversation: string, options?: Options) => get<Detail>(`${INBOX}/conversations/${id(conversation)}`, options),
  before: (conversation: string, before: number, options: Options = {}) =>
    get<{ messages: InboxMessage[]; more_before: boolean }>(`${INBOX}/conversations/${id(conversation)}/messages`, {
      ...options,
      query: { before, limit: 50 },
    }),
  transcript: (conversation: string, form: "txt" | "json", notes = false) =>
    `${INBOX}/conversations/${id(conversation)}/transcript.${form}${notes ? "?notes=true" : ""}`,
  history: (query: NonNullable<Options["query"]>, options: Options = {}) =>
    get<{ conversations: Found[]; next: string | null }>(`${INBOX}/history`, { ...options, query }),
  monitor: (query: NonNullable<Options["query"]>, options: Options = {}) =>
    get<Monitoring>(`${INBOX}/monitor`, { ...options, query }),
};

export const admin = {
  domains: () => get<{ domains: AdminDomain[] }>(`${ADMIN}/domains`),
  operators: () => get<{ operators: AdminOperator[] }>(`${ADMIN}/operators`),
  invite: (name: string, role: Role, domains: string[] | null) =>
    post<{ operator: AdminOperator; link: string; expires_at: string }>(`${ADMIN}/operators`, { name, role, domains }),
  link: (operator: string) => post<{ link: string; expires_at: string }>(`${ADMIN}/operators/${id(operator)}/link`),
  change: (operator: string, change: { role?: Role | null; domains?: string[] | null; deactivated?: boolean }) =>
    patch<AdminOperator>(`${ADMIN}/operators/${id(operator)}`, change),
  sessions: (operator: string) => get<{ sessions: AdminSession[] }>(`${ADMIN}/operators/${id(operator)}/sessions`),
  revokeSession: (operator: string, session: string) =>
    del<void>(`${ADMIN}/operators/${id(operator)}/sessions/${id(session)}`),
  apiKeys: () => get<{ api_keys: ApiKey[] }>(`${ADMIN}/api-keys`),
  makeKey: (key: { name: string; scopes: string[]; domains: string[] | null; expires_in_days?: number }) =>
    post<{ api_key: ApiKey; token: string }>(`${ADMIN}/api-keys`, key),
  revokeKey: (key: string) => del<void>(`${ADMIN}/api-keys/${id(key)}`),
  audit: (before: string | null) =>
    get<{ entries: AuditEntry[]; next: string | null }>(`${ADMIN}/audit`, { query: { before, limit: 50 } }),
};
