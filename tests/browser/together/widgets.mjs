// The widget at the real program: how each domain wants it, and what two visitors and the page around it can do.
import assert from "node:assert/strict";
import { it } from "node:test";
import { speak, vouch } from "./world.mjs";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export function widgets(world) {
  it("counts on its launcher what came while it was shut, for the one visitor alone, and tells the page", async () => {
    const { robin, maya, noah } = world;
    const [toMaya] = await world.bothSay("shutting the chat");
    await maya.page.evaluate(() => {
      window.told = [];
      for (const name of ["close", "unread", "message", "open"]) window.Threadline.on(name, (detail) => window.told.push([name, detail.count ?? detail.text ?? null]));
      window.Threadline.close();
    });
    await noah.page.evaluate(() => window.Threadline.toggle());
    await Promise.all([maya, noah].map(({ panel }) => panel.waitFor({ state: "hidden" })));
    await robin.open(toMaya);
    const answer = world.words("Are you there?");
    await robin.write(answer);
    await maya.root.getByRole("button", { name: "Open chat, 1 unread message" }).waitFor();
    assert.equal(await maya.badge.innerText(), "1");
    assert.equal(await noah.badge.isVisible(), false);
    await maya.page.evaluate(() => window.Threadline.open());
    await maya.message(answer).waitFor();
    await maya.badge.waitFor({ state: "hidden" });
    await maya.page.waitForFunction(() => window.told.some(([name]) => name === "open"));
    const told = await maya.page.evaluate(() => window.told.map(([name, detail]) => `${name} ${detail ?? ""}`.trim()));
    assert.deepEqual([...told].sort(), ["close", `message ${answer}`, "open", "unread 0", "unread 1"].sort());
    // It was heard, as the chat was shut.
    assert.ok((await maya.page.evaluate(() => window.heard)).includes("tone"));
    await noah.open();
  });

  it("shows the operator's public name and picture, and that words were seen, both ways", async () => {
    const { robin, maya } = world;
    const status = await robin.page.evaluate(async (pixel) => {
      const bytes = Uint8Array.from(atob(pixel), (sign) => sign.charCodeAt(0));
      return (await fetch("/v1/inbox/profile/picture", { method: "PUT", headers: { "content-type": "image/png" }, body: bytes })).status;
    }, PIXEL);
    assert.equal(status, 200);
    const said = world.words("Maya: who is it?");
    await speak(maya, said);
    await robin.open(said);
    await maya.message(said).getByText("Seen", { exact: true }).waitFor();
    const answer = world.words("It is me");
    await robin.write(answer);
    await maya.message(answer).getByText("Robin").waitFor();
    const picture = maya.message(answer).locator("img.picture");
    await picture.waitFor();
    await maya.page.waitForFunction(() => [...document.querySelector("threadline-chat").shadowRoot.querySelectorAll("img.picture")].every((image) => image.complete && image.naturalWidth > 0));
    await robin.said(answer).getByText("Seen by the visitor").waitFor();
  });

  it("agrees between two tabs of each visitor, also about what is typed by neither", async () => {
    const { kim, maya, noah } = world;
    const [toMaya, toNoah] = await world.bothSay("two tabs");
    const tabs = await Promise.all([maya, noah].map(({ context }) => world.visit(context, "kettles.example", "cups")));
    for (const tab of tabs) if (!(await tab.panel.isVisible())) await tab.open();
    await Promise.all([tabs[0].message(toMaya).waitFor(), tabs[1].message(toNoah).waitFor()]);
    const fromTab = world.words("from the other tab");
    await tabs[0].say(fromTab);
    await maya.message(fromTab).waitFor();
    await kim.open(toNoah);
    const answer = world.words("for both tabs of Noah");
    await kim.write(answer);
    await Promise.all([noah.message(answer).waitFor(), tabs[1].message(answer).waitFor()]);
    assert.equal(await tabs[0].message(answer).count() + (await maya.message(answer).count()), 0);
    assert.deepEqual(await Promise.all([maya.message(fromTab).count(), tabs[1].message(fromTab).count()]), [1, 0]);
    await Promise.all(tabs.map(({ page }) => page.close()));
  });

  it("copies the transcript, and puts an emoji where the cursor is", async () => {
    const { maya } = world;
    await maya.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const said = world.words("Maya: to be copied");
    await speak(maya, said);
    await maya.panel.getByRole("button", { name: "More" }).click();
    await maya.panel.getByRole("menuitem", { name: "Copy conversation" }).click();
    await maya.panel.getByText("The conversation was copied.").waitFor();
    const copied = await maya.page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^kettles\.example\n/);
    assert.ok(copied.includes(said) && copied.includes("Robin ("), copied);
    await maya.input.fill("tea ");
    await maya.panel.getByRole("button", { name: "Emoji", exact: true }).click();
    await maya.panel.getByRole("group", { name: "Emoji" }).getByRole("button").first().click();
    assert.match(await maya.input.inputValue(), /^tea \p{Emoji_Presentation}$/u);
    await maya.input.fill("");
  });

  it("greets, asks, and speaks of privacy where the domain wants it, in its colour and corner", async () => {
    const { robin, noah } = world;
    const there = await world.visit(noah.context, "garden.example", "fig-tree");
    await there.root.getByRole("button", { name: "Looking for a plant?" }).waitFor();
    assert.equal((await there.launcher.boundingBox()).x, 20);
    const [ground, ink] = await there.launcher.evaluate((node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]);
    assert.notEqual(ground, "rgb(255, 238, 85)", "nobody could see it on a white page");
    assert.equal(ink, "rgb(0, 0, 0)");
    await there.root.getByRole("button", { name: "Looking for a plant?" }).click();
    const panel = there.root.getByRole("dialog", { name: "The gardeners" });
    await panel.getByText("We keep chats for <90> days.").waitFor();
    assert.equal(await panel.getByRole("link", { name: "Privacy policy" }).getAttribute("href"), "https://garden.example/privacy");
    await panel.getByRole("button", { name: "Start chat" }).click();
    await panel.getByText("Please fill this in.").waitFor();
    await panel.getByRole("textbox", { name: "Your name" }).fill("Noah <b>");
    await panel.getByRole("textbox", { name: "Your e-mail" }).fill("noah@example.com");
    await panel.getByRole("button", { name: "Start chat" }).click();
    const said = world.words("Do figs like frost?");
    await there.say(said);
    const row = robin.row(said);
    await row.getByText("Noah <b>").waitFor();
    await row.getByText("noah@example.com").waitFor();
    await row.click();
    await robin.about.getByText("Not verified: name and e-mail are what the visitor typed.").waitFor();
    // On the other website the same browser is nobody yet.
    assert.equal(await noah.log.getByText(said).count(), 0);
    await there.page.close();
  });

  it("is a form where the domain takes forms; both operators see it as one", async () => {
    const { robin, kim, noah } = world;
    const there = await world.visit(noah.context, "parcels.example", "where-is-it");
    await there.launcher.click();
    await there.panel.getByText("Write to us. You'll find our answer here or in your e-mail.").waitFor();
    for (const [name, value] of [["Your name", "Noah"], ["Your e-mail", "noah@example.com"], ["Your message", world.words("Where is my parcel?")]]) {
      await there.panel.getByRole("textbox", { name, exact: true }).fill(value);
    }
    await there.panel.getByRole("button", { name: "Send message" }).click();
    await there.panel.getByText(/will answer here or by e-mail to noah@example\.com/).waitFor();
    for (const each of [robin, kim]) await each.row("Where is my parcel?").getByText("Form").waitFor();
    await kim.open("Where is my parcel?");
    await kim.said("Where is my parcel?").getByText("by the form").waitFor();
    await there.page.close();
  });

  for (const [locale, direction] of [["de", "ltr"], ["ar", "rtl"]]) {
    it(`speaks the visitor's own language: ${locale}`, async () => {
      const guest = await world.visitor("kettles.example", "lids", { locale, viewport: { width: 360, height: 640 } });
      const words = (await import(`../../../web/texts/${locale}/widget.json`, { with: { type: "json" } })).default;
      await guest.root.getByRole("button", { name: words["launcher.open"] }).click();
      const input = guest.panel.getByRole("textbox", { name: words["composer.label"] });
      await input.fill(world.words("Guten Tag"));
      await input.press("Enter");
      await guest.panel.getByText(words["message.sent"], { exact: true }).waitFor();
      assert.equal(await guest.panel.evaluate((node) => getComputedStyle(node).direction), direction);
      assert.deepEqual(await guest.panel.boundingBox(), { x: 0, y: 0, width: 360, height: 640 });
      await world.robin.row("Guten Tag").first().waitFor();
      await guest.context.close();
    });
  }

  it("moves what an anonymous visitor said to the one they turn out to be, and shows nothing of it to the next in that browser", async () => {
    const { robin, kim } = world;
    const guest = await world.visitor("kettles.example", "sign-in");
    const said = world.words("Anonymous: it's me");
    await speak(guest, said);
    await robin.open(said);
    await kim.row(said).getByText(/^Visitor \w+/).waitFor();
    await guest.page.evaluate((word) => window.Threadline.identify(word), vouch("ida-1", "Ida Holm", "ida@holm.example"));
    await guest.message(said).waitFor();
    await kim.row(said).getByText("Ida Holm").waitFor();
    await robin.about.getByText("The website vouches for this identity.").waitFor();
    await guest.page.evaluate((word) => window.Threadline.identify(word), vouch("otto-1", "Otto Lind", "otto@lind.example"));
    await guest.message(said).waitFor({ state: "detached" });
    const next = world.words("Otto: hello");
    await speak(guest, next);
    await kim.row(next).getByText("Otto Lind").waitFor();
    assert.equal(await guest.log.getByText(said).count(), 0);
    await guest.page.evaluate(() => window.Threadline.reset());
    await guest.message(next).waitFor({ state: "detached" });
    // A word that somebody else signed is refused, and the developer hears why.
    await guest.page.evaluate((word) => window.Threadline.identify(word), `${vouch("eve-1", "Eve", "eve@example.com").split(".").slice(0, 2).join(".")}.AAAA`);
    await speak(guest, world.words("Nobody: hello"));
    await kim.row("Nobody: hello").getByText(/^Visitor \w+/).waitFor();
    assert.match(world.takeComplaints(guest.page).join("\n"), /Threadline/);
    await guest.context.close();
  });
}
