// Two operators and two visitors at once, each in a browser of their own, at the real program: what one does, the others
// see, and nobody sees what isn't theirs. One program and one set of pages for all of it; the tests go one after another.
// Needs THREADLINE_BIN (a built binary) and Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { conversations } from "./together/conversations.mjs";
import { inbox } from "./together/inbox.mjs";
import { presence } from "./together/presence.mjs";
import { widgets } from "./together/widgets.mjs";
import { World } from "./together/world.mjs";

const skip = process.env.THREADLINE_BIN && !process.env.THREADLINE_DEMO_URL ? false : "set THREADLINE_BIN";

describe("two operators and two visitors", { skip, timeout: 600_000 }, () => {
  const world = new World();
  before(() => world.start());
  after(() => world.stop());
  inbox(world);
  conversations(world);
  widgets(world);
  presence(world);
  it("none of which any page complained about", () => assert.deepEqual(world.complaints(), []));
});
