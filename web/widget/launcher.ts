// What the loader fetches once the page is at rest: puts the widget on the page, and does what is called on `Threadline`.

import { ThreadlineChat } from "./element";
import { languageFor } from "./i18n";
import { fetchLook } from "./look";
import { fetchTexts } from "./parts";
import { keepOnPage } from "./stay";

/** What `Threadline.on` tells, by event. */
export interface Heard {
  /** The widget is on the page. */
  ready: Record<string, never>;
  open: Record<string, never>;
  close: Record<string, never>;
  /** An operator's message came. */
  message: { id: string; text: string; author: string | null };
  /** How many messages the visitor hasn't seen. */
  unread: { count: number };
  /** The conversation began, changed its status, or was left behind (null). */
  conversation: { id: string; status: "open" | "closed" } | null;
}

export type Listener = (detail: unknown) => void;
/** A call of `Threadline`, with its arguments as the page gave them: of any kind. */
export type Call = [name: string, argument?: unknown];
export type Handle = (call: Call) => void;

export interface Start {
  /** The server's. */
  origin: string;
  domain: string;
  /** The first identity, from the script's `data-identity`. */
  identity: string | null;
  emit: (event: string, detail: unknown) => void;
}

export interface LauncherModule {
  /** Ends when the widget is on the page, and what was called before that is done and taken off the list; or when it is said why it can't be. */
  start(options: Start, early: Call[]): Promise<Handle>;
}

const TAG = "threadline-chat";

export async function start({ origin, domain, identity, emit }: Start, early: Call[]): Promise<Handle> {
  if (!customElements.get(TAG)) customElements.define(TAG, ThreadlineChat);
  const element = document.createElement(TAG) as ThreadlineChat;
  // What this visitor most likely reads is on its way while the domain is asked.
  void fetchTexts(origin, languageFor(null, navigator.languages)).catch(() => undefined);
  const look = await fetchLook(origin, domain);
  if (look && "title" in look) {
    console.error(`Threadline: ${look.title}. ${look.detail}`);
    return () => undefined;
  }
  await element.configure({ origin, domain, look, emit });
  // The element's methods are named as the page calls them; only the loader makes calls.
  const handle: Handle = ([name, argument]) => void element[name as "identify"]?.(argument);
  if (identity !== null) element.identify(identity);
  // Who the visitor is, is known before anything that the last one left is shown.
  const isFirst = ([name]: Call) => name === "identify" || name === "reset" || name === "setPage";
  const calls = early.splice(0);
  for (const call of calls.filter(isFirst)) handle(call);
  document.body.append(element);
  keepOnPage(element);
  emit("ready", {});
  for (const call of calls.filter((each) => !isFirst(each))) handle(call);
  return handle;
}
