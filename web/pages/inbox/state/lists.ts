// The list with its calls: first page, further pages, loading again after a break, and live changes in between.

import { computed, signal } from "@preact/signals";
import { reason } from "../../kit/api";
import type { Summary } from "../../kit/types";
import { calls } from "../calls";
import { appended, changed, emptyList, replaced, tidied, type List, type Query } from "./list";

const PAGE = 50;
/** The first page is small, to be there at once; further ones are not. */
const LARGE = 100;
/** Loading again covers what is on screen, but no more pages than this. */
const MOST_PAGES = 10;

export class Lists {
  readonly list = signal<List>(emptyList);
  readonly query = signal<Query>({ domain: null, filter: "open", words: "" });
  readonly busy = signal(false);
  /** Why the last load failed, for people. */
  readonly failed = signal<string | null>(null);
  readonly positions = computed(() => new Map(this.list.value.entries.map(({ id }, index) => [id, index])));
  private request: AbortController | null = null;
  /** What came live while a load was under way. */
  private meanwhile: Summary[] = [];

  constructor(
    private readonly me: () => string | null,
    private readonly selected: () => string | null,
  ) {}

  /** Shows another list. */
  async show(query: Query): Promise<void> {
    this.query.value = query;
    this.list.value = emptyList;
    await this.load(1, PAGE);
  }

  /** Loads again what is here, down to the entry numbered `needed`. */
  async refresh(needed: number): Promise<void> {
    if (!this.list.value.loaded) return this.load(1, PAGE);
    await this.load(Math.min(MOST_PAGES, Math.ceil((needed + 1) / LARGE)), LARGE);
  }

  /** The next page, if there is one and nothing is under way. */
  async more(): Promise<void> {
    const { next } = this.list.value;
    if (next === null || this.busy.value) return;
    await this.ask(async (signal) => {
      const page = await calls.list(this.query.value, next, LARGE, { signal });
      this.list.value = appended(this.list.value, page.conversations, page.next);
    });
  }

  /** A conversation changed. */
  hear(summary: Summary): void {
    if (this.busy.value) this.meanwhile.push(summary);
    this.list.value = changed(this.list.value, summary, this.query.value, this.me(), this.selected());
  }

  /** Another conversation is open now. */
  tidy(): void {
    if (this.query.value.words === "") this.list.value = tidied(this.list.value, this.query.value, this.me(), this.selected());
  }

  find(id: string): Summary | null {
    return this.list.value.entries[this.positions.value.get(id) ?? -1] ?? null;
  }

  private load(pages: number, limit: number): Promise<void> {
    return this.ask(async (signal) => {
      const found: Summary[] = [];
      let next: string | null = null;
      for (let page = 0; page < pages && (page === 0 || next !== null); page += 1) {
        const answer = await calls.list(this.query.value, next, limit, { signal });
        found.push(...answer.conversations);
        next = answer.next;
      }
      this.list.value = replaced(found, next);
    });
  }

  private async ask(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.busy.value = true;
    this.meanwhile = [];
    try {
      await work(request.signal);
      this.failed.value = null;
    } catch (error) {
      if (!request.signal.aborted) this.failed.value = reason(error);
    } finally {
      if (this.request === request) {
        this.busy.value = false;
        for (const summary of this.meanwhile.splice(0)) this.hear(summary);
      }
    }
  }
}
