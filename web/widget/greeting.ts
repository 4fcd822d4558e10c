// The domain's greeting beside the launcher: once a visit, gone when it is dismissed or the chat is opened.

import type { Translator } from "./i18n";
import { remember, recall } from "./visit";

/** A page's reader isn't spoken to at once. */
const AFTER_MS = 1_500;

export class Greeting {
  readonly node = document.createElement("div");
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `memory` names what this visit remembers. */
  constructor(
    private readonly memory: string,
    private readonly open: () => void,
  ) {
    this.node.className = "greeting";
    this.node.hidden = true;
  }

  /** Shows it in a moment, unless this visit has had it. */
  offer(text: string, domain: string, t: Translator): void {
    if (recall(this.memory) || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#show(text, domain, t), AFTER_MS);
  }

  /** It has been dismissed, or isn't needed any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    remember(this.memory, true);
    this.node.hidden = true;
  }

  /** Not now: the chat has something better to say. */
  hold(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.node.hidden = true;
  }

  #show(text: string, domain: string, t: Translator): void {
    const words = button("words", () => this.open());
    words.textContent = text;
    words.dir = "auto";
    const away = button("away", () => this.end());
    away.textContent = "\u00d7";
    away.setAttribute("aria-label", t("greeting.dismiss"));
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", t("greeting.label", { domain }));
    this.node.replaceChildren(words, away);
    this.node.hidden = false;
  }
}

function button(name: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  made.onclick = press;
  return made;
}
