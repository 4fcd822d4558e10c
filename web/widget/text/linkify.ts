// Finds the web addresses in plain text, and tells which addresses may be links at all. Only where what is read is where
// it leads. Makes no nodes.

export type Piece = { type: "text"; text: string } | { type: "link"; text: string; url: string };

/**
 * Quotation marks and the punctuation of other scripts end an address: a browser would take what follows as a part of it,
 * even of the host, and lead elsewhere. (Chinese full stops aren't set apart by spaces.)
 */
const CANDIDATE =
  /https?:\/\/[^\s<>"'`\u0000-\u001f\u2018-\u201f\u060c\u061b\u061f\u06d4\u0964\u3001-\u3003\u3008-\u301f\uff00-\uff65]+/giu;

/** Characters that turn the reading direction or can't be seen: an address with one of them isn't what it looks like. */
export const DECEIVING = /[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]/u;

/** The address if it may be made clickable, else null. `mailto:` and `tel:` lose all but whom they lead to. */
export function safeUrl(text: string): string | null {
  if (DECEIVING.test(text)) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (isDirect(url)) {
    return whom(url) === "" || DECEIVING.test(whom(url)) ? null : url.protocol + url.pathname;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  // `https://bank.example@evil.example` leads to evil.example.
  if (url.username !== "" || url.password !== "" || url.hostname === "") return null;
  return url.href;
}

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = withoutTrailing(match[0]);
    const url = safeUrl(shown);
    if (url === null) continue;
    if (match.index > done) pieces.push({ type: "text", text: text.slice(done, match.index) });
    pieces.push({ type: "link", text: shown, url });
    done = match.index + shown.length;
  }
  if (done < text.length) pieces.push({ type: "text", text: text.slice(done) });
  return pieces;
}

/** Punctuation after an address belongs to the sentence; a closing bracket too, unless the address opened it. */
function withoutTrailing(address: string): string {
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (/[.,;:!?…*_~|»“”’]/u.test(last)) continue;
    const opening = { ")": "(", "]": "[", "}": "{" }[last];
    if (opening === undefined) break;
    const kept = address.slice(0, end);
    if (kept.split(opening).length >= kept.split(last).length) break;
  }
  return address.slice(0, end);
}

/** Where a link leads, if its text claims another place: then that is shown beside it. Null for an honest link. */
export function disguise(text: string, url: string): string | null {
  const target = new URL(url);
  if (isDirect(target)) return sameAddress(text, target) ? null : whom(target);
  const claimed = /(?:[a-z][a-z0-9+.-]*:\/\/)?((?:[\p{L}\p{N}_-]+\.)+\p{L}{2,})/iu.exec(text.trim())?.[1];
  const { hostname } = target;
  if (claimed === undefined && !DECEIVING.test(text)) return null;
  const plain = (host: string) => host.toLowerCase().replace(/^www\./, "");
  return claimed !== undefined && !DECEIVING.test(text) && plain(claimed) === plain(hostname) ? null : hostname;
}

/** Whether the address leads to somebody's mail or telephone, not to a page. */
export function isDirect(url: URL): boolean {
  return url.protocol === "mailto:" || url.protocol === "tel:";
}

/** The mail address or number itself; empty if it can't be read, or hides something behind a line's end. */
function whom({ pathname }: URL): string {
  try {
    const address = decodeURIComponent(pathname);
    return /\p{Cc}/u.test(address) ? "" : address;
  } catch {
    return "";
  }
}

/** Numbers may be set apart by the usual signs, and either may be written with its scheme. */
function sameAddress(text: string, url: URL): boolean {
  const plain = (address: string) => {
    const bare = address.trim().toLowerCase().replace(url.protocol, "");
    return url.protocol === "tel:" ? bare.replace(/[\s().\/-]/g, "") : bare;
  };
  return plain(text) === plain(whom(url));
}
