// The panel's head: who one talks to, whether somebody is there, and ending the conversation.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Author, SessionDomain } from "../../api/types";
import type { Attention } from "../attention";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { State } from "../store/state";
import { DownIcon, EndIcon } from "./icons";
import { Menu } from "./Menu";
import { Picture } from "./Picture";

interface Props {
  chat: Chat;
  attention: Attention;
  state: State;
  /** What the domain wants; null while that isn't known. */
  wanted: SessionDomain | null;
  t: Translator;
  origin: string;
  domain: string;
  close: () => void;
}

export function Header({ chat, attention, state, wanted, t, origin, domain, close }: Props): VNode {
  /** The conversation that they may want to end; the next one is another question. */
  const [asked, setAsked] = useState("");
  const { conversation, presence } = state;
  const open = conversation?.status === "open";
  const asking = open && asked === conversation.id;
  const assignee = open ? conversation.assignee : null;
  const somebody = presence?.online === true;
  const faces = assignee?.name ? [assignee] : team(wanted);
  const byForm = wanted?.mode === "form" && !open;
  return (
    <header class="head">
      <div class="who">
        {faces.length > 0 && (
          <div class="faces" aria-hidden="true">
            {faces.map((face) => (
              <Picture key={face.name} author={face} origin={origin} />
            ))}
          </div>
        )}
        <div class="names">
          <h2>{assignee?.name ?? domain}</h2>
          <p class="presence" role="status">
            {!byForm && <span class={somebody ? "dot online" : "dot"} aria-hidden="true" />}
            {byForm
              ? t("presence.form")
              : presence === null
                ? t("presence.unknown")
                : t(somebody ? "presence.online" : "presence.offline")}
          </p>
        </div>
        {/* Its place is kept, where nobody sees it: the others don't move when it comes. */}
        <button
          type="button"
          class="tool"
          disabled={!open}
          aria-label={t("close.action")}
          title={t("close.action")}
          aria-expanded={asking}
          onClick={() => setAsked(asking || !open ? "" : conversation.id)}
        >
          <EndIcon />
        </button>
        <Menu attention={attention} state={state} t={t} domain={domain} />
        <button type="button" class="tool" aria-label={t("panel.minimize")} title={t("panel.minimize")} onClick={close}>
          <DownIcon />
        </button>
      </div>
      {asking && <Question chat={chat} t={t} done={() => setAsked("")} />}
      <div role="status">{state.phase !== "idle" && state.line === "lost" && <p class="lost">{t("line.lost")}</p>}</div>
    </header>
  );
}

/** Those who were lately there, as authors. */
export function team(wanted: SessionDomain | null): Author[] {
  return (wanted?.team ?? []).map(({ name, picture }) => ({ kind: "operator", name, picture }));
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
