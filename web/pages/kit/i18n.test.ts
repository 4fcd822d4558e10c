// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { LANGUAGES, translator } from "../../texts/index";
import { joined } from "../timeline/words";
import { language, speak, t } from "./i18n";

type File = Record<string, string>;
const files = import.meta.glob<File>("../../texts/*/{pages,inbox}.json", { import: "default", eager: true });
const sources = Object.values(import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*"], { query: "?raw", import: "default", eager: true })).join("\n");
const form = /\.(zero|one|two|few|many|other)$/;
/** One and two have words of their own, so their forms may do without the number. */
const small = /\.(zero|one|two)$/;
const blanks = (key: string, text = "") => {
  const found = new Set(text.match(/\{\w+\}/g));
  if (small.test(key)) found.delete("{count}");
  return String([...found].sort());
};
const file = (tag: string, part: string): File => files[`../../texts/${tag}/${part}.json`] ?? {};

describe.each(["pages", "inbox"])("the strings of %s", (part) => {
  const english = file("en", part);

  it("are all used", () => {
    // A key that is put together (`role.${role}`) counts as used when its beginning is.
    const begun = [...sources.matchAll(/`([a-z_.]+\.)\$\{/g)].map(([, start]) => start ?? "");
    const unused = Object.keys(english).filter((key) => {
      const name = key.replace(form, "");
      return !sources.includes(`"${key}"`) && !sources.includes(`"${name}"`) && !begun.some((start) => key.startsWith(start));
    });
    expect(unused).toEqual([]);
  });

  it.each(LANGUAGES)("%s has every one with the same blanks, and no other", (tag) => {
    const own = file(tag, part);
    const wrong = Object.entries(english).filter(([key, text]) => !own[key] || blanks(key, own[key]) !== blanks(key, text));
    expect(wrong.map(([key]) => key)).toEqual([]);
    expect(Object.keys(own).filter((key) => !(key in english) && !form.test(key))).toEqual([]);
  });

  it.each(LANGUAGES)("%s has a form for every number that its grammar tells apart", (tag) => {
    const own = file(tag, part);
    const rules = new Intl.PluralRules(tag);
    const numbers = [0, 1, 2, 3, 5, 11, 100, 101];
    const counted = Object.keys(english).filter((key) => key.endsWith(".other"));
    // French, Spanish and Portuguese say a million as they say two: `other` does.
    const missing = counted.flatMap((key) => numbers.map((number) => key.replace(/other$/, rules.select(number))).filter((name) => !own[name]));
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe("the translator", () => {
  beforeEach(() => speak(["en"]));

  it("speaks the first language that there is, and says which way it is written", async () => {
    await speak(["xx-YY", "ar-EG", "de"]);
    expect([language(), document.documentElement.dir]).toEqual(["ar", "rtl"]);
    expect(t.count("monitor.days", 2)).toContain("يومان");
    await speak(["tlh"]);
    expect([language(), document.documentElement.dir]).toEqual(["en", "ltr"]);
  });

  it("fills blanks without reading what is filled in, and counts", () => {
    expect(t("me.menu", { name: "Maya $& {state}" })).toBe("Maya $& {state}: profile and settings");
    expect(t.count("monitor.days", 1)).toBe("1 day");
    expect(t.count("monitor.days", 1234)).toBe("1,234 days");
  });

  it("sets apart what may be read another way than the sentence", async () => {
    expect(t("me.menu", { name: "عائشة" })).toBe("\u2068عائشة\u2069: profile and settings");
    await speak(["ar"]);
    expect(t("me.menu", { name: "Maya" })).toMatch(/^\u2068Maya\u2069:/);
    expect(t("me.menu", { name: "" })).not.toMatch(/\u2068/);
    expect(joined(["Maya", "Tom"])).toMatch(/^\u2068Maya\u2069.+\u2068Tom\u2069$/);
  });

  it("says in English what a language lacks", () => {
    const english = { "a.one": "{count} cup", "a.other": "{count} cups", b: "tea" };
    const turkish = translator("tr", { "a.other": "{count} fincan" }, english);
    expect([turkish.count("a", 1), turkish("b")]).toEqual(["1 fincan", "tea"]);
  });
});
