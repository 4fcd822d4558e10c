// On a website with the strictest policy that lets our script in: nothing is broken, nothing of the page moves, nothing
// holds it up, and nobody else hears of the visitor.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leaveContext } from "../browser.mjs";
import { SERVER, SHOP } from "../fake-server.mjs";
import { visit, withBrowser } from "./visit.mjs";

withBrowser();

/** Runs before anything of the page: measures from the first moment. */
function measure() {
  window.measured = { shift: 0, moved: [], withPresses: 0 };
  const from = ({ previousRect: { x, y, width, height } }) => `${x} ${y} ${width} ${height}`;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      window.measured.withPresses += entry.value;
      // As the score is defined: what follows a press or a key within half a second is what the visitor asked for.
      if (entry.hadRecentInput) continue;
      window.measured.shift += entry.value;
      window.measured.moved.push(...entry.sources.map(from));
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** A visit in which everything is used that draws something. */
async function wholeVisit(t, begin) {
  const fetched = [];
  const here = await visit(t, {
    server: { domain: { greeting: "Looking for a kettle?", look: { color: "#c2185b", corner: "right", icon: "wave" } } },
    prepare: (context) => {
      context.on("request", (request) => fetched.push(request.url()));
      return context.addInitScript(measure);
    },
  });
  await begin?.(here);
  await here.root.getByRole("button", { name: "Looking for a kettle?" }).click();
  await here.say("hello");
  await here.message("hello").getByText("Sent", { exact: true }).waitFor();
  here.server.reply("Yes: https://elsewhere.example/picture.png");
  await here.message("Yes").waitFor();
  await here.panel.getByRole("button", { name: "Emoji", exact: true }).click();
  await here.panel.getByRole("button", { name: "More" }).click();
  await here.page.keyboard.press("Escape");
  await here.panel.getByRole("button", { name: "Minimize chat" }).click();
  // One frame later, everything that could shift has.
  const measured = await here.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(window.measured)))));
  return { ...here, fetched, measured };
}

/** How long the page's main thread worked at its longest task of a visit, in milliseconds of processor time. */
async function longestTask(t) {
  let trace;
  const { context } = await wholeVisit(t, async (here) => {
    trace = here.context.browser();
    await trace.startTracing(here.page, { categories: ["toplevel", "__metadata"] });
    await here.page.reload();
  });
  const { traceEvents } = JSON.parse((await trace.stopTracing()).toString());
  await leaveContext(context);
  const main = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid}:${tid}`));
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => name.endsWith("RunTask") && tdur !== undefined && main.has(`${pid}:${tid}`));
  assert.ok(tasks.length > 10, "the trace holds the page's tasks");
  return Math.max(...tasks.map(({ tdur }) => tdur)) / 1_000;
}

describe("the widget under a strict policy", { timeout: 600_000 }, () => {
  it("breaks no policy, moves nothing, and asks nobody but its own server", async (t) => {
    const { complained, fetched, measured, page } = await wholeVisit(t);
    assert.deepEqual(complained, []);
    assert.equal(measured.shift, 0, measured.moved.join(", "));
    assert.deepEqual([...new Set(fetched.map((url) => new URL(url).origin))].sort(), [SERVER, SHOP]);
    assert.equal(await page.evaluate(() => document.querySelectorAll("[style], style, link").length), 0);
    assert.deepEqual(await page.evaluate(() => document.cookie), "");
  });

  it("moves nothing when the server answers late", async (t) => {
    let answer;
    const answered = new Promise((done) => (answer = done));
    const { page, open, panel, say, message } = await visit(t, { prepare: (context) => context.addInitScript(measure) });
    await page.route("**/messages", async (route) => {
      await answered;
      await route.fallback();
    });
    await open();
    await panel.getByText("We'll answer here").waitFor();
    await say("hello");
    await message("hello").waitFor();
    const shown = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.measured)))));
    const before = await shown();
    answer();
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    // Later than half a second after the press, it would count.
    const { withPresses, moved } = await shown();
    assert.equal(withPresses, before.withPresses, moved.join(", "));
  });

  it("holds the page up for no 50 ms", async (t) => {
    // By the processor's clock, which a busy machine doesn't stretch; and what is left of its noise only ever adds.
    const tries = [];
    for (let turn = 0; turn < 3; turn += 1) {
      tries.push(await longestTask(t));
      if (tries.at(-1) < 50) return;
    }
    assert.fail(`the longest task of each visit: ${tries.map((ms) => `${ms.toFixed(1)} ms`).join(", ")}`);
  });

  it("loads nothing but its loader before the page is at rest", async (t) => {
    const { page, launcher } = await visit(t);
    await launcher.waitFor();
    const { end, ours } = await page.evaluate((server) => {
      const resources = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(server));
      return {
        end: performance.getEntriesByType("navigation")[0].loadEventEnd,
        ours: resources.map(({ name, startTime }) => ({ path: new URL(name).pathname, startTime })),
      };
    }, SERVER);
    assert.deepEqual(ours.filter(({ startTime }) => startTime < end).map(({ path }) => path), ["/widget.js"]);
    assert.ok(ours.length > 2);
    assert.ok(ours.every(({ path }) => !path.includes("panel")));
  });
});
