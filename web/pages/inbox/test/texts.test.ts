import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../../texts/index";

type Strings = Record<string, string>;

const files = import.meta.glob<Strings>("../../../texts/*/inbox.json", { eager: true, import: "default" });
const strings = (language: string): Strings => files[`../../../texts/${language}/inbox.json`] ?? {};

const english = strings("en");
const counted = Object.keys(english).flatMap((key) => (key.endsWith(".other") ? [key.slice(0, -".other".length)] : []));
const FORMS = /\.(zero|one|two|few|many|other)$/;
/** A key without its form, if the number chooses it. */
const base = (key: string) => (counted.includes(key.replace(FORMS, "")) ? key.replace(FORMS, "") : key);
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe.each(LANGUAGES)("the inbox in %s", (language) => {
  const own = strings(language);

  it("has every string, in every form that its numbers need", () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wanted = new Set(Object.keys(english).map(base).flatMap((key) => (counted.includes(key) ? forms.map((form) => `${key}.${form}`) : [key])));
    expect(new Set(Object.keys(own))).toEqual(wanted);
  });

  it("fills in the same places", () => {
    for (const [key, text] of Object.entries(own)) {
      const same = places(english[key] ?? english[`${base(key)}.other`] ?? "");
      // A form for one or two may say the number in words.
      if (counted.includes(base(key))) expect(same, key).toEqual(expect.arrayContaining(places(text)));
      else expect(places(text), key).toEqual(same);
      expect(text.trim(), key).not.toBe("");
    }
  });
});
