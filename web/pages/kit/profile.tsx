// How an operator appears to visitors, and which accounts on the team's chats are theirs.

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { reason } from "./api";
import { profile } from "./calls";
import { Dialog } from "./dialog";
import { t } from "./i18n";
import { me } from "./session";
import { clock } from "./time";
import { toast } from "./toast";
import { Avatar, Button, CopyField, Field, Notice } from "./ui";

const LONGEST_NAME = 80;
const LARGEST_PICTURE = 512 * 1024;
const PICTURES = ["image/png", "image/jpeg", "image/webp"];

export function ProfileDialog({ onClose }: { onClose: () => void }): VNode | null {
  if (!me.value) return null;
  return (
    <Dialog title={t("profile.title")} onClose={onClose} size="small">
      <p class="told">{t("profile.public")}</p>
      <Portrait />
      <Name />
      <Selves />
    </Dialog>
  );
}

function Portrait(): VNode | null {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [chosen, setChosen] = useState<{ file: File; url: string } | null>(null);
  useEffect(() => () => void (chosen && URL.revokeObjectURL(chosen.url)), [chosen]);
  const operator = me.value?.operator;
  if (!operator) return null;

  const choose = (file: File | undefined) => {
    setError(null);
    if (!file) return;
    if (!PICTURES.includes(file.type)) setError(t("profile.picture.kind"));
    else if (file.size > LARGEST_PICTURE) setError(t("profile.picture.large"));
    else setChosen({ file, url: URL.createObjectURL(file) });
  };
  const run = async (work: Promise<NonNullable<typeof me.value>>) => {
    setBusy(true);
    try {
      me.value = await work;
      setChosen(null);
      toast(t("profile.saved"));
    } catch (failure) {
      setError(reason(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="portrait">
      {chosen ? <img class="avatar a64" src={chosen.url} alt={t("profile.picture.preview")} /> : <Avatar name={operator.name} picture={operator.picture} size={64} />}
      <div>
        <div class="row">
          {chosen ? (
            <>
              <Button look="primary" busy={busy} onClick={() => void run(profile.setPicture(chosen.file))}>
                {t("profile.picture.use")}
              </Button>
              <Button onClick={() => setChosen(null)}>{t("kit.cancel")}</Button>
            </>
          ) : (
            <>
              <label class="button plain file">
                {t("profile.picture.choose")}
                <input
                  type="file"
                  accept={PICTURES.join(",")}
                  onChange={(event) => {
                    choose(event.currentTarget.files?.[0]);
                    event.currentTarget.value = "";
                  }}
                />
              </label>
              {operator.picture !== null && (
                <Button look="quiet" busy={busy} onClick={() => void run(profile.removePicture())}>
                  {t("profile.picture.remove")}
                </Button>
              )}
            </>
          )}
        </div>
        <p class={error ? "told error" : "told"} role={error ? "alert" : undefined}>
          {error ?? t("profile.picture.hint")}
        </p>
      </div>
    </div>
  );
}

function Name(): VNode | null {
  const known = me.value?.operator.name ?? "";
  const [name, setName] = useState(known);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const wanted = name.trim();
  const save = async (event: Event) => {
    event.preventDefault();
    if (wanted === "") return setError(t("profile.name.empty"));
    setBusy(true);
    setError(null);
    try {
      me.value = await profile.rename(wanted);
      toast(t("profile.saved"));
    } catch (failure) {
      setError(reason(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Field label={t("profile.name")} error={error} hint={t("profile.name.hint")}>
        {(props) => (
          <div class="row">
            <input {...props} dir="auto" autoComplete="off" maxLength={LONGEST_NAME} value={name} onInput={(event) => setName(event.currentTarget.value)} />
            <Button type="submit" busy={busy} disabled={wanted === known}>
              {t("kit.save")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

function Selves(): VNode {
  const [code, setCode] = useState<{ code: string; expires_at: string } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      setCode(await profile.linkCode());
    } catch (failure) {
      setError(reason(failure));
    } finally {
      setBusy(false);
    }
  };
  const selves = me.value?.selves ?? [];
  const known = useRef(selves.length);
  useEffect(() => {
    const linked = selves.length > known.current;
    known.current = selves.length;
    if (!linked) return;
    // The code has done its work, and works only once.
    setCode(null);
    toast(t("profile.linked"));
  }, [selves.length]);
  return (
    <section class="selves">
      <h3>{t("profile.selves")}</h3>
      {selves.length > 0 ? (
        <ul>
          {selves.map((self) => (
            <li key={`${self.connection} ${self.user}`}>
              <strong>{self.name ?? self.user}</strong>
              <span>{self.connection}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="told">{t("profile.selves.none")}</p>
      )}
      {code ? (
        <CopyField label={t("profile.code")} text={`!link ${code.code}`} hint={t("profile.code.hint", { code: code.code, time: clock(code.expires_at) })} />
      ) : (
        <Button icon="plus" busy={busy} onClick={() => void make()}>
          {t("profile.code.make")}
        </Button>
      )}
      {error && (
        <Notice look="alert" icon="alert" role="alert">
          {error}
        </Notice>
      )}
    </section>
  );
}
