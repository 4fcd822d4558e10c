// The panel's head: who one talks to, whether somebody is there, and ending the conversation.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { State } from "../store/state";
import { DownIcon, EndIcon } from "./icons";
import { Picture } from "./Picture";

interface Props {
  chat: Chat;
  state: State;
  t: Translator;
  origin: string;
  domain: string;
  close: () => void;
}

export function Header({ chat, state, t, origin, domain, close }: Props): VNode {
  const [asking, setAsking] = useState(false);
  const { conversation, presence } = state;
  const open = conversation?.status === "open";
  const assignee = open ? conversation.assignee : null;
  const somebody = presence?.online === true;
  return (
    <header class="head">
      <div class="who">
        {assignee?.name ? <Picture author={assignee} origin={origin} /> : null}
        <div class="names">
          <h2>{assignee?.name ?? domain}</h2>
          <p class="presence" role="status">
            {presence !== null && <span class={somebody ? "dot online" : "dot"} aria-hidden="true" />}
            {presence === null ? t("presence.unknown") : somebody ? t("presence.online") : t("presence.offline")}
          </p>
        </div>
        {open && (
          <button
            type="button"
            class="tool"
            aria-label={t("close.action")}
            title={t("close.action")}
            aria-expanded={asking}
            onClick={() => setAsking(!asking)}
          >
            <EndIcon />
          </button>
        )}
        <button type="button" class="tool" aria-label={t("panel.minimize")} title={t("panel.minimize")} onClick={close}>
          <DownIcon />
        </button>
      </div>
      {open && asking && <Question chat={chat} t={t} done={() => setAsking(false)} />}
      {state.phase !== "idle" && state.line === "lost" && (
        <p class="lost" role="status">
          {t("line.lost")}
        </p>
      )}
    </header>
  );
}

/** Ending a conversation is asked for twice: an accidental click would cut off the person who helps. */
function Question({ chat, t, done }: { chat: Chat; t: Translator; done: () => void }): VNode {
  const [state, setState] = useState<"asking" | "working" | "failed">("asking");
  const end = async () => {
    setState("working");
    if (await chat.closeConversation()) done();
    else setState("failed");
  };
  return (
    <div class="question" role="group" aria-label={t("close.question")}>
      <p aria-live="polite">{state === "failed" ? t("close.failed") : t("close.question")}</p>
      <button type="button" class="quiet" onClick={done}>
        {t("close.cancel")}
      </button>
      <button type="button" class="firm" disabled={state === "working"} onClick={() => void end()}>
        {t("close.confirm")}
      </button>
    </div>
  );
}
