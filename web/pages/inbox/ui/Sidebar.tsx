// The left side: which conversations are listed, by filter and by words, and the list.

import type { RefObject, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import { domain, domains } from "../../kit/session";
import { IconButton } from "../../kit/ui";
import { FILTERS, type Filter } from "../state/list";
import { useInbox } from "./context";
import { ConversationList, type ListHandle } from "./List";

/** How long to wait for the next letter before the server is asked. */
const SEARCH_AFTER_MS = 250;

export function Sidebar({ list, search }: { list: RefObject<ListHandle | null>; search: RefObject<HTMLInputElement | null> }): VNode {
  const inbox = useInbox();
  const { query } = inbox.lists;
  const { filter } = query.value;
  const counts = useCounts();
  return (
    <div class="sidebar">
      <SearchBox input={search} onLeave={() => list.current?.focus()} />
      <div class="filters" role="group" aria-label={t("inbox.filters")}>
        {FILTERS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === filter}
            onClick={() => each !== filter && void inbox.lists.show({ ...query.value, filter: each })}
          >
            {t(`inbox.filter.${each}`)}
            {counts[each] !== null && counts[each] > 0 && <span class="filter-count">{counts[each] > 999 ? "999+" : counts[each]}</span>}
          </button>
        ))}
      </div>
      {/* Another list begins at its top. */}
      <ConversationList key={JSON.stringify(query.value)} handle={list} />
    </div>
  );
}

/** How many conversations each filter holds, where the server counts them. */
function useCounts(): Record<Filter, number | null> {
  const shown = domain.value === null ? domains.value : domains.value.filter(({ name }) => name === domain.value);
  const sum = (count: "open" | "unassigned" | "mine") => shown.reduce((total, { counts }) => total + counts[count], 0);
  return { open: sum("open"), unassigned: sum("unassigned"), mine: sum("mine"), closed: null };
}

function SearchBox({ input, onLeave }: { input: RefObject<HTMLInputElement | null>; onLeave: () => void }): VNode {
  const { lists } = useInbox();
  const [words, setWords] = useState(lists.query.value.words);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = (text: string, after: number, again = false) => {
    setWords(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (again || text.trim() !== lists.query.value.words) void lists.show({ ...lists.query.value, words: text.trim() });
    }, after);
  };
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={words}
        placeholder={t("inbox.search")}
        aria-label={t("inbox.search")}
        maxLength={200}
        onInput={(event) => look(event.currentTarget.value, SEARCH_AFTER_MS)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            if (words !== "") look("", 0);
            else onLeave();
          } else if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            if (event.key === "Enter") look(words, 0, true);
            onLeave();
          }
        }}
      />
      {words !== "" && (
        <IconButton
          icon="close"
          label={t("inbox.search.clear")}
          onClick={() => {
            look("", 0);
            input.current?.focus();
          }}
        />
      )}
    </search>
  );
}
