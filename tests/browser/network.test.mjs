// What real networks and real servers do to a visitor in mid-sentence: a cut, a hole that swallows everything, a server
// that goes and comes again. Against the real program through a proxy. Needs THREADLINE_BIN (a built binary) and Chromium.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, widget } from "./browser.mjs";
import { startDemo } from "./demo-program.mjs";
import { Proxy } from "./proxy.mjs";

const skip = process.env.THREADLINE_BIN && !process.env.THREADLINE_DEMO_URL ? false : "set THREADLINE_BIN";
let browser;
let folder;
let demo;
let proxy;

before(async () => {
  if (skip) return;
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "threadline-network-"));
  demo = await startDemo(0, ["--data", folder]);
  proxy = await new Proxy(demo.url).listen();
});
after(async () => {
  await browser?.close();
  await proxy?.close();
  await demo?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A visitor behind the proxy who has said hello. */
async function talking(test) {
  const context = await browser.newContext();
  test.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(`${proxy.url}/demo`);
  const here = { page, ...widget(page) };
  await here.open();
  await here.say("hello");
  await here.message("hello").getByText(/^(Sent|Seen)$/).waitFor();
  const shown = () => here.panel.locator("li.entry.own .text").allInnerTexts();
  return { ...here, shown };
}

/** Everything sent, once and in order; on this page, and on one that is loaded anew. */
async function hasAll({ page, panel, message, shown }, texts) {
  await message(texts.at(-1)).getByText(/^(Sent|Seen)$/).waitFor();
  await panel.getByText(/^No connection/).waitFor({ state: "detached" });
  assert.deepEqual(await shown(), texts);
  await page.reload();
  await message(texts.at(-1)).waitFor();
  assert.deepEqual(await shown(), texts);
}

describe("a bad network", { skip, timeout: 240_000 }, () => {
  it("that is cut in mid-sentence loses nothing and repeats nothing", async (t) => {
    const here = await talking(t);
    await here.input.pressSequentially("half a ");
    proxy.cut();
    await here.panel.getByText(/^No connection/).waitFor();
    await here.input.pressSequentially("sentence");
    await here.input.press("Enter");
    await here.say("and another");
    await here.message("and another").getByText(/^Not sent yet/).waitFor();
    await here.input.fill("still typing");
    proxy.restore();
    await here.message("and another").getByText(/^(Sent|Seen)$/).waitFor();
    assert.equal(await here.input.inputValue(), "still typing");
    await hasAll(here, ["hello", "half a sentence", "and another"]);
    assert.equal(await here.input.inputValue(), "still typing");
  });

  it("that swallows everything for a while loses nothing and repeats nothing", async (t) => {
    const here = await talking(t);
    proxy.hang();
    await here.say("into the hole");
    await here.say("and another");
    // The call is given up as lost after its time, though the server may yet get it.
    await here.message("into the hole").getByText(/^Not sent yet/).waitFor();
    proxy.restore();
    await hasAll(here, ["hello", "into the hole", "and another"]);
  });

  it("isn't the only thing that ends: the server goes in mid-sentence and comes again", async (t) => {
    const here = await talking(t);
    await here.input.pressSequentially("half a ");
    await demo.stop();
    await here.panel.getByText(/^No connection/).waitFor();
    await here.input.pressSequentially("sentence");
    await here.input.press("Enter");
    await here.message("half a sentence").getByText(/^Not sent yet/).waitFor();
    demo = await startDemo(Number(new URL(demo.url).port), ["--data", folder]);
    await hasAll(here, ["hello", "half a sentence"]);
  });
});
