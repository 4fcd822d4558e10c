// The operators' pages without a mouse and without eyes, at the real program: the whole way by the keyboard alone, the focus
// seen wherever it goes, and what a screen reader says of itself meanwhile. Needs THREADLINE_BIN or THREADLINE_DEMO_URL.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { complaints, openContext } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";
import { assertOnlyOurs, desk, visitor } from "./support/desk.mjs";
import { listen } from "./support/listener.mjs";

const { demo, browser, skip } = await openDemo();
/** So many stops between two places are too many for anybody. */
const MOST_TABS = 60;

const isFocused = (part) => part.evaluate((node) => node === document.activeElement);

/** A person with a keyboard. Fails where the focus can't be seen. */
function fingers(page) {
  const { keyboard } = page;
  const unseen = new Set();
  const look = async () => {
    const where = await page.evaluate(() => {
      // At the page's end the keyboard is with the browser itself for a step.
      if (document.activeElement === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      const shown = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      // What is written into shows by its edge, which its box may draw.
      const within = document.activeElement.closest("form, label, .composer-box, .field, [role=search]");
      return shown || within !== null ? null : document.activeElement.outerHTML.slice(0, 120);
    });
    if (where !== null) unseen.add(where);
  };
  return {
    unseen,
    type: (text) => keyboard.type(text),
    press: (key) => keyboard.press(key),
    /** Goes to a part by Tab (or Shift+Tab), and presses a key there. */
    async on(part, key, step = "Tab") {
      await part.waitFor();
      for (let steps = 0; !(await isFocused(part)); steps += 1) {
        assert.ok(steps < MOST_TABS, `${part} isn't reached by ${step}`);
        await keyboard.press(step);
        await look();
      }
      if (key) await keyboard.press(key);
    },
  };
}

describe("the pages, by the keyboard", { skip, timeout: 600_000 }, () => {
  it("lead from signing in to signing out, through all that an operator does", async (t) => {
    const guest = await visitor(demo);
    await guest.say("Could I have it by Friday?");
    const context = await openContext(t, browser, { viewport: { width: 1280, height: 860 }, locale: "en-GB", acceptDownloads: true });
    const page = await context.newPage();
    const complained = complaints(page);
    const asked = [];
    context.on("request", (request) => asked.push(request.url()));
    const { on, press, type, unseen } = fingers(page);
    const button = (name) => page.getByRole("button", { name, exact: true });
    const link = (name) => page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name });

    await page.goto((await fetch(`${demo.url}/demo/inbox`, { redirect: "manual" })).headers.get("location"));
    await on(button("Sign in"), "Enter");
    await page.waitForURL(`${demo.url}/inbox`);

    // A conversation: chosen, answered, taken, closed, opened again.
    await page.getByRole("option").filter({ hasText: "by Friday" }).waitFor();
    await on(page.getByRole("listbox", { name: "Conversations" }), "Home");
    await press("Enter");
    const input = page.getByRole("textbox", { name: /^Reply to/ });
    await on(input);
    await type("By Thursday even");
    await press("Enter");
    await page.locator(".tl-entry").filter({ hasText: "By Thursday even" }).getByText(/^In /).waitFor();
    await on(button("Assign"), "Enter", "Shift+Tab");
    await page.getByRole("menuitemradio", { name: "Assign to me" }).and(page.locator(":focus")).waitFor();
    await press("Enter");
    await button("Assigned to Robin").and(page.locator(":focus")).waitFor();
    await on(button("Close conversation"), "Enter");
    const closing = page.getByRole("dialog");
    await closing.getByText("The visitor's last words were answered.").waitFor();
    await on(closing.getByRole("button", { name: "Close conversation" }), "Enter");
    await button("Reopen").and(page.locator(":focus")).waitFor();
    await press("Enter");
    await button("Close conversation").and(page.locator(":focus")).waitFor();

    // The history: found, read, taken along.
    await on(link("History"), "Enter", "Shift+Tab");
    await page.waitForURL(/\/history/);
    await on(page.getByRole("searchbox", { name: "Search conversations" }));
    await page.waitForFunction(async () => (await (await fetch("/v1/inbox/history?q=thursday")).json()).conversations.length === 1);
    await type("thursday");
    await page.locator("mark").first().waitFor();
    const found = page.getByRole("region", { name: "Conversations" }).getByRole("listitem").getByRole("button");
    await on(found, "Enter");
    const reading = page.getByRole("dialog");
    await on(reading.getByRole("button", { name: "Download the transcript" }), "Enter");
    await page.getByRole("menuitem").first().and(page.locator(":focus")).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
    assert.match(download.suggestedFilename(), /\.txt$/);
    await press("Escape");
    if (await reading.isVisible()) await press("Escape");
    await reading.waitFor({ state: "hidden" });
    assert.ok(await isFocused(found), "the focus is back at the entry");

    await on(link("Monitor"), "Enter", "Shift+Tab");
    await on(page.getByRole("radio", { name: "30 days" }), "ArrowLeft");
    await page.waitForURL(/from=/);

    await on(link("Admin"), "Enter", "Shift+Tab");
    await on(page.getByRole("link", { name: "Operators" }), "Enter");
    await on(button("Invite"), "Enter");
    const invite = page.getByRole("dialog", { name: "Invite somebody" });
    await on(invite.getByLabel("Name"));
    await type("Tuva");
    await press("Enter");
    const made = page.getByRole("dialog", { name: /^A link for Tuva/ });
    await on(made.getByRole("button", { name: "Done" }), "Enter");
    await made.waitFor({ state: "hidden" });
    await on(button("Robin: profile and settings"), "Enter", "Shift+Tab");
    await page.getByRole("menuitem", { name: "Profile" }).and(page.locator(":focus")).waitFor();
    await press("End");
    await press("Enter");
    await page.getByRole("heading", { name: "You are signed out" }).and(page.locator(":focus")).waitFor();
    assert.deepEqual([...unseen], [], "the focus can be seen wherever it goes");
    // All the way, no page has asked anybody else or broken its policy.
    assertOnlyOurs(asked, demo);
    assert.deepEqual(complained, []);
  });

  it("say what happens to those who don't look, once, and not that somebody types", async (t) => {
    const guest = await visitor(demo);
    const { id } = await guest.say("Is anybody there?");
    const { context, page, call } = await desk(t, browser, demo, { name: "Lou" });
    await page.getByRole("option").filter({ hasText: "Is anybody there?" }).click();
    await page.getByRole("textbox", { name: /^Reply to/ }).waitFor();
    const { hears, all } = await listen(page);
    await guest.say("Hello?");
    await hears(/ wrote: Hello\?$/);
    // Only who listens already is told that somebody types, and a sign of it passes: they go on until it is seen.
    const sign = page.getByText(/ is typing$/);
    for (let seen = false; !seen; seen = await sign.waitFor({ timeout: 4_000 }).then(() => true, () => false)) await guest.typing();
    await guest.say("Hello?");
    await page.waitForFunction(() => window.heard.filter((said) => said.endsWith(" wrote: Hello?")).length === 2);
    assert.deepEqual((await all()).filter((said) => /typing/.test(said)), []);
    await call("POST", `/v1/inbox/conversations/${id}/close`, {});
    await hears(/^This conversation was closed\.$/);
    await call("POST", `/v1/inbox/conversations/${id}/reopen`, {});
    await hears(/^This conversation is open again\.$/);
    // What can't be done is said too.
    await page.route("**/assign", (route) => route.abort());
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "Assign to me" }).click();
    await hears(/^That didn't work: The server can't be reached\.$/);
  });
});

