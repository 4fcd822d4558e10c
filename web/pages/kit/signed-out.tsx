// What somebody sees who isn't signed in: how to get a link. There is no password to ask for.

import type { VNode } from "preact";
import { t } from "./i18n";
import { Mark } from "./icons";
import { NEXT } from "./next";

/** Remembers where the person wanted to go, so that the sign-in leads there. */
function remember(): void {
  try {
    sessionStorage.setItem(NEXT, location.pathname + location.search + location.hash);
  } catch {
    // Then it leads to the inbox.
  }
}

export function SignedOut(): VNode {
  if (!location.pathname.startsWith("/sign-in")) remember();
  return (
    <div class="gate">
      <Mark />
      <h1>{t("signin.out.title")}</h1>
      <p>{t("signin.out.text")}</p>
      <HowTo />
    </div>
  );
}

/** The ways to a link. */
export function HowTo(): VNode {
  return (
    <dl class="ways">
      <dt>{t("signin.way.chat")}</dt>
      <dd>
        <code dir="ltr">/threadline inbox</code>
        <span>{t("signin.way.chat.more")}</span>
      </dd>
      <dt>{t("signin.way.admin")}</dt>
      <dd>
        <span>{t("signin.way.admin.more")}</span>
      </dd>
      <dt>{t("signin.way.server")}</dt>
      <dd>
        <code dir="ltr">threadline invite {t("signin.way.name")}</code>
        <span>{t("signin.way.server.more")}</span>
      </dd>
    </dl>
  );
}
