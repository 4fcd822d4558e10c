// Canned replies: the list that `/` opens in the reply box, and the window where they are made and changed.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { del, post, put } from "../../kit/api";
import { Dialog } from "../../kit/dialog";
import { t } from "../../kit/i18n";
import { me } from "../../kit/session";
import type { CannedReply } from "../../kit/types";
import { Button, Empty, Field, Spinner, Tick } from "../../kit/ui";
import { joined } from "../../timeline/words";
import { attempt } from "./context";
import type { Canned } from "./useCanned";

export function CannedList({ offered, picked, onPick, onManage }: { offered: readonly CannedReply[]; picked: number; onPick: (reply: CannedReply) => void; onManage: () => void }): VNode {
  return (
    <div class="canned">
      <ul id="canned" role="listbox" aria-label={t("inbox.canned")}>
        {offered.map((reply, index) => (
          <li
            key={reply.id}
            id={`canned-${index}`}
            role="option"
            aria-selected={index === picked}
            // The text keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onPick(reply)}
          >
            <strong dir="ltr">/{reply.name}</strong>
            <span dir="auto">{reply.body}</span>
          </li>
        ))}
      </ul>
      <button type="button" class="button quiet" tabIndex={-1} onPointerDown={(event) => event.preventDefault()} onClick={onManage}>
        {t("inbox.canned.manage")}
      </button>
      <span class="only-read" role="status">
        {t.count("inbox.canned.found", offered.length)}
      </span>
    </div>
  );
}

interface Form {
  id: string | null;
  name: string;
  body: string;
  everywhere: boolean;
  /** The domains that it is for otherwise. */
  own: readonly string[];
}

const PATH = "/v1/inbox/canned-replies";

export function CannedDialog({ canned, domain, onUse, onClose }: { canned: Canned; domain: string; onUse: (reply: CannedReply) => void; onClose: () => void }): VNode {
  const [form, setForm] = useState<Form | null>(null);
  const [busy, setBusy] = useState(false);
  const doing = async (work: () => Promise<unknown>) => {
    setBusy(true);
    if (await attempt(work().then(canned.reload))) setForm(null);
    setBusy(false);
  };
  // What is for domains that somebody doesn't serve isn't theirs to make or to change; the server refuses it.
  const everywhere = me.value?.all_domains ?? false;
  const serves = (name: string) => me.value?.domains.includes(name) ?? false;
  const changeable = ({ domains }: CannedReply) => everywhere || (domains?.every(serves) ?? false);
  const save = ({ id, name, body, everywhere, own }: Form) => {
    const what = { name: name.trim(), body: body.trim(), domains: everywhere ? null : own };
    return id === null ? post(PATH, what) : put(`${PATH}/${encodeURIComponent(id)}`, what);
  };
  return (
    <Dialog title={t("inbox.canned")} onClose={onClose}>
      {form ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void doing(() => save(form));
          }}
        >
          <Field label={t("inbox.canned.name")} hint={t("inbox.canned.name.hint")}>
            {(field) => <input {...field} required pattern="[a-z0-9\-]{1,40}" dir="ltr" value={form.name} onInput={(event) => setForm({ ...form, name: event.currentTarget.value.toLowerCase() })} />}
          </Field>
          <Field label={t("inbox.canned.body")} hint={t("inbox.canned.body.hint", { visitor: "{visitor}", me: "{me}" })}>
            {(field) => <textarea {...field} required rows={5} dir="auto" value={form.body} onInput={(event) => setForm({ ...form, body: event.currentTarget.value })} />}
          </Field>
          {everywhere && <Tick label={t("inbox.canned.everywhere")} checked={form.everywhere} onChange={(everywhere) => setForm({ ...form, everywhere })} />}
          {!form.everywhere && <p class="told">{t("inbox.canned.only", { domain: joined(form.own) })}</p>}
          <div class="row">
            <Button type="submit" look="primary" busy={busy}>
              {t("inbox.save")}
            </Button>
            <Button onClick={() => setForm(null)}>{t("inbox.cancel")}</Button>
          </div>
        </form>
      ) : canned.state === "failed" ? (
        <Empty icon="alert" title={t("inbox.list.failed", { why: canned.why })}>
          <Button look="primary" onClick={canned.load}>
            {t("inbox.again")}
          </Button>
        </Empty>
      ) : canned.state !== "ready" ? (
        <Spinner />
      ) : (
        <>
          <p class="told">{t("inbox.canned.how")}</p>
          {canned.all.length === 0 && <Empty title={t("inbox.canned.none")} />}
          <ul class="canned-all">
            {canned.all.map((reply) => (
              <li key={reply.id}>
                <div class="canned-words">
                  <strong dir="ltr">/{reply.name}</strong>
                  <p dir="auto">{reply.body}</p>
                </div>
                <div class="row">
                  <Button onClick={() => onUse(reply)}>{t("inbox.canned.use")}</Button>
                  {changeable(reply) && (
                    <>
                      <Button look="quiet" onClick={() => setForm({ id: reply.id, name: reply.name, body: reply.body, everywhere: reply.domains === null, own: reply.domains ?? [domain] })}>
                        {t("inbox.message.edit")}
                      </Button>
                      <Button look="quiet" busy={busy} onClick={() => void doing(() => del(`${PATH}/${encodeURIComponent(reply.id)}`))}>
                        {t("inbox.message.delete")}
                      </Button>
                    </>
                  )}
                </div>
              </li>
            ))}
          </ul>
          <Button icon="plus" onClick={() => setForm({ id: null, name: "", body: "", everywhere, own: [domain] })}>
            {t("inbox.canned.new")}
          </Button>
        </>
      )}
    </Dialog>
  );
}
