// For everybody: axe-core on every state, the keyboard, what is announced, small screens and other senses.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertAccessible, assertAccessibleInAllColours } from "../axe.mjs";
import { maya, problem } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, access", { timeout: 600_000 }, () => {
  it("breaks no rule of accessibility, in any colours", async (t) => {
    const { server, page, open, say, message, panel, input, launcher } = await visit(t, { bypassCSP: true });
    await launcher.waitFor();
    await assertAccessibleInAllColours(page, "the launcher");
    await open();
    await input.waitFor();
    await assertAccessibleInAllColours(page, "an empty chat");
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
    await assertAccessibleInAllColours(page, "a conversation");
    await input.fill("");
    server.down = true;
    await say("kept");
    await message("kept").getByText(/^Not sent yet/).waitFor();
    server.cut();
    await panel.getByText(/^No connection/).waitFor();
    await assertAccessibleInAllColours(page, "a chat without a connection");
    await panel.getByRole("button", { name: "Minimize chat" }).click();
    await assertAccessibleInAllColours(page, "a chat that is shut again");
  });

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
    // Round and round, either way: it comes by the same things again, and never leaves.
    for (const key of ["Tab", "Shift+Tab"]) {
      const met = new Set();
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press(key);
        const at = await root.evaluate((host) => host.shadowRoot.activeElement?.closest(".panel") && host.shadowRoot.activeElement.ariaLabel);
        assert.ok(at, `outside after ${step + 1} times ${key}`);
        met.add(at);
      }
      assert.deepEqual([...met].sort(), ["Emoji", "Messages", "Minimize chat", "More", "Your message"]);
    }
  });

  it("breaks no rule where it asks, rates and offers, in any colours", async (t) => {
    const domain = {
      greeting: "Looking for a kettle?",
      ask: { name: "optional", email: "required" },
      privacy: { text: "We keep chats for 90 days.", url: "https://shop.example/privacy" },
      look: { color: "#ffb000", corner: "right", icon: "question" },
      team: [{ name: "Maya Lind", picture: "/pictures/maya" }],
    };
    const here = await visit(t, { bypassCSP: true, server: { domain } });
    const { server, page, root, panel, say, message } = here;
    await root.getByRole("button", { name: "Looking for a kettle?" }).waitFor();
    await assertAccessibleInAllColours(page, "the greeting");
    await here.open();
    await panel.getByRole("button", { name: "Start chat" }).click();
    await panel.getByText("Please fill this in.").waitFor();
    await assertAccessibleInAllColours(page, "what is asked");
    await panel.getByRole("textbox", { name: "Your e-mail" }).fill("ada@example.com");
    await panel.getByRole("button", { name: "Start chat" }).click();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    await server.linked();
    await server.whileTyping(() => panel.getByText("Maya Lind is typing").waitFor({ state: "attached" }));
    await panel.getByRole("button", { name: "Emoji", exact: true }).click();
    await assertAccessibleInAllColours(page, "the emoji");
    await page.keyboard.press("Escape");
    await panel.getByRole("button", { name: "More" }).click();
    await assertAccessibleInAllColours(page, "the menu");
    await page.keyboard.press("Escape");
    server.closeBy(maya);
    await panel.getByRole("radio", { name: "4 stars" }).check();
    await assertAccessibleInAllColours(page, "the rating");
    await panel.getByRole("button", { name: "Send rating" }).click();
    await panel.getByText("Thank you for your rating.").waitFor();
    await assertAccessibleInAllColours(page, "what was rated");
  });

  it("breaks no rule in Arabic, and as a form", async (t) => {
    const { page, launcher, panel } = await visit(t, { bypassCSP: true, locale: "ar", server: { domain: { mode: "form" } } });
    await launcher.click();
    await panel.getByRole("textbox").first().waitFor();
    await assertAccessible(page, "the form");
  });

  it("is used from beginning to end by the keyboard alone", async (t) => {
    const { server, page, root, panel, input, message, launcher } = await visit(t);
    await launcher.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const ready = input.and(page.locator(":focus"));
    await ready.waitFor();
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    // The menu: in, through, and out again to its button.
    const focusOn = (name) => root.getByRole("button", { name, exact: true }).or(root.getByRole("menuitem", { name, exact: true })).and(page.locator(":focus")).waitFor();
    await panel.getByRole("button", { name: "More" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await focusOn("Copy conversation");
    await page.keyboard.press("Escape");
    await focusOn("More");
    await page.keyboard.press("Shift+Tab");
    await focusOn("End conversation");
    await page.keyboard.press("Enter");
    await panel.getByRole("button", { name: "End it" }).waitFor();
    await panel.getByRole("button", { name: "End it" }).press("Enter");
    await panel.getByText("You closed this conversation").waitFor();
    assert.equal(server.visitor.conversation.status, "closed");
    await panel.getByRole("button", { name: "Start a new conversation" }).press("Enter");
    await ready.waitFor();
    await page.keyboard.type("again");
    await page.keyboard.press("Enter");
    await message("again").waitFor();
    await page.keyboard.press("Escape");
    await focusOn("Open chat");
  });

  it("announces each thing once, and politely", async (t) => {
    const { server, root, panel, message } = await talking(t);
    /** The live regions that hold these words, by role. */
    const said = (words) =>
      root.evaluate((host, text) => {
        const regions = [...host.shadowRoot.querySelectorAll("[role=status], [role=log], [aria-live]")];
        return regions.filter((region) => region.textContent.includes(text)).map((region) => region.getAttribute("role"));
      }, words);
    server.reply("Here I am");
    await message("Here I am").waitFor();
    assert.deepEqual(await said("Here I am"), ["log"]);
    await server.whileTyping(async () => {
      await panel.getByText("Maya Lind is typing").waitFor({ state: "attached" });
      // Said at every pause of somebody who thinks, it would drown what they write.
      assert.deepEqual(await said("Maya Lind is typing"), []);
    });
    server.say({ type: "presence", presence: { online: false } });
    await panel.getByText(/^Nobody can answer/).waitFor();
    assert.deepEqual(await said("Nobody can answer"), ["status"]);
    server.down = true;
    server.cut();
    await panel.getByText(/^No connection/).waitFor();
    assert.deepEqual(await said("No connection"), ["status"]);
    server.down = false;
    await panel.getByText(/^No connection/).waitFor({ state: "detached", timeout: 30_000 });
    server.closeBy(maya);
    await panel.getByText("Maya Lind closed this conversation").waitFor();
    assert.deepEqual(await said("Maya Lind closed this conversation"), ["status"]);
    assert.equal(await root.evaluate((host) => host.shadowRoot.querySelectorAll("[aria-live=assertive], [role=alert]").length), 0);
  });

  it("can be used at a zoom of 400 %", async (t) => {
    const { server, page, panel, input, message } = await talking(t, { viewport: { width: 320, height: 256 }, reducedMotion: "reduce" });
    server.reply("Here I am");
    await message("Here I am").waitFor();
    const within = async (part, least) => {
      const { x, y, width, height } = await part.boundingBox();
      assert.ok(x >= 0 && y >= 0 && x + width <= 320 && y + height <= 256 && height >= least, JSON.stringify({ x, y, width, height }));
    };
    await within(input, 30);
    await within(panel.getByRole("button", { name: "Send" }), 24);
    await within(panel.getByRole("button", { name: "Minimize chat" }), 24);
    await within(message("Here I am"), 20);
    server.closeBy(maya);
    const start = panel.getByRole("button", { name: "Start a new conversation" });
    await start.scrollIntoViewIfNeeded();
    await within(start, 24);
    await start.click();
    await input.waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= 320), true);
  });

  for (const [width, height] of [
    [320, 256],
    [500, 300],
    [667, 375],
  ]) {
    it(`lets a long text be sent in a window of ${width} by ${height}`, async (t) => {
      const { page, panel, input } = await talking(t, { viewport: { width, height }, reducedMotion: "reduce" });
      await input.fill(Array.from({ length: 8 }, (_, line) => `line ${line}`).join("\n"));
      const send = panel.getByRole("button", { name: "Send" });
      /** Seen and pressed at its middle, and nothing over it. */
      const within = (part) =>
        part.evaluate((node) => {
          const { left, right, top, bottom } = node.getBoundingClientRect();
          const dialog = node.closest(".panel").getBoundingClientRect();
          const at = node.getRootNode().elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return top >= dialog.top && bottom <= Math.min(dialog.bottom, innerHeight) && node.contains(at);
        });
      assert.equal(await within(send), true);
      await panel.getByRole("button", { name: "Emoji", exact: true }).click();
      const last = panel.getByRole("group", { name: "Emoji" }).getByRole("button").last();
      await last.waitFor();
      assert.equal(await within(send), true);
      assert.equal(await within(panel.getByRole("button", { name: "Minimize chat" })), true);
      for (let row = 0; row < 8; row += 1) await page.keyboard.press("ArrowDown");
      await last.and(page.locator(":focus")).waitFor();
      assert.equal(await within(last), true);
      await send.click();
      await panel.locator("li.entry").filter({ hasText: "line 7" }).waitFor();
    });
  }

  it("keeps its edges where the system's colours rule, and still where motion is unwanted", async (t) => {
    const { server, launcher, message, panel } = await talking(t, { forcedColors: "active", reducedMotion: "reduce" });
    const edge = (part) => part.evaluate((node) => [getComputedStyle(node).borderTopStyle, getComputedStyle(node).borderTopWidth]);
    for (const part of [launcher, panel, message("hello").locator(".bubble")]) assert.deepEqual(await edge(part), ["solid", "1px"]);
    const dot = panel.locator(".dots i").first();
    await server.whileTyping(async () => {
      for (const part of [panel, dot]) assert.equal(await part.evaluate((node) => getComputedStyle(node).animationName), "none");
    });
  });

  it("gives way to a phone's keyboard, and zooms into no field", async (t) => {
    // Without motion, because what still rises has another height.
    const { page, open, panel, input } = await visit(t, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
    await open();
    assert.ok(Number.parseFloat(await input.evaluate((field) => getComputedStyle(field).fontSize)) >= 16);
    // What a keyboard does to the part of the page that can be seen.
    await page.evaluate(() => {
      Object.defineProperty(visualViewport, "height", { value: 340 });
      visualViewport.dispatchEvent(new Event("resize"));
    });
    assert.equal((await panel.boundingBox()).height, 340);
    const { y, height } = await input.boundingBox();
    assert.ok(y + height <= 340);
  });
});
