// A conversation's messages, oldest first: stays at the end while one is there, keeps its place when older ones are loaded
// above. The inbox page and the history page both show it; what can be done about messages comes from outside.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import type { Detail, InboxMessage } from "../kit/types";
import { Spinner } from "../kit/ui";
import { Blocks } from "./Blocks";
import type { Actions } from "./Bubble";
import { items, type Item, type Unsent } from "./items";
import { Rating } from "./Rating";
import { authorName, joined } from "./words";

/** This close to the end counts as at the end. */
const AT_END_PX = 80;
/** This close to the beginning, older messages are asked for. */
const NEAR_START_PX = 240;
/** The same each time: a fresh one would look like a change. */
const NONE: readonly Unsent[] = [];

export interface TimelineProps {
  messages: readonly InboxMessage[];
  /** The visitor's display name. */
  visitor: string;
  moreBefore: boolean;
  loadingEarlier: boolean;
  onEarlier: () => void;
  rating?: Detail["rating"];
  /** Where the "new" line stands; null for none. */
  newAfter?: number | null;
  seenByVisitor?: number;
  unsent?: readonly Unsent[];
  delayed?: boolean;
  me?: { name: string; picture: string | null } | null;
  typing?: readonly { kind: string; name: string | null }[];
  actions?: Actions | null;
  /** Whether the end is in sight; said at each change of it or of what stands there. */
  onEnd?: (inSight: boolean) => void;
}

export function Timeline(props: TimelineProps): VNode {
  const { messages, unsent = NONE, newAfter = null, seenByVisitor = 0, typing = [], actions = null, onEnd } = props;
  const rows = useMemo(() => items({ messages, unsent, newAfter, seenByVisitor }), [messages, unsent, newAfter, seenByVisitor]);
  const { box, scrolled, atEnd, toEnd } = useAnchor(rows, typing.length, props);
  const last = messages.at(-1)?.id;
  useEffect(() => onEnd?.(atEnd), [atEnd, last]);
  const { visitor, me = null, delayed = false } = props;
  // Scrolling and typing draw the frame anew; of a long conversation not each message with it.
  const drawn = useMemo(
    () => <Blocks rows={rows} visitor={visitor} me={me} delayed={delayed} actions={actions} />,
    [rows, visitor, me, delayed, actions],
  );

  return (
    <div class="tl-middle">
      <div ref={box} class="tl-scroll" tabIndex={0} role="log" aria-live="off" aria-label={t("inbox.timeline", { name: props.visitor })} onScroll={scrolled}>
        {props.moreBefore && (
          <div class="tl-earlier">
            {props.loadingEarlier ? (
              <Spinner />
            ) : (
              <button type="button" class="button quiet" onClick={props.onEarlier}>
                {t("inbox.earlier.load")}
              </button>
            )}
          </div>
        )}
        {drawn}
        {props.rating && <Rating rating={props.rating} visitor={props.visitor} />}
        {typing.length > 0 && <Typing typing={typing} visitor={props.visitor} />}
      </div>
      {!atEnd && (
        <button type="button" class="tl-latest" aria-label={t("inbox.latest")} title={t("inbox.latest")} onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Typing({ typing, visitor }: { typing: NonNullable<TimelineProps["typing"]>; visitor: string }): VNode {
  const visitors = typing.some(({ kind }) => kind === "visitor");
  const operators = typing.filter(({ kind }) => kind !== "visitor").map(({ name }) => authorName({ kind: "operator", name }, visitor));
  return (
    <div class="tl-typing">
      <span class="tl-typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {visitors && <span>{t("inbox.typing.visitor", { name: visitor })}</span>}
      {operators.length > 0 && <span>{t("inbox.typing.operator", { name: joined(operators) })}</span>}
    </div>
  );
}

/** Where the reader is: at the end, or at a message that must not move while others come above or below it. */
function useAnchor(rows: readonly Item[], typing: number, { moreBefore, loadingEarlier, onEarlier, unsent = [], messages }: TimelineProps) {
  const box = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const before = useRef<{ first: string | undefined; height: number }>({ first: undefined, height: 0 });
  const [atEnd, setAtEnd] = useState(true);
  const own = unsent.at(-1)?.client_key;
  const first = messages[0]?.id;

  const toEnd = () => {
    stick.current = true;
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  // One's own words are always shown.
  useLayoutEffect(() => {
    if (own !== undefined) toEnd();
  }, [own]);
  useLayoutEffect(() => {
    const shown = box.current;
    if (!shown) return;
    const grewAbove = before.current.first !== undefined && before.current.first !== first;
    if (stick.current) toEnd();
    else if (grewAbove) shown.scrollTop += shown.scrollHeight - before.current.height;
    before.current = { first, height: shown.scrollHeight };
  }, [rows, typing, loadingEarlier]);
  // The reply box grows and pictures load: the end stays in sight.
  useEffect(() => {
    const watch = new ResizeObserver(() => stick.current && toEnd());
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    stick.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    setAtEnd(stick.current);
    if (moreBefore && !loadingEarlier && scrollTop < NEAR_START_PX && scrollHeight > clientHeight) onEarlier();
  };
  return { box, scrolled, atEnd, toEnd };
}
