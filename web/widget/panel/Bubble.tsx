// One message: the visitor's own (with how far it got), an answer (with who wrote it), or a line of the system.

import type { VNode } from "preact";
import { regional } from "../../texts/index";
import type { Author } from "../../api/types";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { Pending } from "../store/state";
import type { Entry } from "../store/view";
import { Text } from "../text/Text";
import { Picture } from "./Picture";

interface Props {
  entry: Extract<Entry, { type: "message" }>;
  /** How far the visitor's last message got. */
  mark: "sent" | "seen" | null;
  chat: Chat;
  t: Translator;
  origin: string;
}

export function Bubble({ entry, mark, chat, t, origin }: Props): VNode {
  const { message, pending, first, last } = entry;
  if (message?.author.kind === "system") {
    return (
      <li class="line">
        <Text message={message} />
      </li>
    );
  }
  const own = message === null || message.author.kind === "visitor";
  const classes = ["entry", own ? "own" : "theirs", first ? "first" : "", last ? "last" : "", pending?.status ?? ""];
  const author = message?.author;
  return (
    <li class={classes.filter(Boolean).join(" ")}>
      {author && !own && first && <p class="author">{authorName(author, t)}</p>}
      <div class="row">
        {author && !own && (last ? <Picture author={author} origin={origin} /> : <span class="picture none" />)}
        <div class="bubble">
          {own && <span class="spoken">{t("author.you")}: </span>}
          {message?.removed ? (
            <p class="gone">{t("message.removed")}</p>
          ) : (
            <Text message={message ?? { body: pending?.body ?? "", rich: null }} />
          )}
        </div>
      </div>
      {message && (last || mark !== null || message.edited_at !== null) && (
        <p class="meta">
          {last && <time dateTime={message.created_at}>{clock(message.created_at, t)}</time>}
          {message.edited_at !== null && !message.removed && <span>{t("message.edited")}</span>}
          {mark !== null && !message.removed && <span>{t(mark === "seen" ? "message.seen" : "message.sent")}</span>}
        </p>
      )}
      {pending && <Status pending={pending} chat={chat} t={t} />}
    </li>
  );
}

function Status({ pending, chat, t }: { pending: Pending; chat: Chat; t: Translator }): VNode {
  const { status, reason, client_key } = pending;
  if (status === "sending") return <p class="meta">{t("message.sending")}</p>;
  return (
    <div class="meta">
      <span>{status === "failed" ? t("message.failed", { reason: reason ?? "" }) : t("message.delayed")}</span>
      <button type="button" onClick={() => chat.retry(client_key)}>
        {t("message.retry")}
      </button>
      {status === "failed" && (
        <button type="button" onClick={() => chat.discard(client_key)}>
          {t("message.discard")}
        </button>
      )}
    </div>
  );
}

function authorName(author: Author, t: Translator): string {
  return author.name ?? t(author.kind === "assistant" ? "author.assistant" : "author.team");
}

function clock(at: string, t: Translator): string {
  return new Intl.DateTimeFormat(regional(t.language), { hour: "numeric", minute: "2-digit" }).format(new Date(at));
}
