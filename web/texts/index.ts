// The languages there are, and a translator that is given its strings. Shared by the widget and the operators' pages; which
// files are loaded, and when, is theirs. No strings here, no DOM.

export const LANGUAGES = ["en", "de", "fr", "es", "pt", "tr", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Direction = "ltr" | "rtl";

/** How each language calls itself. */
export const NAMES: Record<Language, string> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  pt: "Português",
  tr: "Türkçe",
  ar: "العربية",
};

/** `left` for `left.one` and `left.other`: the number chooses among the forms. */
export type Counted<K> = K extends `${infer Start}.other` ? Start : never;
export type Values = Record<string, string | number>;

export interface Translator<S extends object> {
  readonly language: Language;
  readonly direction: Direction;
  (key: keyof S & string, values?: Values): string;
  /** Says `key` in the form for this number, which fills `{count}`. */
  count(key: Counted<keyof S>, count: number, values?: Values): string;
}

const isKnown = (tag: string): tag is Language => (LANGUAGES as readonly string[]).includes(tag);

/** The first wanted language that there is, else English. */
export function choose(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const known = tag.toLowerCase().split(/[-_]/)[0] ?? "";
    if (isKnown(known)) return known;
  }
  return "en";
}

/**
 * How times and dates are written: as where the browser's owner lives, who in London reads "14:05" and in Boston "2:05 PM".
 * Arabic keeps the digits of its other numbers. Tags that aren't just a language and a country can be ones that Intl refuses.
 */
export const regional = (language: Language): string =>
  (language !== "ar" && globalThis.navigator?.languages?.find((tag) => new RegExp(`^${language}-[A-Z]{2}$`).test(tag))) || language;

export function directionOf(language: Language): Direction {
  return language === "ar" ? "rtl" : "ltr";
}

/** Letters of scripts that are written from the right. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What is filled into a sentence: set apart where it may be read another way, so that neither changes the other's order. */
export const setApart = (text: string, sentence: Direction): string =>
  text && (sentence === "rtl" || FROM_THE_RIGHT.test(text)) ? `\u2068${text}\u2069` : text;

/** A key that `strings` lacks is said in English. */
export function translator<S extends object>(language: Language, strings: Partial<S>, english: S): Translator<S> {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const own = strings as Record<string, string | undefined>;
  const fallback = english as Record<string, string | undefined>;
  const direction = directionOf(language);
  const say = (key: keyof S & string, values: Values = {}): string =>
    (own[key] ?? fallback[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? "";
      return setApart(typeof value === "number" ? numbers.format(value) : value, direction);
    });
  const count = (key: Counted<keyof S>, number: number, values: Values = {}): string => {
    const exact = `${key}.${rules.select(number)}`;
    const form = exact in own || (!(`${key}.other` in own) && exact in fallback) ? exact : `${key}.other`;
    return say(form as keyof S & string, { ...values, count: number });
  };
  return Object.assign(say, { language, direction, count });
}
