// Which part of the admin page the address names: `#operators`, or `#domain=NAME` for one domain.

export const PARTS = ["domains", "operators", "keys", "audit"] as const;
export type Part = (typeof PARTS)[number];

export interface Place {
  part: Part;
  /** The domain to begin with. */
  domain: string | null;
}

export function read(hash: string): Place {
  const name = hash.replace(/^#/, "");
  if (name.startsWith("domain=")) return { part: "domains", domain: new URLSearchParams(name).get("domain") };
  return { part: PARTS.find((part) => part === name) ?? "domains", domain: null };
}
