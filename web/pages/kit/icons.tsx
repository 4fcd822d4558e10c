// The icons, drawn on a 24-unit grid. They are decoration: whatever uses one says its meaning in words.

import type { VNode } from "preact";

const PATHS = {
  inbox: "M4 13.5 6.6 5.6A1.6 1.6 0 0 1 8.1 4.5h7.8a1.6 1.6 0 0 1 1.5 1.1L20 13.5v4.4a1.6 1.6 0 0 1-1.6 1.6H5.6A1.6 1.6 0 0 1 4 17.9zM4 13.5h4.3l1.4 2.5h4.6l1.4-2.5H20",
  history: "M3.5 12a8.5 8.5 0 1 0 2.7-6.2L3.5 8.3M3.5 3.8v4.5H8M12 7.5V12l3 2",
  monitor: "M4 20h16M6.5 16.5v-4M11 16.5V6M15.5 16.5v-7M20 16.5v-11",
  admin: "M12 3.5 5 6.2v5.3c0 4.3 2.9 7.7 7 9 4.1-1.3 7-4.7 7-9V6.2zM9 12l2.2 2.2L15.2 10",
  down: "m6.5 9.5 5.5 5.5 5.5-5.5",
  close: "M6 6l12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  copy: "M9 9h10v11H9zM15 9V4.5H5V15h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20 20",
  download: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  external: "M13 5h6v6M19 5l-8.5 8.5M17 14v5H5V7h5",
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.8-3.3 3.6-5 7-5s6.2 1.7 7 5",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.8 19.5c.7-3 3.1-4.5 6.2-4.5s5.5 1.5 6.2 4.5M15.5 4.8a3.5 3.5 0 0 1 0 6.4M17.5 15.2c2 .5 3.3 1.9 3.8 4.3",
  key: "M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12.5 12H21v3.5M17 12v3",
  globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.5 12h17M12 3.5c2.5 2.3 3.7 5.2 3.7 8.5s-1.2 6.2-3.7 8.5c-2.5-2.3-3.7-5.2-3.7-8.5S9.5 5.8 12 3.5Z",
  list: "M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.5M4 12h.5M4 17.5h.5",
  out: "M14 4.5H6v15h8M10.5 12H20m-3.5-3.5L20 12l-3.5 3.5",
  sliders: "M4 7.5h9M17.5 7.5H20M4 16.5h3M11.5 16.5H20M15 5v5M9 14v5",
  plus: "M12 5v14M5 12h14",
  back: "m14.5 5.5-6.5 6.5 6.5 6.5",
  star: "m12 4 2.5 5.1 5.6.8-4 4 .9 5.6-5-2.7-5 2.7.9-5.6-4-4 5.6-.8z",
  filter: "M4 6h16M7 12h10M10 18h4",
  refresh: "M20 5v5h-5M4 19v-5h5M19.2 10A7.5 7.5 0 0 0 6 7.5L4.5 9M4.8 14A7.5 7.5 0 0 0 18 16.5l1.5-1.5",
} as const;

export type IconName = keyof typeof PATHS;

/** Icons that point along the line of text; they are mirrored in right-to-left writing. */
const DIRECTED: ReadonlySet<IconName> = new Set(["back", "out", "external", "list", "history"]);

export function Icon({ name, class: more = "" }: { name: IconName; class?: string }): VNode {
  return (
    <svg class={`icon ${DIRECTED.has(name) ? "directed" : ""} ${more}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Threadline's sign: a thread that runs through a speech bubble. */
export function Mark(): VNode {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M9 10.5h14a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-7.5L11 24.5v-4H9a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2Z" />
      <path class="thread" d="M11 15.5c2-2 3.3 2 5 0s3-2 5 0" />
    </svg>
  );
}
