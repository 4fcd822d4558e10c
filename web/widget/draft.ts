// What is typed and not sent. It belongs to this tab and lives in its memory; storage only keeps a copy for the next page,
// and all tabs share that one copy.

import type { Storage } from "./storage";

const NAME = "draft";

export class Draft {
  #text: string | null = null;

  constructor(private readonly storage: Storage) {}

  /** This tab's text; what storage keeps counts only until this tab has asked once. */
  get(): string {
    this.#text ??= this.storage.get(NAME) ?? "";
    return this.#text;
  }

  /** The visitor is somebody else now. */
  forget(): void {
    this.#text = null;
  }

  set(text: string): void {
    const before = this.get();
    this.#text = text;
    if (text !== "") this.storage.set(NAME, text);
    // Another tab's words aren't ours to throw away.
    else if (this.storage.get(NAME) === before) this.storage.remove(NAME);
  }
}
