// A window over the page: the browser's own <dialog>, which keeps the focus inside and gives it back.

import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "./i18n";
import { Toasts } from "./toast";
import { IconButton } from "./ui";

export interface DialogProps {
  title: string;
  /** Escape, the cross, or a click beside it (not with `firm`). */
  onClose: () => void;
  children: ComponentChildren;
  /** The buttons at the end. */
  foot?: ComponentChildren;
  size?: "small" | "medium" | "large";
  /** At the side of the page instead of in its middle. */
  side?: boolean;
  /** It shows what can't be read again: a click beside it doesn't close it. */
  firm?: boolean;
  /** What else stands in the head, before the cross. */
  tools?: ComponentChildren;
}

export function Dialog({ title, onClose, children, foot, size = "medium", side = false, firm = false, tools }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // At once: a key that comes before the next frame is the dialog's and not the page's.
  useLayoutEffect(() => {
    const shown = dialog.current;
    const back = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${size} ${side ? "side" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Pressed and let go beside it: a text that was selected from the inside out doesn't count.
      onPointerDown={(event) => {
        if (event.target === dialog.current) event.currentTarget.dataset["pressed"] = "yes";
      }}
      onClick={(event) => {
        const pressed = event.currentTarget.dataset["pressed"] === "yes";
        delete event.currentTarget.dataset["pressed"];
        if (pressed && !firm && event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-inside">
        <header>
          <h2 id={id}>{title}</h2>
          {tools}
          <IconButton icon="close" label={t("kit.close")} onClick={onClose} />
        </header>
        <div class="dialog-body">{children}</div>
        {foot && <footer>{foot}</footer>}
      </div>
      <Toasts />
    </dialog>
  );
}
