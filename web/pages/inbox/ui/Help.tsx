// What the keys do.

import type { VNode } from "preact";
import { Dialog } from "../../kit/dialog";
import { t } from "../../kit/i18n";
import { prefs } from "../../kit/prefs";
import { Tick } from "../../kit/ui";

const KEYS = [
  { keys: ["↑", "↓"], what: "inbox.key.move" },
  { keys: ["j", "k"], what: "inbox.key.move.letters" },
  { keys: ["Enter"], what: "inbox.key.open" },
  { keys: ["r"], what: "inbox.key.reply" },
  { keys: ["n"], what: "inbox.key.note" },
  { keys: ["c"], what: "inbox.key.close" },
  { keys: ["a"], what: "inbox.key.assign" },
  { keys: ["/"], what: "inbox.key.search" },
  { keys: ["Esc"], what: "inbox.key.escape" },
  { keys: ["?"], what: "inbox.key.help" },
] as const;

const IN_BOX = [
  { keys: ["Enter"], what: "inbox.key.send" },
  { keys: ["Shift", "Enter"], what: "inbox.key.break" },
  { keys: ["/"], what: "inbox.key.canned" },
] as const;

export function Help({ onClose }: { onClose: () => void }): VNode {
  return (
    <Dialog title={t("inbox.help")} onClose={onClose} size="small">
      <Keys all={KEYS} />
      <h3>{t("inbox.help.box")}</h3>
      <Keys all={IN_BOX} />
      <Tick label={t("inbox.letters")} checked={prefs.letters.value} onChange={(wanted) => (prefs.letters.value = wanted)} />
    </Dialog>
  );
}

function Keys({ all }: { all: typeof KEYS | typeof IN_BOX }): VNode {
  return (
    <dl class="keys">
      {all.map(({ keys, what }) => (
        <div key={what}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{t(what)}</dd>
        </div>
      ))}
    </dl>
  );
}
