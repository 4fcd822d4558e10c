// Where the operator writes: a reply to the visitor, or a note to the team, which looks and reads unlike a reply in every
// way. Enter sends, Shift+Enter breaks the line; what is typed is kept at every key.

import type { RefObject, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../kit/i18n";
import { domains, live, me } from "../../kit/session";
import type { CannedReply, InboxMessage } from "../../kit/types";
import { Button } from "../../kit/ui";
import { calls } from "../calls";
import { alarms, type Alarm } from "../state/alarms";
import { choices, filled, replacedAt, tokenAt } from "../state/canned";
import { lastOfVisitor, type Open } from "../state/conversation";
import { CannedDialog, CannedList } from "./Canned";
import { useInbox } from "./context";
import { EmojiButton } from "./Emoji";
import { Glyph } from "./icons";
import { Warning } from "./Warning";

/** The server's limit, in characters as people count them (Unicode code points). */
const MOST = 10_000;
const NEAR = 9_500;
const TALLEST_PX = 240;
/** `keyCode` of a key that an input method has taken. */
const COMPOSING = 229;

export interface ComposerHandle {
  focus: (note: boolean) => void;
}

export function Composer({ open, handle, onEscape }: { open: Open; handle: RefObject<ComposerHandle | null>; onEscape: () => void }): VNode {
  const inbox = useInbox();
  const { id, domain, visitor, status } = open.summary;
  const kept = inbox.drafts.get(id);
  const [text, setText] = useState(kept.text);
  const [wantsNote, setNote] = useState(kept.note);
  const [caret, setCaret] = useState(kept.text.length);
  const [asked, setAsked] = useState<{ alarms: Alarm[] } | null>(null);
  const [managing, setManaging] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const canned = useCanned(domain);
  const [picked, setPicked] = useState(0);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const news = useNews(open, text);

  // A closed conversation takes notes only.
  const note = wantsNote || status === "closed";
  const length = text.length < NEAR ? text.length : [...text.trim()].length;
  const over = length - MOST;
  const empty = text.trim() === "";
  const token = tokenAt(text, caret);
  const offered = token && token.typed !== dismissed ? choices(canned.all, token.typed) : [];

  const change = (value: string, at: number) => {
    setText(value);
    setCaret(at);
    setAsked(null);
    setPicked(0);
    // What is begun as a note stays one, even if somebody reopens the conversation meanwhile.
    setNote(note);
    inbox.drafts.set(id, { text: value, note });
    if (!note && value.trim() !== "") live.typing(id);
  };
  const setKind = (asNote: boolean) => {
    setNote(asNote);
    setAsked(null);
    inbox.drafts.set(id, { text, note: asNote });
    area.current?.focus();
  };
  const put = (value: string, at: number) => {
    change(value, at);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  };
  const insert = (words: string) => {
    const { selectionStart: start = text.length, selectionEnd: end = text.length } = area.current ?? {};
    put(text.slice(0, start) + words + text.slice(end), start + words.length);
  };
  const take = (reply: CannedReply) => {
    if (!token) return;
    const words = filled(reply.body, { visitor: visitor.name, me: me.value?.operator.name ?? "" });
    const { text: value, caret: at } = replacedAt(text, token, words);
    put(value, at);
  };
  const send = (confirmed: boolean) => {
    if (empty || over > 0) return;
    const found = alarms(text);
    if (!confirmed && (found.length > 0 || (!note && news.fresh !== null))) {
      setAsked({ alarms: found });
      return;
    }
    inbox.sender.send(id, text, note);
    setText("");
    setCaret(0);
    setAsked(null);
    news.acknowledge();
    inbox.drafts.set(id, { text: "", note: false });
    setNote(false);
    area.current?.focus();
  };

  const back = () => {
    setAsked(null);
    // Seen now: the next Enter sends.
    news.acknowledge();
    area.current?.focus();
  };
  handle.current = {
    focus(asNote) {
      if (asNote !== wantsNote) setKind(asNote);
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
      if (asked) setAsked(null);
      else onEscape();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send(false);
    }
  };
  const several = domains.value.length > 1;
  return (
    <>
    <form
      class={note ? "composer note" : "composer"}
      aria-label={t(note ? "inbox.composer.note" : "inbox.composer.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        send(false);
      }}
    >
      <div class="composer-head">
        <div class="kinds" role="group" aria-label={t("inbox.composer.kind")}>
          <button type="button" aria-pressed={!note} disabled={status === "closed"} onClick={() => setKind(false)}>
            <Glyph name="reply" />
            {t("inbox.reply")}
          </button>
          <button type="button" class="is-note" aria-pressed={note} onClick={() => setKind(true)}>
            <Glyph name="note" />
            {t("inbox.note")}
          </button>
        </div>
        <p class="composer-to" dir="auto">
          {note ? t("inbox.note.only") : several ? t("inbox.to.domain", { name: visitor.name, domain }) : t("inbox.to", { name: visitor.name })}
        </p>
      </div>
      <Warning news={note ? null : news.fresh} asked={asked} note={note} visitor={visitor.name} onSend={() => send(true)} onBack={back} />
      <div class="composer-box">
        {offered.length > 0 && <CannedList offered={offered} picked={picked} onPick={take} onManage={() => setManaging(true)} />}
        <textarea
          ref={area}
          rows={2}
          dir="auto"
          value={text}
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
          <button type="button" class="icon-button" aria-label={t("inbox.canned")} title={t("inbox.canned")} onClick={() => setManaging(true)}>
            <Glyph name="bolt" />
          </button>
          <p class={over > 0 ? "composer-limit over" : "composer-limit"} aria-live="polite">
            {length < NEAR ? "" : over > 0 ? t.count("inbox.over", over) : t.count("inbox.left", -over)}
          </p>
          <Button type="submit" look="primary" class="composer-send" disabled={empty || over > 0}>
            <Glyph name={note ? "note" : "send"} />
            {t(note ? "inbox.note.send" : "inbox.send")}
          </Button>
        </div>
      </div>
    </form>
    {managing && (
      <CannedDialog
        all={canned.all}
        domain={domain}
        onChange={canned.reload}
        onUse={(reply) => {
          setManaging(false);
          insert(filled(reply.body, { visitor: visitor.name, me: me.value?.operator.name ?? "" }));
        }}
        onClose={() => setManaging(false)}
      />
    )}
    </>
  );
}

/** Words of the visitor that came since this text was begun. */
function useNews(open: Open, text: string): { fresh: InboxMessage | null; acknowledge: () => void } {
  const last = lastOfVisitor(open);
  const known = useRef(last?.seq ?? 0);
  const acknowledge = () => {
    known.current = last?.seq ?? 0;
  };
  if (text.trim() === "") acknowledge();
  return { fresh: last !== null && last.seq > known.current ? last : null, acknowledge };
}

/** The canned replies of a domain, read when somebody begins to write. */
function useCanned(domain: string): { all: readonly CannedReply[]; load: () => void; reload: () => Promise<void> } {
  const [all, setAll] = useState<readonly CannedReply[]>([]);
  const loaded = useRef(false);
  const reload = async () => {
    setAll((await calls.cannedReplies(domain)).canned_replies);
  };
  const load = () => {
    if (loaded.current) return;
    loaded.current = true;
    // Without them one can still write; the next focus tries again.
    reload().catch(() => (loaded.current = false));
  };
  useEffect(() => {
    loaded.current = false;
  }, [domain]);
  return { all, load, reload };
}
