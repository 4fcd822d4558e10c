// Where an operator is signed in, and how to end it.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { reason } from "../kit/api";
import { admin } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import { ago, moment } from "../kit/time";
import { toast } from "../kit/toast";
import type { AdminOperator, AdminSession } from "../kit/types";
import { Badge, Button, Empty, Notice, Spinner } from "../kit/ui";
import { useLoaded } from "./load";

interface SessionsDialogProps {
  operator: AdminOperator;
  onClose: () => void;
  onRevoked: () => void;
}

export function SessionsDialog({ operator, onClose, onRevoked }: SessionsDialogProps): VNode {
  const loaded = useLoaded(() => admin.sessions(operator.id));
  const [busy, setBusy] = useState<string | null>(null);
  const revoke = async (session: AdminSession) => {
    setBusy(session.id);
    try {
      await admin.revokeSession(operator.id, session.id);
      loaded.set(({ sessions }) => ({ sessions: sessions.filter((each) => each.id !== session.id) }));
      onRevoked();
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    } finally {
      setBusy(null);
    }
  };
  return (
    <Dialog title={t("admin.sessions.title", { name: operator.name })} onClose={onClose}>
      {loaded.failed !== null && (
        <Notice look="alert" icon="alert">
          {loaded.failed}
        </Notice>
      )}
      {loaded.value === null && loaded.failed === null && <Spinner />}
      {loaded.value?.sessions.length === 0 && <Empty icon="key" title={t("admin.sessions.none")} />}
      {loaded.value !== null && loaded.value.sessions.length > 0 && (
        <ul class="sessions">
          {loaded.value.sessions.map((session) => (
            <li key={session.id}>
              <div>
                <p>
                  <strong>{session.agent ?? t("admin.session.unknown")}</strong> {session.current && <Badge look="good">{t("admin.session.this")}</Badge>}
                </p>
                <p class="told">
                  <span title={moment(session.last_seen_at)}>{t("admin.seen", { ago: ago(session.last_seen_at) })}</span>
                  {" · "}
                  {t("admin.session.since", { time: moment(session.created_at) })}
                  {session.by !== null && ` · ${session.by}`}
                </p>
              </div>
              <Button busy={busy === session.id} onClick={() => void revoke(session)} aria-label={`${t("admin.session.end")}: ${session.agent ?? t("admin.session.unknown")}`}>
                {t("admin.session.end")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
