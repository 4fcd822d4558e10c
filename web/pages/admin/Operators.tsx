// Who may work here, and with what: roles, domains, sessions.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { reason } from "../kit/api";
import { admin } from "../kit/calls";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { Menu } from "../kit/menu";
import { me } from "../kit/session";
import { ago, moment } from "../kit/time";
import { toast } from "../kit/toast";
import type { AdminOperator } from "../kit/types";
import { Avatar, Badge, Button, Empty } from "../kit/ui";
import { AccessDialog } from "./AccessDialog";
import { Confirm } from "./Confirm";
import { InviteDialog, LinkDialog, type Link } from "./InviteDialog";
import { useLoaded } from "./load";
import { PartFrame } from "./Part";
import { SessionsDialog } from "./SessionsDialog";

type Opened =
  | { what: "invite" }
  | { what: "link"; link: Link }
  | { what: "access" | "sessions" | "deactivate"; operator: AdminOperator };

export function Operators(): VNode {
  const loaded = useLoaded(admin.operators);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const replace = (changed: AdminOperator) =>
    loaded.set(({ operators }) => ({ operators: operators.map((each) => (each.id === changed.id ? changed : each)) }));
  const change = async (operator: AdminOperator, deactivated: boolean) => {
    try {
      replace(await admin.change(operator.id, { deactivated }));
      close();
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    }
  };
  const link = async (operator: AdminOperator) => {
    try {
      const made = await admin.link(operator.id);
      setOpened({ what: "link", link: { name: operator.name, ...made } });
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    }
  };
  return (
    <PartFrame
      title={t("admin.operators")}
      about={t("admin.operators.about")}
      loaded={loaded}
      action={
        <Button look="primary" icon="plus" onClick={() => setOpened({ what: "invite" })}>
          {t("admin.invite")}
        </Button>
      }
    >
      {({ operators }) => (
        <>
          {operators.length === 0 ? (
            <Empty icon="people" title={t("admin.operators.none")} />
          ) : (
            <ul class="card people">
              {[...operators]
                .sort((a, b) => Number(a.deactivated) - Number(b.deactivated))
                .map((operator) => (
                  <Operator
                    key={operator.id}
                    operator={operator}
                    link={() => void link(operator)}
                    open={(what) => setOpened({ what, operator })}
                    reactivate={() => void change(operator, false)}
                  />
                ))}
            </ul>
          )}
          {opened?.what === "invite" && (
            <InviteDialog
              onClose={close}
              onMade={(made) => {
                loaded.again();
                setOpened({ what: "link", link: made });
              }}
            />
          )}
          {opened?.what === "link" && <LinkDialog link={opened.link} onClose={close} />}
          {opened?.what === "access" && (
            <AccessDialog
              operator={opened.operator}
              onClose={close}
              onSaved={(changed) => {
                replace(changed);
                close();
              }}
            />
          )}
          {opened?.what === "sessions" && <SessionsDialog operator={opened.operator} onClose={close} onRevoked={loaded.again} />}
          {opened?.what === "deactivate" && (
            <Confirm
              title={t("admin.deactivate.title", { name: opened.operator.name })}
              action={t("admin.deactivate")}
              onClose={close}
              onConfirm={() => change(opened.operator, true)}
            >
              {t("admin.deactivate.text")}
            </Confirm>
          )}
        </>
      )}
    </PartFrame>
  );
}

interface OperatorProps {
  operator: AdminOperator;
  link: () => void;
  open: (what: "access" | "sessions" | "deactivate") => void;
  reactivate: () => void;
}

function Operator({ operator, link, open, reactivate }: OperatorProps): VNode {
  const { name, email, picture, role, domains, selves, deactivated, sessions, last_seen_at: seen } = operator;
  const self = operator.id === me.value?.operator.id;
  return (
    <li class={deactivated ? "off" : ""}>
      <Avatar name={name} picture={picture} size={36} />
      <div class="people-who">
        <p>
          <strong dir="auto">{name}</strong>
          {self && <Badge>{t("admin.you")}</Badge>}
          <Badge look={role === "admin" ? "accent" : "plain"}>{t(`role.${role ?? "none"}`)}</Badge>
          {deactivated && <Badge look="alert">{t("admin.deactivated")}</Badge>}
        </p>
        <p class="told">{[email, ...selves.map((each) => `${each.connection}: ${each.name ?? each.user}`)].filter(Boolean).join(" · ")}</p>
        <p class="told" dir="auto">
          {domains !== null ? domains.join(", ") || t("admin.domains.no") : role === null ? t("admin.domains.by_channels") : t("domain.all")}
        </p>
      </div>
      <p class="told people-seen">
        <button type="button" class="as-link" onClick={() => open("sessions")}>
          {t.count("admin.sessions.count", sessions)}
        </button>
        <span title={seen === null ? undefined : moment(seen)}>{seen === null ? t("admin.never") : t("admin.seen", { ago: ago(seen) })}</span>
      </p>
      <Menu
        align="end"
        label={t("admin.actions", { name })}
        button={<Icon name="down" />}
        items={[
          { label: t("admin.link"), icon: "key", act: link, disabled: deactivated },
          { label: t("admin.access"), icon: "admin", act: () => open("access") },
          { label: t("admin.sessions"), icon: "list", act: () => open("sessions") },
          "line",
          deactivated
            ? { label: t("admin.reactivate"), icon: "refresh", act: reactivate }
            : { label: t("admin.deactivate"), icon: "close", danger: true, act: () => open("deactivate") },
        ]}
      />
    </li>
  );
}
