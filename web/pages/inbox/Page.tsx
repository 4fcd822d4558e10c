// The inbox page, put together: the state of the domain, the list, the conversation, and the keys that lead through them.

import { effect, untracked } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../kit/i18n";
import { prefs } from "../kit/prefs";
import { domain, domains, live, me } from "../kit/session";
import { toast } from "../kit/toast";
import { Inbox } from "./state/inbox";
import { ring } from "./ui/bell";
import { CloseDialog } from "./ui/CloseDialog";
import type { ComposerHandle } from "./ui/Composer";
import { InboxContext } from "./ui/context";
import { Conversation } from "./ui/Conversation";
import { Help } from "./ui/Help";
import { Glyph } from "./ui/icons";
import type { ListHandle } from "./ui/List";
import { listen } from "./ui/shortcuts";
import { Sidebar } from "./ui/Sidebar";
import { StateStrip } from "./ui/State";

/** From here on, what is known of the visitor stands beside the conversation. styles/inbox.css has the same figure. */
const WIDE = "(min-width: 1180px)";

export function InboxPage(): VNode | null {
  const operator = me.value?.operator.id;
  // Another person signs in: another inbox, with nothing of the last one's.
  return operator === undefined ? null : <Signed key={operator} operator={operator} />;
}

function Signed({ operator }: { operator: string }): VNode {
  const inbox = useMemo(() => new Inbox(() => me.value, operator, live), [operator]);
  const list = useRef<ListHandle | null>(null);
  const composer = useRef<ComposerHandle | null>(null);
  const search = useRef<HTMLInputElement | null>(null);
  const [closing, setClosing] = useState(false);
  const [help, setHelp] = useState(false);
  const wide = useWide();

  useEffect(() => {
    inbox.start({ domain: domain.peek(), filter: "open", words: "" });
    return () => inbox.stop();
  }, [inbox]);
  useEffect(() => follow(inbox), [inbox]);
  const askToClose = () => {
    if (inbox.summary.value?.status === "open") setClosing(true);
  };
  useEffect(
    () =>
      listen(
        {
          move: (by) => list.current?.move(by),
          reply: () => composer.current?.focus(false),
          note: () => composer.current?.focus(true),
          close: askToClose,
          assign: () => document.querySelector<HTMLElement>(".assign .menu-button")?.click(),
          search: () => search.current?.focus(),
          help: () => setHelp(true),
          escape: () => (narrow() ? inbox.leave() : list.current?.focus()),
        },
        () => prefs.letters.value,
      ),
    [inbox],
  );
  const open = inbox.reader.selected.value !== null;
  useLayoutEffect(() => {
    // The list is out of sight then: the focus goes where the person is.
    if (open && narrow()) document.getElementById("talk-title")?.focus();
  }, [open, inbox.reader.open.value === null]);

  return (
    <InboxContext.Provider value={inbox}>
      <div class={open ? "inbox talking" : "inbox"}>
        <div class="inbox-top">
          <StateStrip />
          <button type="button" class="icon-button" aria-label={t("inbox.help")} title={t("inbox.help")} onClick={() => setHelp(true)}>
            <Glyph name="keyboard" />
          </button>
        </div>
        <Sidebar list={list} search={search} />
        <Conversation composer={composer} wide={wide} onList={() => (narrow() ? inbox.leave() : list.current?.focus())} onClose={askToClose} />
      </div>
      {closing && <CloseDialog onDone={() => setClosing(false)} />}
      {help && <Help onClose={() => setHelp(false)} />}
    </InboxContext.Provider>
  );
}

const narrow = () => matchMedia("(max-width: 760px)").matches;

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = () => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return wide;
}

/** The list follows the domain that is chosen, the title tells how many wait, and the bell rings. */
function follow(inbox: Inbox): () => void {
  inbox.onWords = (summary) => {
    if (domain.peek() !== null && summary.domain !== domain.peek()) return;
    const looking = document.visibilityState === "visible" && document.hasFocus() && inbox.reader.selected.peek() === summary.id;
    ring(summary, looking, (id) => void inbox.select(id, "push"));
  };
  let told = 0;
  const ends = [
    effect(() => {
      const chosen = domain.value;
      const query = inbox.lists.query.peek();
      if (query.domain !== chosen) untracked(() => void inbox.lists.show({ ...query, domain: chosen }));
    }),
    effect(() => {
      const shown = domains.value.filter(({ name }) => domain.value === null || name === domain.value);
      const waiting = shown.reduce((sum, { counts }) => sum + counts.waiting, 0);
      document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${t("nav.inbox")} · Threadline`;
    }),
    effect(() => {
      const failed = inbox.sender.items.value.filter((item) => item.failed !== null).length;
      if (failed > told) untracked(() => toast(t("inbox.unsent.some"), "alert"));
      told = failed;
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
