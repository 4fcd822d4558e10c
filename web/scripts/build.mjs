// Builds everything the server serves into dist/: the widget's loader (one classic script), which knows the launcher,
// which knows the panel and the languages' files; the demo page, the operators' pages, and the stamp of the sources they
// came from.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";
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
 * (Modules, like the other parts, are always UTF-8.)
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

/**
 * What visitors fetch is counted in bytes: a second minifier takes some 2 % off what Vite's own leaves. (By itself it
 * leaves more.) `mangle` names the properties that are nobody else's, and may be called anything.
 */
const smaller = (mangle) => ({
  name: "smaller",
  async generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "chunk") continue;
      const compress = { passes: 3, sequences: false };
      const { code } = await minify(file.code, { module: true, ecma: 2022, compress, mangle });
      if (code) file.code = code;
    }
  },
});

/** The one file that a build made. */
function onlyFile(result, entry) {
  const [bundle] = [result].flat();
  const files = bundle.output.map((file) => file.fileName);
  if (files.length !== 1) throw new Error(`${entry} must become one file, not ${files.join(", ")}`);
  return files[0];
}

const stamp = stampOf(root);
rmSync(dist, { recursive: true, force: true });
/** Builds one part of the widget: an ES module with its hash in its name, and again under a lasting name. */
async function part(entry, name, { define = {}, mangle = true, oxc = common.oxc } = {}) {
  const built = onlyFile(
    await build({
      ...common,
      oxc,
      root,
      plugins: [smaller(mangle)],
      define,
      build: {
        target,
        outDir: dist,
        emptyOutDir: false,
        modulePreload: false,
        rolldownOptions: {
          // Minifying twice takes its time.
          checks: { pluginTimings: false },
          input: join(root, entry),
          output: { format: "es", entryFileNames: `widget/${name}-[hash].js` },
          preserveEntrySignatures: "strict",
        },
      },
    }),
    `the ${name}`,
  );
  // Pages that were opened before an upgrade know a hash that is gone; this name stays. A whole copy, because a browser
  // that remembers a module's failure does so wherever the module is imported from.
  copyFileSync(join(dist, built), join(dist, `widget/${name}.js`));
  return `/${built}`;
}

/** Writes each language's strings, and tells where they are. */
function languages() {
  const texts = join(root, "texts");
  const all = readdirSync(texts).filter((name) => existsSync(join(texts, name, "widget.json")));
  mkdirSync(join(dist, "widget"), { recursive: true });
  return Object.fromEntries(
    all.map((language) => {
      const strings = JSON.stringify(JSON.parse(readFileSync(join(texts, language, "widget.json"), "utf8")));
      const hash = createHash("sha256").update(strings).digest("hex").slice(0, 8);
      for (const name of [`${language}-${hash}`, language]) writeFileSync(join(dist, `widget/${name}.json`), strings);
      return [language, `/widget/${language}-${hash}.json`];
    }),
  );
}

const panel = await part("widget/panel/main.tsx", "panel", {
  // The older way to write elements down is a good hundred bytes shorter.
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" }, jsxInject: `import { Fragment, h } from "preact"` },
});
const launcher = await part("widget/launcher.ts", "launcher", {
  define: { __PANEL_PATH__: JSON.stringify(panel), __TEXT_PATHS__: JSON.stringify(languages()) },
  // What its classes call back: neither the panel nor a browser has such a name (`onclick` is written small).
  mangle: { properties: { regex: /^on[A-Z]/ } },
});
const loader = onlyFile(
  await build({
    ...common,
    root,
    plugins: [asciiOnly],
    define: { __LAUNCHER_PATH__: JSON.stringify(launcher) },
    build: {
      target,
      outDir: dist,
      emptyOutDir: false,
      // As a library: its `import()` of the launcher is left as it is written. It exports nothing, so the name isn't used.
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
// The operators' pages: one HTML file each, and the parts they share.
const pages = ["inbox", "history", "monitor", "admin", "sign-in"];
await build({
  ...common,
  root: join(root, "pages"),
  base: "/pages/",
  build: {
    target,
    outDir: join(dist, "pages"),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: pages.map((page) => join(root, "pages", page, "index.html")) },
  },
});
writeFileSync(join(dist, "stamp"), `${stamp}\n`);
