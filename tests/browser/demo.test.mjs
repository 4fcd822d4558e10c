// The whole loop, in one browser, against the real program: the demo's shop on the left, the team chat on the right.
// Needs THREADLINE_BIN (a built binary) or THREADLINE_DEMO_URL (a running demo), and Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { complaints, launch, widget } from "./browser.mjs";
import { startDemo } from "./demo-program.mjs";

const demo = await startDemo();
const skip = demo ? false : "set THREADLINE_BIN or THREADLINE_DEMO_URL";
let browser;
let visits = 0;

before(async () => {
  if (demo) browser = await launch();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A new visitor with the demo page open, and words that nobody else uses. */
async function visit(test, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  test.after(() => context.close());
  const tab = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const complained = complaints(page);
    await page.goto(`${demo.url}/demo`);
    return { page, complained, ...widget(page), team: team(page) };
  };
  visits += 1;
  const mark = `${Date.now().toString(36)}-${visits}`;
  return { context, tab, words: (text) => `${text} (${mark})`, ...(await tab()) };
}

/** The team chat beside the shop, in the channel where the shop's conversations land. */
function team(page) {
  const chat = page.frameLocator("iframe[title='The team chat']");
  const channel = chat.getByRole("main");
  const thread = chat.getByRole("complementary", { name: "Thread" });
  const cards = channel.locator("article").filter({ has: chat.getByRole("button", { name: /^(Close|Reopen)$/ }) });
  return {
    chat,
    thread,
    /** How many conversations have a card, once the channel is shown. */
    async count() {
      await channel.locator("article, .empty").first().waitFor();
      return cards.count();
    },
    /** The card that comes after so many others; the tests go one after another, so it is the visitor's own. */
    async cardAfter(count) {
      await cards.nth(count).waitFor();
      const ts = await cards.nth(count).getAttribute("data-ts");
      return channel.locator(`article[data-ts="${ts}"]`);
    },
    async openThread(card) {
      await card.getByRole("button", { name: /repl(y|ies) ›$/ }).click();
      await thread.waitFor();
    },
    async reply(text) {
      const box = thread.getByRole("textbox", { name: "Reply in the thread" });
      await box.fill(text);
      await box.press("Enter");
    },
  };
}

/** A visitor who has written, and the thread of that conversation open beside. */
async function talking(test) {
  const here = await visit(test);
  const first = here.words("Is the Harbour teapot back?");
  const before = await here.team.count();
  await here.open();
  await here.say(first);
  await here.message(first).getByText("Sent", { exact: true }).waitFor();
  const card = await here.team.cardAfter(before);
  await here.team.openThread(card);
  await here.team.thread.getByText(first).waitFor();
  return { first, card, cards: before + 1, ...here };
}

describe("the demo", { skip, timeout: 240_000 }, () => {
  it("carries a message to a card and a thread, and the answer back", async (t) => {
    const { first, words, say, message, team, complained } = await talking(t);
    const answer = words("It is, since this morning");
    await team.reply(answer);
    await message(answer).waitFor();
    await message(answer).locator(".author").waitFor();
    const second = words("Lovely, thank you");
    await say(second);
    await team.thread.getByText(second).waitFor();
    assert.equal(await message(first).count(), 1);
    assert.equal(await message(answer).count(), 1);
    assert.deepEqual(complained, []);
  });

  it("keeps a note of the team inside", async (t) => {
    const { words, message, log, team } = await talking(t);
    const note = words("this one haggles");
    const answer = words("How can I help?");
    await team.reply(`;; ${note}`);
    await team.reply(answer);
    await message(answer).waitFor();
    assert.equal(await log.getByText(note).count(), 0);
  });

  it("closes in the widget when the team closes it", async (t) => {
    const { card, panel } = await talking(t);
    await card.getByRole("button", { name: "Close", exact: true }).click();
    await panel.getByRole("button", { name: "Start a new conversation" }).waitFor();
    await panel.getByText(/closed this conversation$/).waitFor();
    await card.getByRole("button", { name: "Reopen" }).waitFor();
  });

  it("closes in the team chat when the visitor closes it, and starts anew", async (t) => {
    const { card, cards, words, panel, say, message, log, team } = await talking(t);
    await panel.getByRole("button", { name: "End conversation" }).click();
    await panel.getByRole("button", { name: "End it" }).click();
    await panel.getByText("You closed this conversation").waitFor();
    await card.getByRole("button", { name: "Reopen" }).waitFor();
    await team.thread.getByText(/closed/i).first().waitFor();
    await panel.getByRole("button", { name: "Start a new conversation" }).click();
    const anew = words("One more thing");
    await say(anew);
    await message(anew).getByText("Sent", { exact: true }).waitFor();
    await log.getByText("New conversation").waitFor();
    await team.openThread(await team.cardAfter(cards));
    await team.thread.getByText(anew).waitFor();
  });

  it("keeps the conversation over a reload", async (t) => {
    const { page, first, words, message, team } = await talking(t);
    const answer = words("Still here?");
    await team.reply(answer);
    await message(answer).waitFor();
    await page.reload();
    await message(first).waitFor();
    await message(answer).waitFor();
    assert.equal(await message(first).count(), 1);
    assert.equal(await message(answer).count(), 1);
  });

  it("shows the same in two tabs", async (t) => {
    const { first, words, tab, team, message } = await talking(t);
    const other = await tab();
    await other.open();
    await other.message(first).waitFor();
    const answer = words("For both of you");
    await team.reply(answer);
    await message(answer).waitFor();
    await other.message(answer).waitFor();
    const second = words("From the other tab");
    await other.say(second);
    await message(second).waitFor();
    await team.thread.getByText(second).waitFor();
    assert.equal(await message(second).count(), 1);
    assert.equal(await other.message(second).count(), 1);
  });

  it("keeps what is written without a network, and sends it once", async (t) => {
    const { context, page, words, say, message, input, team } = await talking(t);
    await context.setOffline(true);
    const offline = words("Written in a tunnel");
    await say(offline);
    await message(offline).getByText(/^Not sent yet/).waitFor();
    await input.fill("half a sentence");
    const answer = words("Are you there?");
    await context.setOffline(false);
    await message(offline).getByText("Sent", { exact: true }).waitFor({ timeout: 45_000 });
    await team.thread.getByText(offline).waitFor();
    await team.reply(answer);
    await message(answer).waitFor({ timeout: 45_000 });
    assert.equal(await input.inputValue(), "half a sentence");
    assert.equal(await message(offline).count(), 1);
    assert.equal(await team.thread.getByText(offline).count(), 1);
    await page.reload();
    await message(offline).waitFor();
    assert.equal(await input.inputValue(), "half a sentence");
  });

  for (const colorScheme of ["light", "dark"]) {
    it(`breaks no rule of accessibility, ${colorScheme}`, async (t) => {
      const { page, open, input, launcher } = await visit(t, { bypassCSP: true, colorScheme });
      await launcher.waitFor();
      await assertAccessible(page, "the demo page");
      await open();
      await input.waitFor();
      await assertAccessible(page, "the demo page with an open chat");
      await page.setViewportSize({ width: 360, height: 700 });
      await input.press("Escape");
      await assertAccessible(page, "the demo page on a phone");
    });
  }

  it("fits a phone: shop and team chat as tabs", async (t) => {
    const { page, launcher, team } = await visit(t, { viewport: { width: 360, height: 700 } });
    await launcher.waitFor();
    await page.getByRole("tab", { name: "The team chat" }).click();
    await team.chat.getByRole("main").waitFor();
    await launcher.waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  });
});
