// Changes an operator's role and domains.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { reason } from "../kit/api";
import { admin } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import type { AdminOperator } from "../kit/types";
import { Button, Notice } from "../kit/ui";
import { AccessFields, type AccessValue } from "./Access";

interface AccessDialogProps {
  operator: AdminOperator;
  onClose: () => void;
  onSaved: (changed: AdminOperator) => void;
}

export function AccessDialog({ operator, onClose, onSaved }: AccessDialogProps): VNode {
  const [value, setValue] = useState<AccessValue>({ role: operator.role ?? "operator", domains: operator.domains });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      onSaved(await admin.change(operator.id, value));
    } catch (failure) {
      setError(reason(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      size="small"
      title={t("admin.access.title", { name: operator.name })}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button look="primary" busy={busy} onClick={() => void save()}>
            {t("kit.save")}
          </Button>
        </>
      }
    >
      <AccessFields value={value} onChange={setValue} />
      {error !== null && (
        <Notice look="alert" icon="alert" role="alert">
          {error}
        </Notice>
      )}
    </Dialog>
  );
}
