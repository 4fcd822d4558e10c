// Where the visitor writes. Enter sends, Shift+Enter breaks the line; what is typed is kept at every key.

import type { ComponentChildren, RefObject, VNode } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import { Emoji } from "./Emoji";
import { SendIcon, SmileIcon } from "./icons";

/** The server's limit, in characters as people count them (Unicode code points). */
export const MOST = 10_000;
/** From here on the rest is shown. */
const NEAR = 9_500;
const TALLEST_PX = 160;
/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

interface Props {
  chat: Chat;
  t: Translator;
  input: RefObject<HTMLTextAreaElement | null>;
  note: string | null;
  privacy: ComponentChildren;
}

export function Composer({ chat, t, input, note, privacy }: Props): VNode {
  const [text, setText] = useState(chat.draft);
  const [picking, setPicking] = useState(false);
  const length = text.length < NEAR ? text.length : [...text.trim()].length;
  const over = length - MOST;
  const empty = text.trim() === "";

  useLayoutEffect(() => {
    const area = input.current;
    if (!area) return;
    area.style.blockSize = "auto";
    area.style.blockSize = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
  }, [text]);

  const change = (value: string) => {
    setText(value);
    chat.draft = value;
  };
  const send = () => {
    if (empty || over > 0) return;
    chat.send(text);
    change("");
    input.current?.focus();
  };
  const insert = (emoji: string) => {
    const area = input.current;
    const [from, to] = [area?.selectionStart ?? text.length, area?.selectionEnd ?? text.length];
    change(text.slice(0, from) + emoji + text.slice(to));
    setPicking(false);
    // After the drawing, which is queued already, and before the next key.
    queueMicrotask(() => {
      area?.focus();
      area?.setSelectionRange(from + emoji.length, from + emoji.length);
    });
  };
  const noMore = () => {
    setPicking(false);
    input.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {note !== null && (
        <p class="note" role="status">
          {note}
        </p>
      )}
      {picking && <Emoji t={t} take={insert} close={noMore} />}
      <div class="box">
        <textarea
          ref={input}
          rows={1}
          dir={text === "" ? t.direction : "auto"}
          value={text}
          placeholder={t("composer.placeholder")}
          aria-label={t("composer.label")}
          aria-invalid={over > 0}
          onInput={(event) => {
            change(event.currentTarget.value);
            if (event.currentTarget.value.trim() !== "") chat.typing();
          }}
          onKeyDown={(event) => {
            // While composing (Chinese, Japanese, …), Enter chooses a word. Safari ends composing just before that key
            // and tells by its code alone.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="button"
          class="smile"
          aria-label={t("composer.emoji")}
          title={t("composer.emoji")}
          aria-expanded={picking}
          onClick={() => setPicking(!picking)}
        >
          <SmileIcon />
        </button>
        <button type="submit" class="send" aria-label={t("composer.send")} disabled={empty || over > 0}>
          <SendIcon />
        </button>
      </div>
      {privacy}
      <p class={over > 0 ? "limit over" : "limit"} aria-live="polite">
        {length < NEAR ? "" : over > 0 ? t.count("composer.over", over) : t.count("composer.left", -over)}
      </p>
    </form>
  );
}
