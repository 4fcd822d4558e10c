// An audit entry's parts as text. The server decides what is told; this only writes it down.

/** What the server tells about an entry, whatever its shape: `name: value` where it has names. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  return Object.entries(value)
    .filter(([, each]) => each !== null && each !== "")
    .map(([name, each]) => `${name}: ${inWords(each)}`)
    .join(" · ");
}
