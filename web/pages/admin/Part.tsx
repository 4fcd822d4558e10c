// The frame of each part: its title, what it is about, what can be done, and what is said while it loads or when it can't.

import type { ComponentChildren, VNode } from "preact";
import { t } from "../kit/i18n";
import { Button, Empty, Spinner } from "../kit/ui";
import type { Loaded } from "./load";

interface PartProps<T> {
  title: string;
  about: string;
  action?: ComponentChildren;
  loaded: Loaded<T>;
  children: (value: T) => ComponentChildren;
}

export function PartFrame<T>({ title, about, action, loaded, children }: PartProps<T>): VNode {
  return (
    <section class="part" aria-labelledby="part-title">
      <header class="part-head">
        <div>
          <h2 id="part-title">{title}</h2>
          <p class="told">{about}</p>
        </div>
        {action}
      </header>
      {loaded.failed !== null && (
        <Empty icon="alert" title={t("kit.failed")}>
          <p>{loaded.failed}</p>
          <Button onClick={loaded.again}>{t("kit.again")}</Button>
        </Empty>
      )}
      {loaded.value === null && loaded.failed === null && <Spinner />}
      {loaded.value !== null && loaded.failed === null && children(loaded.value)}
    </section>
  );
}
