// Who did what about access: newest first, as far as one asks.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { reason } from "../kit/api";
import { admin } from "../kit/calls";
import { t } from "../kit/i18n";
import { moment } from "../kit/time";
import { toast } from "../kit/toast";
import type { AuditEntry } from "../kit/types";
import { Button, Empty } from "../kit/ui";
import { useLoaded } from "./load";
import { PartFrame } from "./Part";
import { inWords } from "./words";

export function Audit(): VNode {
  const loaded = useLoaded(() => admin.audit(null));
  const [busy, setBusy] = useState(false);
  const more = async (next: string) => {
    setBusy(true);
    try {
      const page = await admin.audit(next);
      loaded.set(({ entries }) => ({ entries: [...entries, ...page.entries], next: page.next }));
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    } finally {
      setBusy(false);
    }
  };
  return (
    <PartFrame title={t("admin.audit")} about={t("admin.audit.about")} loaded={loaded}>
      {({ entries, next }) =>
        entries.length === 0 ? (
          <Empty icon="list" title={t("admin.audit.none")} />
        ) : (
          <>
            <div class="card table-scroll" tabIndex={0} role="region" aria-label={t("admin.audit.about")}>
              <table class="audit">
                <thead>
                  <tr>
                    <th scope="col">{t("admin.audit.at")}</th>
                    <th scope="col">{t("admin.audit.who")}</th>
                    <th scope="col">{t("admin.audit.what")}</th>
                    <th scope="col">{t("admin.audit.subject")}</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => (
                    <Row key={entry.id} entry={entry} />
                  ))}
                </tbody>
              </table>
            </div>
            {next !== null && (
              <Button busy={busy} onClick={() => void more(next)}>
                {t("kit.more")}
              </Button>
            )}
          </>
        )
      }
    </PartFrame>
  );
}

function Row({ entry }: { entry: AuditEntry }): VNode {
  const detail = inWords(entry.detail);
  return (
    <tr>
      <td>
        <time dateTime={entry.at}>{moment(entry.at)}</time>
      </td>
      <td dir="auto">{entry.actor.name ?? entry.actor.kind}</td>
      <td>
        <code dir="ltr">{entry.action}</code>
      </td>
      <td dir="auto">
        {inWords(entry.subject)}
        {detail !== "" && <span class="told">{detail}</span>}
      </td>
    </tr>
  );
}
