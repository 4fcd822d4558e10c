// What to know before sending: the visitor wrote meanwhile, or the text holds what had better not leave. One more press
// sends all the same.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import type { InboxMessage } from "../../kit/types";
import type { Alarm } from "../state/alarms";

interface Props {
  /** What the visitor wrote since this text was begun. */
  news: InboxMessage | null;
  /** Sending was tried, and this stands in the way. */
  asked: { alarms: readonly Alarm[] } | null;
  note: boolean;
  visitor: string;
  onSend: () => void;
  onBack: () => void;
}

export function Warning({ news, asked, note, visitor, onSend, onBack }: Props): VNode | null {
  const back = useRef<HTMLButtonElement>(null);
  const go = useRef<HTMLButtonElement>(null);
  const grave = asked !== null && asked.alarms.length > 0;
  useEffect(() => {
    // A secret isn't sent by pressing Enter twice.
    if (asked) (grave ? back : go).current?.focus();
  }, [asked]);
  if (!news && !asked) return null;
  return (
    <div class={grave ? "warning grave" : "warning"} role={asked ? "alert" : "status"}>
      <Icon name="alert" />
      <div class="warning-words">
        {news && (
          <p>
            <strong>{t("inbox.warn.wrote", { name: visitor })}</strong> <q dir="auto">{short(news.body)}</q>
          </p>
        )}
        {asked?.alarms.map((alarm) => (
          <p key={alarm}>
            <strong>{t(alarm === "card" ? "inbox.warn.card" : "inbox.warn.secret")}</strong> {t(note ? "inbox.warn.team" : "inbox.warn.everywhere")}
          </p>
        ))}
        {asked && (
          <div class="row">
            <button ref={go} type="button" class="button" onClick={onSend}>
              {t(note ? "inbox.warn.note" : "inbox.warn.send")}
            </button>
            <button ref={back} type="button" class="button" onClick={onBack}>
              {t("inbox.warn.back")}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

const SHOWN = 140;

function short(text: string): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : letters.join("");
}
