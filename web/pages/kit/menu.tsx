// A button that opens a short list of things to do or to choose from, as a menu: arrows move, letters jump, Escape leaves.

import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";

export interface MenuItem {
  label: string;
  /** Said below the label, small. */
  more?: string | undefined;
  icon?: IconName | undefined;
  /** For choices: whether this one is chosen. */
  checked?: boolean | undefined;
  danger?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Where it leads; else `act` says what it does. */
  href?: string | undefined;
  act?: (() => void) | undefined;
  lead?: ComponentChildren;
}

export interface MenuProps {
  /** The button's name for screen readers, where `button` shows less. */
  label: string;
  button: ComponentChildren;
  items: readonly (MenuItem | "line")[];
  class?: string;
  /** Which edge of the button the list keeps to. */
  align?: "start" | "end";
  head?: ComponentChildren;
}

export function Menu({ label, button, items, class: more = "", align = "start", head }: MenuProps): VNode {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  // At once: the next key may come before the next frame.
  useLayoutEffect(() => {
    if (!open) return;
    const entries = choices(list.current);
    (entries.find((each) => each.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, [open]);

  const leave = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <div class={`menu ${more}`} ref={root}>
      <button
        ref={opener}
        type="button"
        class="menu-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {button}
      </button>
      {open && (
        <div class={`menu-list ${align}`} onKeyDown={(event) => move(event, list.current, leave, () => setOpen(false))}>
          {head}
          <div role="menu" id={id} aria-label={label} ref={list}>
            {items.map((item, index) =>
              item === "line" ? <div role="separator" key={index} /> : <Entry key={index} item={item} done={leave} />,
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function Entry({ item, done }: { item: MenuItem; done: () => void }): VNode {
  const inside = (
    <>
      {item.checked !== undefined && <span class="menu-check">{item.checked && <Icon name="check" />}</span>}
      {item.icon && <Icon name={item.icon} />}
      {item.lead}
      <span class="menu-words">
        <span>{item.label}</span>
        {item.more && <span class="menu-more">{item.more}</span>}
      </span>
    </>
  );
  const look = item.danger ? "menu-item danger" : "menu-item";
  if (item.href !== undefined) {
    return (
      <a class={look} role="menuitem" tabIndex={-1} href={item.href}>
        {inside}
      </a>
    );
  }
  return (
    <button
      type="button"
      class={look}
      role={item.checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={item.checked}
      aria-disabled={item.disabled || undefined}
      tabIndex={-1}
      onClick={() => {
        if (item.disabled) return;
        done();
        item.act?.();
      }}
    >
      {inside}
    </button>
  );
}

function choices(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role^='menuitem']") ?? [])];
}

function move(event: KeyboardEvent, list: HTMLElement | null, leave: () => void, shut: () => void): void {
  const entries = choices(list);
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const go = (index: number) => entries[(index + entries.length) % entries.length]?.focus();
  if (event.key === "Escape") leave();
  // Where Tab leads from here is the page's business; the list is gone then.
  else if (event.key === "Tab") return shut();
  else if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(entries.length - 1);
  else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLocaleLowerCase();
    const after = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    after.find((each) => (each.querySelector(".menu-words")?.textContent ?? "").trim().toLocaleLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
