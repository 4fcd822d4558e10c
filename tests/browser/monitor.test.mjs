// The monitor page against the real program: figures that follow what happens, charts that can be read without seeing them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openDemo } from "./demo-program.mjs";
import { desk, visitor } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();

/** The figure of a card by its name. */
const figure = (page, name, value) =>
  page.locator("dl.cards > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).filter({ has: page.locator("dd", { hasText: new RegExp(`^${value}`) }) });

/** The page looks so long after it has heard of something; waiting for it by the page's clock is done at once. */
const SOON_MS = 3_000;

/** Listens to the page's line for a frame that is as somebody wants it. */
function ear(page) {
  const waiting = new Set();
  page.on("websocket", (line) =>
    line.on("framereceived", ({ payload }) => {
      const frame = JSON.parse(payload);
      for (const wait of waiting) wait(frame);
    }),
  );
  return (wanted) =>
    new Promise((resolve) => {
      const wait = (frame) => {
        if (!wanted(frame)) return;
        waiting.delete(wait);
        resolve();
      };
      waiting.add(wait);
    });
}

/** Whether a chart is drawn in this colour. */
function holdsColourOf(colour) {
  const wanted = colour.match(/\d+/g).map(Number);
  const canvas = document.querySelector("figure canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) if (wanted.every((part, index) => data[at + index] === part)) return true;
  return false;
}

describe("the monitor", { skip, timeout: 600_000 }, () => {
  it("follows what happens without being reloaded", async (t) => {
    const { page, go, call, complained } = await desk(t, browser, demo);
    await page.clock.install();
    const hears = ear(page);
    const hearsOf = (wanted) => hears(({ type, conversation }) => type === "conversation" && wanted(conversation));
    // What happens before the line is up, nobody hears.
    const up = hears(({ type }) => type === "ready");
    await go("/monitor");
    await up;
    await figure(page, "Open", 0).waitFor();
    const guest = await visitor(demo);
    let heard = hearsOf(({ waiting_since }) => waiting_since !== null);
    const conversation = await guest.say("Is anybody there?");
    await heard;
    await page.clock.fastForward(SOON_MS);
    await figure(page, "Open", 1).waitFor();
    await figure(page, "Waiting for an answer", 1).waitFor();
    await figure(page, "Unassigned", 1).waitFor();
    heard = hearsOf(({ waiting_since }) => waiting_since === null);
    await call("POST", `/v1/inbox/conversations/${conversation.id}/messages`, { client_key: "k1", body: "We are" });
    await heard;
    await page.clock.fastForward(SOON_MS);
    await figure(page, "Waiting for an answer", 0).waitFor();
    heard = hearsOf(({ rating }) => rating === 4);
    await call("POST", `/v1/inbox/conversations/${conversation.id}/close`, {});
    await guest.rate(conversation.id, 4);
    await heard;
    await page.clock.fastForward(SOON_MS);
    await figure(page, "Open", 0).waitFor();
    await figure(page, "Rating", "4\\.0").waitFor();
    const closed = page.getByRole("region", { name: "Recently closed" });
    await closed.getByRole("link").click();
    await page.getByRole("dialog").getByText("Is anybody there?").waitFor();
    assert.deepEqual(complained, []);
  });

  it("draws charts, each with a table beside it, and names the health of every channel", async (t) => {
    // Without motion too a colour is what the page says it is.
    const { page, go, complained } = await desk(t, browser, demo, { bypassCSP: true, reducedMotion: "reduce" });
    await (await visitor(demo)).say("Something to count");
    await go("/monitor");
    const chart = page.getByRole("figure").filter({ hasText: "Conversations by day" });
    await chart.locator("canvas").waitFor();
    await page.waitForFunction(holdsColourOf, await chart.locator(".swatch").first().evaluate((swatch) => getComputedStyle(swatch).backgroundColor));
    await chart.getByText("Show as a table").click();
    assert.equal(await chart.getByRole("columnheader", { name: "shop.example" }).count(), 1);
    assert.equal(await chart.getByRole("row").count(), 30 + 2);
    const channels = page.getByRole("region", { name: "Channels" });
    await channels.getByText("Slack").waitFor();
    await channels.getByText("Discord").waitFor();
    // A bridge may be on its way to its platform still; the page looks again each half minute.
    await channels.getByText("Working").nth(1).waitFor({ timeout: 60_000 });
    await assertAccessible(page, "the monitor");
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page, "the monitor in the dark");
    await page.emulateMedia({ forcedColors: "active" });
    await chart.locator("canvas").waitFor();
    assert.deepEqual(complained, []);
  });

  it("looks at other days, which the address names", async (t) => {
    const { page } = await desk(t, browser, demo, { at: "/monitor" });
    await page.getByRole("radio", { name: "7 days" }).check();
    await page.waitForURL(/\?from=\d{4}-\d{2}-\d{2}&to=/);
    const named = new URL(page.url()).searchParams;
    await page.reload();
    // The days themselves: at midnight the last seven become others.
    await page.getByLabel("From", { exact: true }).waitFor();
    for (const [name, end] of [["From", "from"], ["To", "to"]]) assert.equal(await page.getByLabel(name, { exact: true }).inputValue(), named.get(end));
    await page.getByLabel("To", { exact: true }).fill("2020-01-02");
    await page.getByText("No conversations on these days").first().waitFor();
    assert.equal(await page.getByLabel("From", { exact: true }).inputValue(), "2020-01-02");
  });
});
