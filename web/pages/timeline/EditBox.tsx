// A message's words while they are changed. Enter saves, Shift+Enter breaks the line, Escape leaves them as they were.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../kit/i18n";
import { Button } from "../kit/ui";

/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

export function EditBox({ text, onSave, onDone }: { text: string; onSave: (text: string) => Promise<void>; onDone: () => void }): VNode {
  const [words, setWords] = useState(text);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, []);
  const save = async () => {
    if (busy || words.trim() === "") return;
    if (words.trim() === text.trim()) return onDone();
    setBusy(true);
    // What went wrong is said by whoever saves; the words stay here.
    await onSave(words.trim()).then(onDone, () => setBusy(false));
  };
  return (
    <div class="tl-edit">
      <textarea
        ref={area}
        rows={3}
        dir="auto"
        value={words}
        aria-label={t("inbox.message.edit.label")}
        onInput={(event) => setWords(event.currentTarget.value)}
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
