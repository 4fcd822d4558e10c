// The words of the operators' pages: English comes with the pages, another language is fetched when it is wanted. The
// strings stand in texts/LANGUAGE/pages.json, those of the inbox page in texts/LANGUAGE/inbox.json.

import { signal } from "@preact/signals";
import englishInbox from "../../texts/en/inbox.json";
import englishPages from "../../texts/en/pages.json";
import { choose, translator, type Counted, type Language, type Translator, type Values } from "../../texts/index";
import { prefs } from "./prefs";

type Strings = typeof englishPages & typeof englishInbox;
export type Key = keyof Strings;
export type CountedKey = Counted<Key>;

const english: Strings = { ...englishPages, ...englishInbox };
const files = import.meta.glob<Partial<Strings>>(["../../texts/*/{pages,inbox}.json", "!../../texts/en/*"], {
  import: "default",
});
const current = signal<Translator<Strings>>(translator("en", english, english));

/** Says a string; whoever renders with it is rendered again when the language changes. */
export const t = Object.assign((key: Key, values?: Values): string => current.value(key, values), {
  count: (key: CountedKey, count: number, values?: Values): string => current.value.count(key, count, values),
});

/** Whether there is such a string. */
export const isKey = (key: string): key is Key => key in english;

/** The language in use. */
export const language = (): Language => current.value.language;

async function strings(wanted: Language): Promise<Partial<Strings>> {
  if (wanted === "en") return english;
  const parts = await Promise.all(["pages", "inbox"].map((part) => files[`../../texts/${wanted}/${part}.json`]?.()));
  return Object.assign({}, ...parts) as Partial<Strings>;
}

let asked = 0;

/** Speaks the first of these languages that there is. When its file can't be fetched, what is spoken now stays. */
export async function speak(wanted: readonly string[]): Promise<void> {
  const chosen = choose(wanted);
  asked += 1;
  const mine = asked;
  try {
    const own = await strings(chosen);
    // Files may come in another order than they were asked for; the last wish counts.
    if (mine !== asked) return;
    current.value = translator(chosen, own, english);
  } catch {
    return;
  }
  document.documentElement.lang = current.value.language;
  document.documentElement.dir = current.value.direction;
}

/** What was chosen here, else what the browser asks for. */
export const wantedLanguages = (): string[] => [...(prefs.language.value === null ? [] : [prefs.language.value]), ...navigator.languages];
