// Nothing that is written is lost or said twice: without a network, over reloads, in several tabs, when a session ends.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maya, problem } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, keeping", { timeout: 600_000 }, () => {
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
    await server.linked();
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
    await server.linked();
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
    await server.linked();
    server.forget();
    await say("two");
    await message("two").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["two"]);
  });

  it("agrees with itself in two tabs", async (t) => {
    const { server, tab, open, say, message, panel } = await visit(t);
    const other = await tab();
    await open();
    await panel.getByText("We'll answer here").waitFor();
    await other.open();
    await say("from the left");
    await other.message("from the left").waitFor();
    await other.say("from the right");
    await other.message("from the right").getByText("Sent", { exact: true }).waitFor();
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

  it("asks for answers where WebSockets are forbidden, and is quiet about it", async (t) => {
    const { server, open, say, message, panel } = await visit(t, { server: { noSockets: true } });
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    server.reply("by another way");
    await message("by another way").waitFor();
    assert.equal(await panel.getByText(/^No connection/).count(), 0);
  });

  it("keeps draft and conversation over a reload where the website has filled localStorage", async (t) => {
    const { page, message, input } = await talking(t);
    await input.fill("half a sentence");
    await page.evaluate(() => {
      for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
        try {
          for (let part = 0; ; part += 1) localStorage.setItem(`shop:${size}:${part}`, "x".repeat(size));
        } catch {
          // No room for so much: less, then.
        }
      }
    });
    await page.reload();
    await message("hello").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
    await input.fill("longer than what was there");
    await input.press("Enter");
    await message("longer than what was there").getByText("Sent", { exact: true }).waitFor();
  });

  it("talks where the browser blocks a site's data", async (t) => {
    const { server, page, open, say, message, complained } = await visit(t, {
      prepare: (context) =>
        context.addInitScript(() => {
          const denied = () => {
            throw new DOMException("Access is denied for this document.", "SecurityError");
          };
          for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: denied });
          const locks = { request: async () => denied() };
          Object.defineProperty(navigator, "locks", { value: locks });
        }),
    });
    await open();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    server.reply("Yes");
    await message("Yes").waitFor();
    await page.evaluate(() => window.Threadline.reset());
    await message("hello").waitFor({ state: "detached" });
    assert.deepEqual(complained, []);
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
    await other.message("from the other tab").getByText("Sent", { exact: true }).waitFor();
    await message("from the other tab").waitFor();
    server.closeBy(maya);
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
    await input.press("Enter");
    await message("half a sentence").getByText("Sent", { exact: true }).waitFor();
  });

  it("shows once what the server took and couldn't say so", async (t) => {
    const { server, say, message } = await talking(t);
    server.lost.push("POST /messages");
    await say("once");
    await say("and the next");
    await message("and the next").getByText("Sent", { exact: true }).waitFor();
    assert.equal(await message("once").count(), 1);
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["hello", "once", "and the next"]);
  });

  it("keeps what is typed when its token is revoked", async (t) => {
    const { server, message, input } = await talking(t);
    await input.pressSequentially("half a ");
    server.forget();
    await input.pressSequentially("sentence");
    await message("hello").waitFor({ state: "detached" });
    assert.equal(await input.inputValue(), "half a sentence");
    await input.press("Enter");
    await message("half a sentence").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["half a sentence"]);
  });

  it("wakes with everything that came while the page was frozen", async (t) => {
    const { server, page, message, input } = await talking(t, { prepare: (context) => context.clock.install() });
    await input.fill("half a sentence");
    // Headless Chromium freezes no page; its timers stand still all the same.
    // Far enough ahead that the page's clock isn't past it by then, and too near for the page to think its line dead.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 15_000);
    server.cut(1006);
    server.reply("while you slept");
    await page.clock.resume();
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await message("while you slept").waitFor();
    assert.equal(await message("while you slept").count(), 1);
    assert.equal(await input.inputValue(), "half a sentence");
  });

  it("notices after a sleep that its line is dead", async (t) => {
    const { server, page, message } = await talking(t, { prepare: (context) => context.clock.install() });
    // The line looks open on this side, and nothing comes through it any more.
    server.sockets.clear();
    server.reply("into the void");
    await page.clock.fastForward("10:00");
    await message("into the void").waitFor();
    assert.equal(await message("into the void").count(), 1);
  });

  it("goes on where it was after half a minute without a network", async (t) => {
    const { server, page, panel, say, message, input } = await talking(t, { prepare: (context) => context.clock.install() });
    await input.pressSequentially("half a ");
    server.down = true;
    server.cut(1006);
    await panel.getByText(/^No connection/).waitFor();
    await input.pressSequentially("sentence");
    await say("half a sentence");
    await say("and another");
    await page.clock.fastForward(30_000);
    server.reply("meanwhile");
    server.down = false;
    await page.clock.fastForward(30_000);
    await message("and another").getByText(/Sent|Seen/).waitFor();
    await panel.getByText(/^No connection/).waitFor({ state: "detached" });
    assert.deepEqual(server.visitor.messages.map((each) => each.body), ["hello", "meanwhile", "half a sentence", "and another"]);
    assert.deepEqual(await panel.locator("li.entry .text").allInnerTexts(), ["hello", "meanwhile", "half a sentence", "and another"]);
  });
});
