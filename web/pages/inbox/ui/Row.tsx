// One conversation in the list: who, what was said last, and what it needs.

import type { VNode } from "preact";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import { clock, moment, now, shortDay, since } from "../../kit/time";
import type { Summary } from "../../kit/types";
import { Avatar, Badge } from "../../kit/ui";
import { Stars } from "../../timeline/Rating";
import { Glyph } from "./icons";

export interface RowProps {
  summary: Summary;
  id: string;
  index: number;
  /** How many there are; -1 while more can be loaded. */
  count: number;
  top: number;
  height: number;
  open: boolean;
  current: boolean;
  /** All domains are shown: each conversation names its own. */
  named: boolean;
  me: string | null;
  onOpen: (id: string) => void;
}

export function Row({ summary, id, index, count, top, height, open, current, named, me, onOpen }: RowProps): VNode {
  const { visitor, unread, assignee, status } = summary;
  const look = ["conv", unread > 0 && "unread", current && "current", open && "chosen"].filter(Boolean).join(" ");
  return (
    <div
      id={id}
      class={look}
      role="option"
      aria-selected={open}
      aria-posinset={index + 1}
      aria-setsize={count}
      data-conversation={summary.id}
      style={{ transform: `translateY(${top}px)`, blockSize: `${height}px` }}
      onClick={() => onOpen(summary.id)}
    >
      <Avatar name={visitor.name} picture={null} size={36} />
      <div class="conv-words">
        <p class="conv-top">
          <span class="conv-name" dir="auto">
            {visitor.name}
          </span>
          {visitor.verified && (
            <span class="verified" title={t("inbox.verified")}>
              <Glyph name="verified" />
              <span class="only-read">{t("inbox.verified")}</span>
            </span>
          )}
          {visitor.email !== null && visitor.email !== visitor.name && <span class="conv-mail" dir="auto">{visitor.email}</span>}
          <time dateTime={summary.last_activity_at} title={moment(summary.last_activity_at)}>
            {when(summary.last_activity_at)}
          </time>
        </p>
        <p class="conv-last">
          <span class="conv-text" dir="auto">
            <Preview summary={summary} />
          </span>
          {unread > 0 && (
            <span class="conv-unread">
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span class="only-read">{t.count("inbox.unread", unread)}</span>
            </span>
          )}
        </p>
        <p class="conv-marks">
          {named && <span class="conv-domain" dir="auto">{summary.domain}</span>}
          {status === "closed" ? <Badge>{t("inbox.status.closed")}</Badge> : <span class="only-read">{t("inbox.status.open")}</span>}
          {summary.kind === "form" && <Badge look="accent">{t("inbox.form")}</Badge>}
          {summary.undelivered && (
            <Badge look="alert">
              <Icon name="alert" />
              {t("inbox.undelivered")}
            </Badge>
          )}
          {summary.waiting_since !== null && <Waiting from={summary.waiting_since} />}
          {summary.rating !== null && <Stars stars={summary.rating} />}
          <span class="conv-space" />
          {assignee ? (
            <span class="conv-assignee" title={t("inbox.assigned", { name: assignee.name })}>
              <Avatar name={assignee.name} picture={assignee.picture} size={20} />
              <span dir="auto">{assignee.id === me ? t("inbox.you") : assignee.name}</span>
            </span>
          ) : (
            status === "open" && <span class="conv-nobody">{t("inbox.unassigned")}</span>
          )}
        </p>
      </div>
    </div>
  );
}

function Preview({ summary: { preview } }: { summary: Summary }): VNode {
  if (preview === null) return <em>{t("inbox.preview.none")}</em>;
  if (preview.removed) return <em>{t("inbox.message.removed")}</em>;
  if (preview.note) return <span>{t("inbox.preview.note", { text: preview.text })}</span>;
  return <span>{preview.author === "operator" || preview.author === "assistant" ? t("inbox.preview.team", { text: preview.text }) : preview.text}</span>;
}

/** How long the visitor has waited for an answer; moves by itself. */
function Waiting({ from }: { from: string }): VNode {
  const long = now.value - Date.parse(from) > LONG_MS;
  return (
    <Badge look={long ? "alert" : "warn"}>
      <Glyph name="clock" />
      <span class="only-read">{t("inbox.waiting")}</span>
      {since(from)}
    </Badge>
  );
}

const LONG_MS = 10 * 60_000;

/** Today's by the clock, others by the day. */
function when(at: string): string {
  const date = new Date(at);
  return date.toDateString() === new Date(now.value).toDateString() ? clock(date) : shortDay(date);
}
