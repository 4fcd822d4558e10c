// What somebody sees who isn't signed in: how to get a link. There is no password to ask for.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "./i18n";
import { Mark } from "./icons";
import { NEXT } from "./next";
import { lookAgain } from "./session";

/** Remembers where the person wanted to go, so that the sign-in leads there. */
function remember(): void {
  try {
    sessionStorage.setItem(NEXT, location.pathname + location.search + location.hash);
  } catch {
    // Then it leads to the inbox.
  }
}

/** @param wasIn the session ended while the page was in use: then what was typed may be on somebody's mind */
export function SignedOut({ wasIn }: { wasIn: boolean }): VNode {
  const title = useRef<HTMLHeadingElement>(null);
  remember();
  useEffect(() => {
    // The page that was there is gone, and the focus with it.
    if (wasIn) title.current?.focus();
    const shown = () => {
      if (document.visibilityState === "visible") void lookAgain();
    };
    document.addEventListener("visibilitychange", shown);
    addEventListener("focus", shown);
    return () => {
      document.removeEventListener("visibilitychange", shown);
      removeEventListener("focus", shown);
    };
  }, []);
  return (
    <div class="gate">
      <Mark />
      <h1 ref={title} tabIndex={-1}>
        {t("signin.out.title")}
      </h1>
      {wasIn && location.pathname === "/inbox" && <p>{t("signin.out.kept")}</p>}
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
