// The icons that only the inbox page uses; the others are the kit's. Decoration: whatever uses one says it in words.

import type { VNode } from "preact";

const PATHS = {
  reply: "M10 6.5 4.5 12l5.5 5.5M4.5 12H14a6 6 0 0 1 6 6",
  note: "M6 4.5h12v10L13.5 19.5H6zM13.5 19.5v-5H18M9 8.5h6M9 11.5h3",
  smile: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.5 14c.9 1.4 2 2 3.5 2s2.6-.6 3.5-2M9.2 9.6v.3M14.8 9.6v.3",
  bolt: "M13 3.5 5.5 13.5H11l-1 7 7.5-10H12z",
  send: "M4.5 5 20 12 4.5 19l2-7zM6.5 12H13",
  panel: "M4 5h16v14H4zM14.5 5v14",
  assign: "M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 19.5c.7-3.2 3.2-5 6.5-5 1.4 0 2.7.3 3.7.9M18 14v6m-3-3h6",
  link: "M10 14a4 4 0 0 0 5.7 0l2.8-2.8a4 4 0 0 0-5.7-5.7L11.5 6.8M14 10a4 4 0 0 0-5.7 0l-2.8 2.8a4 4 0 0 0 5.7 5.7l1.3-1.3",
  page: "M6 3.5h8L18.5 8v12.5H6zM14 3.5V8h4.5",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  verified: "m12 3.5 2.2 1.7 2.8-.2.9 2.7 2.3 1.6-.9 2.7.9 2.7-2.3 1.6-.9 2.7-2.8-.2-2.2 1.7-2.2-1.7-2.8.2-.9-2.7-2.3-1.6.9-2.7-.9-2.7 2.3-1.6.9-2.7 2.8.2zM8.8 12l2.2 2.2 4.2-4.4",
  keyboard: "M3.5 6.5h17v11h-17zM7 10h.3M10.3 10h.3M13.6 10h.3M16.9 10h.3M8 14h8",
} as const;

export type GlyphName = keyof typeof PATHS;

export function Glyph({ name, class: more = "" }: { name: GlyphName; class?: string }): VNode {
  return (
    <svg class={`icon ${name === "reply" || name === "send" ? "directed" : ""} ${more}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
