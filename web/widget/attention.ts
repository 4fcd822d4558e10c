// Calling the visitor back to the chat when an answer comes: a short sound, and a notification of the desktop where they
// asked for it. Both only while they don't look at the messages anyway.

import type { Message } from "../api/types";
import { remembered } from "./reading";
import type { Storage } from "./storage";

const SOUND = "sound";
const NOTIFY = "notify";
const RUNG = "rung";
/** Several answers at once are one call. */
const QUIET_MS = 2_000;
const MOST_SHOWN = 140;
/** So long a hidden tab waits for another one to say that the visitor reads there. */
const MOMENT_MS = 300;

export interface AttentionOptions {
  storage: Storage;
  /** Whether the messages are on screen. */
  isLooking: () => boolean;
  /** A notification's first line. */
  title: (message: Message) => string;
  /** The visitor pressed the notification. */
  onPressed: () => void;
}

export class Attention {
  #rungAt = -QUIET_MS;

  constructor(private readonly options: AttentionOptions) {}

  get hasSound(): boolean {
    return this.options.storage.get(SOUND) !== "off";
  }

  set hasSound(on: boolean) {
    if (on) this.options.storage.remove(SOUND);
    else this.options.storage.set(SOUND, "off");
  }

  /** Whether this browser can notify on this page at all. */
  get canNotify(): boolean {
    return "Notification" in window && isSecureContext;
  }

  get notifies(): boolean {
    return this.canNotify && Notification.permission === "granted" && this.options.storage.get(NOTIFY) === "on";
  }

  /** Switches notifications; on: asks the browser first. False if the browser won't. */
  async setNotifies(on: boolean): Promise<boolean> {
    if (on && (!this.canNotify || (await Notification.requestPermission()) !== "granted")) return false;
    this.options.storage.set(NOTIFY, on ? "on" : "off");
    return true;
  }

  /** An answer came. */
  call(message: Message): void {
    if (this.options.isLooking()) return;
    if (document.visibilityState !== "hidden") return this.#ringOnce(message);
    setTimeout(() => {
      const seen = remembered(this.options.storage);
      if (seen?.conversation_id === message.conversation_id && seen.seq >= message.seq) return;
      this.#ringOnce(message);
      if (this.notifies) this.#notify(message);
    }, MOMENT_MS);
  }

  /** With several tabs, the first one to hear of an answer rings for all. */
  #ringOnce({ id }: Message): void {
    const { storage } = this.options;
    if (storage.get(RUNG) === id) return;
    storage.set(RUNG, id);
    this.#ring();
  }

  #ring(): void {
    const now = performance.now();
    // Before the visitor has touched the page, browsers keep it silent, and say so loudly in the console.
    const touched = navigator.userActivation?.hasBeenActive ?? true;
    if (!this.hasSound || !touched || now - this.#rungAt < QUIET_MS) return;
    this.#rungAt = now;
    try {
      beep(new AudioContext());
    } catch {
      // No sound on this machine.
    }
  }

  #notify(message: Message): void {
    try {
      // The tag makes one of what several tabs say.
      const shown = new Notification(this.options.title(message), {
        body: message.body.slice(0, MOST_SHOWN),
        tag: `threadline:${message.id}`,
      });
      shown.onclick = () => {
        window.focus();
        shown.close();
        this.options.onPressed();
      };
    } catch {
      // Phones notify through service workers alone, and a website's are its own.
    }
  }
}

/** Two soft notes, a third of a second. */
function beep(audio: AudioContext): void {
  const volume = audio.createGain();
  volume.connect(audio.destination);
  volume.gain.setValueAtTime(0.0001, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.08, audio.currentTime + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.34);
  const tone = audio.createOscillator();
  tone.frequency.setValueAtTime(660, audio.currentTime);
  tone.frequency.setValueAtTime(880, audio.currentTime + 0.12);
  tone.connect(volume);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.35);
}
