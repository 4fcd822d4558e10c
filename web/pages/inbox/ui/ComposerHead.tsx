// Above the reply box: whether it holds a reply or a note, and who will read that.

import type { VNode } from "preact";
import { t } from "../../kit/i18n";
import { domains } from "../../kit/session";
import type { Summary } from "../../kit/types";
import { Glyph } from "./icons";

export function ComposerHead({ summary, note, onKind }: { summary: Summary; note: boolean; onKind: (note: boolean) => void }): VNode {
  const { visitor, domain, status, kind } = summary;
  const several = domains.value.length > 1;
  return (
    <div class="composer-head">
      <div class="kinds" role="group" aria-label={t("inbox.composer.kind")}>
        <button type="button" aria-pressed={!note} disabled={status === "closed"} onClick={() => onKind(false)}>
          <Glyph name="reply" />
          {t("inbox.reply")}
        </button>
        <button type="button" class="is-note" aria-pressed={note} onClick={() => onKind(true)}>
          <Glyph name="note" />
          {t("inbox.note")}
        </button>
      </div>
      <p class="composer-to" dir="auto">
        {note ? t("inbox.note.only") : several ? t("inbox.to.domain", { name: visitor.name, domain }) : t("inbox.to", { name: visitor.name })}
      </p>
      {kind === "form" && !note && <p class="composer-form">{t("inbox.to.form")}</p>}
    </div>
  );
}
