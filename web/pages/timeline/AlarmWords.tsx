// Says what a text holds that had better not leave, and where it would go.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import type { Alarm } from "./alarms";

export function AlarmWords({ found, note }: { found: readonly Alarm[]; note: boolean }): VNode {
  return (
    <>
      {found.map((alarm) => (
        <p key={alarm}>
          <strong>{t(alarm === "card" ? "inbox.warn.card" : "inbox.warn.secret")}</strong> {t(note ? "inbox.warn.team" : "inbox.warn.everywhere")}
        </p>
      ))}
    </>
  );
}
