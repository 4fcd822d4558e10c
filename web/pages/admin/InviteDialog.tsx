// Invites somebody, and shows the link that lets them in: once, because nobody can read it again afterwards.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { fieldOf, reason } from "../kit/api";
import { admin } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import { clock } from "../kit/time";
import { Button, CopyField, Field, Notice } from "../kit/ui";
import type { Role } from "../kit/types";
import { AccessFields, type AccessValue, ROLES } from "./Access";

export interface Link {
  name: string;
  link: string;
  expires_at: string;
}

const LONGEST_NAME = 80;

export function InviteDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: Link) => void }): VNode {
  const [name, setName] = useState("");
  const [access, setAccess] = useState<AccessValue<Role>>({ role: "operator", domains: null });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ field: string | null; text: string } | null>(null);
  const told = (field: string) => (error?.field === field ? error.text : null);
  const invite = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (name.trim() === "") return setError({ field: "name", text: t("profile.name.empty") });
    if (access.domains?.length === 0) return setError({ field: "domains", text: t("admin.domains.pick") });
    setBusy(true);
    setError(null);
    try {
      const made = await admin.invite(name.trim(), access.role, access.domains);
      onMade({ name: made.operator.name, link: made.link, expires_at: made.expires_at });
    } catch (failure) {
      setError({ field: fieldOf(failure), text: reason(failure) });
      setBusy(false);
    }
  };
  return (
    <Dialog
      size="small"
      title={t("admin.invite.title")}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button look="primary" type="submit" form="invite" busy={busy}>
            {t("admin.invite.make")}
          </Button>
        </>
      }
    >
      <form id="invite" noValidate onSubmit={(event) => void invite(event)}>
        <Field label={t("admin.invite.name")} hint={t("admin.invite.name.hint")} error={told("name")}>
          {(props) => <input {...props} dir="auto" autoFocus autoComplete="off" maxLength={LONGEST_NAME} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <AccessFields roles={ROLES} value={access} error={told("domains")} onChange={setAccess} />
        {error !== null && error.field !== "name" && error.field !== "domains" && (
          <Notice look="alert" icon="alert" role="alert">
            {error.text}
          </Notice>
        )}
      </form>
    </Dialog>
  );
}

export function LinkDialog({ link, onClose }: { link: Link; onClose: () => void }): VNode {
  return (
    <Dialog
      size="small"
      firm
      title={t("admin.link.title", { name: link.name })}
      onClose={onClose}
      foot={
        <Button look="primary" onClick={onClose}>
          {t("kit.done")}
        </Button>
      }
    >
      <p>{t("admin.link.text", { name: link.name, time: clock(link.expires_at) })}</p>
      <CopyField label={t("admin.link")} text={link.link} />
      <Notice look="warn" icon="alert">
        {t("admin.link.once")}
      </Notice>
    </Dialog>
  );
}
