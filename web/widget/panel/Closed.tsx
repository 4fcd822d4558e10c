// What stands in the composer's place once a conversation is closed.

import type { VNode } from "preact";
import type { Author } from "../../api/types";
import type { Translator } from "../i18n";

export function Closed({ by, t, start }: { by: Author | null; t: Translator; start: () => void }): VNode {
  const who =
    by?.kind === "visitor" ? t("closed.visitor") : by?.name ? t("closed.named", { name: by.name }) : t("closed.unnamed");
  return (
    <footer class="closed">
      <p role="status">{who}</p>
      <button type="button" class="firm" onClick={start}>
        {t("closed.start")}
      </button>
    </footer>
  );
}
