// Ending a conversation, beginning another, and saying how it was.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maya, problem } from "../fake-server.mjs";
import { talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

describe("the widget, closing", { timeout: 600_000 }, () => {
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

  it("starts anew for whoever presses before the next frame", async (t) => {
    const { server, root, panel, input } = await talking(t);
    await root.evaluate((host) => {
      new MutationObserver(() => [...host.shadowRoot.querySelectorAll("button")].find((each) => each.textContent === "Start a new conversation")?.click()).observe(host.shadowRoot, { childList: true, subtree: true });
    });
    server.closeBy(maya);
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    // Once more than the frame after it: what was pressed stays.
    await root.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done)))));
    assert.equal(await input.isVisible(), true);
  });

  it("forgets the question whether to end a conversation with it", async (t) => {
    const { server, say, message, panel } = await talking(t);
    await panel.getByRole("button", { name: "End conversation" }).click();
    await panel.getByRole("button", { name: "End it" }).waitFor();
    server.closeBy(maya);
    await panel.getByRole("button", { name: "Start a new conversation" }).click();
    await say("another thing");
    await message("another thing").getByText("Sent", { exact: true }).waitFor();
    await panel.getByRole("button", { name: "End conversation" }).waitFor();
    assert.equal(await panel.getByRole("button", { name: "End it" }).count(), 0);
  });

  it("takes a rating with a comment, by keyboard", async (t) => {
    const { server, page, panel } = await talking(t);
    server.closeBy(maya);
    const stars = panel.getByRole("group", { name: "How was this conversation?" });
    await stars.getByRole("radio", { name: "1 star", exact: true }).focus();
    for (const key of ["Space", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    assert.equal(await stars.getByRole("radio", { name: "4 stars" }).isChecked(), true);
    await panel.getByRole("textbox", { name: "Would you like to add something?" }).fill("Quick & kind");
    server.once("POST /conversation/rating", 503, problem("unavailable", 503, "Later."));
    await panel.getByRole("button", { name: "Send rating" }).click();
    await panel.getByText(/^Your rating couldn't be sent/).waitFor();
    await panel.getByRole("button", { name: "Send rating" }).click();
    await panel.getByText("Thank you for your rating.").waitFor();
    const { conversation_id, stars: given, comment } = server.bodies.get("POST /conversation/rating");
    assert.deepEqual([conversation_id, given, comment], [server.visitor.conversation.id, 4, "Quick & kind"]);
    // A reload shows it as given.
    await page.reload();
    await panel.getByText("Thank you for your rating.").waitFor();
    assert.equal(await stars.count(), 0);
  });
});
