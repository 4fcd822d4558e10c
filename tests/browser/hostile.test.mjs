// Markup in every field that a person can fill, through the real program and onto every page that shows it: it stays text.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { complaints, openContext, widget } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";
import { desk, visitor } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();
// As long as a tag may be.
const NASTY = "<img src=x onerror=window.hacked=1>";

/** Fails where something on a page became more than text. */
async function assertText(page, where) {
  // What a closed list would offer is there too, but can't be seen.
  await page.getByText(NASTY).and(page.locator(":not(option)")).first().waitFor();
  assert.equal(await page.locator("img[src='x']").count(), 0, where);
  assert.equal(await page.evaluate(() => window.hacked), undefined, where);
}

describe("markup in what people fill in", { skip, timeout: 600_000 }, () => {
  it("is shown as it was written, on every page", async (t) => {
    const eve = await desk(t, browser, demo, { name: "Eve" });
    const done = async (method, path, body) => {
      const { status, body: answer } = await eve.call(method, path, body);
      assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    };
    await done("PATCH", "/v1/inbox/profile", { name: NASTY });
    await done("POST", "/v1/inbox/canned-replies", { name: "nasty", body: NASTY });
    const guest = await visitor(demo);
    const { id } = await guest.say(NASTY, NASTY);
    await guest.is(NASTY);
    const at = `/v1/inbox/conversations/${id}`;
    await done("PUT", `${at}/tags`, { tags: [NASTY] });
    await done("POST", `${at}/assign`, { operator: "me" });
    await done("POST", `${at}/messages`, { client_key: "1", body: NASTY });
    await done("POST", `${at}/messages`, { client_key: "2", body: NASTY, note: true });
    await guest.rate(id, 1, NASTY);

    const { page, go, call, complained } = await desk(t, browser, demo);
    assert.equal((await call("POST", "/v1/admin/api-keys", { name: NASTY, scopes: ["read"] })).status, 201);
    await go(`/inbox#conversation=${id}`);
    await page.getByRole("log").getByText(NASTY).nth(2).waitFor();
    await assertText(page, "the inbox");
    const reply = page.getByRole("textbox", { name: /^Reply to/ });
    await reply.fill("/nas");
    await page.getByRole("option", { name: /nasty/ }).waitFor();
    await reply.press("Enter");
    assert.equal(await reply.inputValue(), NASTY);
    await reply.fill("");
    assert.equal((await call("POST", `${at}/close`, {})).status, 200);
    for (const path of [`/history?conversation=${id}`, "/monitor", "/admin#operators", "/admin#keys", "/admin#audit"]) {
      // Another fragment alone would load nothing.
      await page.goto("about:blank");
      await go(path);
      await assertText(page, path);
    }
    assert.deepEqual(complained, []);
  });

  it("is an operator's name to visitors, and no more", async (t) => {
    // By now this is Eve's name, and a link by it is hers.
    const eve = await desk(t, browser, demo, { name: NASTY });
    const context = await openContext(t, browser, { locale: "en" });
    const page = await context.newPage();
    const complained = complaints(page);
    await page.goto(`${demo.url}/demo`);
    const here = widget(page);
    await here.open();
    await here.say("Is anybody there?");
    await here.message("Is anybody there?").getByText("Sent", { exact: true }).waitFor();
    const { body } = await eve.call("GET", "/v1/inbox/conversations");
    const { id } = body.conversations.find(({ preview }) => preview?.text === "Is anybody there?");
    assert.equal((await eve.call("POST", `/v1/inbox/conversations/${id}/messages`, { client_key: "to the widget", body: NASTY })).status, 201);
    await here.message(NASTY).waitFor();
    await here.panel.getByText(NASTY, { exact: true }).nth(1).waitFor();
    assert.equal(await page.locator("threadline-chat img[src='x']").count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(complained, []);
  });
});
