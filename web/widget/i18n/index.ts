// Every string that a visitor reads, by key. A new language is a new file and a line in `languages`; a key that it lacks
// is shown in English.

import en from "./en.json";

export type Strings = typeof en;
/** `composer.left` for `composer.left.one` and `composer.left.other`: the number chooses. */
type Counted<K> = K extends `${infer Start}.other` ? Start : never;
export type Key = keyof Strings;
export type CountedKey = Counted<Key>;
export type Values = Record<string, string | number>;

export interface Translator {
  readonly language: string;
  readonly direction: "ltr" | "rtl";
  (key: Key, values?: Values): string;
  count(key: CountedKey, count: number): string;
}

interface Language {
  strings: Partial<Strings>;
  direction: "ltr" | "rtl";
}

export const languages: Record<string, Language> = {
  en: { strings: en, direction: "ltr" },
};

/** The first language of the list that there is a file for, else English. */
export function translator(wanted: readonly string[]): Translator {
  const known = wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "").find((tag) => tag in languages) ?? "en";
  const { strings, direction } = languages[known] ?? { strings: en, direction: "ltr" };
  const rules = new Intl.PluralRules(known);
  const numbers = new Intl.NumberFormat(known);
  const say = (key: Key, values: Values = {}): string =>
    (strings[key] ?? en[key]).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === "number" ? numbers.format(value) : (value ?? "");
    });
  const count = (key: CountedKey, number: number): string => {
    const exact = `${key}.${rules.select(number)}`;
    return say((exact in en || exact in strings ? exact : `${key}.other`) as Key, { count: number });
  };
  return Object.assign(say, { language: known, direction, count });
}
