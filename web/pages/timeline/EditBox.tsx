// A message's words while they are changed. Enter saves, Shift+Enter breaks the line, Escape leaves them as they were. What
// may not leave the reply box unasked doesn't leave this one either.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { Button } from "../kit/ui";
import { alarms, type Alarm } from "./alarms";
import { AlarmWords } from "./AlarmWords";
import { Limit, tooLong } from "./Limit";

/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

interface Props {
  text: string;
  /** What was typed into it earlier and not saved. */
  typed: string | null;
  /** The message is one for the team only. */
  note: boolean;
  /** Whether somebody has just begun; else it was left open, and the keyboard stays where it is. */
  focus: boolean;
  onType: (words: string) => void;
  /** True if it is saved; what went wrong has been said. */
  onSave: (text: string) => Promise<boolean>;
  onDone: () => void;
}

export function EditBox({ text, typed, note, focus, onType, onSave, onDone }: Props): VNode {
  const [words, setWords] = useState(typed ?? text);
  const [busy, setBusy] = useState(false);
  /** Saving was tried, and this stands in the way. */
  const [asked, setAsked] = useState<readonly Alarm[]>([]);
  const back = useRef<HTMLButtonElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (!focus) return;
    area.current?.focus();
    area.current?.setSelectionRange(words.length, words.length);
  }, []);
  // A secret isn't saved by pressing Enter twice.
  useLayoutEffect(() => {
    if (asked.length > 0) back.current?.focus();
  }, [asked]);
  const goOn = () => {
    setAsked([]);
    area.current?.focus();
  };
  const over = tooLong(words);
  const save = async (confirmed: boolean) => {
    if (busy || over > 0 || words.trim() === "") return;
    if (words.trim() === text.trim()) return onDone();
    const found = alarms(words);
    if (!confirmed && found.length > 0) return setAsked(found);
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
        aria-invalid={over > 0}
        onInput={(event) => {
          setAsked([]);
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
          void save(false);
        }}
      />
      <Limit text={words} />
      {asked.length > 0 && (
        <div
          class="warning grave"
          role="alert"
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            goOn();
          }}
        >
          <Icon name="alert" />
          <div class="warning-words">
            <AlarmWords found={asked} note={note} />
            <div class="row">
              <Button busy={busy} onClick={() => void save(true)}>
                {t("inbox.warn.save")}
              </Button>
              <button ref={back} type="button" class="button" onClick={goOn}>
                {t("inbox.warn.back")}
              </button>
            </div>
          </div>
        </div>
      )}
      <div class="tl-buttons">
        <Button look="primary" busy={busy} disabled={over > 0} onClick={() => void save(false)}>
          {t("inbox.save")}
        </Button>
        <Button onClick={onDone}>{t("inbox.cancel")}</Button>
      </div>
    </div>
  );
}
