// The right side: one conversation with its head, its messages, and the reply box; what there is to know about the visitor
// stands beside it, or in a window where the page is narrow.

import { signal } from "@preact/signals";
import type { RefObject, VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Dialog } from "../../kit/dialog";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import { me } from "../../kit/session";
import { Button, Empty, Spinner } from "../../kit/ui";
import type { Actions } from "../../timeline/Bubble";
import { Timeline } from "../../timeline/Timeline";
import { joined } from "../../timeline/words";
import type { Open } from "../state/conversation";
import { Composer, type ComposerHandle } from "./Composer";
import { attempt, useInbox } from "./context";
import { Details } from "./Details";
import { Head } from "./Head";

/** Whether what is known of the visitor stands beside the conversation, where there is room; kept from one to the next. */
const beside = signal(matchMedia("(min-width: 1400px)").matches);

export interface ConversationProps {
  composer: RefObject<ComposerHandle | null>;
  wide: boolean;
  onList: () => void;
  onClose: () => void;
}

export function Conversation(props: ConversationProps): VNode {
  const inbox = useInbox();
  const { selected, open, failed } = inbox.reader;
  if (selected.value === null) return <NothingOpen />;
  if (failed.value !== null && open.value === null) {
    return (
      <div class="talk">
        <Empty icon="alert" title={t(failed.value.gone ? "inbox.gone" : "inbox.failed")}>
          <p>{failed.value.gone ? t("inbox.gone.more") : failed.value.why}</p>
          {failed.value.gone ? (
            <Button onClick={() => inbox.leave()}>{t("inbox.back")}</Button>
          ) : (
            <Button look="primary" onClick={() => void inbox.reader.load()}>
              {t("inbox.again")}
            </Button>
          )}
        </Empty>
      </div>
    );
  }
  if (open.value === null) {
    return (
      <div class="talk">
        <Spinner />
      </div>
    );
  }
  return <Shown key={open.value.summary.id} open={open.value} {...props} />;
}

function NothingOpen(): VNode {
  return (
    <div class="talk nothing">
      <Empty icon="inbox" title={t("inbox.choose")}>
        <p>{t("inbox.choose.more")}</p>
      </Empty>
    </div>
  );
}

function Shown({ open, composer, wide, onList, onClose }: ConversationProps & { open: Open }): VNode {
  const inbox = useInbox();
  const [inWindow, setInWindow] = useState(false);
  const details = wide ? beside.value : inWindow;
  const setDetails = (wanted: boolean) => (wide ? (beside.value = wanted) : setInWindow(wanted));
  const waiting = inbox.sender.items.value;
  // The same as long as nothing changed, so that no message is drawn again for what happens beside it.
  const unsent = useMemo(() => waiting.filter(({ conversation }) => conversation === open.summary.id), [waiting, open.summary.id]);
  const actions = useMemo<Actions>(
    () => ({
      edits: {
        kept: (message) => inbox.drafts.get(`edit:${message}`).text || null,
        keep: (message, text) => inbox.drafts.set(`edit:${message}`, { text, note: false }),
      },
      act: (message, what) => attempt(inbox.reader.actOn(message, what)),
      retryUnsent: (key) => inbox.sender.retry(key),
      discardUnsent: (key) => inbox.sender.discard(key),
    }),
    [inbox],
  );
  const onEnd = useReading();
  return (
    <>
      <section class="talk" aria-label={t("inbox.conversation", { name: open.summary.visitor.name })}>
        <Head open={open} wide={wide} details={details} onDetails={() => setDetails(!details)} onClose={onClose} />
        <Timeline
          messages={open.messages}
          visitor={open.summary.visitor.name}
          moreBefore={open.moreBefore}
          loadingEarlier={inbox.reader.loadingEarlier.value}
          onEarlier={() => void attempt(inbox.reader.loadEarlier())}
          rating={open.detail.rating}
          newAfter={open.newAfter}
          seenByVisitor={open.read.visitor}
          unsent={unsent}
          delayed={inbox.sender.delayed.value}
          me={me.value?.operator ?? null}
          typing={inbox.typing.value}
          actions={actions}
          onEnd={onEnd}
        />
        <Viewing />
        <Announcer open={open} />
        <Composer open={open} handle={composer} onEscape={onList} />
      </section>
      {wide && details ? (
        <aside class="about" aria-label={t("inbox.details")}>
          <Details open={open} />
        </aside>
      ) : (
        details && (
          <Dialog title={t("inbox.details")} onClose={() => setDetails(false)} side>
            <Details open={open} />
          </Dialog>
        )
      )}
    </>
  );
}

/** Which colleagues look at the same conversation now, where whoever writes sees it. */
function Viewing(): VNode | null {
  const names = useInbox().viewing.value.map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <p class="talk-viewing">
      <Icon name="people" />
      <span>{t("inbox.viewing", { names: joined(names) })}</span>
    </p>
  );
}

/** What is in sight of an operator who is at the page has been read; when they look away, what comes is new. */
function useReading(): (inSight: boolean) => void {
  const { reader } = useInbox();
  const inSight = useRef(false);
  const look = () => {
    if (document.visibilityState === "hidden") reader.lookAway();
    else reader.look(inSight.current);
  };
  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      reader.look(false);
    };
  }, []);
  return (now) => {
    inSight.current = now;
    if (document.visibilityState === "visible") look();
  };
}

/** Reads out what the visitor writes while the conversation is open, and that it was closed or reopened. Nothing else. */
function Announcer({ open }: { open: Open }): VNode {
  const told = useRef(open.messages.at(-1)?.seq ?? 0);
  const [{ words, count }, say] = useState({ words: "", count: 0 });
  const setWords = (words: string) => say(({ count }) => ({ words, count: count + 1 }));
  const last = open.messages.at(-1);
  const { status } = open.summary;
  const knownStatus = useRef(status);
  useEffect(() => {
    if (status !== knownStatus.current) setWords(t(status === "closed" ? "inbox.announce.closed" : "inbox.announce.open"));
    knownStatus.current = status;
  }, [status]);
  useEffect(() => {
    if (!last || last.seq <= told.current) return;
    const fresh = open.messages.filter(({ seq, author, removed }) => seq > told.current && author.kind === "visitor" && !removed);
    told.current = last.seq;
    if (fresh.length > 0) setWords(fresh.map(({ body }) => t("inbox.announce", { name: open.summary.visitor.name, text: body })).join(" "));
  }, [last?.seq]);
  return (
    <p class="only-read" role="status">
      {/* The same words twice are said twice. */}
      <span key={count}>{words}</span>
    </p>
  );
}
