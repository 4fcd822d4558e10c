// Prints what the widget costs a visitor, and fails when it outgrows that: everything they fetch counts. Sizes are gzip,
// level 9, in bytes.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** The script that a page loads before it is at rest. */
const LOADER = 3_000;
const BEFORE_OPENING = 20_000;
const WITH_PANEL = 35_000;

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const gzipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;

// Each part is there twice, under a name with its hash and under one that stays; a visitor fetches one of them.
const sizes = Object.fromEntries(
  readdirSync(join(dist, "widget"))
    .filter((name) => !name.includes("-"))
    .map((name) => [name, gzipped(`widget/${name}`)]),
);
const loader = gzipped("widget.js");
const { "launcher.js": launcher, "panel.js": panel, ...languages } = sizes;
const largest = Math.max(0, ...Object.values(languages));

console.log(`     loader ${loader}, launcher ${launcher}, panel ${panel}`);
console.log(`     ${Object.entries(languages).map(([name, size]) => `${name} ${size}`).join(", ")}`);
let over = false;
for (const [what, size, limit] of [
  ["loader", loader, LOADER],
  ["before opening, in the largest language", loader + launcher + largest, BEFORE_OPENING],
  ["with the panel, in the largest language", loader + launcher + largest + panel, WITH_PANEL],
]) {
  const good = size <= limit;
  over ||= !good;
  console.log(`${good ? "ok  " : "OVER"} ${what}: ${size} of ${limit} bytes`);
}
process.exitCode = over ? 1 : 0;
