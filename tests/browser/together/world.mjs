// Two operators and two visitors at once, in one browser, at one real program with its stand-ins for the team chats.
// Everything here is started once; the tests share it and tell their words apart by `words`.
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complaints, launch, PATIENCE_MS, widget } from "../browser.mjs";
import { startDemo } from "../demo-program.mjs";
import { Site } from "./site.mjs";

const SECRET = "together-together-together-together";
/** Where the team's Slack has the conversations of the shop and of the form. */
export const CHANNEL = "C0BLOG";

/**
 * `kettles.example` has a thread in Slack. `garden.example` has nobody but the inbox, asks, greets and looks its own way.
 * `parcels.example` takes forms only.
 */
const settings = (origin) => `
[limits]
sessions_per_address = { per_minute = 600, burst = 600 }
conversations_per_address = { per_minute = 600, burst = 600 }
conversations_per_domain = { per_minute = 600, burst = 600 }
requests_per_address = { per_minute = 6000, burst = 6000 }
messages_per_address = { per_minute = 1200, burst = 600 }
messages_per_visitor = { per_minute = 600, burst = 300 }
sign_ins_per_address = { per_minute = 60, burst = 60 }

[[domain]]
name = "kettles.example"
origins = ["${origin}"]
channels = ["slack.demo/${CHANNEL}"]
identity_secret = "${SECRET}"

[[domain]]
name = "garden.example"
origins = ["${origin}"]
greeting = "Looking for a plant?"
ask_name = "optional"
ask_email = "required"
privacy_text = "We keep chats for <90> days."
privacy_url = "https://garden.example/privacy"
color = "#ffee55"
corner = "left"
texts = { "panel.label" = "The gardeners" }

[[domain]]
name = "parcels.example"
origins = ["${origin}"]
mode = "form"
`;

/** The word of a website about who its visitor is. */
export function vouch(sub, name, email) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = [part({ alg: "HS256", typ: "JWT" }), part({ sub, name, email, aud: "kettles.example", exp })].join(".");
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/** An operator's tab at the inbox. */
export function inboxOf(page) {
  const side = page.locator(".sidebar");
  const input = page.getByRole("textbox", { name: /^(Reply to|Note about)/ });
  const rows = side.getByRole("option");
  return {
    page,
    input,
    rows,
    top: page.getByRole("region", { name: "State of the inbox" }),
    list: page.getByRole("listbox", { name: "Conversations" }),
    log: page.getByRole("log"),
    about: page.getByRole("complementary", { name: "About the visitor" }),
    dialog: page.getByRole("dialog"),
    row: (text) => rows.filter({ hasText: text }),
    said: (text) => page.locator(".tl-entry").filter({ hasText: text }),
    button: (name) => page.getByRole("button", { name, exact: true }),
    async open(text) {
      await rows.filter({ hasText: text }).click();
      await page.locator(".talk-who").filter({ hasText: /./ }).waitFor();
      await input.waitFor();
    },
    async write(text) {
      await input.fill(text);
      await input.press("Enter");
    },
    /** Shows one domain, or all of them. */
    async choose(domain) {
      await page.getByRole("button", { name: /^Domain:/ }).click();
      await page.getByRole("menuitemradio", { name: domain }).click();
    },
    async filter(name) {
      await page.getByRole("group", { name: "Which conversations" }).getByRole("button", { name }).click();
    },
    async say(availability) {
      await page.getByRole("button", { name: /^Your availability/ }).click();
      await page.getByRole("menuitemradio", { name: availability }).click();
    },
  };
}

/** Runs in a page before anything else: sounds and notifications are written down instead of made. */
function listenIn() {
  window.heard = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { body }) {
      window.heard.push(`${title}: ${body}`);
    }
    addEventListener() {}
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard.push("tone");
    start.apply(this, when);
  };
}

