// What a JWT says about itself, read and not believed: only the server can check its signature. Here it tells one visitor
// of this browser from another, before anything is shown.

interface Claims {
  sub?: unknown;
  exp?: unknown;
}

/** Whom the JWT is about; null if it isn't one. */
export function subjectOf(jwt: string): string | null {
  const { sub } = claimsOf(jwt);
  return typeof sub === "string" && sub !== "" ? sub : null;
}

/** Whether its time is over, by this browser's clock. */
export function isPast(jwt: string, nowMs: number): boolean {
  const { exp } = claimsOf(jwt);
  return typeof exp === "number" && exp * 1_000 <= nowMs;
}

function claimsOf(jwt: string): Claims {
  const part = jwt.split(".")[1] ?? "";
  try {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (unit) => unit.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
