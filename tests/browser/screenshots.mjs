// Makes the pictures in docs/images, from a demo that is filled as people would fill it: `npm run screenshots`. Needs
// THREADLINE_BIN, Chromium and python3. Look at every one before it is committed.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, widget } from "./browser.mjs";
import { startDemo } from "./demo-program.mjs";
import { moveToPast } from "./screenshots/past.mjs";
import { month, operator, reply, today } from "./screenshots/seed.mjs";
import { Site } from "./together/site.mjs";

const IMAGES = process.env.THREADLINE_IMAGES ?? fileURLToPath(new URL("../../docs/images/", import.meta.url));
const LOCALE = { locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" };

const settings = (origin) => `
[limits]
${["sessions_per_address", "conversations_per_address", "conversations_per_domain", "requests_per_address", "messages_per_address", "messages_per_visitor", "sign_ins_per_address"]
  .map((limit) => `${limit} = { per_minute = 60000, burst = 60000 }`)
  .join("\n")}
${["tea.example", "docs.shop.example", "wholesale.example"].map((name) => `[[domain]]\nname = "${name}"\norigins = ["${origin}"]`).join("\n\n")}
`;

let demo;
let people;
let browser;
const folder = await mkdtemp(join(tmpdir(), "threadline-screenshots-"));
const site = await new Site().listen();
try {
  await fill();
  site.widget = demo.url;
  people = await team();
  browser = await launch();
  await shoot();
} finally {
  await browser?.close();
  await demo?.stop();
  await site.close();
  await rm(folder, { recursive: true, force: true });
}

/** Starts the demo with a month behind it. */
async function fill() {
  const more = join(folder, "more.toml");
  await writeFile(more, settings(site.origin));
  const start = () => startDemo(0, ["--data", join(folder, "data"), "--settings", more]);
  demo = await start();
  people = await team();
  const was = [...(await month(demo.url, site.origin, people)), ...(await today(demo.url, people))];
  await demo.stop();
  await moveToPast(join(folder, "data", "threadline.db"), was);
  demo = await start();
}

async function team() {
  return Promise.all(["Robin", "Ada Berg", "Ben Okoro", "Nora Quist", "Elif Kaya"].map((name) => operator(demo.url, name)));
}

async function shoot() {
  const maya = await talk();
  const { page, storageState } = await inbox(maya);
  await others(storageState);
  await widgets(maya.context);
  await page.close();
}

/** A visitor at the shop in the middle of a conversation. */
async function talk() {
  const context = await browser.newContext({ ...LOCALE, viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  await page.goto(`${demo.url}/demo`, { referer: "https://search.example/?q=stoneware+teapot" });
  const here = widget(page);
  await here.open();
  await page.evaluate(() => window.Threadline.setPage({ url: "https://shop.example/teapots/harbour", title: "Harbour teapot" }));
  await here.say("Is the Harbour teapot back?");
  await here.message("Is the Harbour teapot back?").getByText("Sent", { exact: true }).waitFor();
  const token = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith(":token"))[1].replaceAll('"', ""));
  await fetch(`${demo.url}/v1/widget/visitor`, { method: "PATCH", headers: { origin: demo.url, authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ name: "Maya Lind", email: "maya@lind.example" }) });
  const { conversations } = await people[0].act("GET", "conversations?domain=shop.example&limit=100");
  const id = conversations.find(({ preview }) => preview?.text === "Is the Harbour teapot back?").id;
  const [, ada, ben] = people;
  await ada.act("POST", `conversations/${id}/assign`, { operator: "me" });
  await reply(ada, id, "Yes, since this morning: https://shop.example/teapot");
  await reply(ada, id, "Shall I keep one for you?");
  await here.message("Shall I keep one").waitFor();
  await here.say("That would be lovely, thank you!");
  await here.message("lovely").getByText(/^(Sent|Seen)$/).waitFor();
  await reply(ben, id, "She bought the cups in spring. Let's add a tin of the new tea.", true);
  await people[0].act("PUT", `conversations/${id}/tags`, { tags: ["teapots", "present"] });
  return { context, page, here, id };
}

