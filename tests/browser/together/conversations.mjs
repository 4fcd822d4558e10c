// What is said and done in conversations: two of them at once, each seen from both sides and by two operators.
import assert from "node:assert/strict";
import { it } from "node:test";
import { typeUntil } from "../browser.mjs";
import { CHANNEL, speak } from "./world.mjs";

const hostile = '<img src=x onerror="window.hacked=1">';

export function conversations(world) {
  it("goes on in two conversations at once, and nothing of one gets into the other", async () => {
    const { robin, kim, maya, noah } = world;
    const [toMaya, toNoah] = await world.bothSay("two at once");
    await Promise.all([robin.open(toMaya), kim.open(toNoah)]);
    // The list may know sooner than a conversation that is open already; what comes while one types is asked about.
    await Promise.all([robin.said(toMaya).waitFor(), kim.said(toNoah).waitFor()]);
    const answers = [world.words("Robin to Maya"), world.words("Kim to Noah")];
    await Promise.all([robin.write(answers[0]), kim.write(answers[1])]);
    await Promise.all([maya.message(answers[0]).waitFor(), noah.message(answers[1]).waitFor()]);
    // What they say next comes after anything that could have strayed.
    const more = await world.bothSay("thanks");
    await Promise.all([robin.said(more[0]).waitFor(), kim.said(more[1]).waitFor()]);
    for (const [here, own, foreign] of [
      [maya.log, [toMaya, answers[0], more[0]], [toNoah, answers[1], more[1]]],
      [noah.log, [toNoah, answers[1], more[1]], [toMaya, answers[0], more[0]]],
      [robin.log, [toMaya, answers[0], more[0]], [toNoah, answers[1], more[1]]],
      [kim.log, [toNoah, answers[1], more[1]], [toMaya, answers[0], more[0]]],
    ]) {
      const text = await here.innerText();
      assert.deepEqual(own.map((words) => text.split(words).length - 1), [1, 1, 1], text);
      assert.deepEqual(foreign.filter((words) => text.includes(words)), []);
    }
    assert.equal(await noah.panel.getByText("Robin").count(), 0);
  });

  it("marks where the operator has read to, the day, and where it was said", async () => {
    const { robin, kim, noah } = world;
    await world.bothSay("a word");
    await robin.open("Maya Lind");
    const fresh = world.words("Noah: while you were elsewhere");
    await speak(noah, fresh);
    await kim.row(fresh).waitFor();
    await robin.open(fresh);
    await robin.log.getByText("New since you looked").waitFor();
    // Midnight may lie between; the page looks what day it is each half minute.
    await robin.log.getByText(/^(Today|Yesterday)$/).first().waitFor({ timeout: 60_000 });
    const order = await robin.log.innerText();
    assert.ok(order.indexOf("New since you looked") < order.indexOf(fresh));
    const own = world.words("From Robin");
    await robin.write(own);
    await kim.open(own);
    await kim.said(own).getByText("from the inbox").or(kim.said(own).getByText("In Slack")).first().waitFor();
    // Who has read it has no line any more.
    await kim.open("Maya Lind");
    await kim.open(own);
    await kim.said(own).waitFor();
    assert.equal(await kim.log.getByText("New since you looked").count(), 0);
  });

  it("breaks lines with Shift+Enter, takes emoji, and keeps a draft of each conversation over a reload", async () => {
    const { robin, maya } = world;
    const [toMaya, toNoah] = await world.bothSay("draft");
    await robin.open(toNoah);
    await robin.input.fill("for Noah, later");
    await robin.open(toMaya);
    assert.equal(await robin.input.inputValue(), "");
    await robin.input.pressSequentially("one");
    await robin.input.press("Shift+Enter");
    await robin.input.pressSequentially("two ");
    await robin.button("Emoji").click();
    await robin.page.keyboard.press("Enter");
    await robin.page.waitForFunction(() => /\p{Emoji_Presentation}$/u.test(document.querySelector(".composer textarea").value));
    const typed = await robin.input.inputValue();
    assert.ok(typed.startsWith("one\ntwo "), typed);
    await robin.page.reload();
    await robin.input.waitFor();
    assert.equal(await robin.input.inputValue(), typed);
    await robin.input.press("Enter");
    await maya.message("two ").first().waitFor();
    assert.equal(await robin.input.inputValue(), "");
    await robin.open("Noah: draft");
    assert.equal(await robin.input.inputValue(), "for Noah, later");
    await robin.input.fill("");
  });

  it("keeps a note from the visitor, looks unlike a reply, and shows it to the other operator", async () => {
    const { robin, kim, maya } = world;
    const said = world.words("Maya: a secret?");
    await speak(maya, said);
    await Promise.all([robin.open("Maya Lind"), kim.open("Maya Lind")]);
    const composer = robin.page.locator(".composer");
    const colour = () => composer.evaluate((box) => getComputedStyle(box).backgroundColor);
    const plain = await colour();
    await robin.button("Note").click();
    await robin.page.getByText("Only your team sees this").waitFor();
    assert.notEqual(await colour(), plain);
    const note = world.words("a regular");
    await robin.write(note);
    await kim.said(note).getByText("Note, team only").first().waitFor();
    // It stays a note until it is turned back.
    await robin.button("Reply").click();
    const answer = world.words("after the note");
    await robin.write(answer);
    await maya.message(answer).waitFor();
    assert.equal(await maya.log.getByText(note).count(), 0);
    const thread = (await world.inSlackMessages()).filter(({ text }) => text?.includes(note));
    assert.deepEqual(thread, []);
  });

  it("shows who types: the visitor to both operators, an operator to the visitor and to the other one", async () => {
    const { robin, kim, maya, noah } = world;
    await Promise.all([robin.open("Maya Lind"), kim.open("Maya Lind")]);
    await robin.page.getByText("Kim has this open too").waitFor();
    await typeUntil(maya.input, ...[robin, kim].map(({ page }) => page.getByText("Maya Lind is typing")));
    await maya.input.fill("");
    await typeUntil(kim.input, robin.page.getByText("Kim is answering"), maya.panel.getByText("Kim is typing"));
    assert.equal(await noah.panel.getByText("Kim is typing").count(), 0);
    await kim.input.fill("");
  });

  it("fills in a canned reply that the other operator made", async () => {
    const { robin, kim } = world;
    const name = world.words("hello").replace(" ", "-");
    await robin.open("Maya Lind");
    await robin.button("Canned replies").click();
    await robin.button("New canned reply").click();
    await robin.page.getByRole("textbox", { name: "Name" }).fill(name);
    await robin.page.getByRole("textbox", { name: "Text" }).fill("Hello {visitor}, I am {me}.");
    await robin.button("Save").click();
    await robin.dialog.getByText(`/${name}`).waitFor();
    await robin.page.keyboard.press("Escape");
    await kim.page.reload();
    await kim.open("Maya Lind");
    await kim.input.pressSequentially(`/${name}`);
    await kim.page.getByRole("listbox", { name: "Canned replies" }).getByRole("option").first().waitFor();
    await kim.input.press("Enter");
    assert.equal(await kim.input.inputValue(), "Hello Maya Lind, I am Kim.");
    await kim.input.fill("");
  });

  it("warns before a reply that the visitor's words overtook, and before a card number goes out", async () => {
    const { robin, maya } = world;
    await robin.open("Maya Lind");
    const reply = world.words("We have it");
    await robin.input.pressSequentially(reply);
    const meanwhile = world.words("Maya: never mind");
    await speak(maya, meanwhile);
    await robin.page.getByText("Maya Lind wrote while you were typing:").waitFor();
    await robin.input.press("Enter");
    await robin.button("Send anyway").click();
    await maya.message(reply).waitFor();
    await robin.input.fill("Use 4111 1111 1111 1111, password: hunter22");
    await robin.input.press("Enter");
    await robin.page.getByRole("alert").getByText("This looks like a card number.").waitFor();
    await robin.page.getByRole("alert").getByText("This looks like a password or a secret key.").waitFor();
    await robin.button("Keep editing").click();
    await robin.input.fill("");
    const after = world.words("without a number");
    await robin.write(after);
    await maya.message(after).waitFor();
    assert.equal(await maya.log.getByText("4111").count(), 0);
  });

  it("shows an edit and a removal to the visitor and the other operator", async () => {
    const { robin, kim, maya } = world;
    await Promise.all([robin.open("Maya Lind"), kim.open("Maya Lind")]);
    const wrong = world.words("A tipo");
    await robin.write(wrong);
    await maya.message(wrong).waitFor();
    const tools = async (text, item) => {
      await robin.said(text).hover();
      await robin.said(text).getByRole("button", { name: "Edit or delete" }).click();
      await robin.page.getByRole("menuitem", { name: item }).click();
    };
    await tools(wrong, "Edit");
    const right = world.words("A typo");
    await robin.page.getByRole("textbox", { name: "Edit the message" }).fill(right);
    await robin.button("Save").click();
    await Promise.all([maya.message(right).waitFor(), kim.said(right).getByText("edited").waitFor()]);
    await kim.said(right).hover();
    assert.equal(await kim.said(right).getByRole("button", { name: "Edit or delete" }).count(), 0, "it isn't Kim's");
    await tools(right, "Delete");
    await maya.message(right).waitFor({ state: "detached" });
    await kim.log.getByText("This message was removed").first().waitFor();
  });

  it("shows markup as text on both sides, and makes links and code of what is one", async () => {
    const { robin, kim, maya } = world;
    const said = world.words(hostile);
    await speak(maya, said);
    await robin.open("Maya Lind");
    await robin.said(said).waitFor();
    const answer = world.words(`${hostile} https://kettles.example/lids`);
    await robin.write(answer);
    const link = maya.message("kettles.example/lids").getByRole("link");
    assert.equal(await link.getAttribute("href"), "https://kettles.example/lids");
    assert.match(await link.getAttribute("rel"), /noopener/);
    const root = (await world.inSlackMessages()).find(({ text }) => text?.includes("Maya Lind"));
    await world.inSlack({ do: "say", user: "U0MINA", channel: CHANNEL, thread_ts: root.ts, text: `*strong* and \`code\` ${world.words("in Slack")}` });
    await maya.message("in Slack").locator("code").getByText("code").waitFor();
    await maya.message("in Slack").locator("strong").waitFor();
    await maya.message("in Slack").getByText("Mina").first().waitFor();
    await kim.open("Maya Lind");
    await kim.said("in Slack").getByText("from Slack").waitFor();
    for (const { page } of [robin, kim, maya]) assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  it("keeps what both visitors and an operator write without a network, and sends it in order, once", async () => {
    const { robin, maya, noah } = world;
    const [toMaya] = await world.bothSay("before the tunnel");
    await robin.open(toMaya);
    const everybody = [maya, noah, robin];
    await Promise.all(everybody.map(({ context }) => context.setOffline(true)));
    const lost = {};
    for (const [name, each] of [["maya", maya], ["noah", noah]]) {
      lost[name] = [world.words(`${name} in the tunnel`), world.words(`${name} still there`)];
      for (const text of lost[name]) await each.say(text);
      await each.message(lost[name][1]).getByText(/^Not sent yet/).waitFor();
    }
    const own = [world.words("Robin in the tunnel"), world.words("Robin still there")];
    for (const text of own) await robin.write(text);
    await robin.said(own[1]).getByText(/^Not sent yet/).waitFor();
    await Promise.all(everybody.map(({ context }) => context.setOffline(false)));
    await Promise.all([maya.message(own[1]).waitFor({ timeout: 30_000 }), robin.said(lost.maya[1]).waitFor({ timeout: 30_000 })]);
    for (const [name, each] of [["maya", maya], ["noah", noah]]) {
      await each.message(lost[name][1]).getByText(/^(Sent|Seen)$/).waitFor({ timeout: 30_000 });
      const text = await each.log.innerText();
      for (const words of lost[name]) assert.equal(text.split(words).length, 2, text);
      assert.ok(text.indexOf(lost[name][0]) < text.indexOf(lost[name][1]));
    }
    for (const here of [robin.log, maya.log]) {
      const text = await here.innerText();
      for (const words of [...own, ...lost.maya]) assert.equal(text.split(words).length, 2, text);
      assert.ok(text.indexOf(own[0]) < text.indexOf(own[1]));
      assert.ok(text.indexOf(lost.maya[0]) < text.indexOf(lost.maya[1]));
    }
    const text = await maya.log.innerText();
    assert.ok(!lost.noah.some((words) => text.includes(words)));
  });

  it("closes after its checks, for everybody; the rating and its comment reach both operators; either reopens", async () => {
    const { robin, kim, maya } = world;
    const said = world.words("Maya: that was all");
    await speak(maya, said);
    await Promise.all([robin.open(said), kim.open(said)]);
    await robin.button("Close conversation").click();
    for (const text of ["The last word is the visitor's.", "Every reply was delivered.", /^Also active here: .*Kim/]) await robin.dialog.getByText(text).waitFor();
    await robin.dialog.getByRole("button", { name: "Close conversation" }).click();
    await Promise.all([maya.panel.getByText("Robin closed this conversation").waitFor(), kim.button("Reopen").waitFor()]);
    await kim.filter(/^Closed/);
    await kim.row("Maya Lind").getByText("Closed").first().waitFor();
    await maya.panel.getByRole("radio", { name: "4 stars" }).check();
    await maya.panel.getByRole("textbox", { name: "Would you like to add something?" }).fill("Quick & <b>kind</b>");
    await maya.panel.getByRole("button", { name: "Send rating" }).click();
    await maya.panel.getByText("Thank you for your rating.").waitFor();
    for (const each of [robin, kim]) {
      await each.page.getByText("Maya Lind rated this conversation").waitFor();
      await each.page.getByText("Quick & <b>kind</b>").waitFor();
    }
    await kim.row("Maya Lind").getByRole("img", { name: "4 of 5 stars" }).waitFor();
    await kim.button("Reopen").click();
    await Promise.all([maya.input.waitFor(), robin.button("Close conversation").waitFor()]);
    await world.tidy();
  });

  it("begins anew where the visitor ended it, and offers the earlier one to both operators", async () => {
    const { robin, kim, maya } = world;
    const old = world.words("Maya: the old one");
    await speak(maya, old);
    await Promise.all([robin.open(old), kim.open(old)]);
    await maya.panel.getByRole("button", { name: "End conversation" }).click();
    await maya.panel.getByRole("button", { name: "End it" }).click();
    await Promise.all([robin, kim].map((each) => each.button("Reopen").waitFor()));
    const anew = world.words("Maya: the new one");
    await speak(maya, anew);
    await maya.log.getByText("New conversation").waitFor();
    for (const each of [robin, kim]) {
      await each.row(anew).click();
      await each.about.getByText("Earlier conversations").waitFor();
      await each.about.getByRole("link", { name: new RegExp(old) }).click();
      await each.said(old).waitFor();
      await each.page.goBack();
      await each.said(anew).waitFor();
    }
  });
}
