// That each language speaks with one voice in all of its files: docs/TEXTS.md says which words it has, and how it addresses people.

import { describe, expect, it } from "vitest";

const files = import.meta.glob<Record<string, string>>("./*/*.json", { import: "default", eager: true });
const textsOf = (tag: string): [string, string][] =>
  Object.entries(files).filter(([path]) => path.startsWith(`./${tag}/`)).flatMap(([, texts]) => Object.entries(texts));
const word = (any: string): RegExp => new RegExp(`(?<!\\p{L})(?:${any})(?!\\p{L})`, "iu");

/** Words for people who are on first-name terms. */
const FAMILIAR = {
  de: word("du|dich|dir|dein\\p{L}*|euch|euer|eure\\p{L}*"),
  fr: word("tu|toi|ton|ta|tes"),
  es: word("tú|tu|tus|te|contigo|vuestr\\p{L}+"),
  pt: word("tu|te|teus?|tuas?|contigo|si"),
  tr: word("sen|seni|sana|senin"),
};

/** Words for what has another one already. */
const OTHERS = {
  de: word("Gespräch\\p{L}*|Konversation\\p{L}*|Protokoll als.*|Livechat\\p{L}*"),
  fr: /paramètres|chercher des/iu,
  es: word("charla|orden|ha podido|configuración de"),
  pt: word("ligação|equipa|contacto|definições|guardar|utilizador\\p{L}*|fechar [^.]*conversa|fechadas?|ficheiro\\p{L}*|eliminar|eliminad\\p{L}+"),
  tr: /konuşma|(?<!\p{L})ileti(?! dizi)(?!l)|teslim ed|(?<!\p{L})alan(?! ad)(?!\p{L})/iu,
  ar: /مشغّل|بعيد|سلسلة محادثة|النص الكامل/u,
};

/** What the language doesn't write: a space where a line may not break, marks of another language. */
const MARKS = {
  fr: / [?!:;»]|« |[^\s\u00a0][?!;»]|'/u,
  de: /["”]|[^\s]…/u,
  es: /^[^¿]*\?|^[^¡]*!|["“”]/u,
  ar: /[?;"]|[a-z],/u,
};

/** Without what people type as it stands, and without blanks. */
const prose = (text: string): string => text.replace(/`[^`]*`|!\w+|note:|\{\w+\}/g, "x");

describe.each([
  ["addresses everybody politely", FAMILIAR],
  ["has one word for one thing", OTHERS],
  ["has its own marks", MARKS],
])("a language %s", (_, rules) => {
  it.each(Object.entries(rules))("%s", (tag, never) => {
    expect(textsOf(tag).length).toBeGreaterThan(500);
    expect(textsOf(tag).filter(([, text]) => never.test(prose(text)))).toEqual([]);
  });
});
