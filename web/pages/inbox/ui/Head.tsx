// The head of a conversation: with whom, for which domain, in whose care, and what can be done with it.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { inbox as inboxCalls } from "../../kit/calls";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import { Menu, type MenuItem } from "../../kit/menu";
import { domains, me } from "../../kit/session";
import { toast } from "../../kit/toast";
import type { OperatorBrief } from "../../kit/types";
import { Avatar, Badge, Button, Dot, IconButton } from "../../kit/ui";
import type { Open } from "../state/conversation";
import { addressOf } from "../state/place";
import { attempt, useInbox } from "./context";
import { Glyph } from "./icons";

interface Props {
  open: Open;
  wide: boolean;
  details: boolean;
  onDetails: () => void;
  onClose: () => void;
}

export function Head({ open, details, onDetails, onClose }: Props): VNode {
  const inbox = useInbox();
  const { visitor, domain, status, kind } = open.summary;
  const named = domains.value.length > 1;
  return (
    <header class="talk-head">
      <IconButton class="talk-back" icon="back" label={t("inbox.back")} onClick={() => inbox.leave()} />
      <Avatar name={visitor.name} picture={null} size={36} />
      <div class="talk-who">
        <h1 tabIndex={-1} id="talk-title">
          <span dir="auto">{visitor.name}</span>
          {visitor.verified && (
            <span class="verified" title={t("inbox.verified")}>
              <Glyph name="verified" />
              <span class="only-read">{t("inbox.verified")}</span>
            </span>
          )}
          {status === "closed" && <Badge>{t("inbox.status.closed")}</Badge>}
          {kind === "form" && <Badge look="accent">{t("inbox.form")}</Badge>}
        </h1>
        <p>
          {named && <span class="talk-domain">{domain}</span>}
          {visitor.email !== null && visitor.email !== visitor.name && <span class="talk-mail" dir="auto">{visitor.email}</span>}
          <span>
            <Dot online={open.detail.visitor.online} /> {t(open.detail.visitor.online ? "inbox.visitor.online" : "inbox.visitor.offline")}
          </span>
        </p>
      </div>
      <div class="talk-tools">
        <AssignMenu open={open} />
        {status === "open" ? (
          <Button class="talk-close" icon="check" aria-label={t("inbox.close.full")} onClick={onClose}>
            <span>{t("inbox.close")}</span>
          </Button>
        ) : (
          <Button class="talk-close" icon="refresh" onClick={() => void attempt(inbox.reader.act("reopen"))}>
            <span>{t("inbox.reopen")}</span>
          </Button>
        )}
        <MoreMenu open={open} />
        <button type="button" class="icon-button" aria-label={t("inbox.details")} title={t("inbox.details")} aria-expanded={details} onClick={onDetails}>
          <Glyph name="panel" />
        </button>
      </div>
    </header>
  );
}

function AssignMenu({ open: { summary } }: { open: Open }): VNode {
  const inbox = useInbox();
  const [operators, setOperators] = useState<readonly (OperatorBrief & { online: boolean })[]>([]);
  const { assignee, domain } = summary;
  const mine = me.value?.operator.id ?? null;
  const load = () => {
    // Without the others one can still take it oneself.
    inboxCalls.operators(domain).then(
      (answer) => setOperators(answer.operators),
      () => undefined,
    );
  };
  const give = (operator: string | null) => void attempt(inbox.reader.act({ assign: operator }));
  const items: (MenuItem | "line")[] = [{ label: t("inbox.assign.me"), icon: "person", checked: assignee !== null && assignee.id === mine, act: () => give("me") }];
  if (assignee !== null) items.push({ label: t("inbox.assign.nobody"), icon: "close", checked: false, act: () => give(null) });
  const others = operators.filter(({ id }) => id !== mine);
  if (others.length > 0) items.push("line");
  for (const { id, name, picture, online } of others) {
    items.push({
      label: name,
      more: t(online ? "domain.online" : "domain.offline"),
      checked: assignee?.id === id,
      lead: <Avatar name={name} picture={picture} size={28} />,
      act: () => give(id),
    });
  }
  return (
    <div class="assign" onPointerEnter={load} onFocusCapture={() => operators.length === 0 && load()}>
      <Menu
        align="end"
        label={assignee ? t("inbox.assigned", { name: assignee.name }) : t("inbox.assign")}
        button={
          assignee ? (
            <>
              {assignee.picture === null ? <Icon name="person" /> : <Avatar name={assignee.name} picture={assignee.picture} size={20} />}
              <span class="menu-value">{assignee.id === mine ? t("inbox.you") : assignee.name}</span>
              <Icon name="down" class="menu-arrow" />
            </>
          ) : (
            <>
              <Glyph name="assign" />
              <span class="menu-value">{t("inbox.assign")}</span>
              <Icon name="down" class="menu-arrow" />
            </>
          )
        }
        items={items}
      />
    </div>
  );
}

function MoreMenu({ open: { summary } }: { open: Open }): VNode {
  const link = `${location.origin}${addressOf(summary.id)}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      toast(t("inbox.link.copied"));
    } catch {
      // Without the clipboard's permission it is shown, to be copied by hand.
      toast(link);
    }
  };
  return (
    <Menu
      align="end"
      class="talk-more"
      label={t("inbox.more")}
      button={
        <span class="tl-dots" aria-hidden="true">
          ⋯
        </span>
      }
      items={[
        { label: t("inbox.link.copy"), icon: "copy", act: () => void copy() },
        "line",
        { label: t("inbox.transcript.text"), icon: "download", href: inboxCalls.transcript(summary.id, "txt") },
        { label: t("inbox.transcript.json"), icon: "download", href: inboxCalls.transcript(summary.id, "json") },
        { label: t("inbox.transcript.notes"), icon: "download", href: inboxCalls.transcript(summary.id, "txt", true) },
      ]}
    />
  );
}
