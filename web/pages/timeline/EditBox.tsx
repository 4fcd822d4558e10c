// A message's words while they are changed. Enter saves, Shift+Enter breaks the line, Escape leaves them as they were.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../kit/i18n";
import { Button } from "../kit/ui";

/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

interface Props {
  text: string;
  /** What was typed into it earlier and not saved. */
  typed: string | null;
  /** Whether somebody has just begun; else it was left open, and the keyboard stays where it is. */
  focus: boolean;
  onType: (words: string) => void;
  /** True if it is saved; what went wrong has been said. */
  onSave: (text: string) => Promise<boolean>;
  onDone: () => void;
}

export function EditBox({ text, typed, focus, onType, onSave, onDone }: Props): VNode {
  const [words, setWords] = useState(typed ?? text);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (!focus) return;
    area.current?.focus();
    area.current?.setSelectionRange(words.length, words.length);
  }, []);
  const save = async () => {
    if (busy || words.trim() === "") return;
    if (words.trim() === text.trim()) return onDone();
    setBusy(true);
    // Otherwise the words stay here.
    if (await onSave(words.trim())) onDone();
    else setBusy(false);
  };
  return (
    <div class="tl-edit">
      <textarea
        ref={area}
        rows={3}
        dir="auto"
        value={words}
        aria-label={t("inbox.message.edit.label")}
        onInput={(event) => {
          setWords(event.currentTarget.value);
          onType(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onDone();
          }
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
          event.preventDefault();
          void save();
        }}
      />
      <div class="tl-buttons">
        <Button look="primary" busy={busy} onClick={() => void save()}>
          {t("inbox.save")}
        </Button>
        <Button onClick={onDone}>{t("inbox.cancel")}</Button>
      </div>
    </div>
  );
}
