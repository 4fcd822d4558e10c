// The widget as a website embeds it: from another origin, under a strict content security policy, against a stand-in for
// the server that does what a test says. Needs web/dist (npm run build in web/) and Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { complaints, launch, widget } from "./browser.mjs";
import { FakeServer, SERVER, SHOP, maya, problem } from "./fake-server.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A visitor's browser with one tab at the shop. */
async function visit(test, options = {}) {
  const { server: _, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...rest });
  test.after(() => context.close());
  const server = new FakeServer();
  Object.assign(server, options.server);
  await server.install(context);
  const tab = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const complained = complaints(page);
    await page.goto(`${SHOP}/kettles`);
    return { page, complained, ...widget(page) };
  };
  return { context, server, tab, ...(await tab()) };
}

describe("the widget", { timeout: 240_000 }, () => {
  it("costs the server nothing until it is opened", async (t) => {
    const { server, page, open, input, launcher, complained } = await visit(t);
    await launcher.waitFor();
    assert.deepEqual(server.requests, []);
    assert.deepEqual(await page.evaluate(() => Object.keys(window).filter((name) => /thread/i.test(name))), ["Threadline"]);
    await open();
    await input.waitFor();
    assert.equal(await input.evaluate((node) => node.getRootNode().activeElement === node), true);
    assert.equal(server.count("POST /sessions"), 1);
    // No inline script, no inline style, no policy broken.
    assert.deepEqual(complained, []);
  });

  it("sends, shows answers, edits and removals", async (t) => {
    const { server, open, say, message, log } = await visit(t);
    await open();
    await say("Is the teapot back?");
    await message("Is the teapot back?").getByText("Sent", { exact: true }).waitFor();
    const answer = server.reply("Yes: https://shop.example/teapot");
    await message("Maya Lind").getByRole("link", { name: "https://shop.example/teapot" }).waitFor();
    server.change(answer, "message_edited", { body: "Yes, since today", edited_at: new Date().toISOString() });
    await message("Yes, since today").getByText("edited").waitFor();
    server.change(answer, "message_removed", { body: "", removed: true });
    await log.getByText("This message was removed").waitFor();
    assert.equal(await log.getByRole("link").count(), 0);
  });

  it("shows markup as text", async (t) => {
    const { server, open, say, log, page } = await visit(t);
    await open();
    const nasty = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    await say(nasty);
    await log.getByText(nasty).waitFor();
    server.reply(nasty, { rich: [{ type: "paragraph", children: [{ type: "link", url: "javascript:window.hacked=1", children: [{ type: "text", text: "press me" }] }] }] });
    await log.getByText("press me").waitFor();
    assert.equal(await log.getByRole("link").count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  it("breaks lines with Shift+Enter and says when it is too long", async (t) => {
    const { page, open, input, message, panel } = await visit(t);
    await open();
    await input.pressSequentially("one");
    await input.press("Shift+Enter");
    await input.pressSequentially("two");
    await input.press("Enter");
    assert.equal(await message("one").locator(".text").innerText(), "one\ntwo");
    await input.fill("x".repeat(9_990));
    await panel.getByText("10 characters left").waitFor();
    await input.fill("😀".repeat(10_001));
    await panel.getByText("1 character too long").waitFor();
    assert.equal(await panel.getByRole("button", { name: "Send" }).isDisabled(), true);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
  });

  it("keeps a draft and the conversation over a reload", async (t) => {
    const { page, open, say, input, message } = await visit(t);
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    await input.fill("half a sentence");
    await page.reload();
    await message("hello").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
  });

  it("keeps what is written while the server is away, and sends it once", async (t) => {
    const { server, page, open, say, message, panel } = await visit(t);
    await open();
    await say("first");
    await message("first").getByText("Sent", { exact: true }).waitFor();
    server.down = true;
    server.cut();
    await panel.getByText(/^No connection/).waitFor();
    await say("second");
    await say("third");
    await message("third").getByText(/^Not sent yet/).waitFor();
    await page.reload();
    await message("third").waitFor();
    server.down = false;
    await message("third").getByText("Sent", { exact: true }).waitFor({ timeout: 30_000 });
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["first", "second", "third"]);
  });

  it("offers Retry for what the server turns down", async (t) => {
    const { server, open, say, message } = await visit(t);
    await open();
    server.once("POST /messages", 422, problem("validation-failed", 422, "Not like this."));
    await say("hello");
    await message("hello").getByText("Not sent: Not like this.").waitFor();
    await message("hello").getByRole("button", { name: "Retry" }).click();
    await message("hello").getByText("Sent", { exact: true }).waitFor();
  });

  it("waits as long as the server asks", async (t) => {
    const { server, open, say, message } = await visit(t);
    await open();
    server.once("POST /messages", 429, problem("too-many-requests", 429, "Slowly."), { "Retry-After": "1" });
    const began = performance.now();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.ok(performance.now() - began >= 1_000);
  });

  it("goes on when its session is gone", async (t) => {
    const { server, open, say, message } = await visit(t);
    await open();
    await say("one");
    await message("one").getByText("Sent", { exact: true }).waitFor();
    server.forget();
    await say("two");
    await message("two").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["two"]);
  });

  it("closes, and starts anew", async (t) => {
    const { server, page, open, say, message, panel, input, log } = await visit(t);
    await open();
    await say("one");
    await message("one").getByText("Sent", { exact: true }).waitFor();
    await panel.getByRole("button", { name: "End conversation" }).click();
    await panel.getByRole("button", { name: "End it" }).click();
    await panel.getByText("You closed this conversation").waitFor();
    await panel.getByRole("button", { name: "Start a new conversation" }).click();
    await input.waitFor();
    await say("two");
    await log.getByText("New conversation").waitFor();
    await message("two").getByText("Sent", { exact: true }).waitFor();
    await input.fill("still writing");
    server.closeBy(maya);
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    assert.equal(await input.inputValue(), "still writing");
    // Emptying the field takes it away from nobody.
    await input.fill("");
    await say("three");
    await message("three").getByText("Sent", { exact: true }).waitFor();
    server.closeBy(maya);
    await panel.getByText("Maya Lind closed this conversation").waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
  });

  it("counts what came while it was shut", async (t) => {
    const { server, root, open, say, message, panel, badge, input } = await visit(t);
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    await input.press("Escape");
    assert.equal(await root.evaluate((host) => host.shadowRoot.activeElement?.className), "launcher");
    server.reply("one");
    server.reply("two");
    await root.getByRole("button", { name: "Open chat, 2 unread messages" }).waitFor();
    assert.equal(await badge.innerText(), "2");
    await open();
    await panel.getByText("two", { exact: true }).waitFor();
    await badge.waitFor({ state: "hidden" });
  });

  it("tells when nobody is there, and when somebody types", async (t) => {
    const { server, open, panel, input } = await visit(t);
    server.online = false;
    await open();
    await panel.getByText(/^Nobody can answer right now/).waitFor();
    // Told to the live line, or by it as soon as it is up.
    server.online = true;
    server.say({ type: "presence", presence: { online: true } });
    await panel.getByText("We'll answer here").waitFor();
    server.say({ type: "typing", author: maya });
    await panel.getByText("Maya Lind is typing").waitFor({ state: "attached" });
    await input.pressSequentially("typing away");
    assert.equal(server.count("typing"), 1);
  });

  it("agrees with itself in two tabs", async (t) => {
    const { server, tab, open, say, message, panel } = await visit(t);
    const other = await tab();
    await open();
    await other.open();
    await say("from the left");
    await other.message("from the left").waitFor();
    await other.say("from the right");
    await message("from the right").waitFor();
    server.reply("for both");
    await message("for both").waitFor();
    await other.message("for both").waitFor();
    assert.equal(server.visitors.size, 1);
    await other.panel.getByRole("button", { name: "End conversation" }).click();
    await other.panel.getByRole("button", { name: "End it" }).click();
    await panel.getByRole("button", { name: "Start a new conversation" }).waitFor();
  });

  it("stays when a proxy or a page's odd title is in the way, and says so once", async (t) => {
    const { server, page, launcher, panel, say, message, complained } = await visit(t);
    await page.evaluate(() => (document.title = "Tea 🍵".slice(0, -1)));
    for (let turn = 0; turn < 2; turn += 1) server.once("POST /sessions", 404, "<html>Not here</html>");
    await launcher.click();
    await panel.waitFor();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.equal(server.bodies.get("POST /messages")?.page.title, "Tea \ufffd");
    const ours = complained.filter((line) => line.startsWith("Threadline"));
    assert.deepEqual(ours, ["Threadline: The server answered 404 Not Found."]);
  });

  it("loads its panel after an upgrade took the known one away", async (t) => {
    const { panel, open } = await visit(t, { server: { missing: /^\/widget\/panel-/ } });
    await open();
    await panel.getByText("We'll answer here").waitFor();
  });

  it("asks for answers where WebSockets are forbidden, and is quiet about it", async (t) => {
    const { server, open, say, message, panel } = await visit(t, { server: { noSockets: true } });
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    server.reply("by another way");
    await message("by another way").waitFor();
    assert.equal(await panel.getByText(/^No connection/).count(), 0);
  });

  it("keeps what is typed when another tab sends and the conversation is closed", async (t) => {
    const { server, tab, open, say, message, panel, input } = await visit(t);
    const other = await tab();
    await open();
    await say("one");
    await message("one").getByText("Sent", { exact: true }).waitFor();
    await input.fill("half a sentence");
    await other.open();
    await other.say("from the other tab");
    await message("from the other tab").waitFor();
    server.closeBy(maya);
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
    await input.press("Enter");
    await message("half a sentence").getByText("Sent", { exact: true }).waitFor();
  });

  it("leaves Enter to an input method, also to Safari's", async (t) => {
    const { open, input } = await visit(t);
    await open();
    await input.fill("にほん");
    const untouched = await input.evaluate((field) => {
      const enter = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true });
      return field.dispatchEvent(enter);
    });
    assert.equal(untouched, true);
    assert.equal(await input.inputValue(), "にほん");
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

  for (const colorScheme of ["light", "dark"]) {
    it(`breaks no rule of accessibility, ${colorScheme}`, async (t) => {
      const { server, page, open, say, message, panel, input, launcher } = await visit(t, { bypassCSP: true, colorScheme });
      await launcher.waitFor();
      await assertAccessible(page, "the launcher");
      await open();
      await input.waitFor();
      await assertAccessible(page, "an empty chat");
      await say("hello, see https://shop.example/");
      await message("hello, see").getByText("Sent", { exact: true }).waitFor();
      server.once("POST /messages", 422, problem("validation-failed", 422, "Not like this."));
      await say("turned down");
      await message("turned down").getByRole("button", { name: "Retry" }).waitFor();
      const text = (words) => ({ type: "text", text: words });
      const mail = { type: "link", url: "mailto:maya@shop.example", children: [text("Write to me")] };
      server.reply("all kinds", {
        edited_at: new Date().toISOString(),
        rich: [
          { type: "paragraph", children: [text("all kinds "), mail, { type: "code", text: "code" }] },
          { type: "quote", children: [{ type: "paragraph", children: [text("quoted")] }] },
          { type: "code", text: "const tea = 1;" },
        ],
      });
      await message("all kinds").waitFor();
      server.reply("", { removed: true });
      await input.fill("x".repeat(10_001));
      await panel.getByRole("button", { name: "End conversation" }).click();
      await panel.getByRole("button", { name: "End it" }).waitFor();
      await assertAccessible(page, "a conversation");
      await input.fill("");
      server.down = true;
      await say("kept");
      await message("kept").getByText(/^Not sent yet/).waitFor();
      server.cut();
      await panel.getByText(/^No connection/).waitFor();
      await assertAccessible(page, "a chat without a connection");
      await panel.getByRole("button", { name: "Minimize chat" }).click();
      await assertAccessible(page, "a chat that is shut again");
    });
  }

  it("is accessible when the conversation is closed", async (t) => {
    const { server, page, open, say, message, panel } = await visit(t, { bypassCSP: true });
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    server.closeBy(maya);
    await panel.getByRole("button", { name: "Start a new conversation" }).waitFor();
    await assertAccessible(page, "a closed conversation");
  });

  it("fills a phone's screen and keeps the keyboard inside", async (t) => {
    const { page, open, panel, root } = await visit(t, { viewport: { width: 360, height: 640 }, reducedMotion: "reduce" });
    await open();
    assert.deepEqual(await panel.boundingBox(), { x: 0, y: 0, width: 360, height: 640 });
    for (let step = 0; step < 8; step += 1) {
      await page.keyboard.press("Tab");
      assert.ok(await root.evaluate((host) => host.shadowRoot.activeElement?.closest(".panel") !== null), `after ${step + 1} tabs`);
    }
  });

  it("opens and closes by its JavaScript interface", async (t) => {
    const { page, panel, launcher } = await visit(t);
    await launcher.waitFor();
    await page.evaluate(() => window.Threadline.open());
    await panel.waitFor();
    await page.evaluate(() => window.Threadline.toggle());
    await panel.waitFor({ state: "hidden" });
  });
});
