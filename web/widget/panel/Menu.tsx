// What else can be done: sound, notifications, a copy of the conversation. A menu as the ARIA Authoring Practices
// describe one: arrows move, Escape goes back.

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attention } from "../attention";
import type { Key, Translator } from "../i18n";
import type { State } from "../store/state";
import { CheckIcon, MoreIcon } from "./icons";
import { copyText, transcript } from "./transcript";

interface Props {
  attention: Attention;
  state: State;
  t: Translator;
  domain: string;
}

export function Menu({ attention, state, t, domain }: Props): VNode {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<Key | null>(null);
  const [, redraw] = useState(0);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  // At once: the next key may come before the next frame.
  useLayoutEffect(() => {
    if (!open) return undefined;
    menu.current?.querySelector("button")?.focus();
    const root = box.current?.getRootNode();
    const outside = (event: Event) => {
      if (!event.composedPath().includes(box.current as EventTarget)) setOpen(false);
    };
    root?.addEventListener("pointerdown", outside);
    return () => root?.removeEventListener("pointerdown", outside);
  }, [open]);

  const notify = async () => {
    if (!(await attention.setNotifies(!attention.notifies))) setSaid("menu.notify.denied");
    redraw((count) => count + 1);
  };
  const copy = async () => {
    close();
    setSaid((await copyText(transcript(state, t, domain), box.current)) ? "menu.copied" : "menu.copy.failed");
  };
  const toggleSound = () => {
    attention.hasSound = !attention.hasSound;
    redraw((count) => count + 1);
  };
  return (
    <div ref={box} class="more">
      <button
        ref={button}
        type="button"
        class="tool"
        aria-label={t("menu.label")}
        title={t("menu.label")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          setSaid(null);
          setOpen(!open);
        }}
      >
        <MoreIcon />
      </button>
      {open && (
        <div ref={menu} class="menu" role="menu" aria-label={t("menu.label")} onKeyDown={(event) => keys(event, close)}>
          <Item checked={attention.hasSound} press={toggleSound} words={t("menu.sound")} />
          {attention.canNotify && <Item checked={attention.notifies} press={() => void notify()} words={t("menu.notify")} />}
          {state.messages.length > 0 && <Item press={() => void copy()} words={t("menu.copy")} />}
        </div>
      )}
      <p class={said === null ? "spoken" : "toast"} role="status">
        {said === null ? "" : t(said)}
      </p>
    </div>
  );
}

function Item({ checked, press, words }: { checked?: boolean; press: () => void; words: string }): VNode {
  const role = checked === undefined ? "menuitem" : "menuitemcheckbox";
  return (
    <button type="button" role={role} aria-checked={checked} tabIndex={-1} onClick={press}>
      <span class="mark">{checked && <CheckIcon />}</span>
      {words}
    </button>
  );
}

function keys(event: KeyboardEvent, close: () => void): void {
  if (event.key === "Escape" || event.key === "Tab") {
    event.stopPropagation();
    event.preventDefault();
    close();
    return;
  }
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const at = items.indexOf(event.target as HTMLButtonElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}