describe("the pages, to axe", { skip, timeout: 600_000 }, () => {
  it("break no rule in the states that nothing else looks at", async (t) => {
    await (await visitor(demo)).say("Is the harbour teapot back?");
    const { page, go } = await desk(t, browser, demo, { bypassCSP: true });
    const passes = (what) => assertAccessible(page, what);
    const button = (name) => page.getByRole("button", { name, exact: true });
    await page.getByRole("option").filter({ hasText: "harbour" }).click();
    await page.getByRole("textbox", { name: /^Reply to/ }).fill("It is");
    await page.keyboard.press("Enter");
    await page.locator(".tl-entry").filter({ hasText: "It is" }).getByText(/^In /).waitFor();
    await button("Edit or delete").click();
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await page.getByRole("button", { name: "About the visitor" }).click();
    await button("Assign").click();
    await passes("a conversation with its visitor, a message being changed, and an open menu");
    await page.keyboard.press("Escape");
    for (const name of ["Canned replies", "Emoji", "Keyboard shortcuts"]) {
      await button(name).click();
      await passes(name);
      await page.keyboard.press("Escape");
    }
    await page.getByRole("searchbox").fill("nothingofthekind");
    await page.getByText(/^Nothing found/).waitFor();
    await button("Robin: profile and settings").click();
    await passes("an empty list, and the menu of the person");
    for (const name of ["Profile", "Settings"]) {
      if (!(await page.getByRole("menuitem", { name }).isVisible())) await button("Robin: profile and settings").click();
      await page.getByRole("menuitem", { name }).click();
      await page.getByRole("dialog", { name }).waitFor();
      await passes(name);
      await page.keyboard.press("Escape");
    }
    await go("/admin#operators");
    await button("Actions for Robin").click();
    await passes("the operators, and what can be done with one");
    await page.getByRole("menuitem", { name: "Role and domains" }).click();
    await passes("role and domains");
    await page.keyboard.press("Escape");
    await page.locator("ul.people > li").filter({ hasText: "Robin" }).getByRole("button", { name: /^[1-9]\d* sessions?$/ }).click();
    await page.getByRole("dialog").getByRole("listitem").first().waitFor();
    await passes("somebody's sessions");
  });

  it("break no rule in Arabic, dark, on a phone", async (t) => {
    await (await visitor(demo)).say("Is the harbour teapot back?");
    const { page } = await desk(t, browser, demo, { name: "Lou", bypassCSP: true, colorScheme: "dark", viewport: { width: 360, height: 740 } });
    await page.evaluate(() => localStorage.setItem("threadline:pref:language", JSON.stringify("ar")));
    await page.reload();
    await page.locator("html[dir=rtl]").waitFor();
    await page.getByRole("option").first().click();
    const box = page.locator(".composer textarea");
    await box.waitFor();
    assert.equal(await box.evaluate((node) => getComputedStyle(node).direction), "rtl", "its hint begins on the right");
    await assertAccessible(page, "a conversation");
    await page.goto(`${demo.url}/history`);
    await page.getByRole("main").getByRole("listitem").first().waitFor();
    await assertAccessible(page, "the history");
    await page.context().clearCookies();
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await assertAccessible(page, "signed out");
  });
});
