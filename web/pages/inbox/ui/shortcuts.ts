// Single-letter keys for the whole page. They do nothing while somebody writes, chooses from a menu, or answers a dialog,
// and nothing at all where they are switched off.

export interface Shortcuts {
  move: (by: number) => void;
  reply: () => void;
  note: () => void;
  close: () => void;
  assign: () => void;
  search: () => void;
  help: () => void;
  escape: () => void;
}

/** Listens until the returned function is called. */
export function listen(shortcuts: Shortcuts, letters: () => boolean): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") !== null || isBusy(event.target)) return;
    const what = meaning(event.key, shortcuts, letters());
    if (!what) return;
    event.preventDefault();
    what();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function meaning(key: string, shortcuts: Shortcuts, letters: boolean): (() => void) | null {
  if (key === "Escape") return shortcuts.escape;
  if (!letters) return null;
  switch (key) {
    case "j":
      return () => shortcuts.move(1);
    case "k":
      return () => shortcuts.move(-1);
    case "r":
      return shortcuts.reply;
    case "n":
      return shortcuts.note;
    case "c":
      return shortcuts.close;
    case "a":
      return shortcuts.assign;
    case "/":
      return shortcuts.search;
    case "?":
      return shortcuts.help;
    default:
      return null;
  }
}

/** Whether keys mean something else where the focus is. */
function isBusy(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=menu], .emoji-grid") !== null;
}
