// One message as operators see it: who, when, where from, what became of it, and what can be done about it.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Plain, Text } from "../../widget/text/Text";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { Menu } from "../kit/menu";
import { clock, moment } from "../kit/time";
import type { Delivery, InboxMessage } from "../kit/types";
import { Avatar, Button } from "../kit/ui";
import { EditBox } from "./EditBox";
import type { Unsent } from "./items";
import { authorName, originName, places, platformName } from "./words";

/** What an operator can do about messages; none of it in a history that is only read. */
export interface Actions {
  /** True if it worked; what went wrong has been said. */
  act: (message: InboxMessage, what: "retry" | "release" | "keep" | "remove" | { edit: string }) => Promise<boolean>;
  /** What was typed into a message that is being changed, kept over reloads; an empty text keeps nothing. */
  edits: { kept: (message: string) => string | null; keep: (message: string, text: string) => void };
  retryUnsent: (clientKey: string) => void;
  discardUnsent: (clientKey: string) => void;
}

interface MessageProps {
  message: InboxMessage;
  first: boolean;
  last: boolean;
  seen: boolean;
  visitor: string;
  actions: Actions | null;
}

export function Bubble(props: MessageProps): VNode {
  return props.message.author.kind === "system" ? <SystemLine message={props.message} /> : <Message {...props} />;
}

function SystemLine({ message }: { message: InboxMessage }): VNode {
  return (
    <li class="tl-system">
      <p dir="auto">{message.removed ? t("inbox.message.removed") : message.body}</p>
      <time dateTime={message.created_at} title={moment(message.created_at)}>
        {clock(message.created_at)}
      </time>
    </li>
  );
}

function Message({ message, first, last, seen, visitor, actions }: MessageProps): VNode {
  const changeable = actions !== null && message.mine && !message.removed && message.origin === "inbox";
  const [editing, setEditing] = useState<"no" | "begun" | "kept">(() => (changeable && actions.edits.kept(message.id) !== null ? "kept" : "no"));
  const [busy, setBusy] = useState(false);
  const theirs = message.author.kind === "visitor";
  const note = message.audience === "operators" && !message.held;
  const name = authorName(message.author, visitor);
  const act = async (what: Parameters<Actions["act"]>[1]) => {
    setBusy(true);
    const worked = await actions?.act(message, what);
    setBusy(false);
    return worked ?? false;
  };
  const look = ["tl-entry", theirs ? "theirs" : "ours", first && "first", note && "note", message.held && "held"].filter(Boolean).join(" ");
  const doneEditing = () => {
    actions?.edits.keep(message.id, "");
    setEditing("no");
  };
  return (
    <li class={look} data-message={message.id}>
      {first && (
        <header class="tl-head">
          <span class="tl-name" dir="auto">
            {name}
          </span>
          {note && <span class="tl-mark">{t("inbox.note.mark")}</span>}
          {originName(message.origin) !== null && <span class="tl-origin">{originName(message.origin)}</span>}
          <time dateTime={message.created_at} title={moment(message.created_at)}>
            {clock(message.created_at)}
          </time>
        </header>
      )}
      <div class="tl-row">
        <span class="tl-face">{first && <Avatar name={theirs && !message.author.name ? visitor : name} picture={message.author.picture} size={28} />}</span>
        <div class="tl-bubble" title={first ? undefined : clock(message.created_at)}>
          {!first && <span class="only-read">{`${name}, ${note ? `${t("inbox.note.mark")}, ` : ""}${clock(message.created_at)}`}</span>}
          {editing !== "no" && changeable ? (
            <EditBox
              text={message.body}
              typed={actions.edits.kept(message.id)}
              note={message.audience === "operators"}
              focus={editing === "begun"}
              onType={(words) => actions.edits.keep(message.id, words)}
              onDone={doneEditing}
              onSave={(edit) => act({ edit })}
            />
          ) : message.removed ? (
            <p class="tl-gone">{t("inbox.message.removed")}</p>
          ) : (
            <Text message={message} />
          )}
          {message.held && !message.removed && <Held busy={busy} actions={actions} act={act} />}
        </div>
        {changeable && editing === "no" && (
          <Menu
            class="tl-tools"
            label={t("inbox.message.tools")}
            align="end"
            button={
              <span class="tl-dots" aria-hidden="true">
                ⋯
              </span>
            }
            items={[
              { label: t("inbox.message.edit"), act: () => setEditing("begun") },
              { label: t("inbox.message.delete"), danger: true, act: () => void act("remove") },
            ]}
          />
        )}
      </div>
      <Fate message={message} last={last} seen={seen} busy={busy} retry={actions && (() => void act("retry"))} />
    </li>
  );
}

