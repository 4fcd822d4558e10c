import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox";
import { type Storage, inMemory } from "./storage";
import { conversation, message } from "./test/samples";

function outbox(storage: Storage, start = 1_000): Outbox {
  let keys = 0;
  return new Outbox(storage, () => start, () => `k${start}-${(keys += 1)}`);
}

const posted = { conversation: conversation(), message: message(1) };
const bodies = (box: Outbox) => box.items().map((item) => item.body);

describe("the outbox", () => {
  it("keeps the order of writing, also within one millisecond", () => {
    const box = outbox(inMemory());
    for (const body of ["one", "two", "three"]) box.add(body, null);
    expect(bodies(box)).toEqual(["one", "two", "three"]);
    expect(box.next()?.body).toBe("one");
  });

  it("survives a reload with the same keys", () => {
    const storage = inMemory();
    const page = { url: "https://shop.example/", title: "Shop" };
    const item = outbox(storage).add("hello", page);
    expect(outbox(storage, 2_000).items()).toEqual([item]);
    expect(item.page).toEqual(page);
  });

  it("lets go of what was accepted, and only of that", () => {
    const box = outbox(inMemory());
    const first = box.add("one", null);
    box.add("two", null);
    box.accept(first.client_key, posted);
    expect(bodies(box)).toEqual(["two"]);
  });

  it("keeps what was turned down, out of the way of what follows", () => {
    const box = outbox(inMemory());
    const first = box.add("one", null);
    box.add("two", null);
    box.fail(first.client_key, "too long");
    expect(box.items()[0]?.failed).toBe("too long");
    expect(box.next()?.body).toBe("two");
    box.retry(first.client_key);
    expect(box.next()).toEqual(first);
    box.discard(first.client_key);
    expect(bodies(box)).toEqual(["two"]);
  });

  it("shares one list between tabs without losing either's", () => {
    const storage = inMemory();
    const [left, right] = [outbox(storage, 1_000), outbox(storage, 1_001)];
    left.add("left", null);
    right.add("right", null);
    expect(bodies(left)).toEqual(["left", "right"]);
    expect(bodies(right)).toEqual(["left", "right"]);
  });

  it("tells other tabs what an accepted message became", () => {
    const storage = inMemory();
    const written: (string | null)[] = [];
    const names: string[] = [];
    const box = outbox({
      ...storage,
      set(name, value) {
        names.push(name);
        written.push(value);
        storage.set(name, value);
      },
    });
    box.accept(box.add("one", null).client_key, posted);
    const other = outbox(inMemory());
    expect(other.heard(names.at(-1) ?? "", written.at(-1) ?? null)).toEqual({ kind: "accepted", posted });
    expect(other.heard(names.at(-1) ?? "", null)).toEqual({ kind: "changed" });
    expect(other.heard("draft", "x")).toBeNull();
  });

  it("forgets an accepted message whose tab went away too early", () => {
    const storage = inMemory();
    storage.set("out:0000000000000001:k", JSON.stringify({ client_key: "k", body: "x", page: null, failed: null, accepted: posted }));
    expect(outbox(storage).items()).toEqual([]);
    expect(storage.names("out:")).toEqual([]);
  });

  it("throws away what it can't read", () => {
    const storage = inMemory();
    storage.set("out:1", "{broken");
    storage.set("out:2", '{"client_key":7}');
    expect(outbox(storage).items()).toEqual([]);
  });

  it("keeps the order when the clock was set back before a reload", () => {
    const storage = inMemory();
    outbox(storage, 5_000).add("one", null);
    const box = outbox(storage, 1_000);
    box.add("two", null);
    outbox(storage, 900).add("three", null);
    expect(bodies(box)).toEqual(["one", "two", "three"]);
  });

  it("keeps text that can be sent", () => {
    expect(outbox(inMemory()).add("cut \ud83d", null).body).toBe("cut \ufffd");
  });
});
