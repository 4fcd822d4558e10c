// The page that a sign-in link opens. The token is in the address's fragment, which no server and no link preview sees; it
// is taken out of the address bar at once, and only the button spends it.

import "../kit/theme.css";
import "../kit/kit.css";
import "../kit/shell.css";
import { render, type VNode } from "preact";
import { useState } from "preact/hooks";
import { reason, Refused } from "../kit/api";
import { session } from "../kit/calls";
import { speak, t, wantedLanguages } from "../kit/i18n";
import { Mark } from "../kit/icons";
import { applyTheme } from "../kit/prefs";
import { HowTo } from "../kit/signed-out";
import { Button, Notice } from "../kit/ui";
import { destination } from "./destination";

type State = { at: "ready" } | { at: "busy" } | { at: "refused"; why: string } | { at: "failed"; why: string };

function SignIn({ token }: { token: string }): VNode {
  const [state, setState] = useState<State>(token === "" ? { at: "refused", why: t("signin.missing") } : { at: "ready" });
  const signIn = async () => {
    setState({ at: "busy" });
    try {
      await session.signIn(token);
      location.replace(destination());
    } catch (error) {
      const spent = error instanceof Refused && error.status === 401;
      setState({ at: spent ? "refused" : "failed", why: reason(error) });
    }
  };
  return (
    <main class="lone">
      <div class="gate">
        <Mark />
        {state.at === "refused" ? (
          <>
            <h1>{t("signin.refused")}</h1>
            <Notice look="alert" icon="alert" role="alert">
              {state.why}
            </Notice>
            <p>{t("signin.another")}</p>
            <HowTo />
          </>
        ) : (
          <>
            <h1>{t("signin.title")}</h1>
            <p>{t("signin.text")}</p>
            {state.at === "failed" && (
              <Notice look="alert" icon="alert" role="alert">
                {t("kit.not_done", { reason: state.why })}
              </Notice>
            )}
            <Button look="primary" busy={state.at === "busy"} onClick={() => void signIn()}>
              {state.at === "busy" ? t("signin.busy") : t("signin.action")}
            </Button>
            <p class="told">{t("signin.shared")}</p>
          </>
        )}
      </div>
    </main>
  );
}

/** The token of the link that led here. It leaves the address bar, so that nobody reads it there or in the history. */
function takeToken(): string {
  const token = location.hash.slice(1);
  if (location.hash !== "") history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

async function start(): Promise<void> {
  applyTheme();
  const token = takeToken();
  const root = document.getElementById("page");
  await speak(wantedLanguages());
  document.title = `${t("signin.action")} · Threadline`;
  if (root) render(<SignIn token={token} key={token} />, root);
  // Another link opened in the same tab changes the fragment only.
  addEventListener("hashchange", () => {
    const next = takeToken();
    if (next !== "" && root) render(<SignIn token={next} key={next} />, root);
  });
}

void start();
