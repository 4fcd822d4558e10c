// The inbox page's state, brought together: list, open conversation, what is being sent, who types, and the live line
// that moves them. No markup here.

import { computed, effect, signal } from "@preact/signals";
import { openStorage } from "../../../widget/storage";
import { browserLocks } from "../../../widget/tabs";
import type { Live } from "../../kit/live";
import type { Me, OperatorBrief, ServerFrame, Summary } from "../../kit/types";
import { calls } from "../calls";
import { newestSeq } from "./conversation";
import { Drafts } from "./drafts";
import type { Query } from "./list";
import { Lists } from "./lists";
import { addressOf, conversationOf } from "./place";
import { Reader } from "./reader";
import { Sender } from "./sender";

/** Typing is told every few seconds; past this, they stopped. */
const TYPING_SHOWN_MS = 6_000;

export interface Typist {
  kind: string;
  name: string | null;
  picture: string | null;
}

export class Inbox {
  readonly lists: Lists;
  readonly reader: Reader;
  readonly sender: Sender;
  readonly drafts: Drafts;
  /** Who types in the open conversation. */
  readonly typing = signal<readonly Typist[]>([]);
  /** Other operators who have it open. */
  readonly viewing = signal<readonly OperatorBrief[]>([]);
  /** The last list entry on screen, so that loading again covers it. */
  lastShown = 0;
  /** A conversation that a visitor has just written in, for the bell. */
  onWords: (summary: Summary) => void = () => undefined;
  readonly summary = computed(() => this.reader.open.value?.summary ?? null);
  private readonly typists = new Map<string, { typist: Typist; timer: ReturnType<typeof setTimeout> }>();
  private readonly told = new Map<string, string>();
  private readonly began = new Date().toISOString();
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly me: () => Me | null,
    operator: string,
    private readonly live: Live,
  ) {
    // One browser, several people: each one's words are kept apart.
    const storage = openStorage(`threadline:inbox:${operator}:`);
    this.drafts = new Drafts(storage);
    this.lists = new Lists(
      () => this.me()?.operator.id ?? null,
      () => this.reader.selected.value,
    );
    this.reader = new Reader({
      watch: (conversation, after) => this.live.watch(conversation, after),
      unwatch: () => this.live.unwatch(),
      onSummary: (summary) => this.lists.hear(summary),
    });
    this.sender = new Sender({ storage, locks: browserLocks(), operator, post: calls.post, onPosted: (message) => this.reader.posted(message) });
  }

  /** Begins with the conversation that the address names. */
  start(query: Query): void {
    this.ends.push(this.live.on((frame) => this.hear(frame)));
    let wasUp = false;
    this.ends.push(
      effect(() => {
        const up = this.live.line.value === "up";
        if (up && !wasUp) queueMicrotask(() => this.back());
        wasUp = up;
      }),
    );
    const moved = () => void this.select(conversationOf(location.hash), "stay");
    addEventListener("popstate", moved);
    addEventListener("hashchange", moved);
    const online = () => this.sender.hurry();
    addEventListener("online", online);
    this.ends.push(
      () => removeEventListener("popstate", moved),
      () => removeEventListener("hashchange", moved),
      () => removeEventListener("online", online),
    );
    void this.lists.show(query);
    void this.select(conversationOf(location.hash), "stay");
    this.sender.hurry();
  }

  stop(): void {
    this.sender.stop();
    this.reader.stop();
    this.live.unwatch();
    for (const end of this.ends.splice(0)) end();
  }

  /** Opens a conversation; `push` makes a step in the browser's history, so that Back leads to the list. */
  async select(id: string | null, how: "push" | "replace" | "stay"): Promise<void> {
    if (id !== this.reader.selected.value) {
      this.forgetTypists();
      this.viewing.value = [];
    }
    if (how !== "stay" && conversationOf(location.hash) !== id) {
      const state = { inbox: how === "push" };
      if (how === "push") history.pushState(state, "", addressOf(id));
      else history.replaceState(state, "", addressOf(id));
    }
    const done = this.reader.select(id);
    this.lists.tidy();
    await done;
  }

  /** From the conversation to the list, on a narrow screen. */
  leave(): void {
    if ((history.state as { inbox?: boolean } | null)?.inbox) history.back();
    else void this.select(null, "replace");
  }

  private hear(frame: ServerFrame): void {
    switch (frame.type) {
      case "conversation":
        this.lists.hear(frame.conversation);
        this.reader.summary(frame.conversation);
        this.ring(frame.conversation);
        break;
      case "batch": {
        // Only new words end a sign of typing: a receipt brings older ones again.
        const open = this.reader.open.value;
        const known = open === null ? 0 : newestSeq(open);
        this.reader.hear(frame);
        for (const { seq, author } of frame.messages) if (seq > known) this.stopped(author.kind, author.name);
        break;
      }
      case "typing":
        if (frame.conversation === this.reader.selected.value) this.types(frame.author);
        break;
      case "viewing":
        if (frame.conversation === this.reader.selected.value) this.viewing.value = frame.operators;
        break;
      case "reset":
        void this.lists.refresh(this.lastShown);
        void this.reader.load();
        break;
      default:
    }
  }

  /** The line came up (again): the list may have missed something; the open conversation resumes by itself. */
  private back(): void {
    void this.lists.refresh(this.lastShown);
    void this.reader.freshen();
    this.sender.hurry();
  }

  /** Tells of words that came after this page began, each once. */
  private ring(summary: Summary): void {
    const { id, preview, unread } = summary;
    if (preview?.author !== "visitor") return;
    const before = this.told.get(id) ?? this.began;
    if (Date.parse(preview.at) <= Date.parse(before)) return;
    this.told.set(id, preview.at);
    if (unread > 0) this.onWords(summary);
  }

  private types(typist: Typist): void {
    const key = `${typist.kind}:${typist.name ?? ""}`;
    clearTimeout(this.typists.get(key)?.timer);
    const timer = setTimeout(() => {
      this.typists.delete(key);
      this.showTypists();
    }, TYPING_SHOWN_MS);
    this.typists.set(key, { typist, timer });
    this.showTypists();
  }

  private stopped(kind: string, name: string | null): void {
    for (const [key, { typist, timer }] of this.typists) {
      if (typist.kind !== kind || (kind !== "visitor" && typist.name !== name)) continue;
      clearTimeout(timer);
      this.typists.delete(key);
    }
    this.showTypists();
  }

  private forgetTypists(): void {
    for (const { timer } of this.typists.values()) clearTimeout(timer);
    this.typists.clear();
    this.showTypists();
  }

  private showTypists(): void {
    this.typing.value = [...this.typists.values()].map(({ typist }) => typist);
  }
}
