// The widget among what a page does of its own: shortcuts, rules for all its elements, the keyboard's place, printing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listen, talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, among a page's own things", { timeout: 600_000 }, () => {
  it("keeps what is typed from the page's shortcuts", async (t) => {
    const { page, open, input, panel, launcher } = await visit(t);
    await page.evaluate(() => {
      window.heard = [];
      // As many sites have it: only what looks like a field is left alone.
      for (const type of ["keydown", "keypress", "keyup"]) {
        document.addEventListener(type, (event) => {
          window.heard.push(event.key);
          if (!/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) event.preventDefault();
        });
      }
    });
    await open();
    await input.pressSequentially("/no ?");
    assert.equal(await input.inputValue(), "/no ?");
    await input.press("Escape");
    await panel.waitFor({ state: "hidden" });
    await launcher.press("Space");
    await panel.waitFor();
    assert.deepEqual(await page.evaluate(() => window.heard), []);
  });

  it("stands where it stands, in its colours, whatever the page says of all its elements", async (t) => {
    const { page, launcher, open, panel, server, tab } = await visit(t, { bypassCSP: true });
    const seen = async () => [await launcher.boundingBox(), await launcher.evaluate((node) => getComputedStyle(node).backgroundColor)];
    await launcher.waitFor();
    const before = await seen();
    await page.addStyleTag({
      content: `body > * { transform: scale(1) !important; filter: blur(0) !important; width: 50% !important }
        body * { contain: strict !important; display: block !important; letter-spacing: 5px !important; --ground: black !important; --text: #111 !important; --accent: red !important }`,
    });
    assert.deepEqual(await seen(), before);
    await open();
    // The session is there: what follows refuses the next tab's.
    await panel.getByText("We'll answer here").waitFor();
    assert.equal(await panel.evaluate((node) => getComputedStyle(node).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(await panel.evaluate((node) => getComputedStyle(node).letterSpacing), "normal");
    // Who wants to hide it may.
    await page.addStyleTag({ content: "threadline-chat { display: none !important }" });
    await launcher.waitFor({ state: "hidden" });
    // What has to be gone is gone.
    server.once("POST /sessions", 403, { type: "urn:threadline:problem:origin-not-allowed", title: "no", status: 403 });
    const refused = await tab("/refused");
    await refused.page.addStyleTag({ content: "* { display: block !important }" });
    await refused.page.evaluate(() => (localStorage.clear(), window.Threadline.open()));
    await refused.launcher.waitFor({ state: "hidden" });
  });

  it("isn't printed", async (t) => {
    const { page, launcher } = await visit(t);
    await launcher.waitFor();
    await page.emulateMedia({ media: "print" });
    await launcher.waitFor({ state: "hidden" });
  });

  it("leaves the keyboard where the page's visitor has it, closed by a script", async (t) => {
    const { page, root, input, panel } = await talking(t);
    const closeIt = async () => {
      await page.evaluate(() => window.Threadline.close());
      await panel.waitFor({ state: "hidden" });
    };
    const focused = () => root.evaluate((host) => [document.activeElement.tagName, host.shadowRoot.activeElement?.className]);
    await page.evaluate(() => document.body.append(document.createElement("input")));
    await page.locator("body > input").focus();
    await closeIt();
    assert.deepEqual(await focused(), ["INPUT", undefined]);
    await page.evaluate(() => window.Threadline.open());
    await input.and(page.locator(":focus")).waitFor();
    await closeIt();
    assert.deepEqual(await focused(), ["THREADLINE-CHAT", "launcher"]);
  });

  it("tells each opening and closing once, in order", async (t) => {
    const { page, launcher, panel } = await visit(t);
    await launcher.waitFor();
    const told = await listen(page, "open", "close");
    await page.evaluate(() => {
      window.Threadline.open();
      window.Threadline.close();
      window.Threadline.toggle();
      window.Threadline.open();
    });
    await panel.waitFor();
    await page.waitForFunction(() => window.told.length >= 3);
    await page.evaluate(() => window.Threadline.close());
    await page.waitForFunction(() => window.told.length >= 4);
    assert.deepEqual(
      (await told()).map(([event]) => event),
      ["open", "close", "open", "close"],
    );
  });

  it("says aloud that an answer came while it was shut", async (t) => {
    const { server, page, root, input, badge } = await talking(t);
    const aloud = () => root.evaluate((host) => [...host.shadowRoot.querySelectorAll(".frame > [role=status]")].map((region) => region.textContent));
    assert.deepEqual(await aloud(), [""]);
    await input.press("Escape");
    // The region was there before there was something to say, and isn't hidden from ears.
    assert.equal(await root.evaluate((host) => getComputedStyle(host.shadowRoot.querySelector(".frame > [role=status]")).display), "block");
    server.reply("Yes");
    await badge.getByText("1", { exact: true }).waitFor();
    assert.deepEqual(await aloud(), ["Open chat, 1 unread message"]);
    await page.evaluate(() => window.Threadline.open());
    await badge.waitFor({ state: "hidden" });
    assert.deepEqual(await aloud(), [""]);
  });

  it("asks before it ends a conversation, whatever was said before", async (t) => {
    const { panel } = await talking(t);
    await panel.getByRole("button", { name: "More" }).click();
    await panel.getByRole("menuitem", { name: "Copy conversation" }).click();
    await panel.locator(".toast").waitFor();
    await panel.getByRole("button", { name: "End conversation" }).click();
    const question = panel.getByText("End this conversation?");
    await question.waitFor();
    const free = await panel.getByRole("group", { name: "End this conversation?" }).evaluate((group) => {
      const { left, top, width, height } = group.getBoundingClientRect();
      const steps = [0.05, 0.25, 0.5, 0.75, 0.95];
      return steps.every((x) => steps.every((y) => group.contains(group.getRootNode().elementFromPoint(left + x * width, top + y * height))));
    });
    assert.equal(free, true);
  });
});
