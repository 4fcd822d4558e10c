// The list, its filters, and what is known of a visitor, as two operators see them.
import assert from "node:assert/strict";
import { it } from "node:test";
import { call, inboxOf, speak } from "./world.mjs";

const indexOf = (rows, text) => rows.evaluateAll((all, words) => all.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).findIndex((row) => row.textContent.includes(words)), text);

export function inbox(world) {
  it("lists both visitors for both operators: who, what they said, how much is unread and how long they wait", async () => {
    const { robin, kim } = world;
    const [maya, noah] = await world.bothSay("is anybody here?");
    for (const each of [robin, kim]) {
      const row = each.row(maya);
      for (const text of ["Maya Lind", "maya@lind.example", "Verified", "kettles.example", "Unassigned", "1 unread message", "Waiting:"]) await row.getByText(text, { exact: false }).first().waitFor({ state: "attached" });
      await row.locator("time").first().waitFor();
      await each.row(noah).getByText(/^Visitor \w+/).waitFor();
      assert.equal(await each.row(noah).getByText("Verified").count(), 0);
    }
    // The newest activity stands first.
    const again = world.words("Maya: hello?");
    await speak(world.maya, again);
    await robin.row(again).getByText("2 unread messages").waitFor({ state: "attached" });
    assert.deepEqual([await indexOf(robin.rows, again), await indexOf(robin.rows, noah)], [0, 1]);
    const last = world.words("Noah: hello?");
    await speak(world.noah, last);
    await kim.row(last).waitFor();
    assert.deepEqual([await indexOf(kim.rows, last), await indexOf(kim.rows, again)], [0, 1]);
  });

  it("tells who the visitor is, where they are, and where the thread is", async () => {
    const { robin, maya, site, demo } = world;
    await robin.open("Maya Lind");
    const { about } = robin;
    for (const text of ["The website vouches for this identity.", "maya@lind.example", "maya-1", "Copper kettle", /^Chrom/, "British English", "(Asia/Tokyo)", "On the site now"]) await about.getByText(text).first().waitFor();
    assert.equal(await about.getByRole("link", { name: /copper-kettle/ }).getAttribute("href"), `${site.origin}/kettles.example/copper-kettle`);
    await about.getByRole("link", { name: /^search\.example/ }).waitFor();
    const thread = await about.getByRole("link", { name: /Thread in Slack/ }).getAttribute("href");
    assert.ok(thread.startsWith("http"), thread);
    // A page that swaps its contents tells where the visitor went.
    await maya.page.evaluate(() => {
      history.pushState({}, "", "/kettles.example/iron-kettle");
      document.title = "Iron kettle";
    });
    await about.getByText("Iron kettle").waitFor();
    assert.ok(demo.url);
  });

  it("filters what is open, unassigned, mine and closed, with the right counts for each operator", async () => {
    const { robin, kim } = world;
    await robin.button("Assign").click();
    await robin.page.getByRole("menuitemradio", { name: "Assign to me" }).click();
    await robin.button("Assigned to Robin").waitFor();
    await kim.row("Maya Lind").getByText("Robin").waitFor();
    await kim.filter(/^Unassigned/);
    await kim.row("Visitor").waitFor();
    await kim.row("Maya Lind").waitFor({ state: "detached" });
    await kim.filter(/^Mine/);
    await kim.page.getByText("Nothing in your care").waitFor();
    await robin.filter(/^Mine/);
    await robin.row("Maya Lind").getByText("You", { exact: true }).waitFor();
    assert.equal(await robin.rows.count(), 1);
    // Given to Kim, it moves from one list to the other while both look.
    await robin.button("Assigned to Robin").click();
    await robin.page.getByRole("menuitemradio", { name: /^Kim/ }).click();
    await kim.row("Maya Lind").getByText("You", { exact: true }).waitFor();
    await kim.filter(/^Closed/);
    await kim.page.getByText("Nothing closed yet").waitFor();
    await world.tidy();
  });

  it("finds conversations by their words", async () => {
    const { robin, maya } = world;
    const said = world.words("Zanzibar cloves");
    await speak(maya, said);
    await robin.page.waitForFunction(async (q) => (await (await fetch(`/v1/inbox/conversations?q=${encodeURIComponent(q)}`)).json()).conversations.length === 1, said);
    await robin.page.locator(".talk-who").click();
    await robin.page.keyboard.press("/");
    await robin.page.keyboard.type(said);
    await robin.page.waitForFunction(() => document.querySelectorAll(".conv").length === 1);
    await robin.row("Maya Lind").waitFor();
    await robin.page.keyboard.press("Escape");
    await robin.row("Visitor").first().waitFor();
  });

  it("is endless: page after page of it, while others write", async () => {
    const { kim, maya, site, demo } = world;
    const begin = async (index) => {
      const headers = { origin: site.origin, "content-type": "application/json" };
      const post = async (path, body, more) => {
        const answer = await fetch(`${demo.url}/v1/widget/${path}`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(body) });
        assert.ok(answer.ok, `${path}: ${answer.status}`);
        return answer.json();
      };
      const { visitor_token: token } = await post("sessions", { domain: "garden.example" });
      await post("messages", { client_key: `plant-${index}`, body: `plant ${index} end` }, { authorization: `Bearer ${token}` });
    };
    for (let index = 0; index < 120; index += 10) await Promise.all(Array.from({ length: 10 }, (_, more) => begin(index + more)));
    await kim.page.reload();
    await kim.choose(/^garden\.example/);
    await kim.rows.first().waitFor();
    await kim.page.waitForFunction(() => {
      const box = document.querySelector("[role=listbox]");
      if (box === null) return null;
      box.scrollTop = box.scrollHeight;
      return document.querySelector("[role=option][aria-posinset='120']");
    });
    await kim.choose(/^All domains/);
    const said = world.words("Maya: from above");
    await speak(maya, said);
    await kim.row(said).waitFor();
  });

  it("keeps to one domain where one is chosen, and names it beside the reply box", async () => {
    const { robin } = world;
    await robin.choose(/^kettles\.example/);
    await robin.page.waitForFunction(() => ![...document.querySelectorAll(".conv")].some((row) => row.textContent.includes("plant ")));
    await robin.open("Maya Lind");
    await robin.page.getByText("To Maya Lind on kettles.example").waitFor();
    await robin.choose(/^All domains/);
    await robin.page.waitForFunction(() => [...document.querySelectorAll(".conv .conv-domain")].some((name) => name.textContent === "garden.example"));
  });

  it("is led by the keyboard alone, to the answer and out again", async () => {
    const { robin, maya } = world;
    const said = world.words("Maya: by keyboard?");
    await speak(maya, said);
    await robin.row(said).waitFor();
    await robin.list.focus();
    await robin.page.keyboard.press("Home");
    await robin.page.keyboard.press("Enter");
    await robin.said(said).waitFor();
    await robin.page.keyboard.press("r");
    const answer = world.words("By keyboard");
    await robin.page.keyboard.type(answer);
    await robin.page.keyboard.press("Enter");
    await maya.message(answer).waitFor();
    await robin.page.keyboard.press("Escape");
    await robin.page.keyboard.press("?");
    await robin.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await robin.page.keyboard.press("Escape");
    await robin.page.keyboard.press("c");
    await robin.dialog.getByText("Before you close it:").waitFor();
    await robin.page.keyboard.press("Escape");
    await robin.dialog.waitFor({ state: "detached" });
  });

  it("tells of new words by sound and notification where that was asked for, and not otherwise", async () => {
    const { robin, kim, noah } = world;
    await robin.open("Maya Lind");
    await robin.page.getByRole("button", { name: "Robin: profile and settings" }).click();
    await robin.page.getByRole("menuitem", { name: "Settings" }).click();
    const settings = robin.page.getByRole("dialog", { name: "Settings" });
    for (const name of [/sound/i, /notification/i]) await settings.getByRole("checkbox", { name }).check();
    await robin.page.keyboard.press("Escape");
    await settings.waitFor({ state: "detached" });
    await Promise.all([robin, kim].map(({ page }) => page.evaluate(() => window.heard.splice(0))));
    const said = world.words("Noah: ring");
    await speak(noah, said);
    await robin.page.waitForFunction(() => window.heard.length >= 2);
    const heard = await robin.page.evaluate(() => window.heard.splice(0));
    assert.ok(heard.includes("tone") && heard.some((line) => line.endsWith(said) && line.includes("kettles.example")), heard.join());
    await kim.row(said).waitFor();
    assert.deepEqual(await kim.page.evaluate(() => window.heard), []);
  });

  it("works on a telephone, and at 400 % zoom, while the same person sits at a desk", async () => {
    const { robin, maya } = world;
    const page = await world.tab(robin.context);
    const small = inboxOf(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${world.demo.url}/inbox`);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await small.row("Maya Lind").click();
    await small.input.waitFor();
    assert.ok(await fits());
    assert.equal(await small.list.isVisible(), false);
    const answer = world.words("From the road");
    await small.write(answer);
    await maya.message(answer).waitFor();
    await robin.open("Maya Lind");
    await robin.said(answer).waitFor();
    await page.setViewportSize({ width: 320, height: 256 });
    assert.ok(await fits());
    // Both are one browser's, and what is begun in one goes on in the other.
    await small.input.fill("small");
    await robin.page.waitForFunction(() => document.querySelector(".composer textarea").value === "small");
    await small.input.fill("");
    await robin.page.waitForFunction(() => document.querySelector(".composer textarea").value === "");
    await small.button("Back to the list").click();
    await small.row("Maya Lind").waitFor();
    assert.ok(await fits());
    await page.close();
  });

  it("shows the other pages what happened, for each operator what they may see", async () => {
    const { robin, kim } = world;
    assert.equal((await call(kim.page, "GET", "/v1/admin/domains")).status, 403);
    assert.match(world.takeComplaints(kim.page).join(), /403/);
    const [admin, monitor] = [await world.tab(robin.context), await world.tab(kim.context)];
    await admin.goto(`${world.demo.url}/admin#operators`);
    for (const name of ["Robin", "Kim"]) await admin.locator("ul.people > li").filter({ hasText: name }).first().waitFor();
    await monitor.goto(`${world.demo.url}/monitor`);
    await monitor.getByRole("region", { name: "Channels" }).getByText("Slack").first().waitFor();
    await monitor.goto(`${world.demo.url}/history?q=Zanzibar`);
    await monitor.getByText("Zanzibar").first().waitFor();
    await Promise.all([admin.close(), monitor.close()]);
  });
}
