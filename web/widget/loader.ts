// The script that a website embeds: finds its own tag, puts the widget on the page and offers `Threadline`. Everything
// else is behind the element.

import { ThreadlineChat } from "./element";
import { LOADED_AGAIN, keepOnPage } from "./stay";

interface Api {
  open(): void;
  close(): void;
  toggle(): void;
}

const TAG = "threadline-chat";

declare global {
  interface Window {
    Threadline?: Api;
  }
}

const script =
  document.currentScript instanceof HTMLScriptElement
    ? document.currentScript
    : document.querySelector<HTMLScriptElement>('script[data-domain][src*="/widget.js"]');
const domain = script?.dataset.domain?.trim();

if (!script || !domain) {
  console.error(
    'Threadline: the script tag needs the domain it is for, as in <script src="…/widget.js" data-domain="shop.example" async></script>.',
  );
} else if (window.Threadline) {
  dispatchEvent(new Event(LOADED_AGAIN));
} else {
  if (!customElements.get(TAG)) customElements.define(TAG, ThreadlineChat);
  const element = document.createElement(TAG) as ThreadlineChat;
  element.configure(new URL(script.src).origin, domain);
  window.Threadline = {
    open: () => void element.open(),
    close: () => element.close(),
    toggle: () => (element.isOpen ? element.close() : void element.open()),
  };
  const begin = () => {
    document.body.append(element);
    keepOnPage(element);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin, { once: true });
}
