// Sending what stands in the reply box: what must be asked before, what must be waited for, and what is left afterwards.

import { useEffect, useState } from "preact/hooks";
import { alarms } from "../../timeline/alarms";
import { tooLong } from "../../timeline/Limit";
import { lone } from "../state/canned";
import { isNews, type News } from "../state/news";
import { attempt, useInbox } from "./context";
import type { Canned } from "./useCanned";
import type { InBox } from "./useDraft";
import type { Asked, Decision } from "./Warning";

interface Box {
  conversation: string;
  box: InBox;
  /** It would stay inside. */
  note: boolean;
  /** Begun as a reply, and the conversation is closed by now. */
  late: boolean;
  news: News;
  canned: Canned;
  /** What was typed behind a stroke and is no wish for a canned reply. */
  dismissed: string | null;
  /** Takes the canned reply that is offered first; false where none is. */
  takeFirst: () => boolean;
  onSent: () => void;
}

export interface Sending {
  asked: Asked | null;
  /** What was asked has been answered, or the text is another one. */
  forget: () => void;
  /** The conversation is being opened again. */
  busy: boolean;
  /** The text waits for the canned replies. */
  waits: boolean;
  send: () => void;
  decide: (decision: Decision) => Promise<void>;
}

export function useSending({ conversation, box, note, late, news, canned, dismissed, takeFirst, onSent }: Box): Sending {
  const inbox = useInbox();
  const { text } = box;
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState(false);
  /** The text whose sending waits until it is known whether it names a canned reply. */
  const [waiting, setWaiting] = useState<string | null>(null);
  const unfit = text.trim() === "" || tooLong(text) > 0 || busy;

  const send = () => {
    if (unfit) return;
    // What looks like the name of a canned reply would go to the visitor as it stands.
    const word = note ? null : lone(text);
    const named = word !== null && word !== dismissed;
    if (named && canned.state !== "ready" && waiting === null) {
      setWaiting(text);
      canned.load();
      return;
    }
    const found: Asked = { alarms: alarms(text), stroke: named ? text.trim() : null };
    if (late || named || found.alarms.length > 0 || isNews(news)) setAsked(found);
    else post(note);
  };
  const post = (asNote: boolean) => {
    inbox.sender.send(conversation, text, asNote);
    setAsked(null);
    // What is kept inside stays there until somebody turns it round: the second of two notes is one too.
    box.put({ text: "", note: asNote });
    onSent();
  };
  const decide = async (decision: Decision) => {
    if (unfit) return;
    if (decision === "reopen") {
      setBusy(true);
      const worked = await attempt(inbox.reader.act("reopen"));
      setBusy(false);
      if (!worked) return;
    }
    post(decision === "keep" || note);
  };
  // The canned replies came, or didn't: what was tried before is tried again.
  useEffect(() => {
    if (waiting === null || canned.state === "loading") return;
    setWaiting(null);
    if (waiting === text && !takeFirst()) send();
  }, [waiting, canned.state]);
  return { asked, forget: () => setAsked(null), busy, waits: waiting !== null, send, decide };
}
