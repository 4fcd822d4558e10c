// @vitest-environment happy-dom
import { render } from "preact";
import { describe, expect, it } from "vitest";
import type { Block, Inline } from "../../api/types";
import { leastMs } from "../test/quick";
import { Text } from "./Text";
import { disguise, linkify, safeUrl } from "./linkify";

const links = (text: string) => linkify(text).flatMap((piece) => (piece.type === "link" ? [piece.text] : []));

function shown(body: string, rich: Block[] | null = null): HTMLElement {
  const place = document.createElement("div");
  render(<Text message={{ body, rich }} />, place);
  return place;
}

const paragraph = (...children: Inline[]): Block[] => [{ type: "paragraph", children }];
const link = (url: string, text: string): Inline => ({ type: "link", url, children: [{ type: "text", text }] });

describe("linkify", () => {
  it("finds addresses and leaves the sentence alone", () => {
    expect(links("See https://a.example/x?y=1#z, or http://b.example.")).toEqual(["https://a.example/x?y=1#z", "http://b.example"]);
    expect(links("(https://a.example/p_(q)) and [https://b.example]")).toEqual(["https://a.example/p_(q)", "https://b.example"]);
    expect(links("“https://a.example/é”!")).toEqual(["https://a.example/é"]);
  });

  it.each(["،", "؛", "؟", "۔", "।", "。", "、", "，", "！", "）", "」", "’s", "”", "،و", "。请看", "，请看"])("ends an address before %j", (after) => {
    expect(links(`https://shop.example${after}`)).toEqual(["https://shop.example"]);
    expect(links(`https://shop.example/a${after} b`)).toEqual(["https://shop.example/a"]);
  });

  it("leaves the letters of all scripts in an address", () => {
    for (const address of ["https://佐々木.example/〇", "https://متجر.example/شاي", "https://a.example/キ・ー"]) {
      expect(links(address)).toEqual([address]);
    }
  });

  it("loses no character", () => {
    const text = "a https://x.example, https://u:p@y.example b\nhttps:// c";
    expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt://https.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://a.example",
    "www.a.example",
    "https://",
    "https://bank.example@evil.example/",
    "https://user:secret@evil.example/",
    "https://bank.example\u202egpj.exe",
    "https://bank\u200b.example",
  ])("makes no link of %j", (text) => {
    expect(links(text)).toEqual([]);
  });

  it("stays quick on long nonsense", () => {
    const nonsense = "https://a.example/".repeat(500) + ")".repeat(1_000);
    expect(leastMs(() => linkify(nonsense))).toBeLessThan(1_000);
  });
});

describe("links", () => {
  it("are only http and https, and whom to write to or call", () => {
    for (const url of ["javascript:alert(1)", "vbscript:x", "data:text/html,x", "blob:https://a.example/1", "/relative", "", "file:///etc/passwd"]) {
      expect(safeUrl(url)).toBeNull();
    }
    expect(safeUrl("HTTPS://A.example/x")).toBe("https://a.example/x");
    expect(safeUrl("mailto:a@b.example?cc=c@d.example&body=x")).toBe("mailto:a@b.example");
    expect(safeUrl("tel:+49-30-1234")).toBe("tel:+49-30-1234");
    for (const url of ["mailto:", "tel:", "mailto:?to=a@b.example", "mailto:a@b.example%0abcc:x@y.example", "mailto:a%E2%80%AE@b.example", "mailto:%ff"]) {
      expect(safeUrl(url)).toBeNull();
    }
  });

  it("say where they lead when their text says otherwise", () => {
    expect(disguise("bank.example", "https://evil.example/")).toBe("evil.example");
    expect(disguise("https://bank.example/login", "https://evil.example/")).toBe("evil.example");
    expect(disguise("bank.example", "https://bank.example.evil.example/")).toBe("bank.example.evil.example");
    expect(disguise("elpmaxe\u202e", "https://evil.example/")).toBe("evil.example");
    expect(disguise("www.bank.example", "https://bank.example/login")).toBeNull();
    expect(disguise("our page", "https://bank.example/")).toBeNull();
  });
});

