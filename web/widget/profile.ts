// What the visitor said about themselves before the chat began, kept until the server has it.

import { wellFormed } from "./clean";
import type { Storage } from "./storage";

const SAID = "profile";
const ASKED = "asked";

export interface Said {
  name?: string;
  email?: string;
}

export class Profile {
  constructor(private readonly storage: Storage) {}

  say(said: Said): void {
    const clean = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, wellFormed(value)]));
    this.storage.set(SAID, JSON.stringify({ ...this.unsent(), ...clean }));
  }

  /** What the server doesn't have yet. */
  unsent(): Said | null {
    try {
      return JSON.parse(this.storage.get(SAID) ?? "null") as Said | null;
    } catch {
      return null;
    }
  }

  /** The server has that, or won't have it. */
  sent(said: Said): void {
    if (JSON.stringify(this.unsent()) === JSON.stringify(said)) this.storage.remove(SAID);
  }

  /** Whether the visitor has been asked already: nobody is asked twice. */
  get wasAsked(): boolean {
    return this.storage.get(ASKED) !== null;
  }

  asked(): void {
    this.storage.set(ASKED, "1");
  }
}
