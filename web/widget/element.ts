// The custom element: launcher button, unread badge, greeting, and the panel, whose script is fetched when it is first
// opened. Built by hand, so that a page that nobody chats on pays for nothing more.

import type { Problem, SessionDomain } from "../api/types";
import { Attention } from "./attention";
import { Chat } from "./chat";
import { Greeting } from "./greeting";
import { type Spoken, type Translator, languageFor, speak, translate } from "./i18n";
import { DOWN_ICON, icon, launcherIcon } from "./icons";
import type { Heard } from "./launcher";
import { colorSheet } from "./look";
import type { Mounted } from "./panel/main";
import { fetchPanel, fetchTexts } from "./parts";
import { type Storage, openStorage } from "./storage";
import { unread } from "./store/state";
import styles from "./styles/launcher.css?inline";
import { browserLocks } from "./tabs";
import { connectHttp } from "./transport/http";
import { recall, remember } from "./visit";

const MOST_COUNTED = 9;

export interface Setup {
  /** The server's. */
  origin: string;
  domain: string;
  /** Null where the server couldn't tell. */
  look: SessionDomain | null;
  emit: (event: string, detail: unknown) => void;
}

export class ThreadlineChat extends HTMLElement {
  #setup: Setup | null = null;
  #chat: Chat | null = null;
  #attention: Attention | null = null;
  #greeting: Greeting | null = null;
  #panel: Promise<Mounted> | null = null;
  #opened = false;
  #look: SessionDomain | null = null;
  #spoken: Spoken | null = null;
  /** Says nothing of worth before a language is there; nothing is shown before that. */
  #t: Translator = translate({ language: "en", strings: {} as Spoken["strings"] }, {});
  #told = { unread: 0, conversation: "" };
  readonly #shadow = this.attachShadow({ mode: "open" });
  readonly #colors = new CSSStyleSheet();
  readonly #frame = document.createElement("div");
  readonly #launcher = document.createElement("button");
  readonly #badge = document.createElement("span");
  readonly #notice = document.createElement("p");
  /** For ears only: what the notice says, or that an answer came. It is always there, so that its change is heard. */
  readonly #aloud = document.createElement("p");
  readonly #place = document.createElement("div");

