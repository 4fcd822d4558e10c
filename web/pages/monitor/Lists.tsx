// Conversations that ended lately, and how each channel is.

import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { Stars } from "../kit/stars";
import { ago, moment } from "../kit/time";
import type { ChannelHealth, Summary } from "../kit/types";
import { Badge } from "../kit/ui";
import { platformName } from "../timeline/words";

export function RecentlyClosed({ list }: { list: readonly Summary[] }): VNode {
  return (
    <section class="card list-card" aria-labelledby="closed-title">
      <h2 id="closed-title">{t("monitor.closed")}</h2>
      {list.length === 0 ? (
        <p class="chart-empty">{t("monitor.closed.none")}</p>
      ) : (
        <ul class="lines">
          {list.map((each) => (
            <li key={each.id}>
              <a href={`/history?conversation=${encodeURIComponent(each.id)}`} dir="auto">
                {each.visitor.name}
              </a>
              <span class="line-more">
                {each.domain}
                {each.rating !== null && <Stars stars={each.rating} />}
              </span>
              {each.closed_at !== null && (
                <time dateTime={each.closed_at} title={moment(each.closed_at)}>
                  {ago(each.closed_at)}
                </time>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Channels({ channels }: { channels: readonly ChannelHealth[] }): VNode {
  return (
    <section class="card list-card" aria-labelledby="channels-title">
      <h2 id="channels-title">{t("monitor.channels")}</h2>
      {channels.length === 0 ? (
        <p class="chart-empty">{t("monitor.channels.none")}</p>
      ) : (
        <ul class="lines">
          {channels.map((each) => (
            <li key={`${each.connection} ${each.channel}`}>
              <span class="channel-name">
                <strong>{platformName(each.platform)}</strong>
                <code dir="ltr">{each.channel}</code>
              </span>
              <span class="line-more" dir="auto">
                {each.domains.join(", ")}
              </span>
              <span class="channel-state">
                <State channel={each} />
              </span>
              {each.reason !== null && <p class="channel-why">{each.reason}</p>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function State({ channel: { state, since } }: { channel: ChannelHealth }): VNode {
  const look = state === "working" ? "good" : state === "broken" ? "alert" : "warn";
  const words = state === "working" ? t("channel.working") : state === "broken" ? t("channel.broken") : t("channel.unheard");
  return (
    <span title={since === null ? undefined : moment(since)}>
      <Badge look={look}>{words}</Badge>
    </span>
  );
}
