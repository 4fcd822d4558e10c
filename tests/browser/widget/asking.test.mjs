// What a domain asks a visitor: name and e-mail before the chat, a form instead of one, and its word about privacy.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maya, problem } from "../fake-server.mjs";
import { visit, withBrowser } from "./visit.mjs";

withBrowser();

const asks = (name, email, more = {}) => ({ server: { domain: { ask: { name, email }, ...more } } });

describe("the widget, asking", { timeout: 600_000 }, () => {
  it("asks for what is required before the first message, once", async (t) => {
    const { server, page, open, panel, say, message, input } = await visit(t, asks("optional", "required"));
    await open();
    const email = panel.getByRole("textbox", { name: "Your e-mail" });
    assert.equal(await input.count(), 0);
    await panel.getByRole("button", { name: "Start chat" }).click();
    await panel.getByText("Please fill this in.").waitFor();
    assert.equal(await email.evaluate((field) => field.getRootNode().activeElement === field), true);
    await email.fill("ada@example");
    await email.press("Enter");
    await panel.getByText("Please enter a valid e-mail address.").waitFor();
    await email.fill("ada@example.com");
    await email.press("Enter");
    await input.waitFor();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(server.bodies.get("PATCH /visitor"), { email: "ada@example.com" });
    assert.ok(server.requests.indexOf("PATCH /visitor") < server.requests.indexOf("POST /messages"));
    await page.reload();
    await input.waitFor();
    assert.equal(server.count("PATCH /visitor"), 1);
  });

  it("lets who doesn't want to say skip what is optional", async (t) => {
    const { server, page, open, panel, input } = await visit(t, asks("optional", "no"));
    await open();
    await panel.getByRole("button", { name: "Skip" }).click();
    await input.waitFor();
    await page.reload();
    await input.waitFor();
    assert.equal(server.count("PATCH /visitor"), 0);
  });

  it("keeps what was said while the server is away, and says it first", async (t) => {
    const { server, open, panel, say, message } = await visit(t, asks("required", "no"));
    await open();
    const name = panel.getByRole("textbox", { name: "Your name" });
    await name.waitFor();
    await panel.getByText("We'll answer here").waitFor();
    server.down = true;
    await name.fill("Ada <b>");
    await name.press("Enter");
    await say("hello");
    await message("hello").getByText(/^Not sent yet/).waitFor();
    server.down = false;
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(server.requests.filter((call) => /visitor|POST \/messages/.test(call)), ["PATCH /visitor", "POST /messages"]);
    assert.equal(server.visitor.profile.name, "Ada <b>");
  });

  it("is a form where the domain isn't in live chat mode, and keeps it through a dead network", async (t) => {
    const { server, page, open, panel, log, input, message: said } = await visit(t, { server: { domain: { mode: "form" }, online: false } });
    await open();
    const field = (name) => panel.getByRole("textbox", { name, exact: true });
    await field("Your name").fill("Ada");
    await field("Your message").fill("Do you ship <b>teapots</b>?");
    await server.linked();
    // The line of before is none any more: the next one is the new page's, which has a session with it.
    server.sockets.clear();
    await page.reload();
    await field("Your name").fill("Ada");
    assert.equal(await field("Your message").inputValue(), "Do you ship <b>teapots</b>?");
    await panel.getByRole("button", { name: "Send message" }).click();
    await panel.getByText("Please fill this in.").waitFor();
    await field("Your e-mail").fill("ada@example.com");
    await server.linked();
    server.down = true;
    await panel.getByRole("button", { name: "Send message" }).click();
    await log.getByText("Do you ship <b>teapots</b>?").waitFor();
    await log.getByText(/^Not sent yet/).waitFor();
    server.down = false;
    await log.getByText("Sent", { exact: true }).waitFor();
    const { name, email, message } = server.bodies.get("POST /form");
    assert.deepEqual([name, email, message], ["Ada", "ada@example.com", "Do you ship <b>teapots</b>?"]);
    await panel.getByText(/will answer here or by e-mail to ada@example\.com/).waitFor();
    // What else they want to say goes into the same conversation.
    await input.fill("To Norway");
    await input.press("Enter");
    await said("To Norway").getByText("Sent", { exact: true }).waitFor();
    assert.equal(server.count("POST /messages") >= 1, true);
  });

  it("shows the answer to a form that was closed while the visitor wrote on", async (t) => {
    const here = await visit(t, { server: { domain: { mode: "form" }, online: false } });
    const { server, page, panel, message, input } = here;
    await here.open();
    await fillForm(panel, "Where is it?");
    // The server has it; an operator can answer.
    await panel.getByText("Sent", { exact: true }).waitFor();
    await input.fill("and one mo");
    server.reply("At the post office.");
    await message("At the post office.").waitFor();
    server.closeBy(maya);
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    assert.equal(await input.inputValue(), "and one mo");
    assert.equal(await input.evaluate((field) => field.getRootNode().activeElement === field), true);
    await message("At the post office.").waitFor();
    await page.reload();
    await message("At the post office.").waitFor();
    await panel.getByText("This conversation is closed. Sending starts a new one.").waitFor();
    assert.equal(await input.inputValue(), "and one mo");
    // Whoever presses for a new one gets the form.
    await input.fill("");
    await page.reload();
    await panel.getByRole("button", { name: "Start a new conversation" }).click();
    await panel.getByRole("textbox", { name: "Your name", exact: true }).waitFor();
  });

  it("gives a letter back into the form where the server turns it down", async (t) => {
    const { server, open, panel, log } = await visit(t, { server: { domain: { mode: "form" }, online: false } });
    await open();
    const field = (name) => panel.getByRole("textbox", { name, exact: true });
    server.once("POST /form", 422, problem("validation-failed", 422, "email isn't an address"));
    await fillForm(panel, "Where is it?");
    await panel.getByText("Not sent: email isn't an address").waitFor();
    assert.deepEqual(
      [await field("Your name").inputValue(), await field("Your e-mail").inputValue(), await field("Your message").inputValue()],
      ["Ada", "ada@example.com", "Where is it?"],
    );
    await field("Your e-mail").fill("ada@shop.example");
    await panel.getByRole("button", { name: "Send message" }).click();
    await log.getByText("Sent", { exact: true }).waitFor();
    assert.equal(await log.getByText("Where is it?").count(), 1);
    assert.deepEqual([server.bodies.get("POST /form").email, server.count("POST /form")], ["ada@shop.example", 2]);
  });

  it("still takes messages when nobody is there", async (t) => {
    const { server, open, panel, say, message } = await visit(t, { server: { online: false } });
    await open();
    await panel.getByText(/^Nobody can answer right now/).waitFor();
    await say("hello");
    await message("hello").getByText("Sent", { exact: true }).waitFor();
    assert.equal(server.count("POST /form"), 0);
  });

  it("tells about privacy before anything is written, with an honest link", async (t) => {
    const privacy = { text: "We keep chats for <90> days.", url: "https://shop.example/privacy" };
    const { open, panel, say, message } = await visit(t, { server: { domain: { privacy } } });
    await open();
    await panel.getByText("We keep chats for <90> days.").waitFor();
    const link = panel.getByRole("link", { name: "Privacy policy" });
    assert.deepEqual([await link.getAttribute("href"), await link.getAttribute("target")], [privacy.url, "_blank"]);
    await say("hello");
    await message("hello").waitFor();
    await link.waitFor({ state: "detached" });
  });

  it("makes no link of what isn't one", async (t) => {
    const { open, panel } = await visit(t, { server: { domain: { privacy: { text: "Careful.", url: "javascript:alert(1)" } } } });
    await open();
    await panel.getByText("Careful.").waitFor();
    assert.equal(await panel.getByRole("link").count(), 0);
  });
});

async function fillForm(panel, text) {
  const field = (name) => panel.getByRole("textbox", { name, exact: true });
  await field("Your name").fill("Ada");
  await field("Your e-mail").fill("ada@example.com");
  await field("Your message").fill(text);
  await panel.getByRole("button", { name: "Send message" }).click();
}
