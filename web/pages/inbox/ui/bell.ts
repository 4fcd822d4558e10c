// Tells of new words by a sound and by a desktop notification, where the person asked for them. One tab rings, not all.

import { t } from "../../kit/i18n";
import { prefs } from "../../kit/prefs";
import type { Summary } from "../../kit/types";

/** Within this long, a second message makes no second sound. */
const QUIET_MS = 2_000;
const SHOWN = 160;

let rung = -QUIET_MS;
let audio: AudioContext | null = null;

/** Whether the person is looking at this very conversation needs no bell. */
export function ring(summary: Summary, looking: boolean, open: (id: string) => void): void {
  if (looking) return;
  void alone(`threadline:bell:${summary.id}:${summary.last_activity_at}`, () => {
    if (prefs.sound.peek()) chime();
    if (prefs.notifications.peek()) notify(summary, open);
  });
}

/** Only one tab gets the name for as long as the bell rings. */
async function alone(name: string, work: () => void): Promise<void> {
  if (!("locks" in navigator)) return work();
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    work();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  });
}

/** Two soft tones, made here: no file to fetch. */
function chime(): void {
  const now = performance.now();
  if (now - rung < QUIET_MS) return;
  rung = now;
  try {
    audio ??= new AudioContext();
    for (const [index, pitch] of [659.25, 880].entries()) {
      const start = audio.currentTime + index * 0.12;
      const tone = new OscillatorNode(audio, { type: "sine", frequency: pitch });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.4);
    }
  } catch {
    // A browser without sound, or one that wants a click first.
  }
}

function notify({ id, visitor, domain, preview }: Summary, open: (id: string) => void): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(t("inbox.notify", { name: visitor.name, domain }), {
      body: [...(preview?.text ?? "")].slice(0, SHOWN).join(""),
      tag: `threadline:${id}`,
    });
    shown.onclick = () => {
      window.focus();
      open(id);
      shown.close();
    };
  } catch {
    // Some phones let only service workers notify.
  }
}
