// The page's state, for the parts that need it; and the one way to do something that may fail.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { reason } from "../../kit/api";
import { t } from "../../kit/i18n";
import { toast } from "../../kit/toast";
import type { Inbox } from "../state/inbox";

export const InboxContext = createContext<Inbox | null>(null);

export function useInbox(): Inbox {
  const inbox = useContext(InboxContext);
  if (!inbox) throw new Error("the inbox's parts belong inside the inbox");
  return inbox;
}

/** Does something; what goes wrong is said. True if it worked. */
export async function attempt(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    toast(t("kit.not_done", { reason: reason(error) }), "alert");
    return false;
  }
}
