// The custom element: launcher button, unread badge, and the panel, whose script is fetched when it is first opened. Built
// by hand, so that a page that nobody chats on pays for nothing more.

import type { Problem } from "../api/types";
import { Chat } from "./chat";
import { type Translator, translator } from "./i18n";
import type { Mounted, PanelModule } from "./panel/main";
import { openStorage } from "./storage";
import { unread } from "./store/state";
import styles from "./styles/launcher.css?inline";
import { browserLocks } from "./tabs";
import { connectHttp } from "./transport/http";

const SVG = "http://www.w3.org/2000/svg";
const CHAT_ICON = "M12 3C6.9 3 3 6.5 3 11c0 2.3 1 4.3 2.7 5.8L5 21l4.3-2.2c.9.2 1.8.3 2.7.3 5.1 0 9-3.5 9-8S17.1 3 12 3Z";
const DOWN_ICON = "m6 9.5 6 6 6-6";
const MOST_COUNTED = 9;
/** The panel of the server as it is now, whatever its hash: an upgrade takes away the one that an open page knows. */
const NEWEST_PANEL = "/widget/panel.js";

export class ThreadlineChat extends HTMLElement {
  private origin = "";
  private domain = "";
  private chat: Chat | null = null;
  private panel: Promise<Mounted> | null = null;
  private tries = 0;
  private opened = false;
  private readonly t: Translator = translator(navigator.languages);
  private readonly shadow = this.attachShadow({ mode: "open" });
  private readonly launcher = document.createElement("button");
  private readonly badge = document.createElement("span");
  private readonly notice = document.createElement("p");
  private readonly place = document.createElement("div");

  /** Called once, before the element is put on the page. */
  configure(origin: string, domain: string): void {
    this.origin = origin;
    this.domain = domain;
  }

  get isOpen(): boolean {
    return this.opened;
  }

  connectedCallback(): void {
    // A copy (libraries keep copies of whole pages) has no life of its own and would only lie about.
    if (this.domain === "") this.remove();
    if (this.chat || this.domain === "") return;
    this.draw();
    const chat = new Chat({
      origin: this.origin,
      domain: this.domain,
      http: connectHttp(this.origin),
      storage: openStorage(`threadline:${this.origin}:${this.domain}:`),
      locks: browserLocks(),
      page: () => ({
        url: location.href,
        title: document.title,
        ...(document.referrer === "" ? {} : { referrer: document.referrer }),
      }),
      complain: (problem) => this.complain(problem),
    });
    this.chat = chat;
    chat.subscribe(() => this.update());
    this.update();
    if (chat.isKnown) chat.start();
    if (recall(this.memory)) void this.open(false);
  }

  /** Shows the panel; `focus` moves the keyboard into it. */
  async open(focus = true): Promise<void> {
    const { chat } = this;
    if (!chat || chat.state.phase === "refused") return;
    this.opened = true;
    remember(this.memory, true);
    this.update();
    chat.start();
    this.panel ??= this.load(chat);
    try {
      const panel = await this.panel;
      panel.show(this.opened, focus);
    } catch {
      // The network failed while fetching the script: the next click tries again.
      this.panel = null;
      this.opened = false;
      this.notice.textContent = this.t("launcher.failed");
    }
    this.update();
  }

  close(): void {
    if (!this.opened) return;
    this.opened = false;
    remember(this.memory, false);
    void this.panel?.then((panel) => panel.show(false, false), () => undefined);
    this.update();
    this.launcher.focus();
  }

  private async load(chat: Chat): Promise<Mounted> {
    this.notice.textContent = "";
    this.launcher.setAttribute("aria-busy", "true");
    this.tries += 1;
    try {
      const module = await this.fetchPanel(__PANEL_PATH__).catch(
        // Some browsers remember that a module failed; another address makes them try again.
        () => this.fetchPanel(`${NEWEST_PANEL}?again=${this.tries}`),
      );
      return module.mount({
        chat,
        t: this.t,
        origin: this.origin,
        domain: this.domain,
        place: this.place,
        shadow: this.shadow,
        close: () => this.close(),
      });
    } finally {
      this.launcher.removeAttribute("aria-busy");
    }
  }

  private fetchPanel(path: string): Promise<PanelModule> {
    return import(/* @vite-ignore */ `${this.origin}${path}`) as Promise<PanelModule>;
  }

  private draw(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.shadow.adoptedStyleSheets = [sheet];
    this.launcher.className = "launcher";
    this.launcher.type = "button";
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.launcher.append(icon("chat", CHAT_ICON), icon("down", DOWN_ICON), this.badge);
    this.launcher.onclick = () => (this.opened ? this.close() : void this.open());
    this.badge.className = "badge";
    this.badge.setAttribute("aria-hidden", "true");
    this.notice.className = "notice";
    this.notice.setAttribute("role", "status");
    const frame = document.createElement("div");
    frame.className = "frame";
    frame.dir = this.t.direction;
    frame.lang = this.t.language;
    frame.append(this.launcher, this.notice, this.place);
    this.shadow.append(frame);
  }

  private update(): void {
    const { chat, t } = this;
    if (!chat) return;
    this.hidden = chat.state.phase === "refused";
    const count = this.opened ? 0 : unread(chat.state);
    this.badge.textContent = count > MOST_COUNTED ? `${MOST_COUNTED}+` : String(count);
    this.badge.hidden = count === 0;
    const label = this.opened ? t("launcher.close") : count > 0 ? t.count("launcher.unread", count) : t("launcher.open");
    if (this.launcher.getAttribute("aria-label") !== label) this.launcher.setAttribute("aria-label", label);
    this.launcher.setAttribute("aria-expanded", String(this.opened));
    this.launcher.classList.toggle("opened", this.opened);
  }

  private complain(problem: Problem): void {
    console.error(`Threadline: ${problem.title}. ${problem.detail ?? ""}`.trim());
  }

  private get memory(): string {
    return `threadline:${this.origin}:${this.domain}:open`;
  }
}

function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Open panels stay open over a reload, in this tab. */
function remember(name: string, open: boolean): void {
  try {
    if (open) sessionStorage.setItem(name, "1");
    else sessionStorage.removeItem(name);
  } catch {
    // Storage is forbidden: it simply starts closed.
  }
}

function recall(name: string): boolean {
  try {
    return sessionStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}
