// Who the visitor is: by a website's word, and with a shared browser nobody sees anything of anybody else.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jwt, problem } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

const identify = (page, sub) => page.evaluate((word) => window.Threadline.identify(word), jwt(sub));
/** Everything that this browser keeps, as one text. */
const kept = (page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

describe("the widget's visitor", { timeout: 600_000 }, () => {
  it("is known from the script's own attribute on", async (t) => {
    const { server, page, launcher } = await visit(t, { server: { attributes: `data-identity="${jwt("ada")}"` } });
    await launcher.waitFor();
    await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.endsWith(":identity")));
    assert.equal(server.visitor.sub, "ada");
    assert.equal(server.count("POST /sessions"), 1);
  });

  it("takes their conversation along when they sign in", async (t) => {
    const { server, page, input, message } = await talking(t);
    await input.fill("half a sentence");
    const began = page.waitForResponse(/\/sessions$/);
    await identify(page, "ada");
    await began;
    await message("hello").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
    await input.press("Enter");
    await message("half a sentence").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual([server.visitors.size, server.visitor.sub], [1, "ada"]);
    // Said again, as a page with parts does at each of them, it asks for nothing.
    const before = server.count("POST /sessions");
    await identify(page, "ada");
    assert.equal(server.count("POST /sessions"), before);
  });

  it("is another one when another one signs in: nothing of the first is left", async (t) => {
    const { server, page, tab, say, input, message, panel, log } = await talking(t, { server: { attributes: `data-identity="${jwt("ada")}"` } });
    const token = server.visitor.token;
    await say("Ada's secret");
    await message("Ada's secret").getByText("Sent", { exact: true }).waitFor();
    const other = await tab();
    await other.open();
    await other.message("Ada's secret").waitFor();
    await other.input.fill("Ada's draft in the other tab");
    server.once("POST /messages", 422, problem("validation-failed", 422, "Not like this."));
    await say("Ada's unsent words");
    await message("Ada's unsent words").getByText(/^Not sent/).waitFor();
    await input.fill("Ada's draft");
    await identify(page, "ben");
    // At once, before any answer.
    assert.doesNotMatch(await log.innerText(), /Ada/);
    assert.equal(await input.inputValue(), "");
    assert.doesNotMatch(await kept(page), /Ada/);
    await other.message("Ada's secret").waitFor({ state: "detached" });
    assert.equal(await other.input.inputValue(), "");
    await say("Ben here");
    await message("Ben here").getByText("Sent", { exact: true }).waitFor();
    await other.message("Ben here").waitFor();
    const stored = await kept(page);
    assert.ok(!stored.includes(token) && !stored.includes("ada"), stored);
    assert.equal(server.visitors.get(token).messages.length, 2);
    // The website's next page says who is there now.
    server.attributes = `data-identity="${jwt("ben")}"`;
    await page.reload();
    await message("Ben here").waitFor();
    assert.doesNotMatch(await panel.innerText(), /Ada/);
  });

  it("shows nothing of the first even for a moment when the page loads with the second", async (t) => {
    const here = await talking(t, { server: { attributes: `data-identity="${jwt("ada")}"` } });
    here.server.reply("For Ada alone");
    await here.message("For Ada alone").waitFor();
    await here.input.fill("Ada's draft");
    here.server.attributes = `data-identity="${jwt("ben")}"`;
    here.server.down = true;
    await here.page.reload();
    await here.panel.waitFor();
    assert.equal(await here.input.inputValue(), "");
    assert.doesNotMatch(await here.panel.innerText(), /Ada|hello/);
    here.server.down = false;
    await here.panel.getByText("We'll answer here").waitFor();
    assert.doesNotMatch(await here.panel.innerText(), /Ada|hello/);
  });

  it("is forgotten by reset, in every tab", async (t) => {
    const { server, page, tab, message, input } = await talking(t);
    const other = await tab();
    await other.open();
    await other.message("hello").waitFor();
    await input.fill("a draft");
    await page.evaluate(() => window.Threadline.reset());
    await message("hello").waitFor({ state: "detached" });
    await other.message("hello").waitFor({ state: "detached" });
    assert.equal(await input.inputValue(), "");
    await input.fill("somebody new");
    await input.press("Enter");
    await message("somebody new").getByText("Sent", { exact: true }).waitFor();
    assert.equal(server.visitors.size, 2);
  });

  it("is forgotten by a page that signs out and is left before the chat is there", async (t) => {
    const { server, page, tab, open, input, message } = await talking(t);
    await input.fill("half a sentence");
    const other = await tab();
    await other.open();
    await other.message("hello").waitFor();
    server.missing = /\/launcher/;
    await page.reload();
    await page.evaluate(() => window.Threadline.reset());
    // At once: nothing of the chat has come.
    assert.doesNotMatch(await kept(page), /token|half a sentence/);
    await other.message("hello").waitFor({ state: "detached" });
    server.missing = null;
    await page.reload();
    await input.waitFor();
    assert.equal(await message("hello").count(), 0);
    assert.equal(await input.inputValue(), "");
  });

  it("goes on without a name where the word isn't taken, and the developer hears why", async (t) => {
    const { server, page, open, say, message, complained } = await visit(t);
    const refused = problem("identity-not-valid", 401, "The signature doesn't fit.");
    server.once("POST /sessions", 401, refused);
    await identify(page, "ada");
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(complained.filter((line) => line.startsWith("Threadline")), [`Threadline: ${refused.title}. ${refused.detail}`]);
    assert.equal(server.visitor.sub, undefined);
  });

  it("isn't said by a word whose time is over", async (t) => {
    const { server, page, open, say, message, complained } = await visit(t);
    await page.evaluate((word) => window.Threadline.identify(word), jwt("ada", { exp: 1_000 }));
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.equal(server.bodies.get("POST /sessions").identity_jwt, null);
    assert.ok(complained.some((line) => line.includes("Call Threadline.identify with a new JWT")));
  });
});
