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
  const { reader, summary } = useInbox();
  const [checks, setChecks] = useState<Checks | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // As it stands now; what the page knows already does where the server can't be asked.
    reader.checks().then(setChecks, () => setChecks(reader.open.value?.checks ?? null));
  }, []);
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
          <Button look="primary" busy={busy} onClick={() => void close()}>
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
          {told(checks).map(({ mood, text }) => (
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

function told(checks: Checks): { mood: Mood; text: string }[] {
  const { visitor_has_last_word: unanswered, undelivered, others_active: others, follow_up } = checks;
  return [
    unanswered ? { mood: "warn", text: t("inbox.check.unanswered") } : { mood: "good", text: t("inbox.check.answered") },
    undelivered > 0 ? { mood: "warn", text: t.count("inbox.check.undelivered", undelivered) } : { mood: "good", text: t("inbox.check.delivered") },
    others.length > 0
      ? { mood: "warn", text: t("inbox.check.others", { names: joined(others.map(({ name }) => name)) }) }
      : { mood: "good", text: t("inbox.check.alone") },
    { mood: follow_up === "recorded" ? "good" : "open", text: t(`inbox.check.follow_up.${follow_up}`) },
  ];
}