  /** Called once, before the element is put on the page. */
  async configure(setup: Setup): Promise<void> {
    this.#setup = setup;
    const storage = openStorage(`threadline:${setup.origin}:${setup.domain}:`);
    this.#chat = this.#makeChat(setup, storage);
    this.#attention = new Attention({
      storage,
      isLooking: () => this.#opened && this.#chat?.isLooking === true && document.hasFocus(),
      title: ({ author }) => this.#t("notification.title", { name: author.name ?? this.#t("author.team"), domain: setup.domain }),
      onPressed: () => void this.open(),
    });
    this.#greeting = new Greeting(`${this.#memory}greeted`, () => void this.open());
    if (setup.look) await this.#wear(setup.look);
    else await this.#learn(null);
  }

  connectedCallback(): void {
    // A copy (libraries keep copies of whole pages) has no life of its own and would only lie about.
    if (!this.#setup) this.remove();
    const chat = this.#chat;
    if (!chat || this.#shadow.childElementCount > 0) return;
    this.#draw();
    chat.subscribe(() => this.#update());
    chat.onAnswer((message) => {
      this.#attention?.call(message);
      this.emit("message", { id: message.id, text: message.body, author: message.author.name });
    });
    this.#update();
    if (chat.isKnown) chat.start();
    if (recall(`${this.#memory}open`)) void this.open(false);
  }

  /** Shows the panel; `focus` moves the keyboard into it. */
  async open(focus = true): Promise<void> {
    const chat = this.#chat;
    if (!chat || chat.state.phase === "refused") return;
    const change = !this.#opened;
    this.#opened = true;
    remember(`${this.#memory}open`, true);
    this.#greeting?.end();
    this.#update();
    chat.start();
    this.#panel ??= this.#load(chat);
    try {
      const panel = await this.#panel;
      panel.show({ open: this.#opened, focus, t: this.#t });
      if (change) this.emit("open", {});
    } catch {
      // The network failed while fetching the script: the next click tries again.
      this.#panel = null;
      this.#opened = false;
      this.#notice.textContent = this.#t("launcher.failed");
    }
    this.#update();
  }

  close(): void {
    if (!this.#opened) return;
    this.#opened = false;
    remember(`${this.#memory}open`, false);
    this.#update();
    // Not from a field of the page, where a script closes the chat.
    if (this.#place.contains(this.#shadow.activeElement)) this.#launcher.focus();
    // In turn with what is told of opening; where the panel doesn't come, neither is told.
    this.#panel?.then(
      (panel) => {
        panel.show({ open: this.#opened, focus: false, t: this.#t });
        this.emit("close", {});
      },
      () => undefined,
    );
  }

  toggle(): void {
    if (this.#opened) this.close();
    else void this.open();
  }

  /** What the page hands over may be of any kind. */
  identify(jwt: unknown): void {
    this.#chat?.identify(typeof jwt === "string" ? jwt : "");
  }

  reset(): void {
    this.#chat?.reset();
    // An open chat goes on, with somebody new.
    if (this.#opened) this.#chat?.start();
  }

  setPage(page: unknown): void {
    const { url, title } = (typeof page === "object" && page !== null ? page : {}) as { url?: unknown; title?: unknown };
    this.#chat?.setPage({
      ...(typeof url === "string" ? { url } : {}),
      ...(typeof title === "string" ? { title } : {}),
    });
  }

  #makeChat({ origin, domain }: Setup, storage: Storage): Chat {
    return new Chat({
      origin,
      domain,
      http: connectHttp(origin),
      storage,
      locks: browserLocks(),
      complain: (problem) => complain(problem),
    });
  }

  async #load(chat: Chat): Promise<Mounted> {
    const [setup, attention] = [this.#setup, this.#attention];
    if (!setup || !attention) throw new Error("not configured");
    this.#notice.textContent = "";
    this.#launcher.setAttribute("aria-busy", "true");
    try {
      const module = await fetchPanel(setup.origin);
      return module.mount({
        chat,
        attention,
        origin: setup.origin,
        domain: setup.domain,
        look: () => chat.state.domain ?? this.#look,
        place: this.#place,
        shadow: this.#shadow,
        close: () => this.close(),
      });
    } finally {
      this.#launcher.removeAttribute("aria-busy");
    }
  }

  /** The panel, as things are now. */
  async #redraw(): Promise<void> {
    const panel = await this.#panel?.catch(() => null);
    panel?.show({ open: this.#opened, focus: false, t: this.#t });
  }

  /** Takes on how the domain wants it. */
  async #wear(look: SessionDomain): Promise<void> {
    this.#look = look;
    this.#colors.replaceSync(colorSheet(look.look.color));
    this.#launcher.querySelector("svg")?.replaceWith(launcherIcon(look.look.icon));
    this.#frame.classList.toggle("left", look.look.corner === "left");
    await this.#learn(look);
  }

  /** Learns the language, fetching it where it must. Fails where there is none at all yet. */
  async #learn(look: SessionDomain | null): Promise<void> {
    const origin = this.#setup?.origin ?? "";
    const language = languageFor(look?.language ?? null, navigator.languages);
    if (this.#spoken?.language !== language) {
      const before = this.#spoken;
      this.#spoken = await speak(language, (wanted) => fetchTexts(origin, wanted)).catch((error: unknown) => {
        if (before) return before;
        throw error;
      });
    }
    this.#t = translate(this.#spoken, look?.texts ?? {});
    this.#frame.dir = this.#t.direction;
    this.#frame.lang = this.#t.language;
    this.#update();
    void this.#redraw();
  }

  #draw(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.#shadow.adoptedStyleSheets = [sheet, this.#colors];
    this.#launcher.className = "launcher";
    this.#launcher.type = "button";
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher.append(launcherIcon(this.#look?.look.icon ?? "chat"), icon("down", DOWN_ICON), this.#badge);
    this.#launcher.onclick = () => this.toggle();
    this.#badge.className = "badge";
    this.#badge.setAttribute("aria-hidden", "true");
    this.#notice.className = "notice";
    this.#aloud.className = "spoken";
    this.#aloud.setAttribute("role", "status");
    this.#frame.classList.add("frame");
    this.#frame.append(this.#launcher, this.#greeting?.node ?? "", this.#notice, this.#aloud, this.#place);
    // The page's shortcuts can't know that somebody writes: they see this element as the target, and no field.
    for (const type of ["keydown", "keypress", "keyup"]) this.#frame.addEventListener(type, (event) => event.stopPropagation());
    this.#shadow.append(this.#frame);
  }

  #update(): void {
    const [chat, t] = [this.#chat, this.#t];
    if (!chat) return;
    const { state } = chat;
    if (state.domain && JSON.stringify(state.domain) !== JSON.stringify(this.#look)) void this.#wear(state.domain);
    this.hidden = state.phase === "refused";
    const count = unread(state);
    const shown = this.#opened ? 0 : count;
    this.#badge.textContent = shown > MOST_COUNTED ? `${MOST_COUNTED}+` : String(shown);
    this.#badge.hidden = shown === 0;
    const label = this.#opened ? t("launcher.close") : shown > 0 ? t.count("launcher.unread", shown) : t("launcher.open");
    if (this.#launcher.getAttribute("aria-label") !== label) this.#launcher.setAttribute("aria-label", label);
    const said = this.#notice.textContent || (shown > 0 ? label : "");
    if (this.#aloud.textContent !== said) this.#aloud.textContent = said;
    this.#launcher.setAttribute("aria-expanded", String(this.#opened));
    this.#launcher.classList.toggle("opened", this.#opened);
    this.#greet(shown);
    this.#tell(count);
  }

  #greet(count: number): void {
    const [look, chat, greeting, setup] = [this.#look, this.#chat, this.#greeting, this.#setup];
    if (!greeting || !setup) return;
    if (this.#opened || count > 0 || chat?.state.conversation?.status === "open" || this.hidden) greeting.hold();
    else if (look?.greeting) greeting.offer(look.greeting, setup.domain, this.#t);
  }

  /** What the website's page may want to hear. */
  #tell(count: number): void {
    const { conversation } = this.#chat?.state ?? {};
    const now = conversation ? `${conversation.id} ${conversation.status}` : "";
    const before = this.#told;
    this.#told = { unread: count, conversation: now };
    if (count !== before.unread) this.emit("unread", { count });
    if (now !== before.conversation) {
      this.emit("conversation", conversation ? { id: conversation.id, status: conversation.status } : null);
    }
  }

  private emit<E extends keyof Heard>(event: E, detail: Heard[E]): void {
    this.#setup?.emit(event, detail);
  }

  get #memory(): string {
    return `threadline:${this.#setup?.origin ?? ""}:${this.#setup?.domain ?? ""}:`;
  }
}

function complain(problem: Problem): void {
  console.error(`Threadline: ${problem.title}. ${problem.detail ?? ""}`.trim());
}
