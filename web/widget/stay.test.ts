// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LOADED_AGAIN, keepOnPage } from "./stay";

let element: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = "<main>one</main>";
  element = document.createElement("div");
  document.body.append(element);
  keepOnPage(element);
});
afterEach(() => element.remove());

const told = () => new Promise((resolve) => setTimeout(resolve));

describe("the widget", () => {
  it("moves to a new body, and to the one after it", async () => {
    for (const text of ["two", "three"]) {
      const body = document.createElement("body");
      body.textContent = text;
      document.documentElement.replaceChild(body, document.body);
      await told();
      expect(element.parentNode).toBe(body);
      body.replaceChildren(document.createElement("main"));
      await told();
      expect(element.parentNode).toBe(body);
    }
  });

  it("comes back when the body's content is exchanged", async () => {
    document.body.replaceChildren(document.createElement("main"));
    await told();
    expect(element.isConnected).toBe(true);
  });

  it("stays away when it was removed alone, until another page is shown", async () => {
    for (const name of ["turbo:load", "popstate", LOADED_AGAIN]) {
      element.remove();
      await told();
      expect(element.isConnected).toBe(false);
      (name.includes("turbo") ? document : window).dispatchEvent(new Event(name));
      expect(element.isConnected).toBe(true);
    }
  });
});
