// The admin page against the real program: invitations, access, sessions, keys, and what others are told instead.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { openContext } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";
import { desk } from "./support/desk.mjs";

const { demo, browser, skip } = await openDemo();

let signedIn;

/** The demo's admin, who signs in once. */
async function asAdmin(test, options) {
  const opened = await desk(test, browser, demo, { storageState: signedIn, ...options });
  signedIn ??= await opened.context.storageState();
  return opened;
}

const person = (page, name) => page.locator("ul.people > li").filter({ hasText: name });

async function act(page, name, item) {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("the admin page", { skip, timeout: 600_000 }, () => {
  it("shows each domain as the file has it, with the line that embeds the widget", async (t) => {
    const { page, complained } = await asAdmin(t, { bypassCSP: true, at: "/admin#domain=shop.example" });
    const domain = page.locator("details.domain").filter({ hasText: "shop.example" });
    await domain.getByText("Live chat").waitFor();
    await domain.getByText("Slack", { exact: true }).waitFor();
    assert.match(await domain.getByLabel("Embed the widget").inputValue(), /<script .*widget\.js.* data-domain="shop\.example"/);
    await page.getByText("The configuration file owns these settings.").waitFor();
    await assertAccessible(page, "the domains");
    assert.deepEqual(complained, []);
  });

  it("invites somebody, whose link is shown once and signs them in", async (t) => {
    const { page } = await asAdmin(t, { bypassCSP: true, at: "/admin#operators" });
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
    const context = await openContext(t, browser, { locale: "en-GB" });
    const guest = await context.newPage();
    await guest.goto(link);
    await guest.getByRole("button", { name: "Sign in" }).click();
    await guest.getByRole("button", { name: /^Ines <img.*: profile and settings$/ }).waitFor();
    await guest.goto(`${demo.url}/admin`);
    await guest.getByText("This page is for admins").waitFor();
    assert.equal(await guest.getByRole("link", { name: "Admin" }).count(), 0);
  });

  it("ends a session, and deactivates somebody, at once", async (t) => {
    const kim = await desk(t, browser, demo, { name: "Kim", at: "/history" });
    const admin = await asAdmin(t, { bypassCSP: true, at: "/admin#operators" });
    await person(admin.page, "Kim").getByRole("button", { name: "1 session" }).click();
    const sessions = admin.page.getByRole("dialog", { name: "Where Kim is signed in" });
    await sessions.getByRole("button", { name: /^End the session: / }).click();
    await sessions.getByText("Nowhere").waitFor();
    await kim.page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await admin.page.keyboard.press("Escape");

    const lee = await desk(t, browser, demo, { name: "Lee", at: "/history" });
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
    const sam = await desk(t, browser, demo, { name: "Sam" });
    const { page, go } = await asAdmin(t, { at: "/admin#operators" });
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

  it("leaves somebody of the team's chat as they are when one only looks, and takes a role back", async (t) => {
    const { page } = await asAdmin(t, { at: "/admin#operators" });
    const changes = [];
    page.on("request", (request) => request.method() === "PATCH" && changes.push(request.postDataJSON()));
    const access = page.getByRole("dialog", { name: "What Jonas may do" });
    const role = async (name) => {
      await act(page, "Jonas", "Role and domains");
      if (name) await access.getByRole("radio", { name }).check();
      await access.getByRole("button", { name: "Save" }).click();
      await access.waitFor({ state: "detached" });
    };
    await person(page, "Jonas").getByText("The domains of their channels").waitFor();
    await act(page, "Jonas", "Role and domains");
    await access.getByRole("radio", { name: "By the team chat", checked: true }).waitFor();
    await access.getByRole("checkbox", { name: "The domains of their channels", checked: true }).waitFor();
    await access.getByRole("button", { name: "Cancel" }).click();
    await role(null);
    assert.deepEqual(changes, []);
    await role("Operator");
    await person(page, "Jonas").getByText("All domains").waitFor();
    await role("By the team chat");
    await person(page, "Jonas").getByText("The domains of their channels").waitFor();
    assert.deepEqual(changes, [{ role: "operator" }, { role: null }]);
    // Somebody who is in none of the team's chats has nothing but their role.
    await act(page, "Robin", "Role and domains");
    await page.getByRole("dialog").getByRole("radio", { name: "Admin", checked: true }).waitFor();
    assert.equal(await page.getByRole("dialog").getByRole("radio").count(), 2);
  });

  it("offers every domain, and lets one go that the configuration no longer has", async (t) => {
    const kai = await desk(t, browser, demo, { name: "Kai" });
    const { page, call, go } = await asAdmin(t, { bypassCSP: true });
    const { operators } = (await call("GET", "/v1/admin/operators")).body;
    const { id } = operators.find(({ name }) => name === "Kai");
    await call("PATCH", `/v1/admin/operators/${id}`, { role: "admin", domains: ["shop.example"] });
    await kai.go("/admin");
    await kai.page.getByRole("heading", { name: "Domains" }).waitFor();
    // The demo has one domain: another one, and one that is gone, come from here.
    await page.route("**/v1/admin/domains", async (route) => {
      const body = await (await route.fetch()).json();
      await route.fulfill({ json: { domains: [...body.domains, { ...body.domains[0], name: "docs.example" }] } });
    });
    await page.route("**/v1/admin/operators", async (route) => {
      const body = await (await route.fetch()).json();
      body.operators.find((each) => each.id === id).domains.unshift("gone.example");
      await route.fulfill({ json: body });
    });
    let asked = null;
    await page.route(`**/v1/admin/operators/${id}`, async (route) => {
      asked = route.request().postDataJSON();
      await route.continue();
    });
    await go("/admin#operators");
    await person(page, "Kai").getByText("gone.example, shop.example").waitFor();
    await act(page, "Kai", "Role and domains");
    const access = page.getByRole("dialog", { name: "What Kai may do" });
    await access.getByRole("checkbox", { name: "docs.example", checked: false }).waitFor();
    const gone = access.getByRole("checkbox", { name: "gone.example", checked: true });
    await access.getByText("No longer in the configuration file.").waitFor();
    await assertAccessible(page, "a domain that is gone");
    await gone.uncheck();
    await access.getByRole("checkbox", { name: "shop.example" }).uncheck();
    await access.getByRole("button", { name: "Save" }).click();
    await access.getByRole("group", { name: "Domains" }).getByRole("alert").getByText("Choose at least one domain.").waitFor();
    await access.getByRole("checkbox", { name: "shop.example" }).check();
    await access.getByRole("button", { name: "Save" }).click();
    await access.waitFor({ state: "detached" });
    assert.deepEqual(asked, { domains: ["shop.example"] });
  });

  it("says in a dialog what went wrong, where it can be sent away", async (t) => {
    const { page } = await asAdmin(t, { bypassCSP: true, at: "/admin#operators" });
    await page.route("**/v1/admin/operators/*/sessions/*", (route) => route.abort());
    await person(page, "Robin").getByRole("button", { name: /^\d+ sessions?$/ }).click();
    const sessions = page.getByRole("dialog", { name: "Where Robin is signed in" });
    await sessions.getByRole("button", { name: /^End the session: / }).first().click();
    const toast = page.getByRole("status").filter({ hasText: "That didn't work" });
    await toast.waitFor();
    await assertAccessible(page, "a toast over a dialog");
    await toast.getByRole("button", { name: "Dismiss" }).click();
    await toast.waitFor({ state: "detached" });
    // What is said before a dialog closes is still there behind it.
    await sessions.getByRole("button", { name: /^End the session: / }).first().click();
    await toast.waitFor();
    await page.keyboard.press("Escape");
    await sessions.waitFor({ state: "detached" });
    await toast.getByRole("button", { name: "Dismiss" }).click();
    await toast.waitFor({ state: "detached" });
  });

  it("makes a key that is shown once and does what it may, until it is revoked; the log has it all", async (t) => {
    const { page } = await asAdmin(t, { bypassCSP: true, at: "/admin#keys" });
    await page.getByRole("button", { name: "Make a key" }).first().click();
    const make = page.getByRole("dialog", { name: "Make a key" });
    await make.getByLabel("Name").fill("weekly report");
    await assertAccessible(page, "the making of a key");
    // What is missing is said where it is missing.
    await make.getByRole("checkbox", { name: "Read" }).uncheck();
    await make.getByRole("button", { name: "Make a key" }).click();
    await make.getByRole("group", { name: "May" }).getByRole("alert").getByText("Choose at least one.").waitFor();
    assert.equal(await make.getByLabel("Name").getAttribute("aria-invalid"), null);
    await make.getByRole("checkbox", { name: "Read" }).check();
    await make.getByRole("button", { name: "Make a key" }).click();
    const made = page.getByRole("dialog", { name: "Your new key" });
    await made.waitFor();
    // A click beside it would lose the key.
    await page.mouse.click(5, 5);
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

describe("one's own word and accounts", { skip, timeout: 600_000 }, () => {
  it("stand the same in every tab", async (t) => {
    const { page, context } = await desk(t, browser, demo, { name: "Uma" });
    const other = await context.newPage();
    await other.goto(`${demo.url}/history`);
    const says = (tab, state) => tab.getByRole("button", { name: `Your availability: ${state}` });
    const choose = async (tab, from, to) => {
      await says(tab, from).click();
      await tab.getByRole("menuitemradio", { name: new RegExp(`^${to}`) }).click();
    };
    await says(other, "Automatic").waitFor();
    await choose(page, "Automatic", "Away");
    await says(other, "Away").waitFor();
    await choose(other, "Away", "Available");
    await says(page, "Available").waitFor();
  });

  it("shows an account as soon as it is linked, and its code no longer", async (t) => {
    const { page, call } = await desk(t, browser, demo, { name: "Vic" });
    let selves = [];
    await page.route("**/v1/inbox/session", async (route) => {
      const body = await (await route.fetch()).json();
      await route.fulfill({ json: { ...body, selves } });
    });
    await page.getByRole("button", { name: "Vic: profile and settings" }).click();
    await page.getByRole("menuitem", { name: "Profile" }).click();
    const profile = page.getByRole("dialog", { name: "Profile" });
    await profile.getByRole("button", { name: "Link an account" }).click();
    await profile.getByLabel("Type this in a thread of Slack").waitFor();
    selves = [{ connection: "slack.acme", platform: "slack", user: "U0VIC", name: null }];
    // Anything that changes about an operator reaches their pages as linking does (tests/it has that one).
    await call("PUT", "/v1/inbox/availability", { availability: "away" });
    await profile.getByText("U0VIC").waitFor();
    await profile.getByLabel("Type this in a thread of Slack").waitFor({ state: "detached" });
    await profile.getByRole("button", { name: "Link an account" }).waitFor();
  });
});
