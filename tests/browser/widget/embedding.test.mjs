// The widget on a website's page: what it costs, what it touches, and how the page talks to it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SERVER, SHOP, maya, problem } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, embedding", { timeout: 600_000 }, () => {
  it("costs the server nothing until it is opened", async (t) => {
    const { server, page, open, panel, input, launcher, complained } = await visit(t);
    await launcher.waitFor();
    assert.deepEqual(server.requests, ["GET /domain"]);
    assert.deepEqual(await page.evaluate(() => Object.keys(window).filter((name) => /thread/i.test(name))), ["Threadline"]);
    await open();
    await input.waitFor();
    await panel.getByText("We'll answer here").waitFor();
    assert.equal(await input.evaluate((node) => node.getRootNode().activeElement === node), true);
    assert.equal(server.count("POST /sessions"), 1);
    // No inline script, no inline style, no policy broken.
    assert.deepEqual(complained, []);
  });

  it("loads its panel after an upgrade took the known one away", async (t) => {
    const { panel, open } = await visit(t, { server: { missing: /^\/widget\/panel-/ } });
    await open();
    await panel.getByText("We'll answer here").waitFor();
  });

  it("stays with its conversation on a page that swaps its body", async (t) => {
    const { page, root, open, say, message, launcher, input } = await visit(t);
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    await input.fill("half a sentence");
    // Like Turbo, which keeps a copy of the old page and shows that again when the visitor goes back.
    await page.evaluate(() => {
      const copy = document.body.cloneNode(true);
      document.documentElement.replaceChild(document.createElement("body"), document.body);
      window.back = () => document.documentElement.replaceChild(copy, document.body);
    });
    await message("hello").waitFor();
    await page.evaluate(() => window.back());
    await message("hello").waitFor();
    assert.equal(await root.count(), 1);
    // Like htmx.
    await page.evaluate(() => document.body.replaceChildren(document.createElement("main")));
    await message("hello").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
    assert.equal(await root.count(), 1);
    // Removed on purpose, and wanted again by the page that embeds the script anew.
    await page.evaluate(() => document.querySelector("threadline-chat").remove());
    assert.equal(await root.count(), 0);
    await page.evaluate((source) => {
      const script = document.createElement("script");
      script.dataset.domain = "shop.example";
      script.src = window.trustedTypes.createPolicy("test", { createScriptURL: (url) => url }).createScriptURL(source);
      document.body.append(script);
    }, `${SERVER}/widget.js`);
    await launcher.waitFor();
  });

  it("explains a refused page once, and hides", async (t) => {
    const { server, launcher, complained } = await visit(t);
    const refused = problem("origin-not-allowed", 403, "http://shop.example isn't one of this domain's origins.");
    server.once("POST /sessions", 403, refused);
    await launcher.click();
    await launcher.waitFor({ state: "hidden" });
    const ours = complained.filter((line) => line.startsWith("Threadline"));
    assert.deepEqual(ours, [`Threadline: ${refused.title}. ${refused.detail}`]);
  });

  it("explains before anybody presses anything that this page can have no chat, and shows none", async (t) => {
    const unknown = problem("unknown-domain", 404, "There is no domain `shop.exmaple` here.");
    const instead = new Map([["GET /domain", [{ status: 404, problem: unknown, headers: {} }]]]);
    const prepare = (context) => context.addInitScript(callEarly);
    const { page, root, complained } = await visit(t, { server: { instead }, prepare });
    await complaint(page, complained, `Threadline: ${unknown.title}. ${unknown.detail}`);
    await page.evaluate(() => window.Threadline.open());
    assert.equal(await root.count(), 0);
    assert.deepEqual(await page.evaluate(() => window.told), []);
  });

  it("is fetched again a while after it couldn't be had", async (t) => {
    const { server, page, launcher, complained } = await visit(t, { server: { missing: /\/launcher/ }, prepare: (context) => context.clock.install() });
    const failed = () => complaint(page, complained, "Threadline: the chat couldn't be loaded");
    await failed();
    complained.length = 0;
    await page.clock.fastForward(5_000);
    await failed();
    server.missing = null;
    await page.clock.fastForward(30_000);
    await launcher.waitFor();
  });

  it("says so where the page has taken its name", async (t) => {
    const prepare = (context) => context.addInitScript(() => (window.Threadline = { mine: true }));
    const { page, complained } = await visit(t, { prepare });
    await complaint(page, complained, "Threadline: this name is taken.");
    assert.deepEqual(await page.evaluate(() => window.Threadline), { mine: true });
  });

  it("opens and closes by its JavaScript interface", async (t) => {
    const { page, panel, launcher } = await visit(t);
    await launcher.waitFor();
    await page.evaluate(() => window.Threadline.open());
    await panel.waitFor();
    await page.evaluate(() => window.Threadline.toggle());
    await panel.waitFor({ state: "hidden" });
  });

  it("does what was called before it was there, and tells what happens", async (t) => {
    const prepare = (context) => context.addInitScript(callEarly);
    const { server, page, panel, say, message, root } = await visit(t, { prepare });
    await panel.waitFor();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    await page.evaluate(() => window.Threadline.close());
    await panel.waitFor({ state: "hidden" });
    server.reply("Yes");
    await root.getByRole("button", { name: "Open chat, 1 unread message" }).waitFor();
    await page.evaluate(() => window.Threadline.open());
    await message("Yes").waitFor();
    server.closeBy(maya);
    await panel.getByText("Maya Lind closed this conversation").waitFor();
    const { conversation, messages } = server.visitor;
    assert.deepEqual(await page.evaluate(() => window.told), [
      ["ready", {}],
      ["open", {}],
      ["conversation", { id: conversation.id, status: "open" }],
      ["close", {}],
      ["unread", { count: 1 }],
      ["message", { id: messages[1].id, text: "Yes", author: "Maya Lind" }],
      ["unread", { count: 0 }],
      ["open", {}],
      ["conversation", { id: conversation.id, status: "closed" }],
    ]);
    // Who stops listening hears no more; who listens late hears that it is ready.
    await page.evaluate(() => {
      window.stopped = 0;
      window.Threadline.on("close", () => (window.stopped += 1))();
      window.Threadline.on("ready", () => (window.late = true));
      window.Threadline.close();
    });
    assert.deepEqual(await page.evaluate(() => [window.stopped, window.late]), [0, true]);
  });

  it("survives whatever the page hands over", async (t) => {
    const { page, open, input, complained } = await visit(t);
    await page.evaluate(() => {
      for (const odd of [undefined, null, 7, {}, [], "not a jwt", "a.b.c", "a.eyJzdWIiOjF9.c"]) {
        window.Threadline.identify(odd);
        window.Threadline.setPage(odd);
      }
      window.Threadline.setPage({ url: 7, title: {} });
      window.Threadline.on("open", () => {
        throw new Error("the page's own mistake");
      });
    });
    await open();
    await input.waitFor();
    assert.ok(complained.some((line) => line.includes("Threadline.identify needs a JWT")));
    assert.ok(complained.some((line) => line.includes("the page's own mistake")));
  });

  it("follows a page that changes its address without loading anew", async (t) => {
    const { server, page } = await talking(t, { prepare: (context) => context.clock.install() });
    // What changes within three seconds is told together.
    const soon = () => page.clock.fastForward(3_000);
    const told = page.waitForResponse(/\/v1\/widget\/page$/);
    await page.evaluate(() => {
      history.pushState({}, "", "/kettles/harbour");
      document.title = "Harbour";
    });
    await soon();
    await told;
    assert.deepEqual(server.bodies.get("POST /page").page, { url: `${SHOP}/kettles/harbour`, title: "Harbour", referrer: null });
    const again = page.waitForResponse(/\/v1\/widget\/page$/);
    await page.evaluate(() => window.Threadline.setPage({ url: "/cart?step=2", title: "Cart" }));
    await soon();
    await again;
    assert.deepEqual(server.bodies.get("POST /page").page, { url: `${SHOP}/cart?step=2`, title: "Cart", referrer: null });
  });
});

/** Ends once the page has complained in these words. */
async function complaint(page, complained, words) {
  while (!complained.some((line) => line.includes(words))) await page.waitForEvent("console");
}

/** Runs before anything of the page: calls `Threadline` as soon as it is there, which is before the launcher is. */
function callEarly() {
  window.told = [];
  const names = ["ready", "open", "close", "message", "unread", "conversation"];
  const watch = new MutationObserver(() => {
    const script = document.querySelector("script[data-domain]");
    if (!script) return;
    watch.disconnect();
    script.addEventListener("load", () => {
      for (const name of names) window.Threadline.on(name, (detail) => window.told.push([name, detail]));
      window.Threadline.open();
    });
  });
  watch.observe(document, { childList: true, subtree: true });
}
