// The panel's script: what the launcher fetches and calls when the chat is first opened.

import { render } from "preact";
import type { SessionDomain } from "../../api/types";
import type { Attention } from "../attention";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import styles from "../styles/panel.css?inline";
import { Panel } from "./Panel";

export interface PanelOptions {
  chat: Chat;
  attention: Attention;
  /** The server's origin, for pictures. */
  origin: string;
  domain: string;
  /** What the domain wants, as far as it is known now. */
  look: () => SessionDomain | null;
  place: HTMLElement;
  shadow: ShadowRoot;
  close: () => void;
}

export interface Shown {
  open: boolean;
  /** Moves the keyboard into the panel. */
  focus: boolean;
  t: Translator;
}

export interface Mounted {
  /** Draws the panel as things are now. */
  show(shown: Shown): void;
}

export interface PanelModule {
  mount(options: PanelOptions): Mounted;
}

export function mount(options: PanelOptions): Mounted {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  options.shadow.adoptedStyleSheets = [...options.shadow.adoptedStyleSheets, sheet];
  let focused = 0;
  return {
    show({ open, focus, t }) {
      focused += focus ? 1 : 0;
      options.chat.setVisible(open);
      render(<Panel {...options} t={t} open={open} focus={focused} />, options.place);
    },
  };
}
