// The start of every page: colours, language, who is signed in, then the page inside the shell, or what else there is to
// say. A page's main.tsx calls `mount` and nothing else.

import "./theme.css";
import "./kit.css";
import "./shell.css";
import { effect } from "@preact/signals";
import { render, type ComponentType, type VNode } from "preact";
import { speak, t, wantedLanguages } from "./i18n";
import { applyTheme } from "./prefs";
import { live, loadMe, phase } from "./session";
import { Shell, type PageName } from "./shell";
import { SignedOut } from "./signed-out";
import { Toasts } from "./toast";
import { Button, Empty, Spinner } from "./ui";

export interface PageOptions {
  /** Whether the page follows the live socket; the inbox is monitored by whoever has such a page in use. */
  live?: boolean;
}

/** Puts the page into the document. */
export async function mount(name: PageName, Content: ComponentType, options: PageOptions = {}): Promise<void> {
  applyTheme();
  const root = document.getElementById("page");
  if (!root) throw new Error("the page has no place for its content");
  const words = speak(wantedLanguages());
  const session = loadMe();
  await words;
  effect(() => {
    document.title = `${t(`nav.${name}`)} · Threadline`;
  });
  effect(() => {
    if (phase.value.at === "in" && options.live !== false) live.start();
  });
  render(<Page name={name} Content={Content} />, root);
  await session;
}

function Page({ name, Content }: { name: PageName; Content: ComponentType }): VNode {
  const at = phase.value;
  return (
    <>
      {at.at === "in" ? (
        <Shell page={name}>
          <Content />
        </Shell>
      ) : (
        <main class="lone">
          {at.at === "loading" && <Spinner />}
          {at.at === "out" && <SignedOut wasIn={at.wasIn} />}
          {at.at === "failed" && (
            <Empty icon="alert" title={t("kit.failed")}>
              <p>{at.why}</p>
              <Button look="primary" onClick={() => void loadMe()}>
                {t("kit.again")}
              </Button>
            </Empty>
          )}
        </main>
      )}
      <Toasts />
    </>
  );
}
