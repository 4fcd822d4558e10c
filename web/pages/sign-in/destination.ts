// Where a sign-in leads: to the page that asked for it, if it is one of ours.

import { NEXT } from "../kit/next";

const OURS = ["/inbox", "/history", "/monitor", "/admin"];

/** A path of ours with its query and fragment; the inbox where nothing else was asked for. Asked once. */
export function destination(storage: Pick<Storage, "getItem" | "removeItem"> | null = kept()): string {
  const wanted = storage?.getItem(NEXT) ?? null;
  storage?.removeItem(NEXT);
  return wanted !== null && OURS.some((path) => wanted === path || wanted.startsWith(`${path}?`) || wanted.startsWith(`${path}#`)) ? wanted : "/inbox";
}

function kept(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
