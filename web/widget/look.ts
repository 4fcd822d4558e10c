// How a domain wants its chat to look, before anybody has opened it: asked for once a page, and kept by the browser for a
// few minutes.

import type { Problem, SessionDomain } from "../api/types";
import { DARK, LIGHT, type Palette, palette } from "./color";
import { readFailure } from "./transport/http";

/** The page isn't kept waiting for it any longer. */
const TIMEOUT_MS = 5_000;

/**
 * The domain's look; null where it can't be had, and then the chat looks as it does by itself. A problem where this page
 * can have no chat at all.
 */
export async function fetchLook(origin: string, domain: string): Promise<SessionDomain | Problem | null> {
  try {
    const response = await fetch(`${origin}/v1/widget/domain?name=${encodeURIComponent(domain)}`, {
      credentials: "omit",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as SessionDomain;
    const failure = await readFailure(response);
    return failure.kind === "refused" ? failure.problem : null;
  } catch {
    return null;
  }
}

/** The style sheet for a domain's colour; empty where it has none. Made of checked colours alone. */
export function colorSheet(color: string | null): string {
  const light = palette(color ?? "", LIGHT);
  const dark = palette(color ?? "", DARK);
  return light && dark ? `.frame{${colors(light)}}@media (prefers-color-scheme:dark){.frame{${colors(dark)}}}` : "";
}

function colors({ accent, strong, onAccent, link }: Palette): string {
  return `--accent:${accent};--accent-strong:${strong};--on-accent:${onAccent};--link:${link}`;
}
