// The form of a domain that isn't in live chat mode: name, e-mail and a message. What is typed is kept like a draft, and
// what is sent goes through the outbox like any message.

import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { State } from "../store/state";
import { MOST } from "./Composer";
import { useFields } from "./Fields";

interface Props {
  chat: Chat;
  state: State;
  t: Translator;
  privacy: ComponentChildren;
}

export function Form({ chat, state, t, privacy }: Props): VNode {
  const { visitor, pending } = state;
  const fields = useFields({ name: visitor.name ?? "", email: visitor.email ?? "" }, { name: "required", email: "required" }, t);
  const [text, setText] = useState(() => chat.draft || pending.map(({ body }) => body).join("\n\n"));
  const [shown, setShown] = useState(false);
  const over = [...text.trim()].length - MOST;
  const wrong = !shown ? null : text.trim() === "" ? t("ask.missing") : over > 0 ? t.count("composer.over", over) : null;
  const send = (form: HTMLFormElement) => {
    setShown(true);
    if (!fields.check(form)) return;
    if (text.trim() === "" || over > 0) {
      form.querySelector("textarea")?.focus();
      return;
    }
    const { name, email } = fields.answers;
    if (!visitor.verified) chat.introduce({ name: name.trim(), email: email.trim() });
    for (const { client_key } of pending) chat.discard(client_key);
    chat.send(text, { name, email });
    chat.draft = "";
  };
  return (
    <form
      class="fields letter"
      noValidate
      aria-label={t("log.welcome.offline")}
      onSubmit={(event) => {
        event.preventDefault();
        send(event.currentTarget);
      }}
    >
      <p class="intro">{t("form.intro")}</p>
      {/* What the server turned down is here again. */}
      <p class="wrong" role="status">
        {pending[0] && t("message.failed", { reason: pending[0].reason ?? "" })}
      </p>
      {fields.view}
      <div class="field grows">
        <label for="message">{t("form.message")}</label>
        <textarea
          id="message"
          rows={4}
          dir="auto"
          required
          value={text}
          aria-invalid={wrong !== null}
          {...(wrong === null ? {} : { "aria-describedby": "message-wrong" })}
          onInput={(event) => {
            setText(event.currentTarget.value);
            chat.draft = event.currentTarget.value;
          }}
        />
        {wrong !== null && (
          <p class="wrong" id="message-wrong">
            {wrong}
          </p>
        )}
      </div>
      {privacy}
      <div class="buttons">
        <button type="submit" class="firm">
          {t("form.send")}
        </button>
      </div>
    </form>
  );
}
