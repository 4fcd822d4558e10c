// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { Summary } from "../../kit/types";
import { ada, batch, detail, message, summary } from "../test/samples";
import { Reader } from "./reader";

/** A reader with `c` open. What changes something has been `asked`, and is answered when the test wants that. */
async function reading() {
  let answer: (body: unknown) => void = () => undefined;
  const asked = vi.fn();
  vi.stubGlobal("fetch", (_: string, { method }: RequestInit) => {
    if (method === "GET") return Promise.resolve(Response.json(detail([])));
    asked();
    return new Promise((done) => (answer = (body) => done(Response.json(body))));
  });
  const listed = vi.fn<(summary: Summary) => void>();
  const reader = new Reader({ watch: () => undefined, unwatch: () => undefined, onSummary: listed });
  await reader.select("c");
  listed.mockClear();
  return { reader, listed, asked, answer: (body: unknown) => answer(body), shown: () => reader.open.value?.summary };
}

describe("the answer to what an operator does", () => {
  it("is shown, on the right and in the list", async () => {
    const { reader, listed, asked, answer, shown } = await reading();
    const tagged = reader.tag("bug", true);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    answer({ tags: ["bug"] });
    await tagged;
    expect(shown()?.tags).toEqual(["bug"]);
    const assigned = reader.act({ assign: "me" });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    answer({ conversation: summary("c", 1, { assignee: ada }) });
    await assigned;
    expect(shown()?.assignee).toEqual(ada);
    expect(listed).toHaveBeenCalledTimes(2);
  });

  it("puts nothing back that the live line has told since", async () => {
    const { reader, listed, asked, answer, shown } = await reading();
    const tagged = reader.tag("bug", true);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    // The change itself, and then a colleague's.
    reader.hear(batch(6, [], { conversation: summary("c", 1, { tags: ["bug"] }) }));
    reader.hear(batch(7, [], { conversation: summary("c", 2, { tags: ["bug", "vip"] }) }));
    answer({ tags: ["bug"] });
    await tagged;
    expect(shown()?.tags).toEqual(["bug", "vip"]);
    const closed = reader.act("close");
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    reader.hear(batch(9, [], { conversation: summary("c", 3, { status: "open", assignee: ada }) }));
    answer({ conversation: summary("c", 2, { status: "closed" }) });
    await closed;
    expect(shown()).toMatchObject({ status: "open", assignee: ada });
    expect(listed).not.toHaveBeenCalled();
    const mine = message(8, { mine: true, body: "one" });
    reader.hear(batch(10, [mine]));
    const edited = reader.actOn(mine, { edit: "two" });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(3));
    reader.hear(batch(12, [message(8, { mine: true, body: "three" })]));
    answer({ message: message(8, { mine: true, body: "two" }) });
    await edited;
    expect(reader.open.value?.messages.at(-1)?.body).toBe("three");
  });
});
