// The history page against the real program: what visitors wrote is found, narrowed, read and taken along.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openDemo } from "./demo-program.mjs";
import { desk, visitor } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();

const results = (page) => page.getByRole("region", { name: "Conversations" }).getByRole("listitem");

describe("the history", { skip, timeout: 600_000 }, () => {
  it("finds words whatever their case and accents, and shows where they stand", async (t) => {
    const guest = await visitor(demo);
    await guest.say("Is the Café teapot <script>alert(1)</script> back?");
    await (await visitor(demo)).say("Do you ship to Norway?");
    const { page, complained } = await desk(t, browser, demo, { bypassCSP: true, at: "/history" });
    await results(page).filter({ hasText: "Norway" }).waitFor();
    // The search learns of a message a moment after it was written.
    await page.waitForFunction(async () => (await (await fetch("/v1/inbox/history?q=cafe")).json()).conversations.length === 1);
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("CAFE");
    await results(page).filter({ hasText: "Norway" }).waitFor({ state: "detached" });
    assert.equal(await results(page).locator("mark").first().textContent(), "Café");
    await page.waitForURL(/\?q=CAFE$/);
    await assertAccessible(page, "the history");
    // Whoever pauses between two words keeps the space between them.
    const words = page.getByRole("searchbox", { name: "Search conversations" });
    await words.fill("copper ");
    await page.waitForURL(/[?&]q=copper(&|$)/);
    assert.equal(await words.inputValue(), "copper ");
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("nothingofthekind");
    await page.getByText("No conversation matches").waitFor();
    assert.deepEqual(complained, []);
  });

  it("narrows by status, operator, tag, rating and day, and keeps it in the address", async (t) => {
    const { page, go, call } = await desk(t, browser, demo);
    const guest = await visitor(demo);
    const done = await guest.say("A chipped cup");
    const open = await (await visitor(demo)).say("An open question");
    assert.equal((await call("POST", `/v1/inbox/conversations/${done.id}/assign`, { operator: "me" })).status, 200);
    assert.equal((await call("PUT", `/v1/inbox/conversations/${done.id}/tags`, { tags: ["Broken"] })).status, 200);
    assert.equal((await call("POST", `/v1/inbox/conversations/${done.id}/close`, {})).status, 200);
    await guest.rate(done.id, 5, "So quick");
    await go("/history");
    const closed = results(page).filter({ hasText: "A chipped cup" });
    const other = results(page).filter({ hasText: "An open question" });
    await closed.waitFor();
    await other.waitFor();
    // The search learns of a conversation's marks a moment after they were made, of all at once.
    await page.waitForFunction(async () => (await (await fetch("/v1/inbox/history?rating=5")).json()).conversations.length === 1);
    const day = await page.evaluate((at) => new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10), done.opened_at);
    for (const narrow of [
      () => page.getByLabel("Status").selectOption("closed"),
      () => page.getByLabel("Tags").selectOption("broken"),
      () => page.getByLabel("Operator").selectOption({ label: "Robin" }),
      () => page.getByLabel("Rating").selectOption("5"),
    ]) {
      await narrow();
      await other.waitFor({ state: "detached" });
      await closed.waitFor();
      await page.reload();
      await closed.waitFor();
      assert.equal(await other.count(), 0);
      await page.getByRole("button", { name: "Clear filters" }).click();
      await other.waitFor();
    }
    await page.getByLabel("From", { exact: true }).fill(day);
    await page.getByLabel("To", { exact: true }).fill(day);
    await closed.waitFor();
    await page.getByLabel("To", { exact: true }).fill("2020-01-01");
    await page.getByText("No conversation matches").waitFor();
    assert.ok(open.id);
  });

  it("opens one to be read, with its transcript and the way to the inbox; Escape leads back", async (t) => {
    const { page, go, call } = await desk(t, browser, demo, { bypassCSP: true, acceptDownloads: true });
    const conversation = await (await visitor(demo)).say("Could you wrap it as a present?");
    assert.equal((await call("POST", `/v1/inbox/conversations/${conversation.id}/messages`, { client_key: "k1", body: "With pleasure" })).status, 201);
    assert.equal((await call("POST", `/v1/inbox/conversations/${conversation.id}/messages`, { client_key: "k2", body: "a regular", note: true })).status, 201);
    await go("/history");
    const entry = results(page).filter({ hasText: /present|pleasure|regular/ }).first().getByRole("button");
    await entry.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("With pleasure").waitFor();
    await dialog.getByText("a regular").waitFor();
    assert.equal(await dialog.getByRole("textbox").count(), 0, "nothing can be written here");
    await assertAccessible(page, "a conversation in the history");
    for (const [item, has, not] of [
      [{ name: /^Transcript as text What the visitor/ }, "With pleasure", "a regular"],
      [{ name: /^Transcript as JSON With/ }, "a regular", "<html"],
    ]) {
      await dialog.getByRole("button", { name: "Download the transcript" }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("menuitem", item).click()]);
      const text = await readFile(await download.path(), "utf8");
      assert.ok(text.includes(has) && !text.includes(not), text);
      await page.keyboard.press("Escape");
      if (!(await dialog.isVisible())) await entry.press("Enter");
    }
    assert.match(await dialog.getByRole("link", { name: "Open in inbox" }).getAttribute("href"), new RegExp(conversation.id));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await entry.evaluate((element) => element === document.activeElement), true, "the focus is back where it was");
    // The browser's own Back leads there too, and Forward opens it again; closing leaves nothing behind that Back would show.
    await entry.press("Enter");
    await dialog.waitFor();
    await page.goBack();
    await dialog.waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/history");
    await page.goForward();
    await dialog.getByText("With pleasure").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => new URL(location.href).search), "");
  });
});
