// Starts Chromium for a test file, and the few things every test needs from it.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

// Debian's browser without a window first: it computes far less than the others (a third to four fifths, by the file).
const CANDIDATES = [process.env.THREADLINE_CHROMIUM, ...["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`)];

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns {Promise<import("playwright-core").Browser>} */
export function launch() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("Chromium isn't installed: apt-get install chromium, or name one in THREADLINE_CHROMIUM.");
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** How long a page has for what a test expects of it: far longer than it takes, as a busy machine is no fault of the page's. */
export const PATIENCE_MS = 30_000;

/** A browser of its own for one test, which is left when the test ends. */
export async function openContext(test, browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  test.after(() => leaveContext(context));
  return context;
}

/** Closes it. A request that a test answers in the server's place may be under way still, and nobody waits for it any more. */
export async function leaveContext(context) {
  if (context.isClosed()) return;
  await Promise.all([context, ...context.pages()].map((each) => each.unrouteAll({ behavior: "ignoreErrors" })));
  await context.close();
}

/** The widget's parts on a page, by what people see and hear. Playwright looks into the shadow root by itself. */
export function widget(page) {
  const root = page.locator("threadline-chat");
  const panel = root.getByRole("dialog");
  return {
    root,
    panel,
    launcher: root.locator(".launcher"),
    badge: root.locator(".badge"),
    input: panel.getByRole("textbox", { name: "Your message" }),
    log: panel.getByRole("log"),
    /** A message by its text. */
    message: (text) => panel.locator("li.entry").filter({ hasText: text }),
    async open() {
      await root.getByRole("button", { name: /^Open chat/ }).click();
      await panel.waitFor();
    },
    async say(text) {
      const input = panel.getByRole("textbox", { name: "Your message" });
      await input.fill(text);
      await input.press("Enter");
    },
  };
}

/** Types on until these are seen: a sign of typing is sent when it can be, and passes. */
export async function typeUntil(input, ...signs) {
  const seen = () => Promise.all(signs.map((sign) => sign.waitFor({ state: "attached", timeout: 4_000 }))).then(() => true, () => false);
  for (let turn = 0; turn < 10; turn += 1) {
    await input.pressSequentially("hm ");
    if (await seen()) return;
  }
  throw new Error("nobody is told that somebody types");
}

/** Presses a button in one step inside the page: a card may be drawn anew between a press and its release, and then none is pressed. */
export const press = (button) => button.dispatchEvent("click");

/** Everything that a page complained about; a test may look at it. */
export function complaints(page) {
  const found = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url } = message.location();
    // The browser says that something is missing, and only here what.
    found.push(message.text().startsWith("Failed to load resource") ? `${message.text()} ${url}` : message.text());
  });
  return found;
}