async function inbox({ here, id }) {
  const context = await browser.newContext({ ...LOCALE, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  // What is in the care of others was read some time ago.
  const { conversations } = await people[0].act("GET", "conversations?limit=100");
  for (const { id: other, assignee } of conversations) if (assignee && assignee.name !== "Robin") await people[0].act("POST", `conversations/${other}/read`, { seq: 1_000 });
  await page.goto(`${demo.url}/demo/inbox`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/inbox$/);
  await page.goto(`${demo.url}/inbox#conversation=${id}`);
  await page.reload();
  await page.getByRole("textbox", { name: /^Reply to/ }).waitFor();
  await here.say("Could you wrap it as a present?");
  await page.getByRole("log").getByText("wrap it as a present").waitFor();
  await page.getByRole("complementary", { name: "About the visitor" }).getByRole("link", { name: /Thread in Slack/ }).waitFor();
  await page.getByText("Being opened").waitFor({ state: "detached" });
  await page.getByText(/^On its way/).last().waitFor({ state: "detached" });
  await picture(page, "inbox");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "inbox-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 740 });
  await picture(page, "inbox-360");
  await page.getByRole("button", { name: "Back to the list" }).click();
  await page.getByRole("option").first().waitFor();
  await picture(page, "inbox-list-360");
  return { page, storageState: await context.storageState() };
}

/** The pages beside the inbox, wide and narrow. */
async function others(storageState) {
  for (const [width, height, mark] of [[1440, 1000, ""], [360, 740, "-360"]]) {
    const context = await browser.newContext({ ...LOCALE, viewport: { width, height }, storageState });
    const page = await context.newPage();
    await page.goto(`${demo.url}/history?q=teapot`);
    await page.getByText("Harbour").first().waitFor();
    await picture(page, `history${mark}`);
    await page.goto(`${demo.url}/monitor`);
    await page.locator("canvas").first().waitFor();
    await page.waitForLoadState("networkidle");
    await picture(page, `monitor${mark}`);
    await page.goto(`${demo.url}/admin#domain=shop.example`);
    await page.locator("details.domain[open]").getByLabel("Embed the widget").waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await picture(page, `admin${mark}`);
    await context.close();
  }
}

/** The same conversation in four browsers, beside each other. */
async function widgets(first) {
  const storageState = await first.storageState();
  const shots = [];
  for (const [options, opening] of [
    [{ viewport: { width: 420, height: 660 } }, "Open chat"],
    [{ viewport: { width: 420, height: 660 }, colorScheme: "dark" }, "Open chat"],
    [{ viewport: { width: 420, height: 660 }, locale: "ar" }, "فتح المحادثة"],
    [{ viewport: { width: 360, height: 660 } }, "Open chat"],
  ]) {
    const arabic = options.locale === "ar";
    const context = await browser.newContext({ ...LOCALE, ...options, deviceScaleFactor: 1.5, ...(arabic ? {} : { storageState }) });
    const page = await context.newPage();
    await page.goto(arabic ? `${site.origin}/tea.example/teapots` : `${demo.url}/demo`);
    const { panel, root } = widget(page);
    if (!(await panel.isVisible())) {
      const launcher = root.getByRole("button", { name: opening });
      if (await launcher.waitFor({ timeout: 3_000 }).then(() => true, () => false)) await launcher.click();
    }
    await panel.waitFor();
    if (arabic) await inArabic(panel);
    await panel.locator("li.entry").last().waitFor();
    // The shop behind it is no part of the picture.
    await page.addStyleTag({ content: `body > *:not(threadline-chat) { visibility: hidden } html, body { background: ${options.colorScheme === "dark" ? "#2a302e" : "#fff"} }` });
    shots.push({ width: options.viewport.width, height: options.viewport.height, data: (await settled(page)).toString("base64") });
    await context.close();
  }
  const page = await browser.newPage({ viewport: { width: 1740, height: 700 } });
  const figures = shots.map(({ width, height, data }) => `<img width="${width}" height="${height}" src="data:image/png;base64,${data}">`).join("");
  await page.setContent(`<style>body{margin:0;padding:20px;background:#e9edeb;display:flex;gap:20px;align-items:center;justify-content:center}img{border-radius:14px;box-shadow:0 1px 4px #0003}</style>${figures}`);
  await page.screenshot({ path: join(IMAGES, "widget.png") });
  await page.close();
}

async function inArabic(panel) {
  const input = panel.getByRole("textbox");
  await input.fill("هل إبريق الشاي متوفر؟");
  const kept = panel.page().waitForResponse((response) => response.url().endsWith("/v1/widget/messages") && response.ok());
  await input.press("Enter");
  await kept;
  const [, ada] = people;
  const { conversations } = await ada.act("GET", "conversations?domain=tea.example");
  const conversation = conversations.find(({ preview }) => preview?.text.startsWith("هل"));
  await reply(ada, conversation.id, "نعم، منذ هذا الصباح. هل أحتفظ لك بواحد؟");
  await panel.getByText("نعم").waitFor();
  await input.fill("نعم من فضلك");
  await input.press("Enter");
  await panel.getByText("نعم من فضلك").waitFor();
}

/** A picture of what stands still. */
async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(async () => {
    const roots = [document, ...[...document.querySelectorAll("*")].flatMap((each) => each.shadowRoot ?? [])];
    const moving = roots.flatMap((root) => root.getAnimations()).filter((each) => each.effect.getTiming().iterations !== Infinity);
    await Promise.all(moving.map((each) => each.finished.catch(() => undefined)));
  });
  return page.screenshot();
}

async function picture(page, name) {
  await page.mouse.move(0, 0);
  await writeFile(join(IMAGES, `${name}.png`), await settled(page));
}
