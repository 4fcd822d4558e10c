// How long to wait before trying again, and a wait that can be cut short. No network here.

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Doubles from one second to thirty, half of it by chance, so that many browsers don't come back at the same moment. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random();
}

/** A wait that ends by itself, or at once when somebody calls `wake`. */
export class Pause {
  private readonly waiting = new Set<() => void>();

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.waiting]) done();
  }
}
