// One conversation, only to be read: who it was with, what was said, how it was rated, and a way to take it along.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Timeline } from "../timeline/Timeline";
import { reason } from "../kit/api";
import { inbox } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { Menu } from "../kit/menu";
import { duration, moment } from "../kit/time";
import { toast } from "../kit/toast";
import type { Detail } from "../kit/types";
import { Badge, Empty, Spinner } from "../kit/ui";

export function Reader({ id, onClose }: { id: string; onClose: () => void }): VNode {
  const [detail, setDetail] = useState<Detail | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    setDetail(null);
    setFailed(null);
    inbox.detail(id, { signal: stop.signal }).then(setDetail, (error: unknown) => {
      if (!stop.signal.aborted) setFailed(reason(error));
    });
    return () => stop.abort();
  }, [id]);
  const earlier = async () => {
    const first = detail?.messages[0];
    if (!first || loading) return;
    setLoading(true);
    try {
      const page = await inbox.before(id, first.seq);
      setDetail((now) => now && { ...now, messages: [...page.messages, ...now.messages], more_before: page.more_before });
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    } finally {
      setLoading(false);
    }
  };
  return (
    <Dialog side title={detail?.conversation.visitor.name ?? t("history.conversation")} onClose={onClose} tools={detail && <Tools id={id} />}>
      {failed !== null && (
        <Empty icon="alert" title={t("history.failed")}>
          <p>{failed}</p>
        </Empty>
      )}
      {detail === null && failed === null && <Spinner />}
      {detail && (
        <div class="reader">
          <Facts detail={detail} />
          <Timeline
            messages={detail.messages}
            visitor={detail.conversation.visitor.name}
            moreBefore={detail.more_before}
            loadingEarlier={loading}
            onEarlier={() => void earlier()}
            rating={detail.rating}
            seenByVisitor={detail.read.visitor}
          />
        </div>
      )}
    </Dialog>
  );
}

function Tools({ id }: { id: string }): VNode {
  return (
    <>
      <Menu
        align="end"
        label={t("history.transcript")}
        button={<Icon name="download" />}
        items={[
          { label: t("history.transcript.txt"), more: t("history.transcript.plain"), href: inbox.transcript(id, "txt") },
          { label: t("history.transcript.json"), more: t("history.transcript.plain"), href: inbox.transcript(id, "json") },
          "line",
          { label: t("history.transcript.txt"), more: t("history.transcript.notes"), href: inbox.transcript(id, "txt", true) },
          { label: t("history.transcript.json"), more: t("history.transcript.notes"), href: inbox.transcript(id, "json", true) },
        ]}
      />
      <a class="button plain open-inbox" href={`/inbox#conversation=${encodeURIComponent(id)}`}>
        <Icon name="inbox" />
        <span>{t("history.open_inbox")}</span>
      </a>
    </>
  );
}

function Facts({ detail }: { detail: Detail }): VNode {
  const { conversation, visitor, page, client } = detail;
  const took = conversation.closed_at === null ? null : (Date.parse(conversation.closed_at) - Date.parse(conversation.opened_at)) / 1000;
  const site = page && pageAddress(page.url);
  const rows: [string, VNode | string][] = [
    [t("history.domain"), conversation.domain],
    [t("history.status"), conversation.status === "open" ? <Badge look="good">{t("status.open")}</Badge> : t("status.closed")],
    [t("history.opened"), moment(conversation.opened_at)],
  ];
  if (conversation.closed_at !== null && took !== null) rows.push([t("history.closed"), `${moment(conversation.closed_at)} (${duration(took)})`]);
  if (visitor.email !== null) {
    rows.push([
      t("visitor.email"),
      <>
        {visitor.email}
        {visitor.verified && <Badge look="good">{t("visitor.verified")}</Badge>}
      </>,
    ]);
  }
  if (conversation.assignee) rows.push([t("history.operator"), conversation.assignee.name]);
  if (page) {
    rows.push([
      t("history.page"),
      site === null ? (
        page.url
      ) : (
        <a href={site} target="_blank" rel="noopener noreferrer nofollow" dir="auto">
          {page.title || page.url}
        </a>
      ),
    ]);
  }
  if (client?.browser) rows.push([t("history.browser"), client.browser]);
  if (conversation.tags.length > 0) rows.push([t("history.tag"), conversation.tags.join(", ")]);
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A visitor's page as a link, if it is one that a browser opens as a page. */
function pageAddress(url: string): string | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}
