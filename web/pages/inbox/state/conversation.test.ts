import { describe, expect, it } from "vitest";
import { batch, detail, message } from "../test/samples";
import { delivered, earlier, heard, lastOfVisitor, lookedAway, opened, reopened, threadOpened, told, type Open } from "./conversation";

const seqs = (open: Open) => open.messages.map(({ seq }) => seq).join(" ");

describe("the open conversation", () => {
  it("works each batch in once, in order", () => {
    const first = heard(opened(detail([message(10), message(20)])), batch(8, [message(40), message(30)]), false);
    expect(seqs(first)).toBe("10 20 30 40");
    expect(first.after).toBe(8);
    expect(seqs(heard(first, batch(8, [message(40)]), false))).toBe("10 20 30 40");
    // An older batch that comes late changes nothing.
    expect(heard(first, batch(6, [message(40, { body: "old" })]), false)).toBe(first);
  });

  it("takes edits and removals in place", () => {
    const open = heard(opened(detail([message(10), message(20)])), batch(9, [message(10, { body: "", removed: true })]), false);
    expect(open.messages.map(({ removed }) => removed)).toEqual([true, false]);
  });

  it("doesn't show one's own message twice, whichever way it comes first", () => {
    const mine = message(30, { client_key: "k", mine: true });
    const open = heard(told(opened(detail([message(10)])), mine), batch(9, [mine]), false);
    expect(seqs(open)).toBe("10 30");
  });

  it("lets read marks only grow", () => {
    const open = heard(opened(detail([message(10)], { read: { mine: 10, visitor: 10 } })), batch(9, [], { read: { mine: 5, visitor: 20 } }), false);
    expect(open.read).toEqual({ mine: 10, visitor: 20 });
  });

  it("puts older messages above and leaves no hole", () => {
    const part = opened(detail([message(50), message(60)], { more_before: true }));
    // A change to a message that isn't loaded comes with its page.
    expect(seqs(heard(part, batch(9, [message(20)]), false))).toBe("50 60");
    const more = earlier(part, [message(30), message(40)], false);
    expect(seqs(more)).toBe("30 40 50 60");
    expect(more.moreBefore).toBe(false);
  });

  it("keeps what was scrolled to when it is read again, unless something is missing between", () => {
    const scrolled = earlier(opened(detail([message(50), message(60)], { more_before: true })), [message(40)], true);
    expect(seqs(reopened(scrolled, detail([message(60), message(70)], { more_before: true })))).toBe("40 50 60 70");
    expect(seqs(reopened(scrolled, detail([message(90)], { more_before: true })))).toBe("90");
  });

  it("draws the line where the operator stopped reading", () => {
    const open = opened(detail([message(10), message(20)], { read: { mine: 10, visitor: 0 } }));
    expect(open.newAfter).toBe(10);
    expect(lookedAway(open).newAfter).toBe(20);
  });

  it("draws none above what the operator sees arrive, and takes it away once they answer", () => {
    const nothingNew = opened(detail([message(10)], { read: { mine: 10, visitor: 0 } }));
    const watched = heard(nothingNew, batch(8, [message(20)]), true);
    expect(watched.newAfter).toBe(20);
    const away = heard(watched, batch(9, [message(30)]), false);
    expect(away.newAfter).toBe(20);
    // It stands until they answer, whatever else they see arrive.
    const still = heard(away, batch(10, [message(40)]), true);
    expect(still.newAfter).toBe(20);
    expect(told(still, message(50, { mine: true })).newAfter).toBe(50);
    expect(heard(still, batch(11, [message(50, { mine: true })]), true).newAfter).toBe(50);
  });

  it("notices that a thread was opened, by what arrives in it, once", () => {
    const thread = { platform: "discord", connection: "discord.play", channel: "8", url: null, state: "opening" as const, broken: null };
    const to = (channel: string, state: "pending" | "delivered") => ({ connection: "discord.play", platform: "discord", channel, state, reason: null, outbox_id: "o" });
    const waits = opened(detail([message(10, { deliveries: [to("8", "pending"), to("9", "pending")] })], { threads: [thread] }));
    const elsewhere = heard(waits, batch(9, [message(10, { deliveries: [to("8", "pending"), to("9", "delivered")] })]), false);
    expect(threadOpened(waits, elsewhere)).toBe(false);
    const there = delivered(elsewhere, [message(10, { deliveries: [to("8", "delivered"), to("9", "delivered")] })]);
    expect(threadOpened(elsewhere, there)).toBe(true);
    expect(threadOpened(there, there)).toBe(false);
    expect(threadOpened(elsewhere, { ...there, detail: { ...there.detail, threads: [{ ...thread, state: "open" }] } })).toBe(false);
  });

  it("knows the visitor's newest words", () => {
    const team = { kind: "operator" as const, id: "ada", name: "Ada", picture: null };
    const open = opened(detail([message(10), message(20, { removed: true }), message(30, { author: team })]));
    expect(lastOfVisitor(open)?.seq).toBe(10);
  });
});
