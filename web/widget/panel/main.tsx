// The panel's script: what the loader fetches and calls when the chat is first opened.

import { render } from "preact";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import styles from "../styles/panel.css?inline";
import { Panel } from "./Panel";

export interface PanelOptions {
  chat: Chat;
  t: Translator;
  /** The server's origin, for pictures. */
  origin: string;
  domain: string;
  place: HTMLElement;
  shadow: ShadowRoot;
  close: () => void;
}

export interface Mounted {
  /** Shows or hides the panel; `focus` moves the keyboard to the composer. */
  show(open: boolean, focus: boolean): void;
}

export interface PanelModule {
  mount(options: PanelOptions): Mounted;
}

export function mount(options: PanelOptions): Mounted {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  options.shadow.adoptedStyleSheets = [...options.shadow.adoptedStyleSheets, sheet];
  let shown = 0;
  return {
    show(open, focus) {
      shown += focus ? 1 : 0;
      options.chat.setVisible(open);
      render(<Panel {...options} open={open} focus={shown} />, options.place);
    },
  };
}
