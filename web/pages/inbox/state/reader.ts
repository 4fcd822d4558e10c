// The open conversation with its calls: loading it, following it, older messages, what was read, and everything that an
// operator does to it but write (sender.ts).

import { signal } from "@preact/signals";
import { reason, Refused } from "../../kit/api";
import { inbox } from "../../kit/calls";
import type { Detail, InboxBatch, InboxMessage, Summary } from "../../kit/types";
import { calls } from "../calls";
import { delivered, earlier, heard, isUnderWay, lookedAway, newestSeq, opened, reopened, summarised, threadOpened, told, type Open } from "./conversation";

/** A burst of messages is told as read once. */
const READ_AFTER_MS = 400;
/** That something arrived in a thread is no event of its own: it is asked after, less and less often. */
const DELIVERY_AFTER_MS = [1_000, 2_000, 4_000, 10_000, 30_000] as const;

export interface ReaderOptions {
  /** Follows the conversation from the event that `after` names. */
  watch: (conversation: string, after: () => number) => void;
  unwatch: () => void;
  /** The conversation as its list entry should show it. */
  onSummary: (summary: Summary) => void;
}

export class Reader {
  /** Which conversation is open; null for none. It is known before it is loaded. */
  readonly selected = signal<string | null>(null);
  readonly open = signal<Open | null>(null);
  /** Why it can't be shown; `gone` when it isn't there (or not for this operator). */
  readonly failed = signal<{ why: string; gone: boolean } | null>(null);
  readonly loadingEarlier = signal(false);
  private generation = 0;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  /** How far each conversation was read, whether the server knows that already or not. */
  private readonly readTo = new Map<string, number>();
  /** What was read and not yet told. */
  private untold: { id: string; seq: number } | null = null;
  /** Whether the operator sees what arrives. */
  private watching = false;
  /** The last change of tags that was asked for; it never fails. */
  private tagging: Promise<unknown> = Promise.resolve();
  private deliveryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ReaderOptions) {}

  /** Opens another conversation, or none. */
  async select(id: string | null): Promise<void> {
    if (id === this.selected.value && (id === null || this.open.value !== null)) return;
    // Whoever leafs through conversations quickly has read them all the same.
    this.tellRead();
    this.selected.value = id;
    this.open.value = null;
    this.failed.value = null;
    this.stopAsking();
    this.options.unwatch();
    if (id !== null) await this.load();
  }

  /** Nobody is signed in any more. */
  stop(): void {
    this.stopAsking();
    clearTimeout(this.readTimer);
    this.untold = null;
    this.selected.value = null;
  }

  /** Loads the open conversation, again if it is loaded already. */
  async load(): Promise<void> {
    const id = this.selected.value;
    if (id === null) return;
    const generation = (this.generation += 1);
    const current = () => generation === this.generation && this.selected.value === id;
    try {
      const detail = this.asRead(await inbox.detail(id));
      if (!current()) return;
      this.open.value = this.open.value ? reopened(this.open.value, detail) : opened(detail);
      this.failed.value = null;
      this.options.onSummary(detail.conversation);
      this.askAfterDeliveries(0);
      this.options.watch(id, () => this.open.value?.after ?? detail.after);
    } catch (error) {
      if (current()) this.failed.value = { why: reason(error), gone: error instanceof Refused && error.status === 404 };
    }
  }

  /** The live line is back: what the page knows besides its messages may be old. */
  async freshen(): Promise<void> {
    if (this.selected.value !== null && (this.failed.value !== null || this.open.value === null)) await this.load();
  }

  hear(batch: InboxBatch): void {
    if (batch.conversation.id !== this.selected.value) return;
    if (batch.reset) {
      void this.load();
      return;
    }
    this.arrive((open) => heard(open, batch, this.watching));
    this.askAfterDeliveries(0);
    // Where it is, who the visitor is, and what they thought of it come with the whole.
    if (batch.events.some(({ kind }) => REREAD.has(kind))) void this.load();
  }

  summary(summary: Summary): void {
    this.change((open) => summarised(open, summary));
  }

  posted(message: InboxMessage): void {
    this.change((open) => told(open, message));
    this.askAfterDeliveries(0);
  }

  async loadEarlier(): Promise<void> {
    const open = this.open.value;
    const oldest = open?.messages[0];
    if (!open?.moreBefore || !oldest || this.loadingEarlier.value) return;
    this.loadingEarlier.value = true;
    try {
      const { messages, more_before } = await inbox.before(open.summary.id, oldest.seq);
      if (this.selected.value === open.summary.id) this.change((now) => earlier(now, messages, more_before));
    } finally {
      this.loadingEarlier.value = false;
    }
  }

  /** Whether the operator, who is at the page, sees the end of the conversation. */
  look(atEnd: boolean): void {
    this.watching = atEnd;
    if (atEnd) this.seen();
  }

  /** An answer may be from before the server was told what was read. */
  private asRead(detail: Detail): Detail {
    const mine = Math.max(detail.read.mine, this.readTo.get(detail.conversation.id) ?? 0);
    return { ...detail, read: { ...detail.read, mine } };
  }

  private seen(): void {
    const open = this.open.value;
    if (!open) return;
    const seq = newestSeq(open);
    if (seq <= open.read.mine) return;
    const id = open.summary.id;
    this.readTo.set(id, seq);
    this.open.value = { ...open, read: { ...open.read, mine: seq } };
    this.options.onSummary({ ...open.summary, unread: 0 });
    clearTimeout(this.readTimer);
    this.untold = { id, seq };
    this.readTimer = setTimeout(() => this.tellRead(), READ_AFTER_MS);
  }

  /** Best effort: the next message tells it again. */
  private tellRead(): void {
    clearTimeout(this.readTimer);
    if (this.untold === null) return;
    const { id, seq } = this.untold;
    this.untold = null;
    void calls.read(id, seq).catch(() => undefined);
  }

  /** The operator left the page. */
  lookAway(): void {
    this.watching = false;
    this.change(lookedAway);
  }

  /** What is asked before closing, as it stands now. @throws Refused, Unreachable */
  async checks(): Promise<Detail["checks"]> {
    const id = this.selected.value ?? "";
    const { checks } = await inbox.detail(id);
    this.change((open) => ({ ...open, checks }));
    return checks;
  }

  /** Does something to the conversation. @throws Refused, Unreachable */
  async act(what: "close" | "reopen" | { assign: string | null }): Promise<void> {
    const id = this.selected.value;
    if (id === null) return;
    const isOvertaken = this.overtaken(id);
    const { conversation } = await (what === "close" ? calls.close(id) : what === "reopen" ? calls.reopen(id) : calls.assign(id, what.assign));
    if (isOvertaken()) return;
    this.options.onSummary(conversation);
    this.summary(conversation);
  }

  /** Does something to a message. @throws Refused, Unreachable */
  async actOn(which: InboxMessage, what: "retry" | "release" | "keep" | "remove" | { edit: string }): Promise<void> {
    const { conversation_id: conversation, id } = which;
    if (what === "retry") {
      await calls.retry(conversation, id);
      const { messages } = await inbox.before(conversation, which.seq + 1);
      this.change((open) => delivered(open, messages));
      this.askAfterDeliveries(0);
      return;
    }
    const isOvertaken = this.overtaken(conversation);
    const { message } = await (what === "release"
      ? calls.release(conversation, id)
      : what === "keep"
        ? calls.keep(conversation, id)
        : what === "remove"
          ? calls.remove(conversation, id)
          : calls.edit(conversation, id, what.edit));
    if (!isOvertaken()) this.posted(message);
  }

  /**
   * Puts a tag on the conversation, or takes it off. The server takes all tags at once, so each change waits for the one
   * before: made beside it, it would undo it.
   * @throws Refused, Unreachable
   */
  async tag(tag: string, wanted: boolean): Promise<void> {
    const id = this.selected.value;
    if (id === null) return;
    const change = this.tagging.then(() => this.retag(id, tag, wanted));
    this.tagging = change.catch(() => undefined);
    await change;
  }

  private async retag(id: string, tag: string, wanted: boolean): Promise<void> {
    // As they stand now: what the page shows may be from before its own last change.
    const { tags } = (await inbox.detail(id)).conversation;
    const others = tags.filter((each) => each !== tag);
    const isOvertaken = this.overtaken(id);
    const answer = await calls.tag(id, wanted ? [...others, tag] : others);
    const open = this.open.value;
    if (open?.summary.id !== id || isOvertaken()) return;
    const summary = { ...open.summary, tags: answer.tags };
    this.summary(summary);
    this.options.onSummary(summary);
  }

  /**
   * Whether something of this conversation has come since, by which an answer may be older than what is shown. Nothing is
   * lost with it: what was done is an event too, and comes by the line, at the latest when that is back.
   */
  private overtaken(id: string): () => boolean {
    const known = () => (this.open.value?.summary.id === id ? this.open.value.after : 0);
    const before = known();
    return () => known() > before;
  }

  /** Asks until nothing is under way any more, or another conversation is open. */
  private askAfterDeliveries(tries: number): void {
    this.stopAsking();
    const open = this.open.value;
    if (!open || !isUnderWay(open)) return;
    const { id } = open.summary;
    const wait = DELIVERY_AFTER_MS[Math.min(tries, DELIVERY_AFTER_MS.length - 1)];
    this.deliveryTimer = setTimeout(async () => {
      try {
        const { messages } = await inbox.before(id, Number.MAX_SAFE_INTEGER);
        if (this.selected.value === id) this.arrive((now) => delivered(now, messages));
      } catch {
        // Asked again, later.
      }
      if (this.selected.value === id) this.askAfterDeliveries(tries + 1);
    }, wait);
  }

  private stopAsking(): void {
    clearTimeout(this.deliveryTimer);
  }

  /** Takes in how far messages got, and with the first in a new thread where that is. */
  private arrive(change: (open: Open) => Open): void {
    const before = this.open.value;
    this.change(change);
    if (before && this.open.value && threadOpened(before, this.open.value)) void this.load();
  }

  private change(change: (open: Open) => Open): void {
    if (this.open.value) this.open.value = change(this.open.value);
  }
}

/** Events about what only the whole conversation tells. */
const REREAD = new Set(["visitor_changed", "conversation_rated", "conversation_opened"]);
