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

/** A wait that ends by itself, or sooner when somebody calls `wake`. */
export class Pause {
  readonly #waiting = new Set<(hard: boolean) => void>();

  /** Waits for `ms`, of which the server asked for `leastMs` (null: for nothing). */
  wait(ms: number, leastMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      // By the clock on the wall: that one goes on while the page sleeps.
      const due = Date.now() + (leastMs ?? 0);
      const wake = (hard: boolean, left = due - Date.now()) => {
        clearTimeout(timer);
        if (!hard && left > 0) timer = setTimeout(wake, Math.min(left, ms), true);
        else {
          this.#waiting.delete(wake);
          resolve();
        }
      };
      let timer = setTimeout(wake, ms, true);
      this.#waiting.add(wake);
    });
  }

  /** Ends every wait: what we chose ourselves at once, what the server asked for when that is over. `hard` ends that too. */
  wake(hard = false): void {
    for (const each of [...this.#waiting]) each(hard);
  }
}
