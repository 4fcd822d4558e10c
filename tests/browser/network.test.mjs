// What real networks and real servers do to people in mid-sentence, at both ends: a visitor with the widget and an operator
// with the inbox, each behind a proxy, at the real program. The cuts, the kills, the lost answers and the sockets are real;
// half a minute passes by moving the pages' clocks. Needs THREADLINE_BIN (a built binary) and Chromium.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { launch, openContext, widget } from "./browser.mjs";
import { listen } from "./support/listener.mjs";
import { Program, skip } from "./support/program.mjs";

/** Longer than pages wait at most before they try again. */
const BACK_MS = 60_000;

let browser;
let program;
/** Robin's cookie: a link works once, and sign-ins are limited. */
let robin;
let talks = 0;

before(async () => {
  if (skip) return;
  [browser, program] = await Promise.all([launch(), Program.launch()]);
});
after(async () => {
  await browser?.close();
  await program?.close();
});
// What one test has cut must not be the next one's trouble.
afterEach(() => {
  program?.operators.restore();
  program?.visitors.restore();
});

async function tab(test, { clock = false, ...options } = {}) {
  const context = await openContext(test, browser, { viewport: { width: 1280, height: 860 }, locale: "en-GB", ...options });
  if (clock) await context.clock.install();
  const page = await context.newPage();
  return { context, page };
}

/** A visitor with the widget, who has said something that nobody else says. */
async function visitor(test, options) {
  const { context, page } = await tab(test, options);
  await page.goto(program.shop);
  const here = widget(page);
  await here.open();
  talks += 1;
  const hello = `hello ${talks}`;
  await here.say(hello);
  await here.message(hello).getByText(/^(Sent|Seen)$/).waitFor();
  return { context, page, hello, ...here, lost: here.panel.getByText(/^No connection/), texts: () => here.panel.locator("li.entry .text").allInnerTexts() };
}

async function signIn(page, name) {
  await page.goto(await program.invite(name));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/inbox/);
}

/** An operator's inbox, with the conversation open that begins so. */
async function operator(test, hello, { name = "Robin", ...options } = {}) {
  const { context, page } = await tab(test, name === "Robin" && robin ? { storageState: robin, ...options } : options);
  if (name === "Robin" && robin) await page.goto(`${program.operators.url}/inbox`);
  else await signIn(page, name);
  if (name === "Robin") robin = await context.storageState();
  const input = page.getByRole("textbox", { name: /^(Reply to|Note about)/ });
  await page.getByRole("option").filter({ hasText: hello }).click();
  await input.waitFor();
  return {
    context,
    page,
    input,
    said: (text) => page.locator(".tl-entry").filter({ hasText: text }),
    unsent: page.locator(".tl-entry.unsent").first(),
    lost: page.getByText(/^No connection/),
    texts: () => page.locator(".tl-entry .text").allInnerTexts(),
    write: async (text) => {
      await input.fill(text);
      await input.press("Enter");
    },
    /** The texts as the server has them. */
    kept: async () => {
      const id = new URL(page.url()).hash.split("=")[1];
      const answer = await page.request.get(`${program.operators.url}/v1/inbox/conversations/${id}`);
      return (await answer.json()).messages.map(({ body }) => body);
    },
  };
}

/** A visitor and an operator who look at the same conversation. */
async function both(test, options) {
  const maya = await visitor(test, options);
  return { maya, robin: await operator(test, maya.hello, options) };
}

/** Both show these texts and nothing else, in this order, now and after a reload; and the server has them so. */
async function agree({ maya, robin }, texts) {
  const settled = async () => {
    const gone = { state: "detached", timeout: BACK_MS };
    await Promise.all([maya.lost.waitFor(gone), robin.lost.waitFor(gone)]);
    await robin.unsent.waitFor(gone);
    await maya.panel.getByText(/^(Sending|Not sent)/).first().waitFor(gone);
    // Each of them: one's own words stand there before what was missed has come.
    for (const text of texts) await Promise.all([maya.message(text).first().waitFor(), robin.said(text).first().waitFor()]);
    assert.deepEqual(await maya.texts(), texts, "in the widget");
    assert.deepEqual(await robin.texts(), texts, "in the inbox");
  };
  await settled();
  // A page that loads has no patience with connections that are dead.
  program.operators.restore();
  program.visitors.restore();
  await Promise.all([maya.page.reload(), robin.page.reload()]);
  await settled();
  assert.deepEqual(await robin.kept(), texts, "on the server");
}

