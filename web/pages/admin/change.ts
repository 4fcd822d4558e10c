// What a dialog asks the server to change: only what is different, so that looking at something changes nothing.

import type { AdminOperator, Role } from "../kit/types";
import type { AccessValue, RoleChoice } from "./Access";

export interface AccessChange {
  role?: Role | null;
  domains?: string[] | null;
}

/** What an operator may, as the fields show it. */
export function accessOf({ role, domains }: Pick<AdminOperator, "role" | "domains">): AccessValue<RoleChoice> {
  return { role: role ?? "none", domains };
}

/** What is different between the operator and the fields; null: nothing. */
export function changeOf(operator: Pick<AdminOperator, "role" | "domains">, value: AccessValue<RoleChoice>): AccessChange | null {
  const role = value.role === "none" ? null : value.role;
  const change: AccessChange = {
    ...(role === operator.role ? {} : { role }),
    ...(same(operator.domains, value.domains) ? {} : { domains: value.domains }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

function same(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((name) => other.includes(name));
}
