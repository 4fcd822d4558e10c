// Holds a page to the accessibility rules that a program can check (axe-core). What it can't check, the other tests do by
// using the widget as people do: by roles, names and the keyboard.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Fails on what axe-core calls serious or critical. The page's context must be made with `bypassCSP`.
 * @param {string[]} [rules] only these
 */
export async function assertAccessible(page, what, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  // Frames are somebody else's pages. Colours are measured when everything has come to rest.
  const { violations } = await page.evaluate(async (only) => {
    const roots = [document, ...[...document.querySelectorAll("*")].flatMap((each) => each.shadowRoot ?? [])];
    const moving = roots.flatMap((root) => root.getAnimations()).filter((each) => each.effect.getTiming().iterations !== Infinity);
    await Promise.all(moving.map((each) => each.finished.catch(() => undefined)));
    return window.axe.run(document, { iframes: false, resultTypes: ["violations"], ...(only ? { runOnly: only } : {}) });
  }, rules);
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = bad.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(" ")}\n  ${node.failureSummary}`).join("\n")}`);
  assert.deepEqual(told, [], what);
}

const LIGHT = { colorScheme: "light", forcedColors: "none" };

const DARK = { colorScheme: "dark" };
const SYSTEM = { forcedColors: "active" };

/** The same, and once more for the rule that knows about colours: in the dark. */
export async function assertAccessibleInTheDarkToo(page, what, others = [DARK]) {
  await assertAccessible(page, what);
  for (const colours of others) {
    await page.emulateMedia({ ...LIGHT, ...colours });
    await assertAccessible(page, `${what}, ${Object.values(colours)}`, ["color-contrast"]);
  }
  await page.emulateMedia(LIGHT);
}

/** In the dark, and with the system's own colours. */
export const assertAccessibleInAllColours = (page, what) => assertAccessibleInTheDarkToo(page, what, [DARK, SYSTEM]);
