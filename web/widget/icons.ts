// The launcher's icons, as nodes. Decoration only: what they stand for is said in the button's label.

const SVG = "http://www.w3.org/2000/svg";

export const DOWN_ICON = "m6 9.5 6 6 6-6";

/** By what a domain may choose. */
const LAUNCHER_ICONS: Record<string, string> & { chat: string } = {
  chat: "M12 3C6.9 3 3 6.5 3 11c0 2.3 1 4.3 2.7 5.8L5 21l4.3-2.2c.9.2 1.8.3 2.7.3 5.1 0 9-3.5 9-8S17.1 3 12 3Z",
  question: "M9 9a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.2-1.6 2.5v.4M12 18v.1M12 3a9 9 0 0 0-7.7 13.7L3 21l4.3-1.3A9 9 0 1 0 12 3Z",
  wave: "m7 13-2.6-3.2a1.4 1.4 0 0 1 2.2-1.8L9 11M7.5 8.6 5.8 6.3a1.4 1.4 0 0 1 2.3-1.7l3.1 4.3M11 8.5 9 5.6a1.4 1.4 0 0 1 2.3-1.6l3.7 5.1.4-2.2a1.5 1.5 0 0 1 3 .3c.3 4.3-.1 7.2-2.2 9.3-2.5 2.5-6 2.3-8.4-.5L4.7 13M19 3c1 .6 1.7 1.3 2.2 2.3M3 19c.5 1 1.2 1.7 2.2 2.2",
};

/** The launcher's icon; one that isn't known is the speech bubble. */
export function launcherIcon(name: string): SVGSVGElement {
  const shape = LAUNCHER_ICONS[name];
  return shape === undefined || name === "chat" ? icon("chat", LAUNCHER_ICONS.chat) : icon("chat line", shape);
}

export function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}
