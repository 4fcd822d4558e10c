// What is looked for, as it stands in the address: a history page can be sent to a colleague or reloaded.

export interface Wanted {
  q: string;
  status: "" | "open" | "closed";
  /** An operator's id. */
  operator: string;
  tag: string;
  rating: "" | "1" | "2" | "3" | "4" | "5" | "none";
  /** Days by this browser's calendar, both included; YYYY-MM-DD. */
  from: string;
  to: string;
}

export const NOTHING: Wanted = { q: "", status: "", operator: "", tag: "", rating: "", from: "", to: "" };

const STATUSES = ["open", "closed"];
const RATINGS = ["1", "2", "3", "4", "5", "none"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the address; what makes no sense there is left out. */
export function read(search: string): { wanted: Wanted; conversation: string | null; domain: string | null } {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name)?.trim() ?? "";
  const one = <T extends string>(name: string, among: readonly string[]) => (among.includes(text(name)) ? (text(name) as T) : ("" as const));
  const date = (name: string) => (DAY.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : "");
  return {
    wanted: {
      q: text("q"),
      status: one<"open" | "closed">("status", STATUSES),
      operator: text("operator"),
      tag: text("tag"),
      rating: one<Exclude<Wanted["rating"], "">>("rating", RATINGS),
      from: date("from"),
      to: date("to"),
    },
    conversation: text("conversation") || null,
    domain: text("domain") || null,
  };
}

/** The address's query for this; empty where nothing is looked for. */
export function write(wanted: Wanted, conversation: string | null): string {
  const set = Object.entries({ ...wanted, conversation: conversation ?? "" }).filter(([, value]) => value !== "");
  return set.length === 0 ? "" : `?${new URLSearchParams(set).toString()}`;
}

export const isNarrowed = (wanted: Wanted): boolean => Object.values(wanted).some((value) => value !== "");

/** How the API is asked: its `from` and `to` are moments, so that a day is a day where the operator sits. */
export function ask(wanted: Wanted, domain: string | null): Record<string, string | null> {
  return {
    domain,
    q: wanted.q,
    status: wanted.status,
    operator: wanted.operator,
    tag: wanted.tag,
    rating: wanted.rating,
    from: wanted.from === "" ? null : startOf(wanted.from, 0),
    to: wanted.to === "" ? null : startOf(wanted.to, 1),
  };
}

/** The day's first moment here, or that of a day so many days later. */
function startOf(day: string, later: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
