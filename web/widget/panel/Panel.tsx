// The whole panel: a dialog with header, messages and what the visitor can do now. Holds what only the screen knows;
// everything else is in the chat's state.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Translator } from "../i18n";
import { lastOwn, type State } from "../store/state";
import { entries } from "../store/view";
import { Ask, isToAsk } from "./Ask";
import { Closed } from "./Closed";
import { Composer } from "./Composer";
import { Form } from "./Form";
import { Header } from "./Header";
import { Log } from "./Log";
import type { PanelOptions } from "./main";
import { Privacy } from "./Privacy";
import { fitScreen, isPhone, keepTab, useChat } from "./screen";

interface Props extends PanelOptions {
  t: Translator;
  open: boolean;
  /** Grows whenever the keyboard is to move into the panel. */
  focus: number;
}

export function Panel({ chat, attention, t, origin, domain, look, shadow, close, open, focus }: Props): VNode {
  const state = useChat(chat);
  const wanted = state.domain ?? look();
  const dialog = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  /** Something is written for a new conversation; `wanted` where the visitor pressed for one. */
  const [beginning, setBeginning] = useState<boolean | "wanted">(false);
  const [asked, setAsked] = useState(false);
  const closed = state.conversation?.status === "closed";

  // The log of a conversation that ended stays until the visitor leaves it, whatever they have begun to write.
  const byForm = wanted?.mode === "form" && !isTalking(state) && (beginning === "wanted" || state.conversation === null);
  const writing = !closed || beginning || chat.draft !== "" || hasUnsent(state);
  const asking = writing && !byForm && !asked && isToAsk(state, wanted, chat);
  // Asked before the composer may go away with this drawing.
  const atComposer = useRef(false);
  atComposer.current = input.current !== null && shadow.activeElement === input.current;

  // These at once, not after the next frame: what is pressed or typed until then would be undone or go elsewhere.
  // Who was writing when the conversation was closed goes on writing, also after emptying the field.
  useLayoutEffect(() => setBeginning(closed && chat.draft !== ""), [closed]);
  useLayoutEffect(() => {
    setBeginning(false);
    setAsked(false);
  }, [state.forgotten]);
  useLayoutEffect(() => {
    if (!writing && atComposer.current) dialog.current?.focus({ preventScroll: true });
  }, [writing]);
  const moved = useRef(0);
  useLayoutEffect(() => {
    const wished = focus !== moved.current;
    moved.current = focus;
    // When only what is shown has changed, the keyboard stays where somebody put it meanwhile: at the launcher, in the page.
    if (wished || (focus > 0 && isOurs(shadow, dialog.current))) firstField(dialog.current)?.focus({ preventScroll: true });
  }, [focus, beginning, asking, byForm]);
  useLayoutEffect(() => (dialog.current ? fitScreen(dialog.current) : undefined), []);

  const own = lastOwn(state);
  const privacy = own === null && <Privacy privacy={wanted?.privacy ?? null} t={t} />;
  const note = closed ? t("composer.opens_new") : received(state, t);
  return (
    <div
      ref={dialog}
      class="panel"
      role="dialog"
      aria-label={t("panel.label", { domain })}
      aria-modal={isPhone()}
      tabIndex={-1}
      hidden={!open}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.isComposing) {
          event.stopPropagation();
          close();
        } else if (event.key === "Tab") {
          keepTab(event);
        }
      }}
    >
      <Header chat={chat} attention={attention} state={state} wanted={wanted} t={t} origin={origin} domain={domain} close={close} />
      {byForm ? (
        <Form key={state.forgotten} chat={chat} state={state} t={t} privacy={privacy} />
      ) : (
        <>
          <Log chat={chat} state={state} list={entries(state, new Date().toISOString())} own={own} wanted={wanted} t={t} origin={origin} open={open} />
          {asking && wanted ? (
            <Ask key={state.forgotten} chat={chat} state={state} ask={wanted.ask} t={t} privacy={privacy} done={() => setAsked(true)} />
          ) : closed && !writing && state.conversation ? (
            <Closed chat={chat} conversation={state.conversation} t={t} start={() => setBeginning("wanted")} />
          ) : (
            <Composer key={state.forgotten} chat={chat} t={t} input={input} note={note} privacy={privacy} />
          )}
        </>
      )}
    </div>
  );
}

/** The first thing to write into, else the panel itself. */
function firstField(dialog: HTMLElement | null): HTMLElement | null {
  return dialog?.querySelector<HTMLElement>("form.fields input, form.fields textarea, .composer textarea") ?? dialog;
}

/** Whether the keyboard is in the panel, or was in a part of it that has just gone. */
function isOurs(shadow: ShadowRoot, dialog: HTMLElement | null): boolean {
  const at = shadow.activeElement;
  return at === null ? document.activeElement === document.body : (dialog?.contains(at) ?? false);
}

function isTalking(state: State): boolean {
  return state.conversation?.status === "open" || hasUnsent(state);
}

function hasUnsent(state: State): boolean {
  return state.pending.some((pending) => pending.status !== "failed");
}

/** After the form: that it arrived, and where the answer comes. */
function received({ conversation, messages, visitor }: State, t: Translator): string | null {
  const answered = messages.some(({ conversation_id: id, author }) => id === conversation?.id && author.kind === "operator");
  if (conversation?.kind !== "form" || conversation.status !== "open" || answered || visitor.email === null) return null;
  return t("form.received", { email: visitor.email });
}