describe("a bad network", { skip, timeout: 600_000 }, () => {
  it("that is cut for half a minute in mid-typing loses nothing, repeats nothing and keeps the order, at both ends", async (t) => {
    const here = await both(t, { clock: true });
    const { maya, robin } = here;
    await maya.input.pressSequentially("half a ");
    await robin.input.pressSequentially("half an ");
    program.operators.cut();
    program.visitors.cut();
    await Promise.all([maya.lost.waitFor(), robin.lost.waitFor()]);
    await maya.input.pressSequentially("question");
    await maya.input.press("Enter");
    await maya.say("and one more");
    await maya.input.fill("still asking");
    await robin.input.pressSequentially("answer");
    await robin.input.press("Enter");
    await robin.write("and a second");
    await robin.input.fill("still answering");
    await robin.said("and a second").getByText(/^Not sent yet/).waitFor();
    await maya.message("and one more").getByText(/^Not sent yet/).waitFor();
    await Promise.all([maya.page.clock.fastForward(30_000), robin.page.clock.fastForward(30_000)]);
    program.operators.restore();
    await robin.page.clock.fastForward(30_000);
    await robin.lost.waitFor({ state: "detached", timeout: BACK_MS });
    await robin.unsent.waitFor({ state: "detached", timeout: BACK_MS });
    program.visitors.restore();
    await maya.page.clock.fastForward(30_000);
    await agree(here, [maya.hello, "half an answer", "and a second", "half a question", "and one more"]);
    assert.deepEqual([await maya.input.inputValue(), await robin.input.inputValue()], ["still asking", "still answering"]);
  });

  it("isn't the only thing that ends: the server is killed in mid-typing, and both come back by themselves", async (t) => {
    const here = await both(t);
    const { maya, robin } = here;
    await maya.input.pressSequentially("half a ");
    await robin.input.pressSequentially("half an ");
    const heard = await Promise.all([listen(maya.page), listen(robin.page)]);
    await program.kill();
    await Promise.all(heard.map(({ hears }) => hears(/^No connection/)));
    await maya.input.pressSequentially("question");
    await robin.input.pressSequentially("answer");
    await robin.input.press("Enter");
    await robin.said("half an answer").getByText(/^Not sent yet/).waitFor();
    await program.start();
    await robin.unsent.waitFor({ state: "detached", timeout: BACK_MS });
    await heard[1].hears(/^Connected again\.$/, { timeout: BACK_MS });
    await maya.message("half an answer").waitFor({ timeout: BACK_MS });
    assert.equal(await maya.input.inputValue(), "half a question");
    await maya.input.press("Enter");
    // The session holds: nobody was asked to sign in again.
    await agree(here, [maya.hello, "half an answer", "half a question"]);
  });

  it("that forgets its connections without a word is noticed by both within their time, and what was sent arrives once", async (t) => {
    const here = await both(t, { clock: true });
    const { maya, robin } = here;
    program.operators.swallow();
    program.visitors.swallow();
    await robin.write("into the hole");
    await robin.input.fill("still answering");
    await maya.input.fill("still asking");
    assert.equal(await robin.unsent.count(), 1);
    // A silence of 45 s ends the line, one of 20 s a call; each call may meet one more of the browser's dead connections.
    // Between the steps an answer has a real moment to come.
    const passes = async (page, part, state = "visible") => {
      const isDone = () => part.waitFor({ state, timeout: 400 }).then(() => true, () => false);
      for (let turn = 0; turn < 40 && !(await isDone()); turn += 1) await page.clock.fastForward(10_000);
      await part.waitFor({ state });
    };
    await passes(robin.page, robin.unsent, "detached");
    await passes(maya.page, maya.message("into the hole"));
    await maya.input.press("Enter");
    await passes(maya.page, robin.said("still asking"));
    assert.equal(await robin.input.inputValue(), "still answering");
    await agree(here, [maya.hello, "into the hole", "still asking"]);
  });

  it("is found dead at once by whoever wakes from a sleep, with everything that came meanwhile", async (t) => {
    const here = await both(t, { clock: true });
    const { maya, robin } = here;
    await robin.input.fill("half an answer");
    await maya.input.fill("half a question");
    // Headless Chromium freezes no page. Here its timers stand still, its line dies without a word, the clock on the wall
    // goes on, and what browsers call out at waking is called out by hand.
    const sleeping = async ({ page }, proxy, meanwhile) => {
      const asleep = (await page.evaluate(() => Date.now())) + 15_000;
      await page.clock.pauseAt(asleep);
      proxy.swallow();
      await meanwhile();
      await page.clock.setSystemTime(asleep + 30_000);
      await page.clock.resume();
      await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    };
    await sleeping(robin, program.operators, async () => {
      await maya.say("while you slept");
      await maya.say("and again");
      await maya.message("and again").getByText("Sent", { exact: true }).waitFor();
    });
    await robin.said("and again").waitFor();
    program.operators.restore();
    await maya.input.fill("half a question");
    await sleeping(maya, program.visitors, async () => {
      await robin.write("good morning");
      // Maya wrote while the operator did: asked whether that was seen, they send.
      await robin.page.getByRole("alert").waitFor();
      await robin.page.keyboard.press("Enter");
      await robin.said("good morning").waitFor();
      await robin.unsent.waitFor({ state: "detached" });
    });
    await maya.message("good morning").waitFor();
    assert.equal(await maya.input.inputValue(), "half a question");
    await agree(here, [maya.hello, "while you slept", "and again", "good morning"]);
  });

  it("that loses the server's answers doubles nothing, at either end", async (t) => {
    const here = await both(t);
    const { maya, robin } = here;
    const lost = [program.operators.loseAnswer(/^POST \/v1\/inbox\/conversations\/[^/]+\/messages /), program.visitors.loseAnswer(/^POST \/v1\/widget\/messages /)];
    await robin.write("taken, and not said so");
    await lost[0];
    await robin.unsent.waitFor({ state: "detached" });
    await maya.say("and the same here");
    await lost[1];
    await robin.said("and the same here").waitFor();
    await maya.say("good");
    await agree(here, [maya.hello, "taken, and not said so", "and the same here", "good"]);
  });

  it("keeps a changed message's new words while it can't be saved, also over a reload", async (t) => {
    const here = await both(t);
    const { maya, robin } = here;
    await robin.write("A tipo");
    await maya.message("A tipo").waitFor();
    await robin.said("A tipo").hover();
    await robin.said("A tipo").getByRole("button", { name: "Edit or delete" }).click();
    await robin.page.getByRole("menuitem", { name: "Edit" }).click();
    const box = robin.page.getByRole("textbox", { name: "Edit the message" });
    program.operators.cut();
    await box.fill("A typo");
    await box.press("Enter");
    await robin.page.getByText("That didn't work: The server can't be reached.").waitFor();
    assert.equal(await box.inputValue(), "A typo");
    program.operators.restore();
    await robin.page.reload();
    assert.equal(await box.inputValue(), "A typo");
    await box.press("Enter");
    await box.waitFor({ state: "detached" });
    await maya.message("A typo").waitFor();
    await agree(here, [maya.hello, "A typo"]);
  });
});

