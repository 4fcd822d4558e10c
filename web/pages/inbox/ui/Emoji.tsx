// A small grid of emoji over the reply box: arrows move, Enter takes, Escape leaves.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../kit/i18n";
import { EMOJI } from "./emoji-list";
import { Glyph } from "./icons";

const COLUMNS = 8;

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }): VNode {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (open) root.current?.querySelectorAll<HTMLButtonElement>(".emoji-grid button")[at]?.focus();
  }, [open, at]);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, [open]);

  const keys = (event: KeyboardEvent) => {
    const inline = getComputedStyle(event.currentTarget as Element).direction === "rtl" ? -1 : 1;
    const by = { ArrowRight: inline, ArrowLeft: -inline, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (by !== undefined) setAt(Math.max(0, Math.min(EMOJI.length - 1, at + by)));
    else if (event.key === "Home") setAt(0);
    else if (event.key === "End") setAt(EMOJI.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="emoji" ref={root}>
      <button ref={button} type="button" class="icon-button" aria-label={t("inbox.emoji")} title={t("inbox.emoji")} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Glyph name="smile" />
      </button>
      {open && (
        <div class="emoji-grid" role="group" aria-label={t("inbox.emoji")} onKeyDown={keys}>
          {EMOJI.map((each, index) => (
            <button
              key={each}
              type="button"
              tabIndex={index === at ? 0 : -1}
              onClick={() => {
                setOpen(false);
                onPick(each);
              }}
            >
              {each}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
