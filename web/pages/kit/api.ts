// Calls of our API with the operator's cookie: JSON in, JSON out, refusals as errors that can be shown. No retries: whoever
// asks knows whether that is safe. What each call is about stands in calls.ts.

import type { Problem } from "../../api/types";
import { isKey, language, t } from "./i18n";

const PREFIX = "urn:threadline:problem:";

/** The server said no. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The stable name of the refusal, for example `conversation-closed`. */
  readonly kind: string;

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** How long the server wants us to wait; null: it didn't say. */
    readonly afterMs: number | null,
  ) {
    super(problem.detail ?? problem.title);
    this.kind = problem.type.startsWith(PREFIX) ? problem.type.slice(PREFIX.length) : "";
  }
}

/**
 * A call that hangs longer than this has failed: on a line that swallows everything, the browser would wait for many
 * minutes, and whatever is to be sent behind it too.
 */
const TIMEOUT_MS = 20_000;
/** A file may take a slow line's time. */
const UPLOAD_MS = 120_000;

/** No answer came: the network, or a server that is starting. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

type Query = Record<string, string | number | boolean | null | undefined>;

export interface Options {
  query?: Query;
  signal?: AbortSignal;
}

/** Who is told when a session has ended; session.ts sets it. */
export const onSignedOut: { call: () => void } = { call: () => undefined };

/** `path` with what is set in `query`. */
export function address(path: string, query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** @throws Refused, Unreachable, or the signal's AbortError */
async function call<T>(method: string, path: string, body: BodyInit | null, type: string | null, options: Options): Promise<T> {
  const { response, answer } = await within(body instanceof Blob ? UPLOAD_MS : TIMEOUT_MS, options.signal, async (signal) => {
    const response = await fetch(address(path, options.query), {
      method,
      body,
      headers: { accept: "application/json", ...(type === null ? {} : { "content-type": type }) },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal,
    });
    // An answer that breaks off half-way is none; a proxy's page in place of a refusal is still a refusal.
    const answer: unknown = response.status === 204 ? undefined : await response.json().catch((error: unknown) => (response.ok ? Promise.reject(error) : null));
    return { response, answer };
  });
  if (response.ok) return answer as T;
  const refused = new Refused(response.status, problemOf(answer, response.status), waitOf(response));
  if (refused.status === 401 && refused.kind === "signed-out") onSignedOut.call();
  throw refused;
}

/** Gives the work up after a time, or when `outer` says so. @throws Unreachable, or the outer signal's AbortError */
async function within<T>(ms: number, outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort(outer?.reason);
  const timer = setTimeout(abort, ms);
  if (outer?.aborted) abort();
  outer?.addEventListener("abort", abort);
  try {
    return await work(giveUp.signal);
  } catch (error) {
    if (outer?.aborted) throw error;
    throw new Unreachable("The server can't be reached.", { cause: error });
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  }
}

function problemOf(answer: unknown, status: number): Problem {
  if (typeof answer === "object" && answer !== null && "type" in answer && "title" in answer) return answer as Problem;
  return { type: "about:blank", title: `The server answered with ${status}.`, status };
}

function waitOf(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

const json = (body: unknown) => JSON.stringify(body ?? {});
const JSON_TYPE = "application/json";

export const get = <T>(path: string, options: Options = {}) => call<T>("GET", path, null, null, options);
export const post = <T>(path: string, body?: unknown, options: Options = {}) =>
  call<T>("POST", path, json(body), JSON_TYPE, options);
export const put = <T>(path: string, body?: unknown, options: Options = {}) =>
  call<T>("PUT", path, json(body), JSON_TYPE, options);
export const patch = <T>(path: string, body?: unknown, options: Options = {}) =>
  call<T>("PATCH", path, json(body), JSON_TYPE, options);
export const del = <T>(path: string, options: Options = {}) => call<T>("DELETE", path, null, null, options);
/** Sends a file as it is. */
export const upload = <T>(path: string, file: Blob, options: Options = {}) => call<T>("PUT", path, file, file.type, options);

/** What to tell a person about an error. The server's own words are English; elsewhere a refusal is said by its kind. */
export function reason(error: unknown): string {
  if (error instanceof Unreachable) return t("kit.unreachable");
  if (error instanceof Refused && language() !== "en") {
    const said = `refused.${error.kind}`;
    if (isKey(said)) return t(said, { detail: error.message });
  }
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}

/** The field that the server refused; null where the error is about none. */
export function fieldOf(error: unknown): string | null {
  return error instanceof Refused ? (error.problem.field ?? null) : null;
}
