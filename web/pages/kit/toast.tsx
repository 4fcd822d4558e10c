// A short word about what has just happened, at the page's end; read out as well. Errors stay until they are sent away.
//
// While a dialog is open, the browser puts everything outside it behind its shade, and neither pointer, keyboard nor screen
// reader gets there. So each dialog has a place for these words too, and they stand in the one that was opened last.

import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "./i18n";
import { Icon } from "./icons";
import { IconButton } from "./ui";

interface Toast {
  id: number;
  text: string;
  look: "plain" | "alert";
}

const SHOWN_MS = 6_000;
const MOST = 3;

const toasts = signal<readonly Toast[]>([]);
/** The page's place and those of open dialogs, the last opened at the end. */
const places = signal<readonly symbol[]>([]);
let last = 0;

const forget = (id: number) => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

/** Says something. The same words that are still there aren't said twice. */
export function toast(text: string, look: Toast["look"] = "plain"): void {
  if (toasts.value.some((each) => each.text === text && each.look === look)) return;
  last += 1;
  const id = last;
  toasts.value = [...toasts.value, { id, text, look }].slice(-MOST);
  if (look === "plain") setTimeout(() => forget(id), SHOWN_MS);
}

/** A place for them. It is there before they are, or nobody would hear the first. */
export function Toasts(): VNode {
  const [place] = useState(() => Symbol("toasts"));
  useEffect(() => {
    places.value = [...places.peek(), place];
    return () => {
      places.value = places.peek().filter((each) => each !== place);
    };
  }, [place]);
  const shown = places.value.at(-1) === place ? toasts.value : [];
  return (
    <div class="toasts" aria-live="polite" role="status">
      {shown.map(({ id, text, look }) => (
        <div key={id} class={`toast ${look}`}>
          {look === "alert" && <Icon name="alert" />}
          <span>{text}</span>
          <IconButton icon="close" label={t("kit.dismiss")} onClick={() => forget(id)} />
        </div>
      ))}
    </div>
  );
}
