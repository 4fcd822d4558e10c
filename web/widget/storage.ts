// What the browser remembers for one domain on one server: plain strings under one prefix in localStorage, or in memory
// where the browser forbids storage. Knows nothing about what the strings mean.

export interface Storage {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** The names that begin so, without our prefix. */
  names(start: string): string[];
  /** Hears what *other* tabs change. */
  onChange(listener: (name: string, value: string | null) => void): void;
}

export function openStorage(prefix: string): Storage {
  const browser = usable();
  if (!browser) return inMemory();
  return {
    get: (name) => browser.getItem(prefix + name),
    set(name, value) {
      try {
        browser.setItem(prefix + name, value);
      } catch {
        // Full, or switched off meanwhile: this tab goes on with what it holds in memory.
      }
    },
    remove: (name) => browser.removeItem(prefix + name),
    names: (start) =>
      Object.keys(browser)
        .filter((key) => key.startsWith(prefix + start))
        .map((key) => key.slice(prefix.length)),
    onChange(listener) {
      addEventListener("storage", (event) => {
        if (event.storageArea === browser && event.key?.startsWith(prefix)) {
          listener(event.key.slice(prefix.length), event.newValue);
        }
      });
    },
  };
}

export function inMemory(): Storage {
  const values = new Map<string, string>();
  return {
    get: (name) => values.get(name) ?? null,
    set: (name, value) => void values.set(name, value),
    remove: (name) => void values.delete(name),
    names: (start) => [...values.keys()].filter((name) => name.startsWith(start)),
    onChange: () => undefined,
  };
}

function usable(): globalThis.Storage | null {
  try {
    const probe = "threadline:probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return null;
  }
}
