// The fields that say what an operator may do: used for inviting somebody and for changing it.

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { admin } from "../kit/calls";
import { t } from "../kit/i18n";
import { me } from "../kit/session";
import type { Role } from "../kit/types";
import { Choice, Tick } from "../kit/ui";
import { useLoaded } from "./load";

/** `none`: no more than the team's chat gives them. */
export type RoleChoice = Role | "none";

export interface AccessValue<R extends RoleChoice> {
  role: R;
  /** null: every domain; without a role, those of their channels. */
  domains: string[] | null;
}

export const ROLES: readonly Role[] = ["operator", "admin"];

interface AccessFieldsProps<R extends RoleChoice> {
  roles: readonly R[];
  value: AccessValue<R>;
  /** What is wrong with the domains. */
  error: string | null;
  onChange: (value: AccessValue<R>) => void;
}

export function AccessFields<R extends RoleChoice>({ roles, value, error, onChange }: AccessFieldsProps<R>): VNode {
  return (
    <>
      <div>
        <Choice
          label={t("admin.role")}
          value={value.role}
          options={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          onChange={(role) => onChange({ ...value, role })}
        />
        <p class="told">{t(`role.${value.role}.more`)}</p>
      </div>
      <DomainsField
        all={value.role === "none" ? t("admin.domains.by_channels") : t("domain.all")}
        domains={value.domains}
        error={error}
        onChange={(domains) => onChange({ ...value, domains })}
      />
    </>
  );
}

interface DomainsFieldProps {
  /** What it is called when none is ticked in particular. */
  all: string;
  domains: string[] | null;
  error: string | null;
  onChange: (domains: string[] | null) => void;
}

/** Every domain, or those that are ticked. */
export function DomainsField({ all, domains, error, onChange }: DomainsFieldProps): VNode {
  // All that are configured, and not only those that this admin looks after.
  const loaded = useLoaded(admin.domains);
  const known = loaded.value?.domains.map(({ name }) => name) ?? null;
  // One may have left the configuration. It stays in sight when its tick goes, so that nobody wonders what became of it.
  const [held] = useState(domains ?? []);
  const names = [...new Set([...(known ?? me.value?.domains ?? []), ...held])].sort();
  const id = useId();
  return (
    <fieldset class="ticks" aria-describedby={error === null ? undefined : id}>
      <legend class="label">{t("admin.domains")}</legend>
      <Tick label={all} checked={domains === null} onChange={(every) => onChange(every ? null : [])} />
      {domains !== null &&
        names.map((name) => (
          <Tick
            key={name}
            label={name}
            {...(known !== null && !known.includes(name) ? { hint: t("admin.domains.gone") } : {})}
            checked={domains.includes(name)}
            onChange={(wanted) => onChange(wanted ? [...domains, name] : domains.filter((each) => each !== name))}
          />
        ))}
      {error !== null && (
        <p id={id} class="told error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
