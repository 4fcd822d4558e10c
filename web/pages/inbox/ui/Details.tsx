// What there is to know beside the messages: who the visitor is, where they are, what they asked before, tags, and the
// threads where the conversation goes on.

import type { ComponentChildren, VNode } from "preact";
import { regional } from "../../../texts/index";
import { safeUrl } from "../../../widget/text/linkify";
import { language, t } from "../../kit/i18n";
import { Icon } from "../../kit/icons";
import { ago, day, moment, now } from "../../kit/time";
import type { Detail, Thread } from "../../kit/types";
import { Badge } from "../../kit/ui";
import { Stars } from "../../timeline/Rating";
import { platformName } from "../../timeline/words";
import type { Open } from "../state/conversation";
import { addressOf } from "../state/place";
import { useInbox } from "./context";
import { Glyph } from "./icons";
import { Tags } from "./Tags";

export function Details({ open }: { open: Open }): VNode {
  const { detail, summary } = open;
  return (
    <div class="details">
      <Identity detail={detail} visitor={summary.visitor} />
      <PageContext page={detail.page} client={detail.client} language={detail.visitor.language} />
      <Part title={t("inbox.tags")}>
        <Tags key={summary.id} tags={summary.tags} domain={summary.domain} />
      </Part>
      {detail.threads.length > 0 && (
        <Part title={t("inbox.threads")}>
          <ul class="about-list">
            {detail.threads.map((thread) => (
              <li key={`${thread.connection}/${thread.channel}`}>
                <ThreadLink thread={thread} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      {detail.earlier.length > 0 && <EarlierOnes earlier={detail.earlier} />}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section class="about-part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}

function Identity({ detail, visitor }: { detail: Detail; visitor: Open["summary"]["visitor"] }): VNode {
  const { first_seen_at, last_seen_at, online } = detail.visitor;
  return (
    <Part title={t("inbox.visitor")}>
      <p class={visitor.verified ? "identity sure" : "identity"}>
        {visitor.verified ? <Glyph name="verified" /> : <Icon name="person" />}
        <span>{t(visitor.verified ? "inbox.verified.more" : "inbox.unverified.more")}</span>
      </p>
      <dl class="facts">
        <Fact name={t("inbox.name")}>{visitor.name}</Fact>
        {visitor.email !== null && (
          <Fact name={t("inbox.email")}>
            <a href={`mailto:${encodeURIComponent(visitor.email).replace("%40", "@")}`}>{visitor.email}</a>
          </Fact>
        )}
        {visitor.external_id !== null && (
          <Fact name={t("inbox.external")}>
            <code>{visitor.external_id}</code>
          </Fact>
        )}
        <Fact name={t("inbox.first_seen")}>
          <time dateTime={first_seen_at} title={moment(first_seen_at)}>
            {ago(first_seen_at)}
          </time>
        </Fact>
        <Fact name={t("inbox.last_seen")}>{online ? t("inbox.visitor.online") : ago(last_seen_at)}</Fact>
      </dl>
    </Part>
  );
}

function PageContext({ page, client, language: spoken }: { page: Detail["page"]; client: Detail["client"]; language: string | null }): VNode | null {
  const tongue = client?.language ?? spoken;
  const zone = client?.time_zone ?? null;
  const time = zone === null ? null : localTime(zone);
  if (!page && !client?.browser && !tongue && !time) return null;
  return (
    <Part title={t("inbox.page")}>
      {page && (
        <p class="about-page">
          <Glyph name="page" />
          <span>
            <span dir="auto">{page.title || t("inbox.page.untitled")}</span>
            <Address url={page.url} />
          </span>
        </p>
      )}
      <dl class="facts">
        {page?.referrer && (
          <Fact name={t("inbox.referrer")}>
            <Address url={page.referrer} />
          </Fact>
        )}
        {client?.browser && <Fact name={t("inbox.browser")}>{client.browser}</Fact>}
        {tongue && <Fact name={t("inbox.language")}>{languageName(tongue)}</Fact>}
        {time && (
          <Fact name={t("inbox.local_time")}>
            {time} <span class="muted">({zone})</span>
          </Fact>
        )}
      </dl>
    </Part>
  );
}

/** An address that a visitor's browser told: a link only where it leads where it says. */
function Address({ url }: { url: string }): VNode {
  const safe = safeUrl(url);
  const shown = url.replace(/^https?:\/\//, "");
  return safe === null ? (
    <span class="address">{shown}</span>
  ) : (
    <a class="address" href={safe} title={url} target="_blank" rel="noopener noreferrer nofollow">
      {shown}
    </a>
  );
}

function ThreadLink({ thread: { platform, channel, url, state, broken } }: { thread: Thread }): VNode {
  const name = platformName(platform);
  return (
    <>
      {url !== null && state === "open" ? (
        <a href={url} target="_blank" rel="noopener noreferrer" class="thread">
          {t("inbox.thread.in", { platform: name })}
          <Icon name="external" />
        </a>
      ) : (
        <span class="thread">{t("inbox.thread.in", { platform: name })}</span>
      )}
      {state === "opening" && <Badge look="warn">{t("inbox.thread.opening")}</Badge>}
      {state === "gone" && <Badge>{t("inbox.thread.gone")}</Badge>}
      {broken !== null && <p class="thread-broken">{t("inbox.thread.broken", { channel, why: broken })}</p>}
    </>
  );
}

function EarlierOnes({ earlier }: { earlier: Detail["earlier"] }): VNode {
  const inbox = useInbox();
  return (
    <Part title={t("inbox.earlier")}>
      <ul class="about-list">
        {earlier.map(({ id, opened_at, preview, rating, status }) => (
          <li key={id}>
            <a
              class="earlier"
              href={addressOf(id)}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                void inbox.select(id, "push");
              }}
            >
              <span>
                <time dateTime={opened_at}>{day(opened_at)}</time>
                {status === "open" && <Badge look="good">{t("inbox.status.open")}</Badge>}
                {rating !== null && <Stars stars={rating} />}
              </span>
              <span class="earlier-words" dir="auto">
                {preview ?? t("inbox.preview.none")}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function localTime(zone: string): string | null {
  try {
    return new Intl.DateTimeFormat(regional(language()), { weekday: "short", hour: "numeric", minute: "2-digit", timeZone: zone }).format(now.value);
  } catch {
    // A zone that this browser doesn't know, or no zone at all.
    return null;
  }
}

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language(), { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
