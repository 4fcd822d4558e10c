// A visitor's browser at the shop, for the widget's tests: one Chromium a file, one context a test, against a stand-in for
// the server that does what a test says. Needs web/dist (npm run build in web/) and Chromium.
import { after, before } from "node:test";
import { complaints, launch, openContext, widget } from "../browser.mjs";
import { FakeServer, SHOP } from "../fake-server.mjs";

let browser;

/** To be called once by each file of tests. */
export function withBrowser() {
  before(async () => (browser = await launch()));
  after(() => browser?.close());
}

/** A browser with one tab at the shop. `server` sets what the stand-in is like, `prepare` gets its context first. */
export async function visit(test, { server: wanted, prepare, ...options } = {}) {
  const context = await openContext(test, browser, { viewport: { width: 1000, height: 800 }, ...options });
  const server = new FakeServer();
  Object.assign(server, wanted);
  await server.install(context);
  // A busy machine may take longer over the domain's look than a page waits for it.
  await context.addInitScript(() => (AbortSignal.timeout = () => new AbortController().signal));
  await prepare?.(context);
  const tab = async (path = "/kettles") => {
    const page = await context.newPage();
    const complained = complaints(page);
    await page.goto(SHOP + path);
    return { page, complained, ...widget(page) };
  };
  return { context, server, tab, ...(await tab()) };
}

/** A visitor who has opened the chat and said hello, and hears what is said. */
export async function talking(test, options) {
  const here = await visit(test, options);
  await here.open();
  await here.say("hello");
  await here.message("hello").getByText("Sent", { exact: true }).waitFor();
  await here.server.linked();
  return here;
}

/** What `Threadline.on` told the page, as it comes: `[event, detail]`. */
export async function listen(page, ...events) {
  await page.evaluate((names) => {
    window.told = [];
    for (const name of names) window.Threadline.on(name, (detail) => window.told.push([name, detail]));
  }, events);
  return () => page.evaluate(() => window.told);
}
