// One tab at a time, where the browser can promise it. Without Web Locks every tab goes ahead: the server knows a
// message by its `client_key`, so the worst is a request too many.

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function browserLocks(): Locks | null {
  // Absent on pages without https.
  return "locks" in navigator ? (navigator.locks as unknown as Locks) : null;
}

export function exclusively<T>(locks: Locks | null, name: string, work: () => Promise<T>): Promise<T> {
  let begun: Promise<T> | undefined;
  const once = () => (begun ??= work());
  // Where site data is blocked there are locks, and none is given.
  return locks ? locks.request(`threadline:${name}`, once).catch(once) : once();
}
