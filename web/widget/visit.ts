// What this tab remembers over a reload, and no longer.

export function remember(name: string, yes: boolean): void {
  try {
    if (yes) sessionStorage.setItem(name, "1");
    else sessionStorage.removeItem(name);
  } catch {
    // Storage is forbidden: every page starts afresh.
  }
}

export function recall(name: string): boolean {
  try {
    return sessionStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}
