// The page that the visitor looks at: noticing that it changed without loading anew, and telling the operators of an open
// conversation, now and then.

import type { Page } from "../api/types";
import { cleanPage } from "./clean";
import type { Http } from "./transport/http";

/** The server takes a page at most this often; and a page that is drawn needs a moment to get its title. */
const TOLD_AFTER_MS = 3_000;
/** Where the browser doesn't say that the address changed, it is looked at this often. */
const LOOK_MS = 1_000;

export interface FollowingOptions {
  http: Http;
  token: () => string | null;
  /** Whether there is somebody to tell. */
  isOpen: () => boolean;
}

export class Following {
  #set: { url?: string; title?: string } | null = null;
  #address = location.href;
  #told: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: FollowingOptions) {}

  /** Notices every new address from now on; no function of the page is replaced for it. */
  watch(): void {
    const look = () => this.#look();
    const { navigation } = window as { navigation?: EventTarget };
    if (navigation) {
      navigation.addEventListener("currententrychange", look);
      return;
    }
    addEventListener("popstate", look);
    setInterval(() => document.visibilityState === "visible" && look(), LOOK_MS);
  }

  /** The page's own word for where the visitor is; good until the address changes. */
  setPage(page: { url?: string; title?: string }): void {
    this.#set = page;
    this.#tellSoon();
  }

  page(): Page {
    const { url, title } = this.#set ?? {};
    return { url: absolute(url) ?? location.href, title: title ?? text("title"), referrer: text("referrer") };
  }

  #look(): void {
    if (location.href === this.#address) return;
    this.#address = location.href;
    this.#set = null;
    this.#tellSoon();
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, TOLD_AFTER_MS);
  }

  #tell(): void {
    const token = this.options.token();
    const page = cleanPage(this.page());
    if (token === null || page === null || !this.options.isOpen()) return;
    const text = JSON.stringify(page);
    if (text === this.#told) return;
    this.#told = text;
    // Best effort: the next message carries its page too.
    void this.options.http.page(token, { page });
  }
}

/** What the document says; `<form name="title">` puts itself in its place. */
function text(name: "title" | "referrer"): string {
  const said: unknown = document[name];
  return typeof said === "string" ? said : "";
}

function absolute(url: string | undefined): string | null {
  try {
    return url === undefined ? null : new URL(url, location.href).href;
  } catch {
    return null;
  }
}
