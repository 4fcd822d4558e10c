// Noticing that this page was asleep (frozen, kept for going back, a closed laptop) or without a network: timers didn't
// run meanwhile, and what looked like a connection may long be gone.

const LOOK_MS = 10_000;
/** Browsers let a hidden page's timers run once a minute; a longer gap was sleep. */
const SLEEP_MS = 90_000;

export function onWake(woken: () => void): void {
  addEventListener("online", woken);
  addEventListener("pageshow", (event) => {
    if (event.persisted) woken();
  });
  document.addEventListener("resume", woken);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") woken();
  });
  let last = Date.now();
  setInterval(() => {
    const slept = Date.now() - last;
    last = Date.now();
    if (slept > SLEEP_MS) woken();
  }, LOOK_MS);
}
