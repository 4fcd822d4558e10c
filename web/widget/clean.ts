// What a website's page hands to us, made fit for the server: text that is text, and no longer than is kept. Reads nothing.

import type { Page } from "../api/types";

/** The server keeps no more of a title, in Unicode code points. */
const TITLE_CHARS = 200;
/** The server keeps no longer address, in bytes; browsers write addresses in ASCII. */
const URL_BYTES = 2_048;

/** Half of a character pair, as is left where a text was cut inside an emoji, is no text: no server can read it. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** The page without what the server would turn down; null where no address is left. */
export function cleanPage({ url, title, referrer }: Page): Page | null {
  const address = cleanUrl(url);
  if (address === null) return null;
  // The first cut only spares taking a huge title apart.
  const short = [...wellFormed((title ?? "").slice(0, 2 * TITLE_CHARS))].slice(0, TITLE_CHARS).join("");
  return { url: address, title: short, referrer: cleanUrl(referrer ?? "") };
}

/** Query and fragment go before the whole address does: what they carry is rarely the place. */
function cleanUrl(url: string): string | null {
  const bare = url.length > URL_BYTES ? url.replace(/[?#].*$/s, "") : url;
  return bare === "" || bare.length > URL_BYTES ? null : wellFormed(bare);
}
