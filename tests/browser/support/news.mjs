// What the stand-ins for the server share: waiting for what they are told, and telling what passes.
import { once } from "node:events";
import { PATIENCE_MS } from "../browser.mjs";

/** Resolves once that is so; looked at again at each piece of `news`. */
export async function until(news, done) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!done()) await once(news, "news", { signal });
}

/** Does something while a sign is told again and again: each time, a page shows it for a few seconds. */
export async function whileTelling(tell, work) {
  tell();
  const again = setInterval(tell, 2_000);
  try {
    await work();
  } finally {
    clearInterval(again);
  }
}
