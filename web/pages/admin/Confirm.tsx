// Asks once more before something that can't be undone, or that hurts when it was not meant.

import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import { Button } from "../kit/ui";

interface ConfirmProps {
  title: string;
  action: string;
  children: ComponentChildren;
  onClose: () => void;
  onConfirm: () => Promise<void>;
}

export function Confirm({ title, action, children, onClose, onConfirm }: ConfirmProps): VNode {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      size="small"
      title={title}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button
            look="danger"
            busy={busy}
            onClick={() => {
              setBusy(true);
              void onConfirm().finally(() => setBusy(false));
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      <p>{children}</p>
    </Dialog>
  );
}
