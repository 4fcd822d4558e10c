// @vitest-environment happy-dom
import { render } from "preact";
import { expect, it } from "vitest";
import { at, message } from "../inbox/test/samples";
import { now } from "../kit/time";
import { Blocks } from "./Blocks";
import { items } from "./items";

const DAY_MS = 86_400_000;

it("calls today yesterday once it is, though nothing else has changed", async () => {
  now.value = Date.parse(at(0));
  const rows = items({ messages: [message(1)], unsent: [], newAfter: null, seenByVisitor: 0 });
  const drawn = document.createElement("div");
  render(<Blocks rows={rows} visitor="Maya" me={null} delayed={false} actions={null} />, drawn);
  const day = () => drawn.querySelector(".tl-day")?.textContent;
  expect(day()).toBe("Today");
  now.value += DAY_MS;
  await expect.poll(day).toBe("Yesterday");
});
