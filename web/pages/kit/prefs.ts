// What a person has chosen in this browser, kept in localStorage and told to other tabs. Nothing secret, nothing about
// conversations.

import { effect, signal, type Signal } from "@preact/signals";

const PREFIX = "threadline:pref:";

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/** A signal that is remembered; `accepts` says which kept values still mean something. */
function kept<T>(name: string, first: T, accepts: (value: unknown) => value is T): Signal<T> {
  const known = read(name);
  const value = signal(accepts(known) ? known : first);
  let seen = value.peek();
  effect(() => {
    if (value.value === seen) return;
    seen = value.value;
    try {
      localStorage.setItem(PREFIX + name, JSON.stringify(seen));
    } catch {
      // A browser that keeps nothing forgets the choice with the page.
    }
  });
  addEventListener("storage", (event) => {
    if (event.key !== PREFIX + name) return;
    const told = read(name);
    seen = accepts(told) ? told : first;
    value.value = seen;
  });
  return value;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isText = (value: unknown): value is string | null => value === null || typeof value === "string";

export type Theme = "system" | "light" | "dark";
const isTheme = (value: unknown): value is Theme => value === "system" || value === "light" || value === "dark";

export const prefs = {
  /** The domain that pages show; null: all of them. */
  domain: kept<string | null>("domain", null, isText),
  theme: kept<Theme>("theme", "system", isTheme),
  /** A language's tag; null: the browser's. */
  language: kept<string | null>("language", null, isText),
  /** Whether single letters are shortcuts. */
  letters: kept("letters", true, isBoolean),
  sound: kept("sound", false, isBoolean),
  /** Whether desktop notifications are wanted; the browser must have allowed them too. */
  notifications: kept("notifications", false, isBoolean),
};

/** Keeps the page's colours as they were chosen. */
export function applyTheme(): void {
  effect(() => {
    const theme = prefs.theme.value;
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  });
}
