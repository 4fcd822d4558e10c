// What was found, newest first, as far as one scrolls.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { domain } from "../kit/session";
import { Stars } from "../kit/stars";
import { ago, clock, moment, shortDay } from "../kit/time";
import type { Found } from "../kit/types";
import { Avatar, Badge, Button, Empty, Spinner } from "../kit/ui";
import { highlight } from "./highlight";
import { isNarrowed, NOTHING } from "./query";
import { asked, found, isLoading, more, narrow, next, opened, reload, state, wanted } from "./search";

export function Results(): VNode {
  const at = state.value;
  const list = found.value;
  return (
    <section class="results" aria-label={t("history.results")} aria-busy={isLoading.value}>
      <p class="only-read" role="status">
        {asked.value > 0 && at === "ready" && (list.length > 0 || next.value === null) ? t.count(next.value === null ? "history.found" : "history.found_more", list.length) : ""}
      </p>
      {list.length > 0 && (
        <ul class={isLoading.value ? "result-list stale" : "result-list"}>
          {list.map((each) => (
            <Result key={each.id} found={each} />
          ))}
        </ul>
      )}
      {typeof at === "object" ? (
        <Empty icon="alert" title={t("history.failed")}>
          <p>{at.failed}</p>
          <Button look="primary" onClick={() => void reload()}>
            {t("kit.again")}
          </Button>
        </Empty>
      ) : (
        <End />
      )}
    </section>
  );
}

/** What stands below the list, and asks for more when it comes into sight. */
function End(): VNode | null {
  const mark = useRef<HTMLDivElement>(null);
  const count = found.value.length;
  useEffect(() => {
    // Made anew for each page, so that one that doesn't fill the window is followed by another.
    const watch = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && more(), { rootMargin: "600px" });
    if (mark.current) watch.observe(mark.current);
    return () => watch.disconnect();
  }, [count, next.value]);
  if (state.value === "loading" && count === 0) return <Spinner />;
  // A page may be empty and not the last: the server looks through so many conversations at a time.
  if (count === 0 && next.value === null) return <Nothing />;
  return (
    <div ref={mark} class="result-end">
      {state.value === "more" ? <Spinner /> : next.value === null ? <p>{t("history.end")}</p> : <Button onClick={more}>{t("kit.more")}</Button>}
    </div>
  );
}

function Nothing(): VNode {
  return isNarrowed(wanted.value) ? (
    <Empty icon="search" title={t("history.nothing")}>
      <p>{t("history.nothing.more")}</p>
      <Button onClick={() => narrow(NOTHING)}>{t("history.clear")}</Button>
    </Empty>
  ) : (
    <Empty icon="history" title={t("history.empty")}>
      <p>{t("history.empty.more")}</p>
    </Empty>
  );
}

/** The last words with whose they are, as in the inbox: a note mustn't look as if somebody had said it to the visitor. */
function lastSaid({ removed, note, author, text }: NonNullable<Found["preview"]>): string {
  if (removed) return t("history.removed");
  if (note) return t("inbox.preview.note", { text });
  return author === "operator" || author === "assistant" ? t("inbox.preview.team", { text }) : text;
}

function Result({ found: each }: { found: Found }): VNode {
  const { visitor, preview, snippet, assignee, status, tags, rating } = each;
  const thisYear = new Date(each.opened_at).getFullYear() === new Date().getFullYear();
  const contact = visitor.email ?? visitor.external_id;
  const text = snippet ?? (preview === null ? "" : lastSaid(preview));
  return (
    <li>
      <button type="button" class="result" aria-haspopup="dialog" onClick={() => (opened.value = each.id)}>
        <Avatar name={visitor.name} picture={null} size={36} />
        <span class="result-main">
          <span class="result-who">
            <strong dir="auto">{visitor.name}</strong>
            {contact !== null && contact !== visitor.name && (
              <span class="result-contact" dir="auto">
                {contact}
              </span>
            )}
            {visitor.verified && (
              <span class="verified" title={t("visitor.verified")}>
                <Icon name="check" />
                <span class="only-read">{t("visitor.verified")}</span>
              </span>
            )}
          </span>
          <span class="result-text" dir="auto">
            {highlight(text, wanted.value.q).map((piece, index) => (piece.found ? <mark key={index}>{piece.text}</mark> : piece.text))}
          </span>
          <span class="result-more">
            {domain.value === null && <span class="result-domain">{each.domain}</span>}
            {each.kind === "form" && <Badge>{t("kind.form")}</Badge>}
            {assignee && (
              <span class="result-assignee">
                <Avatar name={assignee.name} picture={assignee.picture} size={20} />
                <span class="only-read">{t("history.assigned")}</span>
                {assignee.name}
              </span>
            )}
            {tags.map((tag) => (
              <Badge key={tag} look="accent">
                {tag}
              </Badge>
            ))}
            {each.undelivered && <Badge look="alert">{t("status.undelivered")}</Badge>}
          </span>
        </span>
        <span class="result-side">
          <time dateTime={each.opened_at} title={moment(each.opened_at)}>
            {thisYear ? `${shortDay(each.opened_at)}, ${clock(each.opened_at)}` : moment(each.opened_at)}
          </time>
          {status === "open" ? (
            <Badge look="good">{t("status.open")}</Badge>
          ) : (
            <span class="result-closed" title={each.closed_at === null ? "" : ago(each.closed_at)}>
              {t("status.closed")}
            </span>
          )}
          {rating !== null && <Stars stars={rating} />}
        </span>
      </button>
    </li>
  );
}
