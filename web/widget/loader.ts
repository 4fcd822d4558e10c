// The script that a website embeds. It is small, and waits: it offers `Threadline`, remembers what is called on it, and
// fetches the widget once the page has loaded and has nothing better to do.

import type { Call, Handle, Heard, LauncherModule, Listener } from "./launcher";
import { LOADED_AGAIN } from "./stay";
import { ERA, keysOf } from "./storage";

/** The launcher of the server as it is now, whatever its hash: an upgrade takes away the one that an open page knows. */
const NEWEST = "/widget/launcher.js";
/** A page that is never idle isn't waited for any longer. */
const PATIENCE_MS = 3_000;

export interface Api {
  open(): void;
  close(): void;
  toggle(): void;
  /** Says who the visitor is: a JWT that the website's own server has signed. */
  identify(jwt: string): void;
  /** Forgets the visitor, and everything that this browser keeps about them here: for signing out. */
  reset(): void;
  /** Says what the visitor looks at, where that isn't the page's address and title. */
  setPage(page: { url?: string; title?: string }): void;
  /** Calls `listener` whenever that happens; returns how to stop. */
  on<E extends keyof Heard>(event: E, listener: (detail: Heard[E]) => void): () => void;
}

declare global {
  interface Window {
    Threadline?: Api;
  }
}

const script =
  document.currentScript instanceof HTMLScriptElement
    ? document.currentScript
    : document.querySelector<HTMLScriptElement>('script[data-domain][src*="/widget.js"]');
const domain = script?.dataset.domain?.trim();

if (!script || !domain) {
  console.error('Threadline: the script tag needs its data-domain="shop.example".');
} else if (window.Threadline) {
  if ((window.Threadline as Partial<Api>).setPage) dispatchEvent(new Event(LOADED_AGAIN));
  else console.error("Threadline: this name is taken.");
} else {
  const { origin } = new URL(script.src);
  const listeners = new Map<string, Set<Listener>>();
  const early: Call[] = [];
  let handle: Handle | null = null;
  let loading = false;
  const waits = [5_000, 30_000, 120_000];

  const emit = (event: string, detail: unknown) => {
    for (const listener of [...(listeners.get(event) ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  };
  const call = (...called: Call) => {
    if (handle) handle(called);
    else early.push(called);
    // Who is called to open isn't kept waiting.
    if (called[0] === "open" || called[0] === "toggle") void load();
  };
  /** Who signs out often leaves the page at once, and the chat may not be there yet: what is kept goes now. */
  const forget = () => {
    const prefix = `threadline:${origin}:${domain}:`;
    try {
      for (const key of keysOf(localStorage, prefix)) localStorage.removeItem(key);
      // Other tabs hear by this that the visitor is somebody else (chat.ts).
      localStorage.setItem(prefix + ERA, `${Math.random()}`);
    } catch {
      // Forbidden: nothing is kept.
    }
  };
  const fetchIt = (path: string) => import(/* @vite-ignore */ origin + path) as Promise<LauncherModule>;
  const load = async () => {
    if (loading || !document.body) return;
    loading = true;
    try {
      // Some browsers remember that a module failed; another address makes them try again.
      const module = await fetchIt(__LAUNCHER_PATH__).catch(() => fetchIt(`${NEWEST}?again=${Date.now()}`));
      handle = await module.start({ origin, domain, identity: script.dataset.identity || null, emit }, early);
      for (const each of early.splice(0)) handle(each);
    } catch (error) {
      loading = false;
      console.error("Threadline: the chat couldn't be loaded.", error);
      addEventListener("online", load, { once: true });
      const wait = waits.shift();
      if (wait) setTimeout(load, wait);
    }
  };
  window.Threadline = {
    open: () => call("open"),
    close: () => call("close"),
    toggle: () => call("toggle"),
    identify: (jwt) => call("identify", jwt),
    reset() {
      forget();
      call("reset");
    },
    setPage: (page) => call("setPage", page),
    on(event, listener) {
      const heard = listeners.get(event) ?? new Set();
      listeners.set(event, heard.add(listener as Listener));
      // Who asks late is told at once: it won't happen again.
      if (event === "ready" && handle) queueMicrotask(() => (listener as Listener)({}));
      return () => void heard.delete(listener as Listener);
    },
  };
  const whenIdle = () => {
    if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: PATIENCE_MS });
    else setTimeout(load, 200);
  };
  if (document.readyState === "complete") whenIdle();
  else addEventListener("load", whenIdle, { once: true });
}
