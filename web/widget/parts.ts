// Fetching the widget's later parts: the panel's script and the languages' files.

import type { Language } from "../texts";
import type { Strings } from "./i18n";
import type { PanelModule } from "./panel/main";

/** The panel of the server as it is now, whatever its hash: an upgrade takes away the one that an open page knows. */
const NEWEST_PANEL = "/widget/panel.js";

let tries = 0;

export function fetchPanel(origin: string): Promise<PanelModule> {
  const get = (path: string) => import(/* @vite-ignore */ origin + path) as Promise<PanelModule>;
  // Some browsers remember that a module failed; another address makes them try again.
  return get(__PANEL_PATH__).catch(() => get(`${NEWEST_PANEL}?again=${(tries += 1)}`));
}

const texts = new Map<Language, Promise<Strings>>();

/** The strings of a language, fetched once; fails where they can't be had. */
export function fetchTexts(origin: string, language: Language): Promise<Strings> {
  const known = texts.get(language);
  if (known) return known;
  const fetching = getTexts(origin, language);
  texts.set(language, fetching);
  fetching.catch(() => texts.delete(language));
  return fetching;
}

async function getTexts(origin: string, language: Language): Promise<Strings> {
  const get = async (path: string): Promise<Strings> => {
    const response = await fetch(origin + path, { credentials: "omit" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as Strings;
  };
  const hashed = __TEXT_PATHS__[language];
  const lasting = `/widget/${language}.json`;
  return hashed === undefined ? get(lasting) : get(hashed).catch(() => get(lasting));
}
