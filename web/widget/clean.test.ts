import { describe, expect, it } from "vitest";
import { cleanPage, wellFormed } from "./clean";

const page = (more: { url?: string; title?: string; referrer?: string } = {}) =>
  cleanPage({ url: "https://shop.example/", title: "Shop", ...more });

describe("text", () => {
  it("loses half characters and nothing else", () => {
    expect(wellFormed("Tea \ud83c\udf75 cut \ud83c")).toBe("Tea \ud83c\udf75 cut \ufffd");
    expect(wellFormed("\udf75\ud83c")).toBe("\ufffd\ufffd");
    expect(wellFormed("plain \u0000 é 漢")).toBe("plain \u0000 é 漢");
  });
});

describe("a page", () => {
  it("stays what it is where nothing is wrong", () => {
    const fine = { url: "https://shop.example/a?b#c", title: "Shop", referrer: "https://a.example/" };
    expect(cleanPage(fine)).toEqual(fine);
  });

  it("has a title that can be sent, however it was cut", () => {
    expect(page({ title: "\ud83c\udf75".repeat(9).slice(0, -1) })?.title?.endsWith("\ufffd")).toBe(true);
    expect(page({ title: "x".repeat(100_000) })?.title).toHaveLength(200);
    const cups = page({ title: `x${"\ud83c\udf75".repeat(100_000)}` })?.title ?? "";
    expect([...cups]).toHaveLength(200);
    expect(cups).toBe(wellFormed(cups));
  });

  it("drops what makes an address too long, the address itself at last", () => {
    const long = "y".repeat(2_048);
    expect(page({ url: `https://shop.example/cart?${long}` })?.url).toBe("https://shop.example/cart");
    expect(page({ url: `https://shop.example/${long}` })).toBeNull();
    expect(page({ referrer: `https://a.example/${long}` })).toEqual(page());
    expect(page({ referrer: "" })).toEqual(page());
  });
});
