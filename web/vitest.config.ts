import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { __PANEL_PATH__: '"/widget/panel-test.js"' },
  test: {
    environment: "happy-dom",
    include: ["widget/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
