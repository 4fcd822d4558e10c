// Changes an operator's role and domains.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { fieldOf, reason } from "../kit/api";
import { admin } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import type { AdminOperator } from "../kit/types";
import { Button, Notice } from "../kit/ui";
import { AccessFields, type AccessValue, ROLES, type RoleChoice } from "./Access";
import { accessOf, changeOf } from "./change";

interface AccessDialogProps {
  operator: AdminOperator;
  onClose: () => void;
  onSaved: (changed: AdminOperator) => void;
}

export function AccessDialog({ operator, onClose, onSaved }: AccessDialogProps): VNode {
  const [value, setValue] = useState<AccessValue<RoleChoice>>(accessOf(operator));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ field: string | null; text: string } | null>(null);
  // Without a role, somebody who is in none of the team's chats would be nobody.
  const roles: readonly RoleChoice[] = operator.role === null || operator.selves.length > 0 ? [...ROLES, "none"] : ROLES;
  const save = async () => {
    const change = changeOf(operator, value);
    if (change === null) return onClose();
    if (change.domains?.length === 0) return setError({ field: "domains", text: t("admin.domains.pick") });
    setBusy(true);
    setError(null);
    try {
      onSaved(await admin.change(operator.id, change));
    } catch (failure) {
      setError({ field: fieldOf(failure), text: reason(failure) });
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
      <AccessFields roles={roles} value={value} error={error?.field === "domains" ? error.text : null} onChange={setValue} />
      {error !== null && error.field !== "domains" && (
        <Notice look="alert" icon="alert" role="alert">
          {error.text}
        </Notice>
      )}
    </Dialog>
  );
}
