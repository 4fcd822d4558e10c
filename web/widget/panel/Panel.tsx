// The whole panel: a dialog with header, messages and composer. Holds what only the screen knows; everything else is in
// the chat's state.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { State } from "../store/state";
import { entries } from "../store/view";
import { Closed } from "./Closed";
import { Composer } from "./Composer";
import { Header } from "./Header";
import { Log } from "./Log";
import type { PanelOptions } from "./main";
import { fitScreen, keepTab, useChat } from "./screen";

interface Props extends PanelOptions {
  open: boolean;
  /** Grows whenever the keyboard is to move into the panel. */
  focus: number;
}

export function Panel({ chat, t, origin, domain, shadow, close, open, focus }: Props): VNode {
  const state = useChat(chat);
  const dialog = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [beginning, setBeginning] = useState(false);
  const closed = state.conversation?.status === "closed";

  const writing = !closed || beginning || chat.draft !== "" || hasUnsent(state);
  // Asked before the composer may go away with this drawing.
  const atComposer = useRef(false);
  atComposer.current = input.current !== null && shadow.activeElement === input.current;

  // Who was writing when the conversation was closed goes on writing, also after emptying the field.
  useEffect(() => setBeginning(closed && chat.draft !== ""), [closed]);
  useLayoutEffect(() => {
    if (!writing && atComposer.current) dialog.current?.focus({ preventScroll: true });
  }, [writing]);
  useEffect(() => {
    if (focus > 0) (input.current ?? dialog.current)?.focus({ preventScroll: true });
  }, [focus, beginning]);
  useEffect(() => (dialog.current ? fitScreen(dialog.current) : undefined), []);

  return (
    <div
      ref={dialog}
      class="panel"
      role="dialog"
      aria-label={t("panel.label", { domain })}
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
      <Header chat={chat} state={state} t={t} origin={origin} domain={domain} close={close} />
      <Log chat={chat} state={state} list={entries(state)} t={t} origin={origin} open={open} />
      {closed && !writing ? (
        <Closed
          by={state.conversation?.closed_by ?? null}
          t={t}
          start={() => {
            setBeginning(true);
            requestAnimationFrame(() => input.current?.focus());
          }}
        />
      ) : (
        <Composer chat={chat} t={t} input={input} note={closed ? t("composer.opens_new") : null} />
      )}
    </div>
  );
}

function hasUnsent(state: State): boolean {
  return state.pending.some((pending) => pending.status !== "failed");
}
