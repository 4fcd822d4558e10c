// How long work takes, for tests of what must stay quick. No bounds here: each test knows its own.

/** The least time in ms of three tries: what else runs on the machine only ever adds. */
export function leastMs(work: () => void): number {
  const tries = [0, 1, 2].map(() => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...tries);
}