describe("a message", () => {
  it("shows markup as the text that it is", () => {
    const place = shown('<img src=x onerror="alert(1)"><script>alert(1)</script> & <b>');
    expect(place.querySelector("img, script, b")).toBeNull();
    expect(place.textContent).toBe('<img src=x onerror="alert(1)"><script>alert(1)</script> & <b>');
  });

  it("opens links apart from the page", () => {
    const anchor = shown("https://a.example/x").querySelector("a");
    expect(anchor?.getAttribute("href")).toBe("https://a.example/x");
    expect(anchor?.getAttribute("target")).toBe("_blank");
    expect(anchor?.getAttribute("rel")).toContain("noopener");
    expect(anchor?.getAttribute("rel")).toContain("nofollow");
  });

  it("shows formatting", () => {
    const place = shown("", [
      { type: "paragraph", children: [{ type: "bold", children: [{ type: "italic", children: [{ type: "text", text: "a" }] }] }, { type: "break" }, { type: "code", text: "<b>" }] },
      { type: "quote", children: paragraph({ type: "strike", children: [{ type: "text", text: "q" }] }) },
      { type: "code", text: "x\n  y" },
      { type: "list", ordered: true, items: [[{ type: "text", text: "one" }], [link("https://a.example/", "two")]] },
    ]);
    expect(place.querySelector("strong em")?.textContent).toBe("a");
    expect(place.querySelector("p code")?.textContent).toBe("<b>");
    expect(place.querySelector("blockquote s")?.textContent).toBe("q");
    expect(place.querySelector("pre")?.textContent).toBe("x\n  y");
    expect(place.querySelectorAll("ol li")).toHaveLength(2);
  });

  it("never follows a bad link, and shows it", () => {
    const place = shown("", paragraph(link("javascript:alert(1)", "click me")));
    expect(place.querySelector("a")).toBeNull();
    expect(place.textContent).toBe("click me (javascript:alert(1))");
  });

  it("lets mail and telephone be followed, and shows whose they are", () => {
    const place = shown("", paragraph(link("mailto:a@b.example", "a@b.example"), link("mailto:x@y.example", "Write to us")));
    expect(place.textContent).toBe("a@b.exampleWrite to us (x@y.example)");
    expect([...place.querySelectorAll("a")].map((each) => each.getAttribute("href"))).toEqual(["mailto:a@b.example", "mailto:x@y.example"]);
    expect(place.querySelector("a")?.hasAttribute("target")).toBe(false);
    expect(shown("", paragraph(link("tel:+49301234", "+49 (30) 12-34"))).textContent).toBe("+49 (30) 12-34");
    expect(shown("", paragraph(link("tel:+49301234", "+1 555 0100"))).textContent).toBe("+1 555 0100 (+49301234)");
    expect(shown("", paragraph(link("mailto:x@y.example", ""))).textContent).toBe("x@y.example");
  });

  it("makes no link of a mail address that is only typed", () => {
    expect(shown("mailto:a@b.example or a@b.example").querySelector("a")).toBeNull();
  });

  it("shows the host beside a link in disguise", () => {
    const place = shown("", paragraph(link("https://evil.example/", "https://bank.example")));
    expect(place.textContent).toBe("https://bank.example (evil.example)");
  });

  it("skips what it doesn't know, and bottomless nesting", () => {
    const unknown = [{ type: "iframe", src: "x" }, ...paragraph({ type: "blink" } as unknown as Inline)] as unknown as Block[];
    expect(shown("", unknown).textContent).toBe("");
    let deep: Block[] = paragraph({ type: "text", text: "bottom" });
    let inline: Inline = { type: "text", text: "kept" };
    for (let depth = 0; depth < 3_000; depth += 1) {
      deep = [{ type: "quote", children: deep }];
      inline = { type: "bold", children: [inline] };
    }
    expect(shown("", deep).querySelectorAll("blockquote").length).toBeLessThan(20);
    expect(shown("", paragraph(inline)).textContent).toBe("kept");
  });
});
