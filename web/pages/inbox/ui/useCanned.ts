// The canned replies of a domain, as the reply box has them: read when somebody begins to write or asks for them.

import { useRef, useState } from "preact/hooks";
import { reason } from "../../kit/api";
import type { CannedReply } from "../../kit/types";
import { calls } from "../calls";

export interface Canned {
  readonly all: readonly CannedReply[];
  readonly state: "unread" | "loading" | "ready" | "failed";
  /** Why they couldn't be read. */
  readonly why: string;
  /** Reads them, unless that is done or under way. Never fails: `state` tells. */
  readonly load: () => void;
  /** Reads them again. @throws Refused, Unreachable */
  readonly reload: () => Promise<void>;
}

export function useCanned(domain: string): Canned {
  const [now, setNow] = useState<Pick<Canned, "all" | "state" | "why">>({ all: [], state: "unread", why: "" });
  const busy = useRef(false);
  const reload = async () => {
    const { canned_replies: all } = await calls.cannedReplies(domain);
    setNow({ all, state: "ready", why: "" });
  };
  const load = () => {
    if (busy.current || now.state === "ready") return;
    busy.current = true;
    setNow((before) => ({ ...before, state: "loading" }));
    // Without them one can still write; the next asking tries again.
    reload()
      .catch((error: unknown) => setNow((before) => ({ ...before, state: "failed", why: reason(error) })))
      .finally(() => (busy.current = false));
  };
  return { ...now, load, reload };
}