describe("a session that ends", { skip, timeout: 600_000 }, () => {
  it("is said to an operator in mid-typing, who finds everything again after signing in", async (t) => {
    const { context, page: admin } = await tab(t);
    await signIn(admin, "Ada");
    const maya = await visitor(t);
    const robin = await operator(t, maya.hello, { name: "Kim" });
    await robin.input.pressSequentially("half an ");
    program.operators.cut();
    await robin.lost.waitFor();
    await robin.input.pressSequentially("answer");
    await robin.input.press("Enter");
    await robin.input.pressSequentially("and half a ");
    // The admin isn't behind the cut; and the page learns of it by asking, not by its line.
    const api = `${program.url}/v1/admin/operators`;
    const { operators } = await (await context.request.get(api)).json();
    const kim = operators.find(({ name }) => name === "Kim");
    const { sessions } = await (await context.request.get(`${api}/${kim.id}/sessions`)).json();
    for (const { id } of sessions) {
      const answer = await context.request.delete(`${api}/${kim.id}/sessions/${id}`, { headers: { origin: program.operators.url } });
      assert.equal(answer.status(), 204);
    }
    await robin.input.pressSequentially("second");
    program.operators.restore();
    await robin.page.getByRole("heading", { name: "You are signed out" }).and(robin.page.locator(":focus")).waitFor();
    await robin.page.getByText(/^What you wrote and didn't send is kept/).waitFor();
    // Signed in again in another tab, this one goes on by itself.
    const other = await robin.context.newPage();
    await signIn(other, "Kim");
    await robin.page.bringToFront();
    await robin.page.evaluate(() => dispatchEvent(new Event("focus")));
    await robin.input.waitFor();
    assert.equal(await robin.input.inputValue(), "and half a second");
    await robin.unsent.waitFor({ state: "detached" });
    await robin.input.press("Enter");
    await agree({ maya, robin }, [maya.hello, "half an answer", "and half a second"]);
  });

  // Last: nothing of what the tests above made is left.
  it("leaves a visitor what they typed when the server knows them no more", async (t) => {
    const maya = await visitor(t);
    await maya.input.pressSequentially("half a ");
    await program.kill();
    await maya.lost.waitFor();
    await maya.say("written meanwhile");
    await maya.input.pressSequentially("half a question");
    await program.forget();
    await program.start();
    await maya.message("written meanwhile").getByText("Sent", { exact: true }).waitFor({ timeout: BACK_MS });
    assert.equal(await maya.message(maya.hello).count(), 0);
    assert.equal(await maya.input.inputValue(), "half a question");
    robin = undefined;
    const answering = await operator(t, "written meanwhile");
    await maya.input.press("Enter");
    await agree({ maya, robin: answering }, ["written meanwhile", "half a question"]);
  });
});
