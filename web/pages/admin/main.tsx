// The admin page: domains, operators, API keys, and what was done about access. The server decides who may; whoever isn't an
// admin is told so.

import "./admin.css";
import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { Icon, type IconName } from "../kit/icons";
import { mount } from "../kit/page";
import { isAdmin, me } from "../kit/session";
import { Empty } from "../kit/ui";
import { Audit } from "./Audit";
import { Domains } from "./Domains";
import { Keys } from "./Keys";
import { Operators } from "./Operators";
import { PARTS, read, type Part } from "./place";

const ICONS: Record<Part, IconName> = { domains: "globe", operators: "people", keys: "key", audit: "list" };

const place = signal(read(location.hash));
addEventListener("hashchange", () => {
  place.value = read(location.hash);
});

function Admin(): VNode {
  if (!isAdmin.value) {
    return (
      <div class="admin-no">
        <h1 class="only-read">{t("nav.admin")}</h1>
        <Empty icon="admin" title={t("admin.no")}>
          <p>{t("admin.no.more", { name: me.value?.operator.name ?? "" })}</p>
          <a class="button primary" href="/inbox">
            {t("admin.no.back")}
          </a>
        </Empty>
      </div>
    );
  }
  const { part, domain } = place.value;
  return (
    <div class="admin">
      <div class="admin-side">
        <h1>{t("nav.admin")}</h1>
        <nav aria-label={t("nav.admin")}>
          {PARTS.map((each) => (
            <a key={each} href={`#${each}`} aria-current={each === part ? "page" : undefined}>
              <Icon name={ICONS[each]} />
              {t(`admin.${each}`)}
            </a>
          ))}
        </nav>
      </div>
      {part === "domains" && <Domains first={domain} />}
      {part === "operators" && <Operators />}
      {part === "keys" && <Keys />}
      {part === "audit" && <Audit />}
    </div>
  );
}

void mount("admin", Admin);
