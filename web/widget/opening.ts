// Beginning a session, and beginning anew: the visitor's token, who they are said to be, and one visitor over all tabs.
// What becomes of a session is the chat's business.

import type { Page, Problem, Session, SessionRequest } from "../api/types";
import { cleanPage } from "./clean";
import { isPast } from "./identity";
import type { Storage } from "./storage";
import { type Locks, exclusively } from "./tabs";
import { type Pause, waitMs } from "./transport/backoff";
import { type Answer, type Failure, type Http, isProblem } from "./transport/http";

export interface OpeningOptions {
  domain: string;
  http: Http;
  storage: Storage;
  locks: Locks | null;
  page: () => Page;
  pause: Pause;
  /** This page is shut out: nothing more is tried. */
  isOver: () => boolean;
  onSession: (session: Session) => void;
  onLost: () => void;
  onRefused: (problem: Problem) => void;
  /** Something more than the network failed. */
  onTrouble: (failure: Failure) => void;
  random?: (() => number) | undefined;
}

interface Identity {
  jwt: string;
  subject: string;
  /** The present session is this person's. */
  taken: boolean;
}

const NO_LONGER: Problem = {
  type: "about:blank",
  title: "The identity's time is over",
  status: 401,
  detail: "Call Threadline.identify with a new JWT.",
};

export class Opening {
  /** The visitor's token, while the server is known to take it. */
  token: string | null = null;
  #identity: Identity | null = null;
  #running: Promise<void> | null = null;
  /** Grows when the visitor is forgotten: answers from before are nobody's. */
  #era = 0;
  /** New sessions for bad tokens since the server last took one. */
  #renewals = 0;

  constructor(private readonly options: OpeningOptions) {}

  /** The server takes the token. */
  taken(): void {
    this.#renewals = 0;
  }

  /** Who the visitor is, from the next session on; false if that is what is known already. */
  identify(jwt: string, subject: string): boolean {
    const same = this.#identity?.subject === subject && this.#identity.taken;
    this.#identity = { jwt, subject, taken: same };
    return !same;
  }

  /** The visitor is somebody else from now on. */
  forget(): void {
    this.#era += 1;
    this.token = null;
    this.#identity = null;
    this.#running = null;
    this.#renewals = 0;
  }

  /** Tries until there is a session, or this page is refused; safe to call again. */
  open(): Promise<void> {
    const era = this.#era;
    this.#running ??= this.#tryToOpen(era).finally(() => {
      if (era === this.#era) this.#running = null;
    });
    return this.#running;
  }

  /** The token is no longer good: a new session takes its place. */
  async renew(bad: string | null): Promise<void> {
    if (bad === null || this.token !== bad) return;
    this.token = null;
    if (this.#identity) this.#identity.taken = false;
    this.#renewals += 1;
    if (this.#renewals > 1) {
      // A server that hands out tokens and then takes none of them mustn't be asked without a pause.
      this.options.onLost();
      await this.options.pause.wait(waitMs(this.#renewals - 2, null, this.options.random), null);
    }
    await this.open();
  }

  /** One request, one tab at a time: two tabs of a new visitor must become one visitor. */
  ask(): Promise<Answer<Session>> {
    const { domain, http, locks, storage } = this.options;
    const era = this.#era;
    return exclusively(locks, `${domain}:session`, async () => {
      if (era !== this.#era) return GONE;
      const known = this.token ?? storage.get("token");
      const identity = this.#unsaid();
      const answer = await http.session(this.#request(known, identity?.jwt ?? null));
      if (era !== this.#era) return GONE;
      if (answer.ok && (answer.value.visitor_token !== known || storage.get("token") === null)) {
        storage.set("token", answer.value.visitor_token);
      }
      if (answer.ok && identity) {
        identity.taken = true;
        storage.set("identity", identity.subject);
      }
      return answer;
    });
  }

  async #tryToOpen(era: number): Promise<void> {
    for (let attempt = 0; era === this.#era && !this.options.isOver(); attempt += 1) {
      const answer = await this.ask();
      if (era !== this.#era) return;
      if (answer.ok) {
        // Said while the request was under way.
        if (this.#unsaid()) continue;
        this.token = answer.value.visitor_token;
        this.options.onSession(answer.value);
        return;
      }
      const { failure } = answer;
      if (failure.kind === "refused") {
        this.options.onRefused(failure.problem);
        return;
      }
      // Turned down for any other reason, this page isn't shut out: the reason may pass.
      this.options.onTrouble(failure);
      if (failure.kind === "rejected" && isProblem(failure.problem, "identity-not-valid")) {
        this.#identity = null;
        continue;
      }
      this.options.onLost();
      await waitAfter(failure, attempt, this.options);
    }
  }

  /** The identity that the server hasn't heard; one whose time is over is dropped. */
  #unsaid(): Identity | null {
    if (!this.#identity || this.#identity.taken) return null;
    if (isPast(this.#identity.jwt, Date.now())) {
      this.#identity = null;
      this.options.onTrouble({ kind: "rejected", problem: NO_LONGER });
    }
    return this.#identity;
  }

  #request(known: string | null, jwt: string | null): SessionRequest {
    return {
      domain: this.options.domain,
      page: cleanPage(this.options.page()),
      visitor_token: known,
      identity_jwt: jwt,
      language: navigator.language || null,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }
}

const GONE: Answer<never> = { ok: false, failure: { kind: "later", afterMs: null } };

/** The wait after a failed try. */
export function waitAfter(failure: Failure, attempt: number, { pause, random }: { pause: Pause; random?: (() => number) | undefined }): Promise<void> {
  const askedMs = failure.kind === "later" ? failure.afterMs : null;
  return pause.wait(waitMs(attempt, askedMs, random), askedMs);
}
