// @vitest-environment happy-dom
import { expect, it, vi } from "vitest";
import { Outbox } from "./outbox";
import { openStorage } from "./storage";
import { conversation, message } from "./test/samples";

/** A localStorage as pages put in its place: the usual methods, and nothing to be seen from outside. */
function standIn(kept: Record<string, string> = {}) {
  const values = new Map(Object.entries(kept));
  const browser = {
    full: false,
    getItem: (key: string) => values.get(key) ?? null,
    setItem(key: string, value: string) {
      if (browser.full) throw new DOMException("Full.", "QuotaExceededError");
      values.set(key, value);
    },
    removeItem: (key: string) => void values.delete(key),
    key: (at: number) => [...values.keys()][at] ?? null,
    get length() {
      return values.size;
    },
  };
  vi.stubGlobal("localStorage", browser);
  return browser;
}

it("finds its names where the page has put something in localStorage's place", () => {
  const browser = standIn({ "other:token": "x", "p:out:1": "a" });
  const storage = openStorage("p:");
  storage.set("out:2", "b");
  expect(storage.names("out:")).toEqual(["out:1", "out:2"]);
  expect(browser.getItem("p:out:2")).toBe("b");
});

it("reads what is full, and holds in memory what that won't take", () => {
  const browser = standIn({ "p:token": "t1", "p:draft": "half" });
  browser.full = true;
  const storage = openStorage("p:");
  expect(storage.get("token")).toBe("t1");
  storage.set("draft", "half a sentence");
  storage.set("sound", "off");
  expect([storage.get("draft"), storage.get("sound")]).toEqual(["half a sentence", "off"]);
  expect(storage.names("s")).toEqual(["sound"]);
  // There is room again.
  browser.full = false;
  storage.set("draft", "half a sentence more");
  expect(openStorage("p:").get("draft")).toBe("half a sentence more");
  // Another tab forgot the visitor.
  browser.removeItem("p:draft");
  storage.forget();
  expect([storage.get("draft"), storage.get("sound"), storage.get("token")]).toEqual([null, null, "t1"]);
});

it("takes another tab's word for what it couldn't keep itself", () => {
  const browser = standIn();
  browser.full = true;
  const storage = openStorage("p:");
  storage.set("seen", "mine");
  const heard = vi.fn();
  storage.onChange(heard);
  const event = new StorageEvent("storage", { key: "p:seen", newValue: "theirs" });
  Object.defineProperty(event, "storageArea", { value: browser });
  browser.full = false;
  browser.setItem("p:seen", "theirs");
  dispatchEvent(event);
  expect(heard).toHaveBeenCalledWith("seen", "theirs");
  expect(storage.get("seen")).toBe("theirs");
});

it("keeps unsent messages in memory where there is no room for them, once each", () => {
  const browser = standIn();
  const box = new Outbox(openStorage("p:"));
  const first = box.add("one", null);
  browser.full = true;
  const second = box.add("two", null);
  box.fail(first.client_key, "too long");
  expect(box.items().map(({ body, failed }) => [body, failed])).toEqual([["one", "too long"], ["two", null]]);
  box.accept(second.client_key, { conversation: conversation(), message: message(1) });
  expect(box.items().map(({ body }) => body)).toEqual(["one"]);
});
