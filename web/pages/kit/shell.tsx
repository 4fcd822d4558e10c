// What stands around every page: where one can go, which domain is shown, whether one is available, and who one is.

import { signal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useRef } from "preact/hooks";
import { reason } from "./api";
import { t } from "./i18n";
import { Icon, Mark, type IconName } from "./icons";
import { Menu, type MenuItem } from "./menu";
import { prefs } from "./prefs";
import { ProfileDialog } from "./profile";
import { domain, domains, isAdmin, live, me, setAvailability, signOut } from "./session";
import { SettingsDialog } from "./settings";
import { toast } from "./toast";
import type { Availability } from "./types";
import { Avatar, Dot } from "./ui";

export type PageName = "inbox" | "history" | "monitor" | "admin";

const PAGES: readonly { name: PageName; icon: IconName }[] = [
  { name: "inbox", icon: "inbox" },
  { name: "history", icon: "history" },
  { name: "monitor", icon: "monitor" },
  { name: "admin", icon: "admin" },
];

const opened = signal<"profile" | "settings" | null>(null);

export function Shell({ page, children }: { page: PageName; children: ComponentChildren }): VNode {
  return (
    <div class={`shell on-${page}`}>
      <a class="skip" href="#content">
        {t("shell.skip")}
      </a>
      <header class="bar">
        <a class="brand" href="/inbox" aria-label="Threadline">
          <Mark />
          <span>Threadline</span>
        </a>
        <nav aria-label={t("shell.nav")}>
          {PAGES.filter(({ name }) => name !== "admin" || isAdmin.value).map(({ name, icon }) => (
            <a key={name} href={`/${name}`} aria-current={name === page ? "page" : undefined}>
              <Icon name={icon} />
              <span>{t(`nav.${name}`)}</span>
            </a>
          ))}
        </nav>
        <span class="bar-space" />
        {page !== "admin" && <DomainSwitch />}
        <AvailabilitySwitch />
        <MeMenu />
      </header>
      <Connection />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      {opened.value === "profile" && <ProfileDialog onClose={() => (opened.value = null)} />}
      {opened.value === "settings" && <SettingsDialog onClose={() => (opened.value = null)} />}
    </div>
  );
}

/** Says that the line is gone, and that it is back. The region stands there before it has anything to say, or nobody would hear it. */
function Connection(): VNode {
  const line = live.line.value;
  const wasLost = useRef(false);
  wasLost.current ||= line === "down";
  return (
    <div class="line-state" role="status">
      {line === "down" ? (
        <p class="line-lost">
          <Icon name="alert" />
          {t("shell.lost")}
        </p>
      ) : (
        line === "up" && wasLost.current && <p class="only-read">{t("shell.back")}</p>
      )}
    </div>
  );
}

function DomainSwitch(): VNode | null {
  const names = me.value?.domains ?? [];
  if (names.length === 0) return null;
  const shown = domain.value;
  const state = (name: string) => domains.value.find((each) => each.name === name);
  const items: MenuItem[] = names.map((name) => ({
    label: name,
    checked: name === shown,
    lead: <Dot online={state(name)?.online ?? false} />,
    more: state(name) && t(state(name)?.online ? "domain.online" : "domain.offline"),
    act: () => {
      prefs.domain.value = name;
    },
  }));
  const all: MenuItem = {
    label: t("domain.all"),
    checked: shown === null,
    icon: "globe",
    act: () => {
      prefs.domain.value = null;
    },
  };
  return (
    <Menu
      class="domain-switch"
      align="end"
      label={t("domain.switch", { domain: shown ?? t("domain.all") })}
      button={
        <>
          <Icon name="globe" />
          <span class="menu-value">{shown ?? t("domain.all")}</span>
          <Icon name="down" class="menu-arrow" />
        </>
      }
      items={names.length > 1 ? [all, "line", ...items] : items.map((item) => ({ ...item, checked: true }))}
    />
  );
}

const AVAILABILITIES: readonly Availability[] = ["auto", "back", "away"];

function AvailabilitySwitch(): VNode | null {
  const chosen = me.value?.availability;
  if (chosen === undefined) return null;
  const choose = (availability: Availability) => {
    setAvailability(availability).then(
      () => toast(t(`availability.${availability}.done`)),
      (error: unknown) => toast(t("kit.not_done", { reason: reason(error) }), "alert"),
    );
  };
  return (
    <Menu
      class="availability"
      align="end"
      label={t("availability.switch", { state: t(`availability.${chosen}`) })}
      button={
        <>
          <Dot online={chosen !== "away"} />
          <span class="menu-value">{t(`availability.${chosen}`)}</span>
          <Icon name="down" class="menu-arrow" />
        </>
      }
      items={AVAILABILITIES.map((each) => ({
        label: t(`availability.${each}`),
        more: t(`availability.${each}.more`),
        checked: each === chosen,
        act: () => choose(each),
      }))}
    />
  );
}

function MeMenu(): VNode | null {
  const known = me.value;
  if (!known) return null;
  const { name, picture, email } = known.operator;
  const leave = () => {
    signOut().catch((error: unknown) => toast(t("kit.not_done", { reason: reason(error) }), "alert"));
  };
  return (
    <Menu
      class="me"
      align="end"
      label={t("me.menu", { name })}
      button={<Avatar name={name} picture={picture} />}
      head={
        <div class="menu-head">
          <Avatar name={name} picture={picture} size={36} />
          <div>
            <strong>{name}</strong>
            <span>{email ?? t(`role.${known.role}`)}</span>
          </div>
        </div>
      }
      items={[
        { label: t("me.profile"), icon: "person", act: () => (opened.value = "profile") },
        { label: t("me.settings"), icon: "sliders", act: () => (opened.value = "settings") },
        "line",
        { label: t("me.out"), icon: "out", act: leave },
      ]}
    />
  );
}