export class World {
  async start() {
    this.site = await new Site().listen();
    this.folder = await mkdtemp(join(tmpdir(), "threadline-together-"));
    const file = join(this.folder, "more.toml");
    await writeFile(file, settings(this.site.origin));
    this.demo = await startDemo(0, ["--settings", file]);
    this.site.widget = this.demo.url;
    this.browser = await launch();
    this.complained = new Map();
    this.made = 0;
    [this.robin, this.kim, this.maya, this.noah] = await Promise.all([
      this.operator("Robin"),
      this.operator("Kim"),
      this.visitor("kettles.example", "copper-kettle", { referer: "https://search.example/?q=kettle" }),
      this.visitor("kettles.example", "tea-caddy"),
    ]);
    await this.maya.page.evaluate((word) => window.Threadline.identify(word), vouch("maya-1", "Maya Lind", "maya@lind.example"));
    return this;
  }

  async stop() {
    await this.browser?.close();
    await this.demo?.stop();
    await this.site?.close();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  async context(options) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", timezoneId: "Asia/Tokyo", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(listenIn);
    return context;
  }

  async tab(context) {
    const page = await context.newPage();
    const found = complaints(page);
    this.complained.set(page, found);
    return page;
  }

  /** What a page has complained about, which was to be so. */
  takeComplaints(page) {
    return this.complained.get(page).splice(0);
  }

  /** What any page complained about. Without a network the browser itself does. */
  complaints() {
    return [...this.complained.values()].flat().filter((line) => !/ERR_INTERNET_DISCONNECTED/.test(line));
  }

  async operator(name) {
    const context = await this.context();
    const page = await this.tab(context);
    await page.goto(`${this.demo.url}/demo/inbox?name=${name}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/inbox$/);
    await page.getByRole("searchbox", { name: "Search conversations" }).waitFor();
    return { name, context, ...inboxOf(page) };
  }

  /** A browser of its own at one of the websites. */
  async visitor(domain, path, { referer, ...options } = {}) {
    const context = await this.context({ viewport: { width: 1000, height: 800 }, ...options });
    return { context, ...(await this.visit(context, domain, path, referer)) };
  }

  /** One more tab of a visitor. */
  async visit(context, domain, path, referer) {
    const page = await this.tab(context);
    await page.goto(`${this.site.origin}/${domain}/${path}`, { referer });
    const here = widget(page);
    await here.launcher.waitFor();
    return { page, ...here };
  }

  /** Words that nobody else uses. */
  words(text) {
    this.made += 1;
    return `${text} no${this.made}`;
  }

  /** The same page as every other test finds it: nothing but the open conversations of all domains. */
  async tidy() {
    for (const { page, filter } of [this.robin, this.kim]) {
      await page.keyboard.press("Escape");
      await filter(/^Open/);
    }
  }

  /** Both visitors have said something of this test's in a conversation that is open. */
  async bothSay(text) {
    const said = [this.words(`Maya: ${text}`), this.words(`Noah: ${text}`)];
    for (const [index, each] of [this.maya, this.noah].entries()) await speak(each, said[index]);
    return said;
  }

  /** Somebody of the team does something in Slack. */
  async inSlack(what) {
    const response = await fetch(`${this.demo.url}/sandbox/slack/people/do`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what) });
    if (!response.ok) throw new Error(`Slack's stand-in: ${await response.text()}`);
    return response.json();
  }

  /** What stands in Slack's channel and its threads. */
  async inSlackMessages() {
    const read = async (thread) => (await fetch(`${this.demo.url}/sandbox/slack/people/messages?channel=${CHANNEL}${thread ? `&thread=${thread}` : ""}`)).json();
    const roots = (await read()).messages;
    const threads = await Promise.all(roots.map(({ ts }) => read(ts)));
    return [...roots, ...threads.flatMap(({ messages }) => messages)];
  }
}

/** A visitor says something, opening the chat or a new conversation where they have to. */
export async function speak(visitor, text) {
  if (!(await visitor.panel.isVisible())) await visitor.open();
  const anew = visitor.panel.getByRole("button", { name: "Start a new conversation" });
  await visitor.input.or(anew).first().waitFor();
  if (await anew.isVisible()) await anew.click();
  await visitor.say(text);
  await visitor.message(text).getByText(/^(Sent|Seen)$/).waitFor();
}

/** Calls the API as an operator's page does. */
export const call = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(path, { method, ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}) });
      return { status: response.status, text: await response.text() };
    },
    [method, path, body],
  );
