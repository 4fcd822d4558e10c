// Before a conversation is closed: the three questions, answered where the server can.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../kit/dialog";
import { t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import type { Checks } from "../../kit/types";
import { Button, Spinner } from "../../kit/ui";
import { joined } from "../../timeline/words";
import { attempt, useInbox } from "./context";

type Mood = "good" | "warn" | "open";

export function CloseDialog({ onDone }: { onDone: () => void }): VNode {
  const { reader, sender, summary } = useInbox();
  const [checks, setChecks] = useState<Checks | null>(null);
  const [busy, setBusy] = useState(false);
  // What is still here the server can't count. On its way, it would come to a closed conversation and be refused.
  const unsent = sender.items.value.filter(({ conversation }) => conversation === summary.value?.id);
  const waits = unsent.some(({ failed }) => failed === null);
  useEffect(() => {
    // As it stands now, with what was just sent; what the page knows already does where the server can't be asked.
    let here = true;
    const show = (found: Checks | null) => here && setChecks(found);
    reader.checks().then(show, () => show(reader.open.value?.checks ?? null));
    return () => {
      here = false;
    };
  }, [unsent.length]);
  const close = async () => {
    setBusy(true);
    if (await attempt(reader.act("close"))) onDone();
    setBusy(false);
  };
  return (
    <Dialog
      title={t("inbox.close.title", { name: summary.value?.visitor.name ?? "" })}
      size="small"
      onClose={onDone}
      foot={
        <>
          <Button onClick={onDone}>{t("inbox.cancel")}</Button>
          <Button look="primary" busy={busy} disabled={waits} onClick={() => void close()}>
            {t("inbox.close.full")}
          </Button>
        </>
      }
    >
      <p>{t("inbox.close.before")}</p>
      {checks === null ? (
        <Spinner />
      ) : (
        <ul class="checks">
          {told(checks, unsent.length).map(({ mood, text }) => (
            <li key={text} class={mood}>
              <Icon name={mood === "good" ? "check" : "alert"} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function told(checks: Checks, unsent: number): { mood: Mood; text: string }[] {
  const { visitor_has_last_word: unanswered, undelivered, others_active: others, follow_up } = checks;
  return [
    unanswered ? { mood: "warn", text: t("inbox.check.unanswered") } : { mood: "good", text: t("inbox.check.answered") },
    ...(unsent > 0 ? [{ mood: "warn" as const, text: t.count("inbox.check.unsent", unsent) }] : []),
    ...(undelivered > 0 ? [{ mood: "warn" as const, text: t.count("inbox.check.undelivered", undelivered) }] : []),
    ...(unsent + undelivered === 0 ? [{ mood: "good" as const, text: t("inbox.check.delivered") }] : []),
    others.length > 0
      ? { mood: "warn", text: t("inbox.check.others", { names: joined(others.map(({ name }) => name)) }) }
      : { mood: "good", text: t("inbox.check.alone") },
    { mood: follow_up === "recorded" ? "good" : "open", text: t(`inbox.check.follow_up.${follow_up}`) },
  ];
}
