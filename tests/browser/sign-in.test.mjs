// Signing in, against the real program: links, the button, what happens without a session, and what every page keeps to.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { complaints, openContext } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";
import { assertOnlyOurs, desk } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();
const PAGES = ["/inbox", "/history", "/monitor", "/admin"];

async function stranger(test, options = {}) {
  const context = await openContext(test, browser, { locale: "en-GB", ...options });
  return context.newPage();
}

/** A fresh link for the demo's admin. */
async function link() {
  const answer = await fetch(`${demo.url}/demo/inbox`, { redirect: "manual" });
  return answer.headers.get("location");
}

describe("signing in", { skip, timeout: 600_000 }, () => {
  it("takes the button: opening the link spends nothing, and the token leaves the address", async (t) => {
    const address = await link();
    // A preview fetches the page; the token is in the part of the address that it can't send.
    await fetch(address);
    const page = await stranger(t, { bypassCSP: true });
    await page.goto(address);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    assert.equal(page.url(), `${demo.url}/sign-in`);
    assert.deepEqual(await page.context().cookies(), []);
    await assertAccessible(page, "the sign-in page");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${demo.url}/inbox`);
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
  });

  it("works once, and says so the second time, with the way to a new link", async (t) => {
    const address = await link();
    const first = await stranger(t);
    await first.goto(address);
    await first.getByRole("button", { name: "Sign in" }).click();
    await first.waitForURL(`${demo.url}/inbox`);
    const second = await stranger(t, { bypassCSP: true });
    await second.goto(address);
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.getByRole("alert").filter({ hasText: "used already" }).waitFor();
    await second.getByText("/threadline inbox", { exact: true }).waitFor();
    assert.deepEqual(await second.context().cookies(), []);
    await assertAccessible(second, "a refused link");
  });

  it("refuses a token that nobody made, and a link without one", async (t) => {
    const page = await stranger(t);
    await page.goto(`${demo.url}/sign-in#bm90LWEtdG9rZW4`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "This link can't sign you in" }).waitFor();
    await page.goto(`${demo.url}/sign-in`);
    await page.reload();
    await page.getByText("The link is not complete").waitFor();
  });

  it("shows whoever is signed out how to get in, and leads back to where they were", async (t) => {
    const page = await stranger(t, { bypassCSP: true });
    assert.equal((await fetch(demo.url)).url, `${demo.url}/demo`, "the bare address leads somewhere");
    for (const path of PAGES) {
      await page.goto(`${demo.url}${path}`);
      await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    }
    await assertAccessible(page, "a page without a session");
    await page.goto(`${demo.url}/history?q=teapot`);
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await page.goto(await link());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${demo.url}/history?q=teapot`);
  });

  it("ends with signing out, in every tab", async (t) => {
    const { context, page, go } = await desk(t, browser, demo, { name: "Kim" });
    const other = await context.newPage();
    await other.goto(`${demo.url}/monitor`);
    await other.getByRole("heading", { name: "Monitor" }).waitFor();
    await go("/history");
    await page.getByRole("button", { name: "Kim: profile and settings" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await other.getByRole("heading", { name: "You are signed out" }).waitFor();
    assert.deepEqual(await context.cookies(), []);
  });

  it("keeps a public name, and availability, which the other pages show", async (t) => {
    const { page, go } = await desk(t, browser, demo, { name: "Noor", at: "/history" });
    await page.getByRole("button", { name: "Noor: profile and settings" }).click();
    await page.getByRole("menuitem", { name: "Profile" }).click();
    const dialog = page.getByRole("dialog", { name: "Profile" });
    await dialog.getByLabel("Public name").fill("Noor <b>from the workshop</b>");
    await dialog.getByRole("button", { name: "Save" }).click();
    // The name at the top is behind the dialog.
    await page.getByRole("button", { name: "Noor <b>from the workshop</b>: profile and settings", includeHidden: true }).waitFor({ state: "attached" });
    await dialog.getByLabel("Choose a picture…").setInputFiles({ name: "p.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
    await dialog.getByRole("alert").filter({ hasText: "isn't a PNG" }).waitFor();
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    await dialog.getByLabel("Choose a picture…").setInputFiles({ name: "p.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
    await dialog.getByRole("img", { name: "The picture you chose" }).waitFor();
    await dialog.getByRole("button", { name: "Use this picture" }).click();
    await dialog.getByRole("button", { name: "Remove" }).waitFor();
    await dialog.getByRole("button", { name: "Link an account" }).click();
    assert.match(await dialog.getByLabel("Type this in a thread of Slack").inputValue(), /^!link \S+$/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: /^Your availability/ }).click();
    await page.getByRole("menuitemradio", { name: /^Away/ }).click();
    await page.getByRole("button", { name: "Your availability: Away" }).waitFor();
    await go("/monitor");
    await page.getByRole("button", { name: "Your availability: Away" }).waitFor();
    await page.getByRole("button", { name: "Noor <b>from the workshop</b>: profile and settings" }).waitFor();
  });

  it("remembers colours and language in this browser, and writes from the right in Arabic", async (t) => {
    const { page, complained } = await desk(t, browser, demo, { name: "Kim", bypassCSP: true, at: "/monitor" });
    await page.getByRole("button", { name: "Kim: profile and settings" }).click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
    const dialog = page.getByRole("dialog", { name: "Settings" });
    await dialog.getByRole("radio", { name: "Dark" }).check();
    await dialog.getByLabel("Language").selectOption("ar");
    await page.getByRole("heading", { level: 1, name: "المتابعة" }).waitFor({ state: "attached" });
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "المتابعة" }).waitFor();
    assert.deepEqual(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang, document.documentElement.dataset.theme]), ["rtl", "ar", "dark"]);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    await assertAccessible(page, "the monitor in Arabic, dark");
    assert.deepEqual(complained, []);
  });
});

describe("every page", { skip, timeout: 600_000 }, () => {
  it("asks nobody but our server, breaks no rule of its policy, and may not be framed", async (t) => {
    const { context, asked, complained } = await desk(t, browser, demo);
    const look = async (path) => {
      const page = await context.newPage();
      const heard = complaints(page);
      await page.goto(`${demo.url}${path}`, { waitUntil: "networkidle" });
      assert.deepEqual(heard, [], path);
      const answer = await fetch(`${demo.url}${path}`);
      const policy = answer.headers.get("content-security-policy");
      assert.doesNotMatch(policy, /unsafe|\*/, path);
      for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
        assert.ok(policy.includes(rule), `${path}: ${rule}`);
      }
      assert.deepEqual(
        ["x-content-type-options", "referrer-policy", "x-frame-options", "cross-origin-resource-policy", "access-control-allow-origin"].map((name) => answer.headers.get(name)),
        ["nosniff", "no-referrer", "DENY", "same-origin", null],
      );
    };
    await Promise.all([...PAGES, "/sign-in"].map(look));
    for (const path of PAGES) assert.ok(asked.some((url) => url.startsWith(demo.url + path)), `${path} was looked at`);
    assertOnlyOurs(asked, demo);
    assert.deepEqual(complained, []);
  });

  it("fits 360 pixels, and a window of 320 by 256 as 400 % zoom makes it", async (t) => {
    const { context } = await desk(t, browser, demo);
    const fits = async (path) => {
      const page = await context.newPage();
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`${demo.url}${path}`, { waitUntil: "networkidle" });
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      for (const viewport of [{ width: 360, height: 740 }, { width: 320, height: 256 }]) {
        await page.setViewportSize(viewport);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, `${path} at ${viewport.width}`);
      }
    };
    await Promise.all(PAGES.map(fits));
  });
});
