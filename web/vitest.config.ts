import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: {
    __LAUNCHER_PATH__: '"/widget/launcher-test.js"',
    __PANEL_PATH__: '"/widget/panel-test.js"',
    __TEXT_PATHS__: "{}",
  },
  test: {
    // A file that needs a browser's objects says so in its first line: making them takes longer than most tests.
    environment: "node",
    include: ["{widget,pages,texts}/**/*.test.{ts,tsx}"],
    // A busy machine is no fault of a test's: this ends only what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
