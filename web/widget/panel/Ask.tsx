// What a domain wants to know before the chat begins: asked once, kept, and never in the way of who is in a conversation.

import type { ComponentChildren, VNode } from "preact";
import type { SessionDomain } from "../../api/types";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { State } from "../store/state";
import { useFields } from "./Fields";

/** Whether there is something to ask, and somebody who hasn't said it. */
export function isToAsk({ conversation, pending, visitor }: State, wanted: SessionDomain | null, chat: Chat): boolean {
  if (!wanted || visitor.verified || conversation?.status === "open" || pending.length > 0) return false;
  const open = (["name", "email"] as const).filter((each) => wanted.ask[each] !== "no" && visitor[each] === null);
  return open.some((each) => wanted.ask[each] === "required" || !chat.profile.wasAsked);
}

interface Props {
  chat: Chat;
  state: State;
  ask: SessionDomain["ask"];
  t: Translator;
  privacy: ComponentChildren;
  done: () => void;
}

export function Ask({ chat, state, ask, t, privacy, done }: Props): VNode {
  const fields = useFields({ name: state.visitor.name ?? "", email: state.visitor.email ?? "" }, ask, t);
  const optional = ask.name !== "required" && ask.email !== "required";
  const end = () => {
    chat.profile.asked();
    done();
  };
  return (
    <form
      class="fields ask"
      noValidate
      aria-label={t("ask.title")}
      onSubmit={(event) => {
        event.preventDefault();
        if (!fields.check(event.currentTarget)) return;
        const said = Object.entries(fields.answers).map(([key, value]) => [key, value.trim()] as const);
        const given = Object.fromEntries(said.filter(([, value]) => value !== ""));
        if (Object.keys(given).length > 0) chat.introduce(given);
        end();
      }}
    >
      <p class="title">{t("ask.title")}</p>
      {fields.view}
      {privacy}
      <div class="buttons">
        {optional && (
          <button type="button" class="quiet" onClick={end}>
            {t("ask.skip")}
          </button>
        )}
        <button type="submit" class="firm">
          {t("ask.start")}
        </button>
      </div>
    </form>
  );
}
