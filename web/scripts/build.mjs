// Builds everything the server serves into dist/: the panel (an ES module with its hash in its name, and again under
// a lasting name), the loader (one classic script, which knows both names), the demo page, and the stamp of the sources
// they came from.
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { stampOf } from "./stamp.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

// What every browser of the last few years understands.
const target = ["chrome111", "edge111", "firefox114", "safari16.4"];
const common = {
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
};

/**
 * A classic script is read in the page's own encoding, whatever that is: the loader is written in ASCII alone.
 * (Modules, like the panel, are always UTF-8.)
 */
const asciiOnly = {
  name: "ascii-only",
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "chunk") continue;
      file.code = file.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    }
  },
};

/** The one file that a build made. */
function onlyFile(result, entry) {
  const [bundle] = [result].flat();
  const files = bundle.output.map((file) => file.fileName);
  if (files.length !== 1) throw new Error(`${entry} must become one file, not ${files.join(", ")}`);
  return files[0];
}

const stamp = stampOf(root);
rmSync(dist, { recursive: true, force: true });
const panel = onlyFile(
  await build({
    ...common,
    root,
    build: {
      target,
      outDir: dist,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(root, "widget/panel/main.tsx"),
        output: { format: "es", entryFileNames: "widget/panel-[hash].js" },
        preserveEntrySignatures: "strict",
      },
    },
  }),
  "the panel",
);
// Pages that were opened before an upgrade know a hash that is gone; this name stays. A whole copy, because a browser
// that remembers a module's failure does so wherever the module is imported from.
copyFileSync(join(dist, panel), join(dist, "widget/panel.js"));
const loader = onlyFile(
  await build({
    ...common,
    root,
    plugins: [asciiOnly],
    define: { __PANEL_PATH__: JSON.stringify(`/${panel}`) },
    build: {
      target,
      outDir: dist,
      emptyOutDir: false,
      // As a library: its `import()` of the panel is left as it is written. It exports nothing, so the name isn't used.
      lib: {
        entry: join(root, "widget/loader.ts"),
        formats: ["iife"],
        name: "threadline",
        fileName: () => "widget.js",
      },
    },
  }),
  "the loader",
);
if (loader !== "widget.js") throw new Error(`the loader must be widget.js, not ${loader}`);
await build({
  ...common,
  root: join(root, "demo"),
  base: "/demo/",
  build: { target, outDir: join(dist, "demo"), emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
});
writeFileSync(join(dist, "stamp"), `${stamp}\n`);
