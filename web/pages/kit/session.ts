// Who is signed in here: asked once at the start, changed by what the person does, ended by the server at any time.

import { computed, signal } from "@preact/signals";
import { onSignedOut, reason, Refused } from "./api";
import { profile, session } from "./calls";
import { Live } from "./live";
import { prefs } from "./prefs";
import type { Availability, InboxDomain, Me } from "./types";

export type Phase = { at: "loading" } | { at: "in" } | { at: "out"; wasIn: boolean } | { at: "failed"; why: string };

export const phase = signal<Phase>({ at: "loading" });
/** The person; null until known. */
export const me = signal<Me | null>(null);
export const isAdmin = computed(() => me.value?.role === "admin");

/** The domain that the page shows, if the person may see it; null: all of theirs. */
export const domain = computed(() => {
  const wanted = prefs.domain.value;
  return wanted !== null && me.value?.domains.includes(wanted) ? wanted : null;
});

/** The domains as they stand now, kept up to date by the live socket. */
export const domains = signal<readonly InboxDomain[]>([]);

export const live = new Live(
  () => onSignedOut.call(),
  // An ended session is told by the answer itself; anything else the next try will show.
  () => void session.me().catch(() => undefined),
);

live.on((frame) => {
  if (frame.type === "ready") domains.value = frame.domains;
  // What was said elsewhere while nobody listened comes with the line itself.
  if (frame.type === "me" || frame.type === "ready" || frame.type === "reset") void askAgain();
  if (frame.type === "domain") {
    const told = frame.domain;
    domains.value = domains.value.some((each) => each.name === told.name)
      ? domains.value.map((each) => (each.name === told.name ? told : each))
      : [...domains.value, told];
  }
});

onSignedOut.call = () => {
  const before = phase.peek();
  const wasIn = before.at === "in" || (before.at === "out" && before.wasIn);
  live.stop();
  me.value = null;
  domains.value = [];
  phase.value = { at: "out", wasIn };
};

let asking = false;
let askOnceMore = false;

/**
 * Asks again who this is: they said something of themselves in another tab or in the team's chat, or an admin changed what
 * they may. One question at a time, so that no answer overtakes a newer one.
 */
async function askAgain(): Promise<void> {
  askOnceMore = asking;
  if (asking || phase.peek().at !== "in") return;
  asking = true;
  try {
    do {
      askOnceMore = false;
      const now = await session.me();
      const differs = JSON.stringify(now) !== JSON.stringify(me.peek());
      if (differs && phase.peek().at === "in") me.value = now;
    } while (askOnceMore);
  } catch {
    // What is known holds until the line is back, which asks again. A 401 has told everybody already.
  } finally {
    asking = false;
  }
}

/** Asks who is signed in. `phase` tells the outcome. */
export async function loadMe(): Promise<void> {
  phase.value = { at: "loading" };
  try {
    me.value = await session.me();
    phase.value = { at: "in" };
  } catch (error) {
    // A 401 has told everybody already.
    if (!(error instanceof Refused && error.status === 401)) phase.value = { at: "failed", why: reason(error) };
    else onSignedOut.call();
  }
}

/** Looks whether somebody has signed in meanwhile, in another tab. */
export async function lookAgain(): Promise<void> {
  try {
    me.value = await session.me();
    phase.value = { at: "in" };
  } catch {
    // Nobody has, or nobody knows.
  }
}

/** @throws Refused, Unreachable */
export async function signOut(): Promise<void> {
  await session.signOut();
  onSignedOut.call();
}

/** @throws Refused, Unreachable */
export async function setAvailability(availability: Availability): Promise<void> {
  me.value = await profile.availability(availability);
}
