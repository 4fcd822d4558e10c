// How long to wait before trying again, and a wait that can be cut short. No network here.

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Doubles from one second to thirty, half of it by chance, so that many browsers don't come back at the same moment. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random();
}

/** How much later than asked one may come back, as a share: whoever was sent away together must not return together. */
const SPREAD = 0.3;

/** The wait after the try numbered `attempt` (from 0) failed: no shorter than the server asked for (null: it didn't). */
export function waitMs(attempt: number, askedMs: number | null, random: () => number = Math.random): number {
  return Math.max(backoffMs(attempt, random), (askedMs ?? 0) * (1 + SPREAD * random()));
}

/** A wait that ends by itself, or at once when somebody calls `wake`. */
export class Pause {
  readonly #waiting = new Set<() => void>();

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
