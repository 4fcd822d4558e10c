// The whole loop, in one browser, against the real program: the demo's shop on the left, the team's chats beside it.
// Needs THREADLINE_BIN (a built binary) or THREADLINE_DEMO_URL (a running demo), and Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertAccessible, assertAccessibleInTheDarkToo } from "./axe.mjs";
import { complaints, openContext, press, typeUntil, widget } from "./browser.mjs";
import { openDemo } from "./demo-program.mjs";

const { demo, browser, skip } = await openDemo();
let visits = 0;

/** A new visitor with the demo page open, and words that nobody else uses. */
async function visit(test, options = {}) {
  const context = await openContext(test, browser, { viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce", ...options });
  const tab = async () => {
    const page = await context.newPage();
    const complained = complaints(page);
    await page.goto(`${demo.url}/demo`);
    return { page, complained, ...widget(page), team: slack(page), discord: discord(page) };
  };
  visits += 1;
  const mark = `${Date.now().toString(36)}-${visits}`;
  return { context, tab, words: (text) => `${text} (${mark})`, ...(await tab()) };
}

/** A team chat beside the shop, in the channel where the shop's conversations land. */
function room(page, { title, box, open, id }) {
  const chat = page.frameLocator(`iframe[title='${title}']`);
  const channel = chat.getByRole("main");
  const inThread = chat.getByRole("complementary", { name: "Thread" });
  const cards = channel.locator("article").filter({ has: chat.getByRole("button", { name: /^(Close|Reopen)$/ }) });
  return {
    chat,
    thread: inThread,
    /** A message in the thread, by its words. */
    said: (text) => inThread.locator("article").filter({ hasText: text }),
    /** How many conversations have a card, once the channel is shown. */
    async count() {
      await channel.locator("article, .empty").first().waitFor();
      return cards.count();
    },
    /** The card that comes after so many others; the tests go one after another, so it is the visitor's own. */
    async cardAfter(count) {
      await cards.nth(count).waitFor();
      return channel.locator(`article[${id}="${await cards.nth(count).getAttribute(id)}"]`);
    },
    async openThread(card) {
      await press(card.getByRole("button", { name: open }));
      await inThread.waitFor();
    },
    async reply(text) {
      await inThread.getByRole("textbox", { name: box }).fill(text);
      await inThread.getByRole("textbox", { name: box }).press("Enter");
    },
    /** Uses what appears when the pointer is on a message: "Edit", "Delete". */
    async tool(text, name) {
      const message = inThread.locator("article").filter({ hasText: text });
      await message.hover();
      await message.getByRole("button", { name, exact: true }).click();
    },
    async edit(text, to) {
      await this.tool(text, "Edit");
      const field = inThread.getByRole("textbox", { name: "Edit the message" });
      await field.fill(to);
      await field.press("Enter");
    },
  };
}

const slack = (page) =>
  room(page, { title: "The team in Slack", box: "Reply in the thread", open: /repl(y|ies) ›$/, id: "data-ts" });
const discord = (page) =>
  room(page, { title: "The team in Discord", box: "Message in the thread", open: /messages? ›$/, id: "data-id" });

/** A visitor who has written, and the thread of that conversation open beside. */
async function talking(test) {
  const here = await visit(test);
  const first = here.words("Is the Harbour teapot back?");
  const before = { slack: await here.team.count(), discord: await here.discord.count() };
  await here.open();
  await here.say(first);
  await here.message(first).getByText("Sent", { exact: true }).waitFor();
  const card = await here.team.cardAfter(before.slack);
  // The next test counts the cards of both.
  await here.discord.cardAfter(before.discord);
  await here.team.openThread(card);
  await here.team.thread.getByText(first).waitFor();
  return { first, card, cards: before.slack + 1, ...here };
}

/** The same, with the thread open in both chats. */
async function talkingInBoth(test) {
  const here = await visit(test);
  const first = here.words("Is the Harbour teapot back?");
  const before = { slack: await here.team.count(), discord: await here.discord.count() };
  await here.open();
  await here.say(first);
  const cards = {};
  for (const [name, chat] of [["slack", here.team], ["discord", here.discord]]) {
    cards[name] = await chat.cardAfter(before[name]);
    await chat.openThread(cards[name]);
    await chat.said(first).waitFor();
  }
  return { first, cards, slack: here.team, ...here };
}

describe("the demo", { skip, timeout: 600_000 }, () => {
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

  it("leads into the team's inbox", async (t) => {
    const { context, page } = await visit(t);
    const [inbox] = await Promise.all([context.waitForEvent("page"), page.getByRole("link", { name: "inbox" }).click()]);
    await inbox.getByRole("button", { name: "Sign in" }).click();
    await inbox.waitForURL(`${demo.url}/inbox`);
    await inbox.getByRole("button", { name: "Robin: profile and settings" }).waitFor();
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

  it("shows one conversation in Slack and in Discord, and each answer once in each", async (t) => {
    const { first, words, message, slack, discord, complained } = await talkingInBoth(t);
    const fromSlack = words("It is, since this morning");
    await slack.reply(fromSlack);
    await message(fromSlack).waitFor();
    await discord.said(fromSlack).getByText("Jonas", { exact: true }).waitFor();
    const fromDiscord = words("We have two of them");
    await discord.reply(fromDiscord);
    await message(fromDiscord).waitFor();
    await slack.said(fromDiscord).getByText("Mina", { exact: true }).waitFor();
    for (const text of [first, fromSlack, fromDiscord]) {
      assert.equal(await message(text).count(), 1, text);
      assert.equal(await slack.said(text).count(), 1, text);
      assert.equal(await discord.said(text).count(), 1, text);
    }
    assert.deepEqual(complained, []);
  });

  it("carries edits and deletions from either chat to the other and to the widget", async (t) => {
    const { words, message, slack, discord } = await talkingInBoth(t);
    for (const [from, to] of [[slack, discord], [discord, slack]]) {
      const said = words("Tuesday");
      const better = words("Wednesday");
      await from.reply(said);
      await message(said).waitFor();
      await to.said(said).waitFor();
      await from.edit(said, better);
      await message(better).waitFor();
      await to.said(better).waitFor();
      assert.equal(await to.said(said).count(), 0);
      await from.tool(better, "Delete");
      await message(better).waitFor({ state: "detached" });
      await to.said(better).waitFor({ state: "detached" });
    }
  });

  it("closes everywhere when it is closed in Discord, by the button or the command", async (t) => {
    const { cards, panel, input, slack, discord } = await talkingInBoth(t);
    await discord.reply("/close");
    await panel.getByText(/closed this conversation$/).waitFor();
    for (const card of Object.values(cards)) await card.getByRole("button", { name: "Reopen" }).waitFor();
    await slack.thread.getByText(/closed/i).first().waitFor();
    await discord.thread.getByText("Archived").waitFor();
    await press(cards.discord.getByRole("button", { name: "Reopen" }));
    for (const card of Object.values(cards)) await card.getByRole("button", { name: "Close", exact: true }).waitFor();
    await input.waitFor();
    await press(cards.discord.getByRole("button", { name: "Close", exact: true }));
    for (const card of Object.values(cards)) await card.getByRole("button", { name: "Reopen" }).waitFor();
    await panel.getByRole("button", { name: "Start a new conversation" }).waitFor();
  });

  it("closes in the widget and in Discord when it is closed in Slack", async (t) => {
    const { cards, panel, discord } = await talkingInBoth(t);
    await press(cards.slack.getByRole("button", { name: "Close", exact: true }));
    await panel.getByRole("button", { name: "Start a new conversation" }).waitFor();
    await panel.getByText(/closed this conversation$/).waitFor();
    for (const card of Object.values(cards)) await card.getByRole("button", { name: "Reopen" }).waitFor();
    await discord.thread.getByText("Archived").waitFor();
  });

  it("keeps a note where it was written, in either chat", async (t) => {
    const { words, message, log, slack, discord } = await talkingInBoth(t);
    for (const [here, there, sign] of [[slack, discord, ";;"], [discord, slack, "//"]]) {
      const note = words(`this one haggles, ${sign}`);
      const answer = words(`How can I help? ${sign}`);
      await here.reply(`${sign} ${note}`);
      await here.reply(answer);
      await message(answer).waitFor();
      await there.said(answer).waitFor();
      assert.equal(await log.getByText(note).count(), 0);
      assert.equal(await there.said(note).count(), 0);
    }
  });

  it("shows typing between the visitor and Discord", async (t) => {
    const { input, panel, discord } = await talkingInBoth(t);
    await typeUntil(input, discord.thread.getByText("Threadline is typing…"));
    await typeUntil(discord.thread.getByRole("textbox", { name: "Message in the thread" }), panel.getByText(/is typing|typing…/i).first());
  });

  it("breaks no rule of accessibility, in light and in the dark", async (t) => {
    const { page, open, input, launcher } = await visit(t, { bypassCSP: true });
    await launcher.waitFor();
    await assertAccessibleInTheDarkToo(page, "the demo page");
    await open();
    await input.waitFor();
    await assertAccessibleInTheDarkToo(page, "the demo page with an open chat");
    await page.setViewportSize({ width: 360, height: 700 });
    await input.press("Escape");
    await assertAccessible(page, "the demo page on a phone");
  });

  it("breaks no rule of accessibility in the team chats", async (t) => {
    const { first, cards } = await talkingInBoth(t);
    for (const [chat, key] of [["slack", "data-ts"], ["discord", "data-id"]]) {
      const context = await openContext(t, browser, { bypassCSP: true, viewport: { width: 1200, height: 800 } });
      const page = await context.newPage();
      const channel = chat === "slack" ? "C0SHOP" : "700000000000000101";
      await page.goto(`${demo.url}/sandbox/${chat}/#channel=${channel}&thread=${await cards[chat].getAttribute(key)}`);
      await page.getByRole("complementary", { name: "Thread" }).getByText(first).waitFor();
      await assertAccessible(page, chat);
    }
  });

  for (const [title, width] of [["a phone: shop and chats as tabs", 360], ["a small screen: shop and chats as tabs", 800]]) {
    it(`fits ${title}`, async (t) => {
      const { page, launcher, team, discord } = await visit(t, { viewport: { width, height: 700 } });
      await launcher.waitFor();
      for (const [tab, chat] of [["Slack", team], ["Discord", discord]]) {
        await page.getByRole("tab", { name: tab }).click();
        await chat.chat.getByRole("main").waitFor();
        await launcher.waitFor({ state: "hidden" });
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      }
    });
  }

  it("fits a laptop: the chats one above the other", async (t) => {
    const { page, launcher, team, discord } = await visit(t, { viewport: { width: 1100, height: 900 } });
    await launcher.waitFor();
    for (const chat of [team, discord]) await chat.chat.getByRole("main").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1100);
  });
});
