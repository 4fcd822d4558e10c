// The strip at the top: whether visitors find somebody, since when, who that is, and what it means for them if not.

import type { VNode } from "preact";
import { t } from "../../kit/i18n";
import { domain, domains } from "../../kit/session";
import { clock, moment, now } from "../../kit/time";
import type { InboxDomain, Monitor } from "../../kit/types";
import { Dot } from "../../kit/ui";
import { joined, platformName } from "../../timeline/words";

export function StateStrip(): VNode {
  const chosen = domain.value;
  const shown = chosen === null ? domains.value : domains.value.filter(({ name }) => name === chosen);
  const one = shown.length === 1 ? shown[0] : undefined;
  return (
    <section class="state" aria-label={t("inbox.state")} aria-live="polite">
      {one ? <One domain={one} named={chosen === null} /> : shown.length > 1 && <Several all={shown} />}
    </section>
  );
}

function One({ domain: { name, mode, online, since, monitoring, offline_text, settings_url }, named }: { domain: InboxDomain; named: boolean }): VNode {
  return (
    <>
      <p class="state-main">
        <Dot online={online} />
        {named && <span class="state-domain">{name}</span>}
        <strong>{t(online ? "inbox.online" : "inbox.offline")}</strong>
        {since !== null && (
          <span class="state-since" title={moment(since)}>
            {t("inbox.since", { when: isToday(since) ? clock(since) : moment(since) })}
          </span>
        )}
      </p>
      {mode === "form" && (
        <p class="state-mode">
          {t("inbox.mode.form")} <a href={settings_url}>{t("inbox.settings")}</a>
        </p>
      )}
      {monitoring.length > 0 && <p class="state-who">{t("inbox.monitored", { names: monitors(monitoring) })}</p>}
      {!online && mode === "live_chat" && (
        <p class="state-off">
          {t("inbox.offline.means")} {offline_text !== "" && <span>{t("inbox.offline.sees", { text: offline_text })}</span>}{" "}
          <a href={settings_url}>{t("inbox.settings")}</a>
        </p>
      )}
    </>
  );
}

function Several({ all }: { all: readonly InboxDomain[] }): VNode {
  const online = all.filter((each) => each.online);
  // By name: whoever is known from two platforms and not linked yet is one person to whoever reads it.
  const names = [...new Set(all.flatMap(({ monitoring }) => monitoring.map(({ operator }) => operator.name)))];
  return (
    <details class="state-all">
      <summary>
        <Dot online={online.length > 0} />
        <strong>{t("inbox.online.some", { online: online.length, all: all.length })}</strong>
        {names.length > 0 && <span class="state-who">{t("inbox.monitored", { names: joined(names) })}</span>}
      </summary>
      <ul>
        {all.map((each) => (
          <li key={each.name}>
            <One domain={each} named />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** By name, and how each is known to be there: in the inbox, on a platform, or because they said so. */
function monitors(list: readonly Monitor[]): string {
  return joined(list.map(({ operator, how }) => t("inbox.monitor", { name: operator.name, how: means(how) })));
}

function means(how: string): string {
  if (how === "inbox") return t("inbox.how.inbox");
  return how === "said" ? t("inbox.how.said") : platformName(how);
}

function isToday(at: string): boolean {
  return new Date(at).toDateString() === new Date(now.value).toDateString();
}
