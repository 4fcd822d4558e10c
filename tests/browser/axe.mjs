// Holds a page to the accessibility rules that a program can check (axe-core). What it can't check, the other tests do by
// using the widget as people do: by roles, names and the keyboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails on what axe-core calls serious or critical. The page's context must be made with `bypassCSP`. */
export async function assertAccessible(page, what) {
  await page.evaluate(source);
  // Frames are somebody else's pages. Colours are measured when everything has come to rest.
  const { violations } = await page.evaluate(async () => {
    const roots = [document, ...[...document.querySelectorAll("*")].flatMap((each) => each.shadowRoot ?? [])];
    const moving = roots.flatMap((root) => root.getAnimations()).filter((each) => each.effect.getTiming().iterations !== Infinity);
    await Promise.all(moving.map((each) => each.finished.catch(() => undefined)));
    return window.axe.run(document, { iframes: false, resultTypes: ["violations"] });
  });
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = bad.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(" ")}\n  ${node.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], what);
}
