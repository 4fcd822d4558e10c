// Each domain as it is configured: channels, mode, settings, and the line that puts the widget on the website.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { admin } from "../kit/calls";
import { t } from "../kit/i18n";
import type { AdminDomain } from "../kit/types";
import { Badge, CopyField, Empty, Notice } from "../kit/ui";
import { platformName } from "../timeline/words";
import { useLoaded } from "./load";
import { PartFrame } from "./Part";

export function Domains({ first }: { first: string | null }): VNode {
  const loaded = useLoaded(admin.domains);
  return (
    <PartFrame title={t("admin.domains")} about={t("admin.domains.about")} loaded={loaded}>
      {({ domains }) => (
        <>
          <Notice>{t("admin.config")}</Notice>
          {domains.length === 0 ? (
            <Empty icon="globe" title={t("admin.domains.none")}>
              <p>{t("admin.domains.none.more")}</p>
            </Empty>
          ) : (
            domains.map((domain) => <Domain key={domain.name} domain={domain} first={domain.name === first} open={domains.length === 1 || domain.name === first} />)
          )}
        </>
      )}
    </PartFrame>
  );
}

function Domain({ domain, first, open }: { domain: AdminDomain; first: boolean; open: boolean }): VNode {
  const root = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (first) root.current?.scrollIntoView({ block: "start" });
  }, [first]);
  const broken = domain.channels.filter(({ state }) => state !== "working");
  return (
    <details class="card domain" open={open} ref={root} id={`domain=${domain.name}`}>
      <summary>
        <h3 dir="auto">{domain.name}</h3>
        <Badge look="accent">{t(`mode.${domain.mode}`)}</Badge>
        {broken.length > 0 && <Badge look="alert">{t.count("admin.channels.broken", broken.length)}</Badge>}
      </summary>
      <div class="domain-body">
        <section>
          <h4>{t("admin.channels")}</h4>
          {domain.channels.length === 0 ? (
            <p class="told">{t("admin.channels.none")}</p>
          ) : (
            <ul class="lines">
              {domain.channels.map((channel) => (
                <li key={`${channel.connection} ${channel.channel}`}>
                  <span class="channel-name">
                    <strong>{platformName(channel.platform)}</strong>
                    <code dir="ltr">
                      {channel.connection}/{channel.channel}
                    </code>
                  </span>
                  <ChannelState state={channel.state} />
                  {channel.reason !== null && <p class="channel-why">{channel.reason}</p>}
                </li>
              ))}
            </ul>
          )}
        </section>
        <section>
          <h4>{t("admin.origins")}</h4>
          <ul class="codes">
            {domain.origins.map((origin) => (
              <li key={origin}>
                <code dir="ltr">{origin}</code>
              </li>
            ))}
          </ul>
        </section>
        <CopyField label={t("admin.embed")} text={domain.embed} hint={t("admin.embed.hint")} />
        <section>
          <h4>{t("admin.settings")}</h4>
          <dl class="settings" dir="ltr">
            {Object.entries(domain.settings).map(([key, value]) => (
              <div key={key}>
                <dt>
                  <code>{key}</code>
                </dt>
                <dd dir="auto">{value === "" ? <span class="told">–</span> : value}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </details>
  );
}

function ChannelState({ state }: { state: string }): VNode {
  if (state === "working") return <Badge look="good">{t("channel.working")}</Badge>;
  if (state === "broken") return <Badge look="alert">{t("channel.broken")}</Badge>;
  return <Badge look="warn">{t("channel.unheard")}</Badge>;
}