function Held({ busy, actions, act }: { busy: boolean; actions: Actions | null; act: (what: "release" | "keep") => Promise<boolean> }): VNode {
  return (
    <div class="tl-held">
      <p>{t("inbox.held")}</p>
      {actions && (
        <div class="tl-buttons">
          <Button look="primary" busy={busy} onClick={() => void act("release")}>
            {t("inbox.held.send")}
          </Button>
          <Button busy={busy} onClick={() => void act("keep")}>
            {t("inbox.held.keep")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What became of it: edited, where it arrived, where it didn't and why. */
function Fate({ message, last, seen, busy, retry }: { message: InboxMessage; last: boolean; seen: boolean; busy: boolean; retry: (() => void) | null }): VNode | null {
  const of = (state: Delivery["state"]) => message.deliveries.filter((delivery) => delivery.state === state);
  const failed = of("undelivered");
  const waiting = of("pending");
  const arrived = of("delivered");
  const edited = message.edited_at !== null && !message.removed;
  const tellArrived = last && arrived.length > 0 && failed.length === 0 && waiting.length === 0;
  if (!edited && !seen && !tellArrived && failed.length === 0 && waiting.length === 0) return null;
  return (
    <div class="tl-fate">
      {edited && (
        <span class="tl-edited" title={moment(message.edited_at ?? message.created_at)}>
          {t("inbox.message.edited")}
        </span>
      )}
      {failed.map((delivery) => (
        <span key={delivery.outbox_id} class="tl-failed">
          <Icon name="alert" />
          <span>
            {delivery.reason === null
              ? t("inbox.delivery.failed", { platform: platformName(delivery.platform) })
              : t("inbox.delivery.failed.why", { platform: platformName(delivery.platform), why: delivery.reason })}
          </span>
        </span>
      ))}
      {failed.length > 0 && retry && (
        <Button look="quiet" icon="refresh" busy={busy} onClick={retry}>
          {t("inbox.retry")}
        </Button>
      )}
      {waiting.length > 0 && <span>{t("inbox.delivery.pending", { platform: places(waiting) })}</span>}
      {tellArrived && (
        <span class="tl-arrived">
          <Icon name="check" />
          {t("inbox.delivery.done", { platform: places(arrived) })}
        </span>
      )}
      {seen && <span class="tl-seen">{t("inbox.seen")}</span>}
    </div>
  );
}

/** One's own words that the server doesn't have yet. */
export function UnsentBubble({ unsent, first, name, picture, delayed, actions }: { unsent: Unsent; first: boolean; name: string; picture: string | null; delayed: boolean; actions: Actions | null }): VNode {
  return (
    <li class={`tl-entry ours unsent ${first ? "first" : ""} ${unsent.note ? "note" : ""}`}>
      {first && (
        <header class="tl-head">
          <span class="tl-name" dir="auto">
            {name}
          </span>
          {unsent.note && <span class="tl-mark">{t("inbox.note.mark")}</span>}
        </header>
      )}
      <div class="tl-row">
        <span class="tl-face">{first && <Avatar name={name} picture={picture} size={28} />}</span>
        <div class="tl-bubble">
          <div class="text" dir="auto">
            <Plain text={unsent.body} />
          </div>
        </div>
      </div>
      <div class="tl-fate">
        {unsent.failed === null ? (
          <span>{delayed ? t("inbox.unsent.delayed") : t("inbox.unsent.sending")}</span>
        ) : (
          <>
            <span class="tl-failed" role="alert">
              <Icon name="alert" />
              <span>{t("inbox.unsent.failed", { why: unsent.failed })}</span>
            </span>
            <Button look="quiet" icon="refresh" onClick={() => actions?.retryUnsent(unsent.client_key)}>
              {t("inbox.retry")}
            </Button>
            <Button look="quiet" onClick={() => actions?.discardUnsent(unsent.client_key)}>
              {t("inbox.discard")}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
