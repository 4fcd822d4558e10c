// What to know before sending: the visitor or a colleague wrote meanwhile, the conversation was closed meanwhile, or the text
// holds what had better not leave. One more press sends all the same.

import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import type { InboxMessage } from "../../kit/types";
import { AlarmWords } from "../../timeline/AlarmWords";
import type { Alarm } from "../../timeline/alarms";
import { authorName } from "../../timeline/words";
import { isNews, type News } from "../state/news";

/** Sending was tried, and this stands in the way. */
export interface Asked {
  alarms: readonly Alarm[];
  /** The text is this and looks like the name of a canned reply. */
  stroke: string | null;
}

/** What was decided: send it as it is, open the conversation again for it, or keep it inside. */
export type Decision = "send" | "reopen" | "keep";

interface Props {
  news: News;
  asked: Asked | null;
  /** Begun as a reply, and the conversation is closed by now. */
  late: boolean;
  note: boolean;
  busy: boolean;
  visitor: string;
  onDecide: (decision: Decision) => void;
  onBack: () => void;
}

export function Warning({ news, asked, late, note, busy, visitor, onDecide, onBack }: Props): VNode | null {
  const back = useRef<HTMLButtonElement>(null);
  const go = useRef<HTMLButtonElement>(null);
  const grave = asked !== null && asked.alarms.length > 0;
  // Before it is seen, so that a quick Enter meets the button and isn't one more try in the text.
  useLayoutEffect(() => {
    // A secret isn't sent by pressing Enter twice, and what a colleague closed isn't opened so.
    if (asked) (grave || late || asked.stroke !== null ? back : go).current?.focus();
  }, [asked]);
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !asked) return;
    event.stopPropagation();
    onBack();
  };
  if (!isNews(news) && !asked && !late) return null;
  return (
    <div class={grave ? "warning grave" : "warning"} role={asked ? "alert" : "status"} onKeyDown={keys}>
      <Icon name="alert" />
      <div class="warning-words">
        {late && (
          <p>
            <strong>{t("inbox.warn.closed")}</strong>
          </p>
        )}
        {news.visitor && <Wrote title={t("inbox.warn.wrote", { name: visitor })} message={news.visitor} />}
        {news.colleague && <Wrote title={t("inbox.warn.answered", { name: authorName(news.colleague.author, visitor) })} message={news.colleague} />}
        {asked && <AlarmWords found={asked.alarms} note={note} />}
        {asked !== null && asked.stroke !== null && (
          <p>
            <strong>{t("inbox.warn.stroke", { text: asked.stroke })}</strong>
          </p>
        )}
        {asked && (
          <div class="row">
            <button ref={go} type="button" class="button" aria-disabled={busy || undefined} onClick={() => !busy && onDecide(late ? "reopen" : "send")}>
              {t(late ? "inbox.warn.reopen" : note ? "inbox.warn.note" : "inbox.warn.send")}
            </button>
            {late && (
              <button type="button" class="button" aria-disabled={busy || undefined} onClick={() => !busy && onDecide("keep")}>
                {t("inbox.held.keep")}
              </button>
            )}
            <button ref={back} type="button" class="button" onClick={onBack}>
              {t("inbox.warn.back")}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

function Wrote({ title, message }: { title: string; message: InboxMessage }): VNode {
  return (
    <p>
      <strong>{title}</strong> <q dir="auto">{short(message.body)}</q>
    </p>
  );
}

const SHOWN = 140;

function short(text: string): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : letters.join("");
}
