// What the browser remembers for one domain on one server: plain strings under one prefix in localStorage. What that won't
// take (full, forbidden) lives in memory, as long as the page. Knows nothing about what the strings mean.

/** Set anew whenever the visitor of this browser is forgotten: a tab that has another value knows somebody else. */
export const ERA = "era";

export interface Storage {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** The names that begin so, without our prefix; some of them maybe twice. */
  names(start: string): string[];
  /** Lets go of what only this tab holds: another one forgot the visitor. */
  forget(): void;
  /** Hears what *other* tabs change. */
  onChange(listener: (name: string, value: string | null) => void): void;
}

export function openStorage(prefix: string): Storage {
  let unsaved = inMemory();
  let browser: globalThis.Storage;
  try {
    browser = localStorage;
    // Forbidden, if not before, then now. What is full can be read all the same: nothing is written to try it.
    browser.getItem("");
  } catch {
    return unsaved;
  }
  return {
    get: (name) => unsaved.get(name) ?? browser.getItem(prefix + name),
    set(name, value) {
      unsaved.remove(name);
      try {
        browser.setItem(prefix + name, value);
      } catch {
        unsaved.set(name, value);
      }
    },
    remove(name) {
      unsaved.remove(name);
      browser.removeItem(prefix + name);
    },
    names: (start) => [...keysOf(browser, prefix + start).map((key) => key.slice(prefix.length)), ...unsaved.names(start)],
    forget: () => void (unsaved = inMemory()),
    onChange(listener) {
      addEventListener("storage", (event) => {
        if (event.storageArea === browser && event.key?.startsWith(prefix)) {
          const name = event.key.slice(prefix.length);
          unsaved.remove(name);
          listener(name, event.newValue);
        }
      });
    },
  };
}

/** The keys that begin so. A page's own stand-in for localStorage has the usual methods, and its keys aren't its properties. */
export function keysOf(browser: globalThis.Storage, start: string): string[] {
  return Array.from(browser, (_, at) => browser.key(at) ?? "").filter((key) => key.startsWith(start));
}

export function inMemory(): Storage {
  const values = new Map<string, string>();
  return {
    get: (name) => values.get(name) ?? null,
    set: (name, value) => void values.set(name, value),
    remove: (name) => void values.delete(name),
    names: (start) => [...values.keys()].filter((name) => name.startsWith(start)),
    forget: () => undefined,
    onChange: () => undefined,
  };
}
