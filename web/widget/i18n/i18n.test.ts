import { describe, expect, it } from "vitest";
import en from "./en.json";
import { languages, translator } from "./index";

const files = import.meta.glob(["../**/*.{ts,tsx}", "!../**/*.test.*"], { query: "?raw", import: "default", eager: true });
const sources = Object.values(files).join("\n");

describe("the language files", () => {
  it("hold no string that nobody uses", () => {
    const unused = Object.keys(en).filter((key) => !sources.includes(`"${key.replace(/\.(zero|one|two|few|many|other)$/, "")}"`) && !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it.each(Object.entries(languages))("%s has every string with the same blanks, and no other", (_, { strings }) => {
    const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
    for (const [key, text] of Object.entries(en)) {
      const translated = (strings as Record<string, string>)[key];
      expect(translated, key).toBeTruthy();
      expect(blanks(translated ?? ""), key).toEqual(blanks(text));
    }
    const form = /\.(zero|two|few|many)$/;
    expect(Object.keys(strings).filter((key) => !(key in en) && !form.test(key))).toEqual([]);
  });

  it("are named by folder", () => {
    const names = Object.keys(import.meta.glob("./*.json")).map((name) => name.replace(/^\.\/|\.json$/g, ""));
    expect(names.sort()).toEqual(Object.keys(languages).sort());
  });
});

describe("the translator", () => {
  const t = translator(["xx", "en-GB"]);

  it("takes the first language that there is, else English", () => {
    expect(t.language).toBe("en");
    expect(translator([]).language).toBe("en");
    expect(t.direction).toBe("ltr");
  });

  it("fills blanks and counts", () => {
    expect(t("closed.named", { name: "Maya $& {x}" })).toBe("Maya $& {x} closed this conversation");
    expect(t.count("launcher.unread", 1)).toBe("Open chat, 1 unread message");
    expect(t.count("composer.over", 1234)).toBe("1,234 characters too long");
  });
});
