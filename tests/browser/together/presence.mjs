// Who is there: what the inbox says of it, what visitors are told, and how both follow each other.
import assert from "node:assert/strict";
import { it } from "node:test";
import { CHANNEL } from "./world.mjs";

export function presence(world) {
  it("says of a domain whether visitors find somebody, since when, and who that is, by name", async () => {
    const { robin, kim } = world;
    for (const each of [robin, kim]) await each.choose(/^garden\.example/);
    for (const each of [robin, kim]) {
      await each.top.getByText("Online", { exact: true }).waitFor();
      await each.top.getByText(/^since .*\d/).waitFor();
      await each.top.getByText(/Monitored by .*Kim \(inbox\)/).waitFor();
      await each.top.getByText(/Monitored by .*Robin \(inbox\)/).waitFor();
    }
    await robin.choose(/^parcels\.example/);
    await robin.top.getByText("This domain isn't in live chat mode").waitFor();
    assert.equal(await robin.top.getByRole("link", { name: "Domain settings" }).getAttribute("href"), "/admin#domain=parcels.example");
    await robin.choose(/^All domains/);
    await robin.top.getByText(/^\d of 4 domains online$/).waitFor();
    // Whoever is active in Slack is named too.
    await kim.choose(/^kettles\.example/);
    await kim.top.getByText(/Mina.* \(Slack\)/).waitFor();
  });

  it("tells visitors within seconds that everybody went away, and that one is back", async () => {
    const { robin, kim, noah } = world;
    const there = await world.visit(noah.context, "garden.example", "fig-tree");
    await there.launcher.click();
    await there.panel.getByText("We'll answer here").waitFor();
    await robin.choose(/^garden\.example/);
    await kim.say(/^Away/);
    await robin.top.getByText(/^Monitored by Robin \(inbox\)$/).waitFor();
    await robin.say(/^Away/);
    await there.panel.getByText(/^Nobody can answer right now/).waitFor();
    for (const text of ["Offline", "Operators may not be connected.", /^Visitors see: “/]) await robin.top.getByText(text).first().waitFor();
    assert.equal(await robin.top.getByRole("link", { name: "Domain settings" }).getAttribute("href"), "/admin#domain=garden.example");
    await kim.say(/^Available/);
    await there.panel.getByText("We'll answer here").waitFor();
    await robin.top.getByText(/^Monitored by Kim \(/).waitFor();
    for (const each of [robin, kim]) await each.say(/^Automatic/);
    await robin.top.getByText(/Robin \(inbox\)/).waitFor();
    await there.page.close();
  });

  it("takes the word of somebody in Slack", async () => {
    const { robin } = world;
    await robin.choose(/^kettles\.example/);
    const mina = (text) => world.inSlack({ do: "command", user: "U0MINA", channel: CHANNEL, command: "/threadline", text });
    await mina("away");
    await robin.page.waitForFunction(() => !/Mina/.test(document.querySelector("section.state").textContent));
    await mina("back");
    await robin.top.getByText(/Mina/).waitFor();
    await mina("auto");
    await robin.choose(/^All domains/);
  });
}
