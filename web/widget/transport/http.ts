// One call of the widget API over HTTP, and what its failure means. Doesn't retry and holds no state.

import type {
  Batch,
  Conversation,
  FormRequest,
  MessageRequest,
  Page,
  Posted,
  Problem,
  RatingRequest,
  Session,
  SessionRequest,
  SessionVisitor,
  VisitorRequest,
} from "../../api/types";

/** Nobody is sent away for longer; longer waits would also overflow the browser's timers, which then don't wait at all. */
const LONGEST_WAIT_S = 3_600;

/** Begins the `type` of every problem that is our server's own. */
const OURS = "urn:threadline:problem:";

/** A call that hangs longer than this has failed. */
const TIMEOUT_MS = 20_000;

export type Failure =
  /** The visitor's token is no longer good: start a new session. */
  | { kind: "unauthorized" }
  /** This page, or this domain, may not use the widget at all. */
  | { kind: "refused"; problem: Problem }
  /** Worth trying again, not before `afterMs` where the server said so; `problem` where the website's developer should know. */
  | { kind: "later"; afterMs: number | null; problem?: Problem }
  /** The server turned this down: trying the same again won't help. */
  | { kind: "rejected"; problem: Problem };

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface Http {
  session(request: SessionRequest): Promise<Answer<Session>>;
  post(token: string, request: MessageRequest): Promise<Answer<Posted>>;
  events(token: string, after: number): Promise<Answer<Batch>>;
  read(token: string, eventSeq: number): Promise<Answer<null>>;
  close(token: string): Promise<Answer<{ conversation: Conversation }>>;
  visitor(token: string, request: VisitorRequest): Promise<Answer<{ visitor: SessionVisitor }>>;
  form(token: string, request: FormRequest): Promise<Answer<Posted>>;
  rate(token: string, request: RatingRequest): Promise<Answer<{ conversation: Conversation }>>;
  page(token: string, request: { page: Page }): Promise<Answer<null>>;
  /** Ends every call that is under way, as if the network had failed. */
  abort(): void;
}

export function connectHttp(origin: string, fetcher: typeof fetch = (...args) => fetch(...args)): Http {
  const underWay = new Set<AbortController>();
  async function call<T>(method: string, path: string, token: string | null, body?: unknown): Promise<Answer<T>> {
    const abort = new AbortController();
    underWay.add(abort);
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    try {
      const response = await fetcher(`${origin}/v1/widget${path}`, {
        method,
        headers,
        body: JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: abort.signal,
      });
      if (!response.ok) return { ok: false, failure: await readFailure(response) };
      return { ok: true, value: (response.status === 204 ? null : await response.json()) as T };
    } catch {
      // No network, a time-out, or an answer that isn't JSON: nobody knows whether it arrived.
      return { ok: false, failure: { kind: "later", afterMs: null } };
    } finally {
      underWay.delete(abort);
      clearTimeout(timer);
    }
  }

  return {
    session: (request) => call("POST", "/sessions", null, request),
    post: (token, request) => call("POST", "/messages", token, request),
    events: (token, after) => call("GET", `/messages?after=${after}&limit=200`, token),
    read: (token, eventSeq) => call("POST", "/read", token, { event_seq: eventSeq }),
    close: (token) => call("POST", "/conversation/close", token, {}),
    visitor: (token, request) => call("PATCH", "/visitor", token, request),
    form: (token, request) => call("POST", "/form", token, request),
    rate: (token, request) => call("POST", "/conversation/rating", token, request),
    page: (token, request) => call("POST", "/page", token, request),
    abort: () => {
      for (const each of underWay) each.abort();
    },
  };
}

/** What an answer that isn't a good one means. */
export async function readFailure(response: Response): Promise<Failure> {
  const { status, statusText, headers } = response;
  const said = (await response.json().catch(() => null)) as Problem | null;
  // A proxy in between may have answered, in words of its own.
  const problem = isOurs(said) ? said : { type: "about:blank", title: `The server answered ${status} ${statusText}`.trim() };
  const header = Number.parseInt(headers.get("Retry-After") ?? "", 10);
  return failureOf({ ...problem, status }, Number.isNaN(header) ? null : header);
}

/** What a problem document asks of us. */
export function failureOf(problem: Problem, retryAfterS: number | null = null): Failure {
  const seconds = problem.retry_after_s ?? retryAfterS;
  const afterMs = seconds === null ? null : Math.min(Math.max(seconds, 0), LONGEST_WAIT_S) * 1_000;
  const { status } = problem;
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { kind: "later", afterMs };
  // While a proxy's setup is changed or the server is replaced, anything may come back, and none of it is about the visitor.
  if (!isOurs(problem)) return { kind: "later", afterMs, problem };
  if (isProblem(problem, "identity-not-valid")) return { kind: "rejected", problem };
  if (status === 401) return { kind: "unauthorized" };
  if (isProblem(problem, "origin-not-allowed") || isProblem(problem, "unknown-domain")) {
    return { kind: "refused", problem };
  }
  return { kind: "rejected", problem };
}

function isOurs(problem: Problem | null): problem is Problem {
  return typeof problem?.type === "string" && problem.type.startsWith(OURS);
}

export function isProblem(problem: Problem, name: string): boolean {
  return problem.type === OURS + name;
}
