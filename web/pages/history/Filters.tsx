// What can be looked for, above the list.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { inbox } from "../kit/calls";
import { t } from "../kit/i18n";
import { Icon } from "../kit/icons";
import { domain } from "../kit/session";
import type { OperatorBrief } from "../kit/types";
import { Button, Field } from "../kit/ui";
import { isNarrowed, NOTHING, type Wanted } from "./query";
import { narrow, wanted } from "./search";

/** How long to wait for the next letter before asking. */
const TYPING_MS = 250;

export function Filters(): VNode {
  const { status, operator, tag, rating, from, to } = wanted.value;
  const [operators, setOperators] = useState<readonly OperatorBrief[]>([]);
  const [tags, setTags] = useState<readonly string[]>([]);
  const shown = domain.value;
  useEffect(() => {
    // Without these lists one can still search; the choice is only shorter.
    inbox.operators(shown).then((answer) => setOperators(answer.operators), () => undefined);
    inbox.tags(shown).then((answer) => setTags(answer.tags), () => undefined);
  }, [shown]);
  const names = operators.map(({ id, name }) => ({ value: id, label: name }));
  const known = operator === "" || operators.some(({ id }) => id === operator) ? names : [...names, { value: operator, label: t("history.operator.unknown") }];
  const kept = tag === "" || tags.includes(tag) ? tags : [...tags, tag];
  return (
    <search class="filters">
      <div class="search-row">
        <Words />
        {isNarrowed(wanted.value) && (
          <Button look="quiet" onClick={() => narrow(NOTHING)}>
            {t("history.clear")}
          </Button>
        )}
      </div>
      <details class="narrow" open={matchMedia("(min-width: 721px)").matches}>
        <summary>
          <Icon name="filter" />
          {t("history.filters")}
        </summary>
        <div class="narrow-fields">
          <Select
            label={t("history.status")}
            value={status}
            options={[
              { value: "open", label: t("status.open") },
              { value: "closed", label: t("status.closed") },
            ]}
            onChange={(value) => narrow({ status: value as Wanted["status"] })}
          />
          <Select label={t("history.operator")} value={operator} options={known} onChange={(value) => narrow({ operator: value })} />
          <Select label={t("history.tag")} value={tag} options={kept.map((value) => ({ value, label: value }))} onChange={(value) => narrow({ tag: value })} />
          <Select
            label={t("history.rating")}
            value={rating}
            options={[
              ...[5, 4, 3, 2, 1].map((stars) => ({ value: String(stars), label: t.count("rating.stars", stars) })),
              { value: "none", label: t("rating.none") },
            ]}
            onChange={(value) => narrow({ rating: value as Wanted["rating"] })}
          />
          <Field label={t("history.from")}>
            {(props) => <input {...props} type="date" value={from} max={to || undefined} onChange={(event) => narrow({ from: event.currentTarget.value })} />}
          </Field>
          <Field label={t("history.to")}>
            {(props) => <input {...props} type="date" value={to} min={from || undefined} onChange={(event) => narrow({ to: event.currentTarget.value })} />}
          </Field>
        </div>
      </details>
    </search>
  );
}

function Words(): VNode {
  const { q } = wanted.value;
  const [text, setText] = useState(q);
  // What stands there already stays as it was typed, with the space before the next word.
  useLayoutEffect(() => setText((now) => (now.trim() === q ? now : q)), [q]);
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => narrow({ q: text.trim() }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="search-box">
      <Icon name="search" />
      <input
        type="search"
        aria-label={t("history.search")}
        placeholder={t("history.search.hint")}
        dir="auto"
        autoComplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && narrow({ q: text.trim() })}
      />
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: SelectProps): VNode {
  return (
    <Field label={label}>
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{t("history.any")}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
