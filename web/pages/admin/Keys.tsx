// API keys for scripts: what each may do, until when, and how to end it.

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { fieldOf, reason } from "../kit/api";
import { admin } from "../kit/calls";
import { Dialog } from "../kit/dialog";
import { t } from "../kit/i18n";
import { ago, day, moment } from "../kit/time";
import { toast } from "../kit/toast";
import type { ApiKey } from "../kit/types";
import { Badge, Button, CopyField, Empty, Field, Notice, Tick } from "../kit/ui";
import { DomainsField } from "./Access";
import { Confirm } from "./Confirm";
import { useLoaded } from "./load";
import { PartFrame } from "./Part";

const SCOPES = ["read", "write", "admin"] as const;
const LIVES = [30, 90, 365] as const;
const LONGEST_NAME = 80;

type Opened = { what: "make" } | { what: "made"; token: string } | { what: "revoke"; key: ApiKey };

export function Keys(): VNode {
  const loaded = useLoaded(admin.apiKeys);
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const revoke = async (key: ApiKey) => {
    try {
      await admin.revokeKey(key.id);
      loaded.again();
      close();
    } catch (error) {
      toast(t("kit.not_done", { reason: reason(error) }), "alert");
    }
  };
  return (
    <PartFrame
      title={t("admin.keys")}
      about={t("admin.keys.about")}
      loaded={loaded}
      action={
        <Button look="primary" icon="plus" onClick={() => setOpened({ what: "make" })}>
          {t("admin.key.make")}
        </Button>
      }
    >
      {({ api_keys: keys }) => (
        <>
          {keys.length === 0 ? (
            <Empty icon="key" title={t("admin.keys.none")}>
              <p>{t("admin.keys.none.more")}</p>
            </Empty>
          ) : (
            <ul class="card people">
              {keys.map((key) => (
                <Key key={key.id} value={key} revoke={() => setOpened({ what: "revoke", key })} />
              ))}
            </ul>
          )}
          {opened?.what === "make" && (
            <MakeDialog
              onClose={close}
              onMade={(token) => {
                loaded.again();
                setOpened({ what: "made", token });
              }}
            />
          )}
          {opened?.what === "made" && (
            <Dialog
              size="small"
              firm
              title={t("admin.key.made")}
              onClose={close}
              foot={
                <Button look="primary" onClick={close}>
                  {t("kit.done")}
                </Button>
              }
            >
              <CopyField label={t("admin.key.token")} text={opened.token} />
              <Notice look="warn" icon="alert">
                {t("admin.key.once")}
              </Notice>
            </Dialog>
          )}
          {opened?.what === "revoke" && (
            <Confirm title={t("admin.key.revoke.title", { name: opened.key.name })} action={t("admin.revoke")} onClose={close} onConfirm={() => revoke(opened.key)}>
              {t("admin.key.revoke.text")}
            </Confirm>
          )}
        </>
      )}
    </PartFrame>
  );
}

function Key({ value, revoke }: { value: ApiKey; revoke: () => void }): VNode {
  const expired = value.expires_at !== null && Date.parse(value.expires_at) <= Date.now();
  const ended = value.revoked || expired;
  return (
    <li class={ended ? "off" : ""}>
      <div class="people-who">
        <p>
          <strong dir="auto">{value.name}</strong>
          {value.scopes.map((scope) => (
            <Badge key={scope} look={scope === "admin" ? "accent" : "plain"}>
              {scopeName(scope)}
            </Badge>
          ))}
          {value.revoked ? <Badge look="alert">{t("admin.key.revoked")}</Badge> : expired && <Badge look="alert">{t("admin.key.expired")}</Badge>}
        </p>
        <p class="told" dir="auto">
          {value.domains === null ? t("domain.all") : value.domains.join(", ")}
        </p>
      </div>
      <p class="told people-seen">
        <span title={value.last_used_at === null ? undefined : moment(value.last_used_at)}>
          {value.last_used_at === null ? t("admin.key.unused") : t("admin.key.used", { ago: ago(value.last_used_at) })}
        </span>
        <span>{value.expires_at === null ? t("admin.key.for_ever") : t("admin.key.until", { day: day(value.expires_at) })}</span>
      </p>
      {!value.revoked && (
        <Button onClick={revoke} aria-label={t("admin.key.revoke.title", { name: value.name })}>
          {t("admin.revoke")}
        </Button>
      )}
    </li>
  );
}

function scopeName(scope: string): string {
  const known = SCOPES.find((each) => each === scope);
  return known ? t(`scope.${known}`) : scope;
}

function MakeDialog({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }): VNode {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly string[]>(["read"]);
  const [domains, setDomains] = useState<string[] | null>(null);
  const [life, setLife] = useState("90");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ field: string | null; text: string } | null>(null);
  const told = (field: string) => (error?.field === field ? error.text : null);
  const id = useId();
  const make = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (name.trim() === "") return setError({ field: "name", text: t("profile.name.empty") });
    if (scopes.length === 0) return setError({ field: "scopes", text: t("admin.key.scopes.pick") });
    if (domains?.length === 0) return setError({ field: "domains", text: t("admin.domains.pick") });
    if (domains !== null && scopes.includes("admin")) return setError({ field: "domains", text: t("admin.key.admin_all") });
    setBusy(true);
    setError(null);
    try {
      const made = await admin.makeKey({ name: name.trim(), scopes: [...scopes], domains, ...(life === "" ? {} : { expires_in_days: Number(life) }) });
      onMade(made.token);
    } catch (failure) {
      setError({ field: fieldOf(failure), text: reason(failure) });
      setBusy(false);
    }
  };
  return (
    <Dialog
      size="small"
      title={t("admin.key.make")}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button look="primary" type="submit" form="make-key" busy={busy}>
            {t("admin.key.make")}
          </Button>
        </>
      }
    >
      <form id="make-key" noValidate onSubmit={(event) => void make(event)}>
        <Field label={t("admin.key.name")} hint={t("admin.key.name.hint")} error={told("name")}>
          {(props) => <input {...props} dir="auto" autoFocus autoComplete="off" maxLength={LONGEST_NAME} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <fieldset class="ticks" aria-describedby={told("scopes") === null ? undefined : id}>
          <legend class="label">{t("admin.key.scopes")}</legend>
          {SCOPES.map((scope) => (
            <Tick
              key={scope}
              label={t(`scope.${scope}`)}
              hint={t(`scope.${scope}.more`)}
              checked={scopes.includes(scope)}
              onChange={(wanted) => setScopes(wanted ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
            />
          ))}
          {told("scopes") !== null && (
            <p id={id} class="told error" role="alert">
              {told("scopes")}
            </p>
          )}
        </fieldset>
        <DomainsField all={t("domain.all")} domains={domains} error={told("domains")} onChange={setDomains} />
        <Field label={t("admin.key.life")}>
          {(props) => (
            <select {...props} value={life} onChange={(event) => setLife(event.currentTarget.value)}>
              {LIVES.map((days) => (
                <option key={days} value={String(days)}>
                  {t.count("monitor.days", days)}
                </option>
              ))}
              <option value="">{t("admin.key.for_ever")}</option>
            </select>
          )}
        </Field>
        {error !== null && !["name", "scopes", "domains"].includes(error.field ?? "") && (
          <Notice look="alert" icon="alert" role="alert">
            {error.text}
          </Notice>
        )}
      </form>
    </Dialog>
  );
}
