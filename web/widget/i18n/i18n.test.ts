import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../texts";
import en from "../../texts/en/widget.json";
import { languageFor, speak, translate } from "./index";

const files = import.meta.glob(["../**/*.{ts,tsx}", "!../**/*.test.*"], { query: "?raw", import: "default", eager: true });
const sources = Object.values(files).join("\n");
const others = import.meta.glob<Record<string, string>>("../../texts/*/widget.json", { import: "default", eager: true });
const stringsOf = (language: string) => others[`../../texts/${language}/widget.json`] ?? {};

const FORM = /\.(zero|one|two|few|many|other)$/;
const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
const plain = Object.entries(en).filter(([key]) => !FORM.test(key));
const counted = Object.keys(en).filter((key) => key.endsWith(".other")).map((key) => key.replace(FORM, ""));

describe("the language files", () => {
  it("hold no string that nobody uses", () => {
    const unused = Object.keys(en).filter((key) => !sources.includes(`"${key.replace(FORM, "")}"`) && !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it.each(LANGUAGES)("%s has every string with the same blanks, and no other", (language) => {
    const strings = stringsOf(language);
    for (const [key, text] of plain) {
      expect(strings[key], key).toBeTruthy();
      expect(blanks(strings[key] ?? ""), key).toEqual(blanks(text));
    }
    const known = new Set([...plain.map(([key]) => key), ...counted]);
    expect(Object.keys(strings).filter((key) => !known.has(key) && !known.has(key.replace(FORM, "")))).toEqual([]);
  });

  it.each(LANGUAGES)("%s has every form that its numbers take", (language) => {
    const strings = stringsOf(language);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of counted) {
      for (const form of forms) expect(strings[`${key}.${form}`], `${key}.${form}`).toBeTruthy();
      expect(blanks(strings[`${key}.other`] ?? ""), key).toEqual(["{count}"]);
    }
  });
});

describe("what a visitor reads", () => {
  it("is in the domain's language, else in the first of theirs that there is", () => {
    expect(languageFor("de", ["fr"])).toBe("de");
    expect(languageFor(null, ["xx", "pt-BR", "fr"])).toBe("pt");
    expect(languageFor(null, [])).toBe("en");
  });

  it("is in English where the language can't be had", async () => {
    const gone = new Error("not there");
    const spoken = await speak("de", async (language) => (language === "en" ? en : Promise.reject(gone)));
    expect(translate(spoken, {})("message.sent")).toBe("Sent");
    expect((await speak("de", async () => en)).language).toBe("de");
    await expect(speak("de", async () => Promise.reject(gone))).rejects.toBe(gone);
  });

  it("is in the domain's own words where it has some, and nothing else of them", () => {
    const t = translate({ language: "en", strings: en }, { "launcher.open": "Ask us", constructor: "x", nonsense: "y" });
    expect(t("launcher.open")).toBe("Ask us");
    expect(t("launcher.close")).toBe("Close chat");
  });

  it("fills blanks and counts", () => {
    const inEnglish = translate({ language: "en", strings: en }, {});
    expect(inEnglish("closed.named", { name: "Maya $& {x}" })).toBe("Maya $& {x} closed this conversation");
    expect(inEnglish.count("launcher.unread", 1)).toBe("Open chat, 1 unread message");
    expect(inEnglish.count("composer.over", 1234)).toBe("1,234 characters too long");
    expect(inEnglish.direction).toBe("ltr");
  });
});
