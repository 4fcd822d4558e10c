// What stands in the composer's place once a conversation is closed.

import type { VNode } from "preact";
import type { Conversation } from "../../api/types";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import { Rating } from "./Rating";

interface Props {
  chat: Chat;
  conversation: Conversation;
  t: Translator;
  start: () => void;
}

export function Closed({ chat, conversation, t, start }: Props): VNode {
  const by = conversation.closed_by;
  const who =
    by?.kind === "visitor" ? t("closed.visitor") : by?.name ? t("closed.named", { name: by.name }) : t("closed.unnamed");
  return (
    <footer class="closed">
      <p role="status">{who}</p>
      <Rating key={conversation.id} chat={chat} conversation={conversation} t={t} />
      <button type="button" class="firm" onClick={start}>
        {t("closed.start")}
      </button>
    </footer>
  );
}
