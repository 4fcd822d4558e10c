// A timeline's rows, in blocks: a change draws one block anew instead of ten thousand messages, and what is far out of sight is
// neither laid out nor painted. It stays on the page all the same, for the browser's own search and for screen readers.

import { Component, type VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../kit/i18n";
import { today } from "../kit/time";
import { Bubble, UnsentBubble } from "./Bubble";
import { alike, blocks, type Item } from "./items";
import type { TimelineProps } from "./Timeline";
import { dayName } from "./words";

/** So many blocks at the end are always laid out: there the reader is, and there it grows. */
const AT_END = 2;

type Shared = Required<Pick<TimelineProps, "visitor" | "me" | "delayed" | "actions">>;

export function Blocks({ rows, ...shared }: Shared & { rows: readonly Item[] }): VNode {
  const drawn = useRef<Drawn>(new Map());
  const known = useRef<Map<string, string>>(new Map());
  const all = blocks(rows, known.current);
  useLayoutEffect(() => {
    settle([...drawn.current]);
    drawn.current.clear();
  });
  return (
    <div class="tl-blocks">
      {all.map(({ key, rows }, index) => (
        <Block key={key} rows={rows} settled={index < all.length - AT_END} drawn={drawn.current} {...shared} />
      ))}
    </div>
  );
}

/** The blocks that were drawn anew, and whether they are settled. */
type Drawn = Map<HTMLElement, boolean>;

/** Measures blocks whole, so that they keep their places when they aren't laid out. All are read before one is written. */
function settle(drawn: readonly [HTMLElement, boolean][]): void {
  for (const [{ style }] of drawn) style.contentVisibility = "visible";
  const measured = drawn.filter(([, settled]) => settled).map(([{ style, offsetHeight }]) => ({ style, offsetHeight }));
  for (const { style, offsetHeight } of measured) {
    style.containIntrinsicBlockSize = `auto ${offsetHeight}px`;
    style.contentVisibility = "auto";
  }
}

interface BlockProps extends Shared {
  rows: readonly Item[];
  /** Whether it may be left out of the layout while out of sight. */
  settled: boolean;
  drawn: Drawn;
}

class Block extends Component<BlockProps> {
  override shouldComponentUpdate(next: BlockProps): boolean {
    const { rows, settled, visitor, me, delayed, actions } = this.props;
    const same = settled === next.settled && visitor === next.visitor && me === next.me && delayed === next.delayed && actions === next.actions;
    return !same || !alike(rows, next.rows);
  }

  override render({ rows, settled, drawn, visitor, me, delayed, actions }: BlockProps): VNode {
    return (
      <ol ref={(list) => void (list && drawn.set(list, settled))} class="tl">
        {rows.map((row) => (
          <Row key={row.key} row={row} visitor={visitor} me={me} delayed={delayed} actions={actions} />
        ))}
      </ol>
    );
  }
}

type RowProps = Shared & { row: Item };

function Row({ row, visitor, me, delayed, actions }: RowProps): VNode {
  switch (row.type) {
    case "day":
      return <Day at={row.at} />;
    case "new":
      return (
        <li class="tl-new">
          <span>{t("inbox.new")}</span>
        </li>
      );
    case "message":
      return <Bubble message={row.message} first={row.first} last={row.last} seen={row.seen} visitor={visitor} actions={actions} />;
    case "unsent":
      return <UnsentBubble unsent={row.unsent} first={row.first} name={me?.name ?? ""} picture={me?.picture ?? null} delayed={delayed} actions={actions} />;
  }
}

/** Drawn anew by itself at midnight, when today is yesterday and nothing else in its block has changed. */
function Day({ at }: { at: string }): VNode {
  return (
    <li class="tl-day">
      <span>{dayName(at, today.value)}</span>
    </li>
  );
}
