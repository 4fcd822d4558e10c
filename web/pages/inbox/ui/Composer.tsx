// Where the operator writes: a reply to the visitor, or a note to the team, which looks and reads unlike a reply in every
// way. Enter sends, Shift+Enter breaks the line; what is typed is kept at every key.

import type { RefObject, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../kit/i18n";
import { live, me } from "../../kit/session";
import type { CannedReply } from "../../kit/types";
import { Button } from "../../kit/ui";
import { Limit, tooLong } from "../../timeline/Limit";
import { choices, filled, replacedAt, tokenAt } from "../state/canned";
import type { Open } from "../state/conversation";
import { NO_NEWS } from "../state/news";
import { CannedDialog, CannedList } from "./Canned";
import { ComposerHead } from "./ComposerHead";
import { EmojiButton } from "./Emoji";
import { Glyph } from "./icons";
import { useCanned } from "./useCanned";
import { useDraft } from "./useDraft";
import { useSending } from "./useSending";
import { Warning } from "./Warning";

const TALLEST_PX = 240;
/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

export interface ComposerHandle {
  focus: (note: boolean) => void;
}

export function Composer({ open, handle, onEscape }: { open: Open; handle: RefObject<ComposerHandle | null>; onEscape: () => void }): VNode {
  const { id, domain, visitor, status } = open.summary;
  const box = useDraft(open, () => {
    setCaret(0);
    sending.forget();
  });
  const { text } = box;
  const [caret, setCaret] = useState(text.length);
  const [managing, setManaging] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const canned = useCanned(domain);
  const [picked, setPicked] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);

  const empty = text.trim() === "";
  const closed = status === "closed";
  // A closed conversation takes notes only. What was begun as a reply before doesn't become one unasked.
  const note = box.note || (closed && empty);
  const late = closed && !note;
  const over = tooLong(text);
  const news = note ? NO_NEWS : box.news;
  const token = tokenAt(text, caret);
  const offered = token && token.typed !== dismissed ? choices(canned.all, token.typed) : [];

  const sending = useSending({
    conversation: id,
    box,
    note,
    late,
    news,
    canned,
    dismissed,
    takeFirst: () => {
      const [first] = offered;
      if (first) take(first);
      return first !== undefined;
    },
    onSent: () => {
      setCaret(0);
      area.current?.focus();
    },
  });
  const { asked, busy, send } = sending;

  const change = (value: string, at: number) => {
    setCaret(at);
    sending.forget();
    setPicked(0);
    // What is begun as a note stays one, even if somebody reopens the conversation meanwhile.
    box.put({ text: value, note });
    if (!note && !closed && value.trim() !== "") live.typing(id);
  };
  const setKind = (asNote: boolean) => {
    sending.forget();
    box.put({ note: asNote });
    area.current?.focus();
  };
  const put = (value: string, at: number) => {
    change(value, at);
    // After the drawing, which is queued already, and before the next key.
    queueMicrotask(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  };
  const insert = (words: string) => {
    const { selectionStart: start = text.length, selectionEnd: end = text.length } = area.current ?? {};
    put(text.slice(0, start) + words + text.slice(end), start + words.length);
  };
  const names = { visitor: visitor.name, me: me.value?.operator.name ?? "" };
  const take = (reply: CannedReply) => {
    if (!token) return;
    const { text: value, caret: at } = replacedAt(text, token, filled(reply.body, names));
    put(value, at);
  };

  const manage = () => {
    setManaging(true);
    canned.load();
  };
  const back = () => {
    sending.forget();
    // Seen now: the next Enter sends.
    box.acknowledge();
    area.current?.focus();
  };
  handle.current = {
    focus(asNote) {
      // A closed conversation takes no reply.
      if (asNote !== box.note && (asNote || !closed)) setKind(asNote);
      area.current?.focus();
    },
  };
  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.style.blockSize = "auto";
    area.current.style.blockSize = `${Math.min(area.current.scrollHeight + 2, TALLEST_PX)}px`;
  }, [text, note]);

  const keys = (event: KeyboardEvent) => {
    // While composing (Chinese, Japanese, …), keys choose words. Safari ends composing just before Enter and tells by its
    // code alone.
    if (event.isComposing || event.keyCode === COMPOSING) return;
    if (offered.length > 0) {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const chosen = offered[picked] ?? offered[0];
      if (by !== undefined) setPicked((picked + by + offered.length) % offered.length);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen) take(chosen);
      else if (event.key === "Escape") setDismissed(token?.typed ?? null);
      else return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (asked) sending.forget();
      else onEscape();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <>
    <form
      class={note ? "composer note" : "composer"}
      aria-label={t(note ? "inbox.composer.note" : "inbox.composer.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ComposerHead summary={open.summary} note={note} onKind={setKind} />
      <Warning
        news={news}
        asked={asked}
        late={late}
        note={note}
        busy={busy}
        visitor={visitor.name}
        onDecide={(decision) => void sending.decide(decision)}
        onBack={back}
      />
      <div class="composer-box">
        {offered.length > 0 && <CannedList offered={offered} picked={picked} onPick={take} onManage={manage} />}
        <textarea
          ref={area}
          rows={2}
          // Empty, "auto" would be from the left, whatever the hint in it is written in.
          dir={text === "" ? undefined : "auto"}
          value={text}
          readOnly={busy}
          placeholder={t(note ? "inbox.note.placeholder" : "inbox.reply.placeholder")}
          aria-label={t(note ? "inbox.note.label" : "inbox.reply.label", { name: visitor.name })}
          aria-invalid={over > 0}
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? "canned" : undefined}
          aria-activedescendant={offered.length > 0 ? `canned-${picked}` : undefined}
          onInput={(event) => {
            const { value, selectionEnd } = event.currentTarget;
            setDismissed(null);
            change(value, selectionEnd);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionEnd)}
          onFocus={canned.load}
          onKeyDown={keys}
        />
        <div class="composer-foot">
          <EmojiButton onPick={insert} />
          <button type="button" class="icon-button" aria-label={t("inbox.canned")} title={t("inbox.canned")} onClick={manage}>
            <Glyph name="bolt" />
          </button>
          <Limit text={text} />
          <Button type="submit" look="primary" class="composer-send" busy={busy || sending.waits} disabled={empty || over > 0}>
            <Glyph name={note ? "note" : "send"} />
            {t(note ? "inbox.note.send" : "inbox.send")}
          </Button>
        </div>
      </div>
    </form>
    {managing && (
      <CannedDialog
        canned={canned}
        domain={domain}
        onUse={(reply) => {
          setManaging(false);
          insert(filled(reply.body, names));
        }}
        onClose={() => setManaging(false)}
      />
    )}
    </>
  );
}
