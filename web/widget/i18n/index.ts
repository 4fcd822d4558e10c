// The strings that a visitor reads. Each language, English too, is a small file that is fetched before anything is shown;
// a domain's own words go before it.

import { type Counted, type Language, type Translator as Saying, choose, translator } from "../../texts";
import type english from "../../texts/en/widget.json";

export type Strings = typeof english;
export type Key = keyof Strings;
export type CountedKey = Counted<Key>;
export type Translator = Saying<Strings>;

/** A language with its strings. */
export interface Spoken {
  language: Language;
  strings: Strings;
}

/** The language for this visitor: the domain's, if it has one of its own, else the first of theirs that there is. */
export function languageFor(fixed: string | null, wanted: readonly string[]): Language {
  return choose(fixed === null ? wanted : [fixed]);
}

/** Everything in that language; in English where its file doesn't come. Fails where that doesn't come either. */
export async function speak(language: Language, fetchTexts: (language: Language) => Promise<Strings>): Promise<Spoken> {
  try {
    return { language, strings: await fetchTexts(language) };
  } catch {
    return { language: "en", strings: await fetchTexts("en") };
  }
}

/** The translator for what was fetched, with the domain's own words (by key; unknown keys are left out) before it. */
export function translate({ language, strings }: Spoken, own: Readonly<Record<string, string>>): Translator {
  const known = Object.entries(own).filter(([key, text]) => Object.hasOwn(strings, key) && typeof text === "string");
  return translator(language, Object.fromEntries(known) as Partial<Strings>, strings);
}
