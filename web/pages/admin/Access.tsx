// The fields that say what an operator may do: used for inviting somebody and for changing it.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { me } from "../kit/session";
import type { Role } from "../kit/types";
import { Choice, Tick } from "../kit/ui";

export interface AccessValue {
  role: Role;
  /** null: every domain. */
  domains: string[] | null;
}

const ROLES: readonly Role[] = ["operator", "admin"];

export function AccessFields({ value, onChange }: { value: AccessValue; onChange: (value: AccessValue) => void }): VNode {
  return (
    <>
      <div>
        <Choice
          label={t("admin.role")}
          value={value.role}
          options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          onChange={(role) => onChange({ ...value, role })}
        />
        <p class="told">{t(`role.${value.role}.more`)}</p>
      </div>
      <DomainsField domains={value.domains} onChange={(domains) => onChange({ ...value, domains })} />
    </>
  );
}

/** Every domain, or those that are ticked. */
export function DomainsField({ domains, onChange }: { domains: string[] | null; onChange: (domains: string[] | null) => void }): VNode {
  const names = me.value?.domains ?? [];
  return (
    <fieldset class="ticks">
      <legend class="label">{t("admin.domains")}</legend>
      <Tick label={t("domain.all")} checked={domains === null} onChange={(all) => onChange(all ? null : [])} />
      {domains !== null &&
        names.map((name) => (
          <Tick
            key={name}
            label={name}
            checked={domains.includes(name)}
            onChange={(wanted) => onChange(wanted ? [...domains, name] : domains.filter((each) => each !== name))}
          />
        ))}
    </fieldset>
  );
}
