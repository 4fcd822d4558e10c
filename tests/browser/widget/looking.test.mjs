// How the widget looks where a domain has wishes: colour, corner, icon, words, language, greeting.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import arabic from "../../../web/texts/ar/widget.json" with { type: "json" };
import { maya } from "../fake-server.mjs";
import { listen, talking, visit, withBrowser } from "./visit.mjs";

withBrowser();

const look = (more) => ({ server: { domain: { look: { color: null, corner: "right", icon: "chat", ...more } } } });
const styleOf = (locator, name) => locator.evaluate((node, property) => getComputedStyle(node)[property], name);

describe("the widget, looking", { timeout: 600_000 }, () => {
  it("wears the domain's colour, corrected where it couldn't be read", async (t) => {
    const { server, launcher, page, tab } = await visit(t, look({ color: "#c2185b" }));
    await launcher.waitFor();
    assert.equal(await styleOf(launcher, "backgroundColor"), "rgb(194, 24, 91)");
    server.domain.look.color = "#ffee55";
    await page.close();
    const pale = await tab();
    await pale.launcher.waitFor();
    assert.notEqual(await styleOf(pale.launcher, "backgroundColor"), "rgb(255, 238, 85)");
    assert.equal(await styleOf(pale.launcher, "color"), "rgb(0, 0, 0)");
  });

  it("sits in the domain's corner", async (t) => {
    const { launcher, open, panel } = await visit(t, look({ corner: "left", icon: "question" }));
    await launcher.waitFor();
    assert.equal((await launcher.boundingBox()).x, 20);
    await open();
    assert.equal((await panel.boundingBox()).x, 20);
  });

  it("says the domain's own words", async (t) => {
    const texts = { "launcher.open": "Ask <us>", "log.welcome.online": "Good day" };
    const { root, panel } = await visit(t, { server: { domain: { texts } } });
    await root.getByRole("button", { name: "Ask <us>" }).click();
    await panel.getByText("Good day").waitFor();
  });

  it("shows the team", async (t) => {
    const team = [{ name: "Maya Lind", picture: "/pictures/maya" }, { name: "Jonas", picture: null }];
    const { open, panel } = await visit(t, { server: { domain: { team } } });
    await open();
    const faces = panel.getByRole("list", { name: "Our team" }).getByRole("listitem");
    await faces.first().waitFor();
    assert.deepEqual(await faces.allInnerTexts(), ["Maya Lind", "J\nJonas"]);
  });

  it("greets once a visit, and not again once dismissed", async (t) => {
    const { page, root, launcher } = await visit(t, { server: { domain: { greeting: "Looking for a kettle?" } } });
    const greeting = root.getByRole("button", { name: "Looking for a kettle?" });
    await greeting.waitFor();
    await root.getByRole("button", { name: "Dismiss" }).click();
    await greeting.waitFor({ state: "hidden" });
    await page.clock.install();
    await page.reload();
    await page.clock.runFor(5_000);
    await launcher.waitFor();
    await page.clock.runFor(5_000);
    assert.equal(await greeting.count(), 0);
  });

  it("opens by its greeting", async (t) => {
    const { root, panel, input } = await visit(t, { server: { domain: { greeting: "Looking for a kettle?" } } });
    await root.getByRole("button", { name: "Looking for a kettle?" }).click();
    await panel.getByText("Looking for a kettle?").waitFor();
    await input.waitFor();
    assert.equal(await root.locator(".greeting").isVisible(), false);
  });

  for (const [locale, open, placeholder] of [
    ["de-AT", "Chat öffnen", "Nachricht schreiben …"],
    ["fr", "Ouvrir le chat", "Écrivez un message…"],
    ["es-MX", "Abrir el chat", "Escriba un mensaje…"],
    ["pt-BR", "Abrir o chat", "Escreva uma mensagem…"],
    ["tr", "Sohbeti aç", "Bir mesaj yazın…"],
    ["ar", "فتح المحادثة", "اكتب رسالة…"],
  ]) {
    it(`speaks ${locale} from the first moment, and fetches nothing else`, async (t) => {
      const fetched = [];
      const here = await visit(t, {
        locale,
        prepare: (context) => {
          context.on("request", (request) => fetched.push(new URL(request.url()).pathname));
          // Every name that the launcher ever had.
          return context.addInitScript(() => {
            window.names = [];
            new MutationObserver(() => {
              const button = document.querySelector("threadline-chat")?.shadowRoot.querySelector(".launcher");
              if (button) window.names.push(button.getAttribute("aria-label"));
            }).observe(document, { childList: true, subtree: true });
          });
        },
      });
      await here.root.getByRole("button", { name: open }).click();
      await here.panel.getByRole("textbox").waitFor();
      assert.equal(await here.panel.getByRole("textbox").getAttribute("placeholder"), placeholder);
      assert.deepEqual([...new Set(await here.page.evaluate(() => window.names))], [open]);
      const files = fetched.filter((path) => path.endsWith(".json"));
      assert.equal(files.length, 1, files.join(" "));
      assert.match(files[0], new RegExp(`^/widget/${locale.slice(0, 2)}-[0-9a-f]+\\.json$`));
    });
  }

  it("is mirrored in Arabic, with the corner where the domain wants it", async (t) => {
    const here = await visit(t, { locale: "ar" });
    await here.launcher.waitFor();
    assert.ok((await here.launcher.boundingBox()).x > 800);
    await here.launcher.click();
    const input = here.panel.getByRole("textbox");
    await input.fill("مرحبا");
    await input.press("Enter");
    await here.message("مرحبا").getByText(arabic["message.sent"], { exact: true }).waitFor();
    here.server.reply("أهلا", { author: maya });
    await here.message("أهلا").waitFor();
    const [own, theirs] = [await here.message("مرحبا").locator(".bubble").boundingBox(), await here.message("أهلا").locator(".bubble").boundingBox()];
    assert.ok(own.x < theirs.x, "one's own stand on the left");
  });

  it("speaks the domain's language whatever the browser's is", async (t) => {
    const { root } = await visit(t, { locale: "fr", server: { domain: { language: "de" } } });
    await root.getByRole("button", { name: "Chat öffnen" }).waitFor();
  });

  it("speaks English where a language's file is gone, and asks twice for it", async (t) => {
    const { root } = await visit(t, { locale: "fr", server: { missing: /\/fr(-\w+)?\.json$/ } });
    await root.getByRole("button", { name: "Open chat" }).waitFor();
  });

  it("calls back by sound, and by the desktop where it was asked to", async (t) => {
    const { server, page, panel, input } = await talking(t, {
      prepare: (context) =>
        context.addInitScript(() => {
          window.heard = [];
          Object.defineProperty(window, "isSecureContext", { value: true });
          window.AudioContext = class {
            constructor() {
              window.heard.push("sound");
            }
          };
          window.Notification = class {
            static permission = "default";
            static requestPermission = async () => (window.Notification.permission = "granted");
            constructor(title, { body, tag }) {
              window.heard.push([title, body, tag]);
            }
          };
        }),
    });
    const told = await listen(page, "message");
    const hears = async (text, calls) => {
      server.reply(text);
      await page.waitForFunction((words) => window.told.some(([, { text: said }]) => said === words), text);
      // A hidden tab waits a moment for another one in which it is read.
      await page.waitForFunction((count) => window.heard.length >= count, calls);
      return page.evaluate(() => window.heard.splice(0));
    };
    assert.deepEqual(await hears("you look at it", 0), []);
    await panel.getByRole("button", { name: "More" }).click();
    await panel.getByRole("menuitemcheckbox", { name: "Desktop notifications" }).click();
    await panel.getByRole("menuitemcheckbox", { name: "Desktop notifications", checked: true }).waitFor();
    await page.keyboard.press("Escape");
    await input.press("Escape");
    assert.deepEqual(await hears("the chat is shut", 1), ["sound"]);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      localStorage.setItem(Object.keys(localStorage).find((key) => key.endsWith(":token")).replace(/token$/, "sound"), "off");
    });
    const [[title, body, tag]] = await hears("the page is hidden", 1);
    assert.deepEqual([title, body], ["Maya Lind · shop.example", "the page is hidden"]);
    assert.match(tag, /^threadline:m/);
    assert.equal((await told()).length, 3);
  });
});
