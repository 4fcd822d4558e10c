// The inbox against the real program and the team chats beside it: what is done in it reaches the threads, and the other way
// round. What operators and visitors see of each other is in together.test.mjs.
// Needs THREADLINE_BIN (a built binary) or THREADLINE_DEMO_URL (a running demo), and Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { complaints, openContext, press, widget } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";

const { demo, browser, skip } = await openDemo();
let visits = 0;
/** Who is signed in already: a link works once, and sign-ins are limited. */
const signedIn = new Map();

/** A visitor on the demo's page, with the team chats beside, who has said something that nobody else says. */
async function visitor(test, say = "Is the teapot back?") {
  const context = await openContext(test, browser, { viewport: { width: 1600, height: 1000 }, locale: "en" });
  const page = await context.newPage();
  await page.goto(`${demo.url}/demo`);
  visits += 1;
  const mark = `${Date.now().toString(36)}-${visits}`;
  const first = `${say} (${mark})`;
  const here = widget(page);
  const slack = page.frameLocator("iframe[title='The team in Slack']");
  const cards = slack.getByRole("main").locator("article").filter({ has: slack.getByRole("button", { name: /^(Close|Reopen)$/ }) });
  await slack.getByRole("main").locator("article, .empty").first().waitFor();
  const before = await cards.count();
  await here.open();
  await here.say(first);
  await here.message(first).getByText("Sent", { exact: true }).waitFor();
  const thread = slack.getByRole("complementary", { name: "Thread" });
  return {
    page,
    first,
    words: (text) => `${text} (${mark})`,
    thread,
    /** Opens the conversation's thread in Slack; the tests go one after another, so the next card is this visitor's. */
    async openThread() {
      await press(cards.nth(before).getByRole("button", { name: /repl(y|ies) ›$/ }));
      await thread.getByText(first).waitFor();
    },
    async replyInThread(text) {
      await thread.getByRole("textbox", { name: "Reply in the thread" }).fill(text);
      await thread.getByRole("textbox", { name: "Reply in the thread" }).press("Enter");
    },
    ...here,
  };
}

/** An operator's tab at the inbox, by the demo's way in. */
async function operator(test, name = "Robin", options = {}) {
  const context = await openContext(test, browser, { viewport: { width: 1440, height: 900 }, locale: "en", ...(signedIn.has(name) ? { storageState: signedIn.get(name) } : {}), ...options });
  const page = await context.newPage();
  const complained = complaints(page);
  if (signedIn.has(name)) await page.goto(`${demo.url}/inbox`);
  else {
    await page.goto(`${demo.url}/demo/inbox?name=${name}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/inbox$/);
    signedIn.set(name, await context.storageState());
  }
  const side = page.locator(".sidebar");
  const input = page.getByRole("textbox", { name: /^(Reply to|Note about)/ });
  await page.getByRole("searchbox", { name: "Search conversations" }).waitFor();
  return {
    context,
    page,
    complained,
    input,
    row: (text) => side.getByRole("option").filter({ hasText: text }),
    said: (text) => page.locator(".tl-entry").filter({ hasText: text }),
    async open(text) {
      await side.getByRole("option").filter({ hasText: text }).click();
      await input.waitFor();
    },
    async write(text) {
      await input.fill(text);
      await input.press("Enter");
    },
  };
}

describe("the inbox with the real program", { skip, timeout: 600_000 }, () => {
  it("shows in the thread what is done here, and here what is said in the thread", async (t) => {
    const robin = await operator(t);
    const maya = await visitor(t);
    assert.deepEqual(robin.complained, []);
    await maya.openThread();
    await robin.open(maya.first);
    await robin.page.getByRole("link", { name: /Thread in Slack/ }).or(robin.page.getByText("Thread in Slack")).first().waitFor();
    const here = maya.words("From the inbox");
    await robin.write(here);
    await maya.thread.getByText(here).waitFor();
    const there = maya.words("From the thread");
    await maya.replyInThread(there);
    await robin.said(there).waitFor();
    const note = maya.words("Between us");
    await maya.replyInThread(`;; ${note}`);
    await robin.said(note).getByText("Note, team only").first().waitFor();
    await robin.said(there).or(robin.said(note)).getByText("from Slack").first().waitFor();
    assert.equal(await maya.log.getByText(note).count(), 0);
    await maya.replyInThread("!close");
    await robin.page.getByRole("button", { name: "Reopen" }).waitFor();
  });

  it("closes for the visitor too, reopens, and keeps tags, edits and removals", async (t) => {
    const robin = await operator(t);
    const maya = await visitor(t);
    await robin.open(maya.first);
    const answer = maya.words("A tipo");
    await robin.write(answer);
    await maya.message(answer).waitFor();
    await robin.said(answer).hover();
    await robin.said(answer).getByRole("button", { name: "Edit or delete" }).click();
    await robin.page.getByRole("menuitem", { name: "Edit" }).click();
    const fixed = maya.words("A typo");
    await robin.page.getByRole("textbox", { name: "Edit the message" }).fill(fixed);
    await robin.page.getByRole("button", { name: "Save" }).click();
    await maya.message(fixed).waitFor();
    await robin.said(fixed).getByText("edited").waitFor();
    await robin.page.getByRole("combobox", { name: "Add a tag" }).fill("Teapots");
    await robin.page.getByRole("combobox", { name: "Add a tag" }).press("Enter");
    await robin.page.getByRole("button", { name: "Remove the tag teapots" }).waitFor();
    await robin.page.getByRole("button", { name: "Close conversation" }).click();
    const dialog = robin.page.getByRole("dialog");
    await dialog.getByText("The visitor's last words were answered.").waitFor();
    await dialog.getByText("What follows is recorded in a note or a tag.").waitFor();
    await dialog.getByRole("button", { name: "Close conversation" }).click();
    await maya.panel.getByText(/closed this conversation$/).waitFor();
    await robin.page.getByRole("button", { name: "Reopen" }).click();
    await maya.input.waitFor();
    await robin.page.reload();
    await robin.page.getByRole("button", { name: "Remove the tag teapots" }).waitFor();
    const response = await robin.page.request.get(await robin.page.evaluate(() => `/v1/inbox/conversations/${location.hash.split("=")[1]}/transcript.txt`).then((path) => demo.url + path));
    assert.match(await response.text(), /A typo/);
  });

  it("passes axe with real conversations", async (t) => {
    await operator(t);
    const robin = await operator(t, "Robin", { bypassCSP: true });
    const maya = await visitor(t);
    await robin.open(maya.first);
    await assertAccessible(robin.page, "an open conversation");
  });
});
