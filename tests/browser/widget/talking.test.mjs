// What visitor and operator say to each other, and how it is shown.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SERVER, maya } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, talking", { timeout: 600_000 }, () => {
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
    await log.getByText("Sent", { exact: true }).waitFor();
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
    await server.whileTyping(() => panel.getByText("Maya Lind is typing").waitFor({ state: "attached" }));
    const began = performance.now();
    await input.pressSequentially("hmm");
    const took = performance.now() - began;
    await server.until(() => server.count("typing") > 0);
    // At most every three seconds, however slowly it was typed.
    assert.ok(server.count("typing") <= 1 + Math.floor(took / 3_000));
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

  it("shows who answers, with their picture", async (t) => {
    const { server, panel, message } = await talking(t);
    server.reply("Here I am");
    await message("Here I am").getByText("Maya Lind").waitFor();
    assert.equal(await message("Here I am").locator("img.picture").getAttribute("src"), `${SERVER}/pictures/maya`);
    server.visitor.conversation = { ...server.visitor.conversation, assignee: maya };
    server.happen(server.visitor, "conversation_assigned");
    await panel.getByRole("heading", { name: "Maya Lind" }).waitFor();
  });

  it("says when an operator has seen it", async (t) => {
    const { server, say, message, panel } = await talking(t);
    server.read();
    await message("hello").getByText("Seen", { exact: true }).waitFor();
    await say("and this?");
    await message("and this?").getByText("Sent", { exact: true }).waitFor();
    assert.equal(await panel.getByText("Seen", { exact: true }).count(), 0);
    // Who answers has seen it.
    server.reply("this too");
    await message("and this?").getByText("Seen", { exact: true }).waitFor();
  });

  it("breaks the days", async (t) => {
    // Noon, where no clock is ever changed: yesterday is yesterday.
    const noon = new Date("2026-06-15T12:00:00Z");
    const prepare = (context) => context.clock.setFixedTime(noon);
    const { server, log, message } = await talking(t, { timezoneId: "UTC", server: { now: () => noon }, prepare });
    const day = 24 * 3_600_000;
    for (const [text, days] of [["the day before", 1], ["long ago", 400]]) {
      server.visitor.seq -= 10;
      server.reply(text, { created_at: new Date(noon - days * day).toISOString() });
    }
    await message("long ago").waitFor();
    const lines = await log.locator("li.line").allInnerTexts();
    assert.equal(lines.length, 3);
    assert.match(lines[0], /\d{4}$/);
    assert.deepEqual(lines.slice(1), ["Yesterday", "Today"]);
  });

  it("puts emoji where the cursor is, by keyboard", async (t) => {
    const { page, panel, input } = await talking(t);
    await input.fill("tea  please");
    await input.evaluate((field) => field.setSelectionRange(4, 4));
    await panel.getByRole("button", { name: "Emoji", exact: true }).press("Enter");
    const grid = panel.getByRole("group", { name: "Emoji" });
    await grid.waitFor();
    for (const key of ["ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    await grid.waitFor({ state: "hidden" });
    assert.equal(await input.inputValue(), "tea 😅 please");
    await page.keyboard.type("!");
    assert.equal(await input.inputValue(), "tea 😅! please");
    await panel.getByRole("button", { name: "Emoji", exact: true }).press("Enter");
    await page.keyboard.press("Escape");
    await grid.waitFor({ state: "hidden" });
    assert.equal(await panel.isVisible(), true);
  });

  it("copies the conversation as text", async (t) => {
    const { server, panel, message, input, page } = await talking(t);
    server.reply("<b>Yes</b>");
    await message("Yes").waitFor();
    await panel.getByRole("button", { name: "More" }).click();
    await panel.getByRole("menuitem", { name: "Copy conversation" }).click();
    await panel.getByText("The conversation was copied.").waitFor();
    await input.focus();
    await page.keyboard.press("Control+V");
    assert.match(await input.inputValue(), /^shop\.example\n\nYou \(.*\)\nhello\n\nMaya Lind \(.*\)\n<b>Yes<\/b>\n$/);
  });
});
