// The domain's word about privacy, before the visitor has written anything.

import type { VNode } from "preact";
import type { SessionDomain } from "../../api/types";
import type { Translator } from "../i18n";
import { safeUrl } from "../text/linkify";

export function Privacy({ privacy, t }: { privacy: SessionDomain["privacy"]; t: Translator }): VNode | null {
  const url = safeUrl(privacy?.url ?? "");
  if (!privacy || (!privacy.text && url === null)) return null;
  return (
    <p class="privacy">
      {privacy.text && <span dir="auto">{privacy.text} </span>}
      {url !== null && (
        <a href={url} target="_blank" rel="noopener noreferrer">
          {t("privacy.link")}
        </a>
      )}
    </p>
  );
}
