// Small helpers between the panel and the browser: following the chat's state, filling a phone's screen, keeping the
// keyboard inside.

import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { State } from "../store/state";

/** Where the panel fills the screen; styles/panel.css has the same figure. */
const PHONE = "(max-width: 480px)";

/** The chat's state, drawn again whenever it changes. */
export function useChat(chat: Chat): State {
  const [state, setState] = useState(chat.state);
  useEffect(() => {
    setState(chat.state);
    return chat.subscribe(() => setState(chat.state));
  }, [chat]);
  return state;
}

/** On a phone the on-screen keyboard covers part of the page: the panel keeps to what is left. Returns how to stop. */
export function fitScreen(panel: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => undefined;
  const fit = () => {
    panel.style.setProperty("--visible-height", `${view.height}px`);
    panel.style.setProperty("--visible-top", `${view.offsetTop}px`);
  };
  fit();
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  return () => {
    view.removeEventListener("resize", fit);
    view.removeEventListener("scroll", fit);
  };
}

export function isPhone(): boolean {
  return matchMedia(PHONE).matches;
}

/** Where the panel fills the screen, Tab goes round inside it. */
export function keepTab(event: KeyboardEvent): void {
  if (!isPhone()) return;
  const panel = event.currentTarget as HTMLElement;
  const reachable = [...panel.querySelectorAll<HTMLElement>("button:not(:disabled):not([tabindex='-1']), input, textarea, a[href], [tabindex='0']")];
  const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  if (active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? reachable.at(-1) : reachable[0])?.focus();
}
