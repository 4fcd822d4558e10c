import { describe, expect, it } from "vitest";
import { inMemory, type Storage } from "../../../widget/storage";
import { Drafts } from "./drafts";

/** Two tabs on one storage: what one changes the other one hears. */
function tabs(): [Storage, Storage] {
  const shared = inMemory();
  const listeners: Parameters<Storage["onChange"]>[0][][] = [[], []];
  const tab = (own: number): Storage => {
    const tell = (name: string) => {
      for (const listener of listeners[1 - own] ?? []) listener(name, shared.get(name));
    };
    return {
      ...shared,
      set: (name, value) => (shared.set(name, value), tell(name)),
      remove: (name) => (shared.remove(name), tell(name)),
      onChange: (listener) => void listeners[own]?.push(listener),
    };
  };
  return [tab(0), tab(1)];
}

describe("drafts", () => {
  it("are kept by conversation, with what kind they are, and only so many of them", () => {
    const storage = inMemory();
    let now = 0;
    const drafts = new Drafts(storage, () => (now += 1));
    drafts.set("a", { text: "half a", note: true, seen: 30 });
    expect(new Drafts(storage).get("a")).toEqual({ text: "half a", note: true, seen: 30 });
    for (let index = 0; index < 60; index += 1) drafts.set(`c${index}`, { text: "x", note: false });
    expect(storage.names("draft:")).toHaveLength(50);
    expect(drafts.get("a").text).toBe("");
    drafts.set("c59", { text: "", note: false });
    expect(storage.names("draft:")).toHaveLength(49);
  });

  it("let an empty box at notes go before words", () => {
    const storage = inMemory();
    let now = 0;
    const drafts = new Drafts(storage, () => (now += 1));
    drafts.set("words", { text: "half a", note: false });
    for (let index = 0; index < 60; index += 1) drafts.set(`c${index}`, { text: "", note: true });
    expect(drafts.get("words").text).toBe("half a");
  });

  it("tell what another tab makes of them, but not that they had to go", () => {
    const [one, other] = tabs();
    let now = 0;
    const here = new Drafts(one, () => (now += 1));
    const there = new Drafts(other, () => (now += 1));
    const heard: string[] = [];
    const end = here.listen("a", () => heard.push(here.get("a").text));
    there.set("a", { text: "twice?", note: false });
    there.set("b", { text: "another", note: false });
    here.set("a", { text: "twice? no", note: false });
    there.set("a", { text: "", note: false });
    expect(heard).toEqual(["twice?", ""]);
    there.set("a", { text: "oldest", note: false });
    for (let index = 0; index < 60; index += 1) there.set(`c${index}`, { text: "x", note: false });
    expect(here.get("a").text).toBe("");
    end();
    there.set("a", { text: "unheard", note: false });
    expect(heard).toEqual(["twice?", "", "oldest"]);
  });
});
