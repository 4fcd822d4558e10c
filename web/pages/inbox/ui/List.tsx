// The list on the left. Only what is on screen is in the document; when conversations move, the one that is being read
// stays where it is. A listbox: the arrows move, Enter opens.

import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject, VNode } from "preact";
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { t } from "../../kit/i18n";
import { domain, domains, me } from "../../kit/session";
import type { Summary } from "../../kit/types";
import { Button, Empty, Notice, Spinner } from "../../kit/ui";
import { useInbox } from "./context";
import { Row } from "./Row";

/** Rows that are kept in the document above and below what is seen. */
const OVERSCAN = 6;
/** This many rows before the end, the next page is asked for. */
const AHEAD = 20;
/** Rows on screen that tell how far the list moved. */
const LOOKED_AT = 9;
/** Until the first row is measured. */
const ROW_PX = 96;

const rowId = (conversation: string) => `conv-${conversation}`;

export interface ListHandle {
  focus: () => void;
  move: (by: number) => void;
}

export function ConversationList({ handle }: { handle: RefObject<ListHandle | null> }): VNode {
  const inbox = useInbox();
  const { list, busy, failed } = inbox.lists;
  const { entries, next, loaded } = list.value;
  const selected = inbox.reader.selected.value;
  const [cursor, setCursor] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const height = useRowHeight(place);
  const virtual = useVirtual(box, entries, height);
  const named = domain.value === null && domains.value.length > 1;

  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  inbox.lastShown = last;
  useEffect(() => {
    // After a failure only on request, or with the connection: else a server that is down would be asked without a pause.
    if (loaded && next !== null && failed.value === null && last >= entries.length - AHEAD) void inbox.lists.more();
  }, [last, entries.length, next, loaded, busy.value, failed.value]);

  const here = cursor ?? selected;
  const at = inbox.lists.positions.value.get(here ?? "") ?? -1;
  const go = (index: number) => {
    const bounded = Math.max(0, Math.min(entries.length - 1, index));
    const target = entries[bounded];
    if (!target) return;
    setCursor(target.id);
    virtual.scrollToIndex(bounded, { align: "auto" });
  };
  // The same function each time: rows that didn't change aren't drawn again.
  const open = useCallback(
    (id: string) => {
      setCursor(id);
      void inbox.select(id, "push");
    },
    [inbox],
  );
  handle.current = {
    focus: () => box.current?.focus(),
    move(by) {
      box.current?.focus();
      go(at < 0 ? 0 : at + by);
    },
  };
  return (
    <>
      {failed.value !== null && (
        <Notice look="alert" icon="alert" role="alert">
          {t("inbox.list.failed", { why: failed.value })}{" "}
          <Button look="quiet" onClick={() => void inbox.lists.refresh(last)}>
            {t("inbox.again")}
          </Button>
        </Notice>
      )}
      <div ref={place} class="convs-place">
        {entries.length > 0 ? (
          <div
            ref={box}
            class="convs"
            role="listbox"
            tabIndex={0}
            aria-label={t("inbox.list")}
            aria-busy={busy.value}
            aria-activedescendant={at >= 0 && shown.some(({ index }) => index === at) ? rowId(here ?? "") : undefined}
            onKeyDown={(event) => keys(event, { go, at, rows: Math.max(1, shown.length - 2 * OVERSCAN), count: entries.length, open: () => here !== null && at >= 0 && open(here) })}
          >
            <div role="presentation" class="convs-all" style={{ blockSize: `${virtual.getTotalSize()}px` }}>
              {shown.map(({ index, start }) => {
                const summary = entries[index];
                return (
                  summary && (
                    <Row
                      key={summary.id}
                      id={rowId(summary.id)}
                      summary={summary}
                      index={index}
                      count={next === null ? entries.length : -1}
                      top={start}
                      height={height}
                      open={summary.id === selected}
                      current={summary.id === here}
                      named={named}
                      me={me.value?.operator.id ?? null}
                      onOpen={open}
                    />
                  )
                );
              })}
            </div>
          </div>
        ) : (
          loaded && !busy.value && next === null && <NothingHere />
        )}
        {(busy.value || (next !== null && failed.value === null)) && entries.length === 0 && <Spinner />}
      </div>
    </>
  );
}

function NothingHere(): VNode {
  const { lists } = useInbox();
  const { words, filter } = lists.query.value;
  return (
    <div role="status">
      {words !== "" ? (
        <Empty icon="search" title={t("inbox.none.found")}>
          <p>{t("inbox.none.found.more")}</p>
        </Empty>
      ) : (
        <Empty icon="inbox" title={t(`inbox.none.${filter}`)}>
          <p>{t(`inbox.none.${filter}.more`)}</p>
        </Empty>
      )}
    </div>
  );
}

interface Moves {
  go: (index: number) => void;
  at: number;
  rows: number;
  count: number;
  open: () => void;
}

function keys(event: KeyboardEvent, { go, at, rows, count, open }: Moves): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(Math.max(0, at - 1));
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(count - 1);
  else if (event.key === "PageDown") go(at + rows);
  else if (event.key === "PageUp") go(Math.max(0, at - rows));
  else if (event.key === "Enter") open();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** All rows are equally high; how high, the type size of the person's browser says. */
function useRowHeight(box: RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(ROW_PX);
  useLayoutEffect(() => {
    const probe = document.createElement("div");
    probe.className = "conv-probe";
    probe.setAttribute("role", "presentation");
    box.current?.append(probe);
    const watch = new ResizeObserver(() => setHeight(probe.offsetHeight || ROW_PX));
    watch.observe(probe);
    return () => {
      watch.disconnect();
      probe.remove();
    };
  }, []);
  return height;
}

function useVirtual(box: RefObject<HTMLDivElement | null>, entries: readonly Summary[], height: number): Virtualizer<HTMLDivElement, Element> {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const held = useRef<Virtualizer<HTMLDivElement, Element> | null>(null);
  const options = {
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    getItemKey: (index: number) => entries[index]?.id ?? index,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  held.current ??= new Virtualizer(options);
  const virtual = held.current;
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  useLayoutEffect(() => virtual.measure(), [height]);
  useKeptPlace(box, entries, height);
  return virtual;
}

/** The row at the top of what is seen stays there, whatever comes above it. At the very top, new ones are shown. */
function useKeptPlace(box: RefObject<HTMLDivElement | null>, entries: readonly Summary[], height: number): void {
  const before = useRef<readonly Summary[]>([]);
  useLayoutEffect(() => {
    const shown = box.current;
    const was = before.current;
    before.current = entries;
    if (!shown || was === entries || shown.scrollTop < height / 2) return;
    const top = Math.floor(shown.scrollTop / height);
    const places = new Map(entries.map(({ id }, index) => [id, index]));
    const moves: number[] = [];
    for (let index = top; index < Math.min(was.length, top + LOOKED_AT); index += 1) {
      const now = places.get(was[index]?.id ?? "");
      if (now !== undefined) moves.push(now - index);
    }
    // Most of them move by as much; one that is itself what moved doesn't lead the way.
    const move = moves.sort((a, b) => a - b)[moves.length >> 1] ?? 0;
    if (move !== 0) shown.scrollTop += move * height;
  }, [entries]);
}
