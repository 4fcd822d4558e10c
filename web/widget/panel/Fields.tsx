// Name and e-mail as fields that say what is wrong with them. Shared by what is asked before a chat and by the form; ids
// are the shadow root's own, so they may be plain.

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Asked } from "../../api/types";
import type { Key, Translator } from "../i18n";
import { isAddress } from "./address";

/** What the server takes, in characters. */
const MOST = { name: 80, email: 254 } as const;

type Field = keyof typeof MOST;
const LABELS = { name: "ask.name", email: "ask.email" } as const satisfies Record<Field, Key>;

export interface Answers {
  name: string;
  email: string;
}

export interface Fields {
  answers: Answers;
  /** Says what is missing and moves the keyboard there; null if everything is fine. */
  check(form: HTMLFormElement): boolean;
  view: VNode;
}

export function useFields(known: Answers, wanted: Record<Field, Asked>, t: Translator): Fields {
  const [answers, setAnswers] = useState(known);
  const [shown, setShown] = useState(false);
  const latest = useRef(answers);
  latest.current = answers;
  const names = (["name", "email"] as const).filter((name) => wanted[name] !== "no");
  const wrong = (name: Field) => wrongWith(name, latest.current[name], wanted[name]);
  return {
    answers,
    check(form) {
      setShown(true);
      const first = names.find((name) => wrong(name) !== null);
      if (first) form.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
      return first === undefined;
    },
    view: (
      <>
        {names.map((name) => {
          const mistake = shown ? wrong(name) : null;
          return (
            <div class="field" key={name}>
              <label for={name}>
                {t(LABELS[name])}
                {wanted[name] === "optional" && <span class="optional"> ({t("ask.optional")})</span>}
              </label>
              <input
                id={name}
                name={name}
                {...(name === "email" ? { type: "email" } : { type: "text" })}
                autocomplete={name}
                dir="auto"
                maxLength={MOST[name]}
                value={answers[name]}
                required={wanted[name] === "required"}
                aria-invalid={mistake !== null}
                {...(mistake === null ? {} : { "aria-describedby": `${name}-wrong` })}
                onInput={(event) => setAnswers({ ...latest.current, [name]: event.currentTarget.value })}
              />
              {mistake !== null && (
                <p class="wrong" id={`${name}-wrong`}>
                  {t(mistake)}
                </p>
              )}
            </div>
          );
        })}
      </>
    ),
  };
}

export function wrongWith(name: Field, value: string, wanted: Asked): "ask.missing" | "ask.bad_email" | null {
  const said = value.trim();
  if (said === "") return wanted === "required" ? "ask.missing" : null;
  return name === "email" && !isAddress(said) ? "ask.bad_email" : null;
}
