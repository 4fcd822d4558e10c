// @vitest-environment happy-dom
import { expect, it, vi } from "vitest";
import { cleanPage } from "./clean";
import { Following } from "./following";

it("takes words alone for the page's title and referrer: a form of that name stands in their place", () => {
  vi.spyOn(document, "title", "get").mockReturnValue(document.createElement("img") as unknown as string);
  vi.spyOn(document, "referrer", "get").mockReturnValue(document.createElement("form") as unknown as string);
  const following = new Following({ http: {} as never, token: () => null, isOpen: () => false });
  expect(cleanPage(following.page())).toEqual({ url: location.href, title: "", referrer: null });
});
