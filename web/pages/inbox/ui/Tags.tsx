// The conversation's tags: each can go, and new ones are typed, with those that the domain uses offered.

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { inbox as inboxCalls } from "../../kit/calls";
import { t } from "../../kit/i18n";
import { IconButton } from "../../kit/ui";
import { attempt, useInbox } from "./context";

const MOST = 20;
const LONGEST = 40;

export function Tags({ tags, domain }: { tags: readonly string[]; domain: string }): VNode {
  const { reader } = useInbox();
  const [text, setText] = useState("");
  const [used, setUsed] = useState<readonly string[]>([]);
  const id = useId();
  const hint = useId();
  const full = tags.length >= MOST;
  const add = async () => {
    const tag = text.trim().toLowerCase();
    if (full) return;
    // Emptied before the answer comes, for whoever types the next one meanwhile.
    setText("");
    if (tag === "" || tags.includes(tag) || (await attempt(reader.tag(tag, true)))) return;
    setText((now) => (now === "" ? tag : now));
  };
  return (
    <>
      {tags.length > 0 && (
        <ul class="tags">
          {tags.map((tag) => (
            <li key={tag}>
              <span dir="auto">{tag}</span>
              <IconButton icon="close" label={t("inbox.tag.remove", { tag })} onClick={() => void attempt(reader.tag(tag, false))} />
            </li>
          ))}
        </ul>
      )}
      <form
        class="tag-add"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          value={text}
          // The field stays: who goes on typing in it would otherwise press the page's shortcuts, of which one closes.
          readOnly={full}
          aria-describedby={full ? hint : undefined}
          list={id}
          maxLength={LONGEST}
          dir="auto"
          placeholder={t("inbox.tag.add")}
          aria-label={t("inbox.tag.add")}
          onFocus={() => void inboxCalls.tags(domain).then(({ tags: known }) => setUsed(known), () => undefined)}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <datalist id={id}>
          {used.filter((tag) => !tags.includes(tag)).map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        <IconButton type="submit" icon="plus" label={t("inbox.tag.add")} />
      </form>
      {full && (
        <p id={hint} class="tag-full" role="status">
          {t("inbox.tag.full", { most: MOST })}
        </p>
      )}
    </>
  );
}
