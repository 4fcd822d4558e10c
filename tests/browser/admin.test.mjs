// The admin page against the real program: invitations, access, sessions, keys, and what others are told instead.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openDemo } from "./demo-program.mjs";
import { desk } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();

const person = (page, name) => page.locator("ul.people > li").filter({ hasText: name });

async function act(page, name, item) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("the admin page", { skip, timeout: 120_000 }, () => {
  it("shows each domain as the file has it, with the line that embeds the widget", async (t) => {
    const { page, go, complained } = await desk(t, browser, demo, { bypassCSP: true });
    await go("/admin#domain=shop.example");
    const domain = page.locator("details.domain").filter({ hasText: "shop.example" });
    await domain.getByText("Live chat").waitFor();
    await domain.getByText("Slack", { exact: true }).waitFor();
    assert.match(await domain.getByLabel("Embed the widget").inputValue(), /<script .*widget\.js.* data-domain="shop\.example"/);
    await page.getByText("The configuration file owns these settings.").waitFor();
    await assertAccessible(page, "the domains");
    assert.deepEqual(complained, []);
  });

  it("invites somebody, whose link is shown once and signs them in", async (t) => {
    const { page, go } = await desk(t, browser, demo, { bypassCSP: true });
    await go("/admin#operators");
    await page.getByRole("button", { name: "Invite" }).click();
    const invite = page.getByRole("dialog", { name: "Invite somebody" });
    await invite.getByRole("button", { name: "Make the link" }).click();
    await invite.getByRole("alert").waitFor();
    await invite.getByLabel("Name").fill("Ines <img src=x onerror=alert(1)>");
    await invite.getByLabel("Name").press("Enter");
    const shown = page.getByRole("dialog", { name: /^A link for Ines/ });
    const link = await shown.getByLabel("Sign-in link").inputValue();
    await assertAccessible(page, "the link");
    await shown.getByRole("button", { name: "Done" }).click();
    await person(page, "Ines <img").waitFor();
    const context = await browser.newContext({ locale: "en-GB" });
    t.after(() => context.close());
    const guest = await context.newPage();
    await guest.goto(link);
    await guest.getByRole("button", { name: "Sign in" }).click();
    await guest.getByRole("button", { name: /^Ines <img.*: profile and settings$/ }).waitFor();
    await guest.goto(`${demo.url}/admin`);
    await guest.getByText("This page is for admins").waitFor();
    assert.equal(await guest.getByRole("link", { name: "Admin" }).count(), 0);
  });

  it("ends a session, and deactivates somebody, at once", async (t) => {
    const admin = await desk(t, browser, demo, { bypassCSP: true });
    const kim = await desk(t, browser, demo, { name: "Kim" });
    await kim.go("/history");
    await admin.go("/admin#operators");
    await person(admin.page, "Kim").getByRole("button", { name: "1 session" }).click();
    const sessions = admin.page.getByRole("dialog", { name: "Where Kim is signed in" });
    await sessions.getByRole("button", { name: /^End the session: / }).click();
    await sessions.getByText("Nowhere").waitFor();
    await kim.page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await admin.page.keyboard.press("Escape");

    const lee = await desk(t, browser, demo, { name: "Lee" });
    await lee.go("/history");
    await admin.go("/admin#operators");
    await admin.page.reload();
    await act(admin.page, "Lee", "Deactivate");
    await assertAccessible(admin.page, "the question before it");
    await admin.page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await person(admin.page, "Lee").getByText("Deactivated").waitFor();
    await lee.page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await act(admin.page, "Lee", "Reactivate");
    await person(admin.page, "Lee").getByText("Deactivated").waitFor({ state: "detached" });
  });

  it("changes a role, and never takes the last admin's", async (t) => {
    const { page, go } = await desk(t, browser, demo);
    const sam = await desk(t, browser, demo, { name: "Sam" });
    await go("/admin#operators");
    await act(page, "Sam", "Role and domains");
    const access = page.getByRole("dialog", { name: "What Sam may do" });
    await access.getByRole("radio", { name: "Admin" }).check();
    await access.getByRole("button", { name: "Save" }).click();
    await person(page, "Sam").getByText("Admin", { exact: true }).waitFor();
    await sam.go("/admin");
    await sam.page.getByRole("heading", { name: "Domains" }).waitFor();
    await act(page, "Sam", "Role and domains");
    await access.getByRole("radio", { name: "Operator" }).check();
    await access.getByRole("button", { name: "Save" }).click();
    await person(page, "Sam").getByText("Operator", { exact: true }).waitFor();
    await act(page, "Robin", "Role and domains");
    const own = page.getByRole("dialog", { name: "What Robin may do" });
    await own.getByRole("radio", { name: "Operator" }).check();
    await own.getByRole("button", { name: "Save" }).click();
    await own.getByRole("alert").waitFor();
  });

  it("makes a key that is shown once and does what it may, until it is revoked; the log has it all", async (t) => {
    const { page, go } = await desk(t, browser, demo, { bypassCSP: true });
    await go("/admin#keys");
    await page.getByRole("button", { name: "Make a key" }).first().click();
    const make = page.getByRole("dialog", { name: "Make a key" });
    await make.getByLabel("Name").fill("weekly report");
    await assertAccessible(page, "the making of a key");
    await make.getByRole("button", { name: "Make a key" }).click();
    const made = page.getByRole("dialog", { name: "Your new key" });
    const token = await made.getByLabel("Key", { exact: true }).inputValue();
    await made.getByRole("button", { name: "Done" }).click();
    const ask = async (path) => (await fetch(`${demo.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
    assert.deepEqual([await ask("/v1/inbox/conversations"), await ask("/v1/admin/operators")], [200, 403]);
    await person(page, "weekly report").getByRole("button", { name: /^Revoke/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await person(page, "weekly report").getByText("Revoked").waitFor();
    assert.equal(await ask("/v1/inbox/conversations"), 401);
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.getByRole("table").getByText("key.made").first().waitFor();
    await assertAccessible(page, "the audit log");
  });
});
