// A small grid of emoji: arrows move, Enter takes, Escape goes back. Screen readers name each one by themselves.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Translator } from "../i18n";

const EMOJI = [..."😀😄😂😊😉😍🥰😎🤔😅😐🙄😢😭😡😱👍👎👌🙏👏💪👋🤝🎉🔥⭐✅❌❓❗💡⏰📦📷📞📧🏠🛒💬"];
const COLUMNS = 8;
const STEPS: Record<string, number> = { ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

interface Props {
  t: Translator;
  take: (emoji: string) => void;
  close: () => void;
}

export function Emoji({ t, take, close }: Props): VNode {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  // At once: the next key may come before the next frame.
  useLayoutEffect(() => grid.current?.querySelectorAll("button")[at]?.focus(), [at]);
  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      close();
      return;
    }
    const forward = getComputedStyle(event.currentTarget as Element).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const step = event.key === forward ? 1 : event.key === back ? -1 : (STEPS[event.key] ?? 0);
    if (step === 0) return;
    event.preventDefault();
    setAt(Math.min(EMOJI.length - 1, Math.max(0, at + step)));
  };
  return (
    <div ref={grid} class="emoji" role="group" aria-label={t("composer.emoji")} onKeyDown={move}>
      {EMOJI.map((emoji, index) => (
        <button type="button" key={emoji} tabIndex={index === at ? 0 : -1} onClick={() => take(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}
