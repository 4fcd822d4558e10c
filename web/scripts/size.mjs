// Fails when the widget outgrows what a visitor's first page view may cost. Sizes are gzip, level 9, in bytes.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BEFORE_OPENING = 20_000;
const WITH_PANEL = 35_000;

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const gzipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

const loader = gzipped("widget.js");
// The panel is there twice, and a visitor fetches it once.
const parts = readdirSync(join(dist, "widget")).filter((name) => name !== "panel.js");
const panel = parts.reduce((sum, name) => sum + gzipped(`widget/${name}`), 0);
let over = false;
for (const [what, size, limit] of [
  ["before opening", loader, BEFORE_OPENING],
  ["with the panel", loader + panel, WITH_PANEL],
]) {
  const good = size <= limit;
  over ||= !good;
  console.log(`${good ? "ok  " : "OVER"} ${what}: ${size} of ${limit} bytes`);
}
process.exitCode = over ? 1 : 0;
