// The words in the reply box: kept at every key, the same in all of the operator's tabs, and with what was said since they
// were begun.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { newestSeq, type Open } from "../state/conversation";
import { newsSince, type News } from "../state/news";
import { useInbox } from "./context";

export interface InBox {
  text: string;
  /** It was turned to notes, or begun as one. */
  note: boolean;
  news: News;
  put: (change: { text?: string; note?: boolean }) => void;
  /** The operator knows the news. */
  acknowledge: () => void;
}

/** `onTaken` hears that another tab's words stand there now. */
export function useDraft(open: Open, onTaken: () => void): InBox {
  const { drafts } = useInbox();
  const { id } = open.summary;
  const newest = newestSeq(open);
  const read = () => {
    const { text, note, seen } = drafts.get(id);
    return { text, note, seen: seen ?? newest };
  };
  const [now, setNow] = useState(read);
  const box = useRef(now);
  /** What the browser kept of it: nothing new where its storage is full. */
  const kept = useRef(now.text);
  const show = (next: typeof now) => {
    box.current = next;
    kept.current = drafts.get(id).text;
    setNow(next);
  };
  const store = (next: typeof now) => {
    drafts.set(id, next);
    show(next);
  };
  // As it is at the last drawing, for the one listener.
  const heard = useRef(() => {});
  heard.current = () => {
    if (box.current.text !== kept.current) return;
    show(read());
    onTaken();
  };
  // From the moment that it was read: what another tab writes in between would be missed.
  useLayoutEffect(() => drafts.listen(id, () => heard.current()), [id]);
  // An empty box is begun only now.
  const seen = isBlank(now.text) ? newest : now.seen;
  return {
    text: now.text,
    note: now.note,
    news: newsSince(open, seen),
    put: (change) => store({ ...box.current, seen: isBlank(box.current.text) ? newest : box.current.seen, ...change }),
    acknowledge: () => store({ ...box.current, seen: newest }),
  };
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
