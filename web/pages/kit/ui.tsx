// The small parts of the pages: buttons, fields, pictures, words about states. Each is one element with its class; what
// opens over the page stands in menu.tsx, dialog.tsx and toast.tsx.

import type { ComponentChildren, JSX, VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { ownAddress } from "../../widget/panel/Picture";
import { t } from "./i18n";
import { Icon, type IconName } from "./icons";

type Props<E extends keyof JSX.IntrinsicElements> = Omit<JSX.IntrinsicElements[E], "class" | "icon">;

export interface ButtonProps extends Props<"button"> {
  /** `primary` once a view, for what it is for; `danger` for what can't be undone. */
  look?: "primary" | "plain" | "quiet" | "danger";
  icon?: IconName;
  busy?: boolean;
  class?: string;
}

/** A button that is busy keeps its focus and does nothing. */
export function Button({ look = "plain", icon, busy = false, children, class: more = "", onClick, ...rest }: ButtonProps): VNode {
  return (
    <button
      type="button"
      class={`button ${look} ${more}`}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Props<"button"> {
  icon: IconName;
  /** What it does: read out, and shown by the pointer. */
  label: string;
  class?: string;
}

export function IconButton({ icon, label, class: more = "", ...rest }: IconButtonProps): VNode {
  return (
    <button type="button" class={`icon-button ${more}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  /** The control; it must take the given id and name its description. */
  children: (props: { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" }) => ComponentChildren;
}

/** A label, a control, and what is said about it. */
export function Field({ label, hint, error, children }: FieldProps): VNode {
  const id = useId();
  const told = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(told ? { "aria-describedby": `${id}-told` } : {}),
        ...(error ? { "aria-invalid": "true" as const } : {}),
      })}
      {told && (
        <p id={`${id}-told`} class={error ? "told error" : "told"} role={error ? "alert" : undefined}>
          {told}
        </p>
      )}
    </div>
  );
}

/** A box to tick, with its words. */
export interface TickProps {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Tick({ label, hint, checked, disabled = false, onChange }: TickProps): VNode {
  const id = useId();
  return (
    <div class="tick">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-told` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p id={`${id}-told`} class="told">
          {hint}
        </p>
      )}
    </div>
  );
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
}): VNode {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class={props.hideLabel ? "only-read" : ""}>{props.label}</legend>
      <div>
        {props.options.map(({ value, label }) => (
          <label key={value}>
            <input type="radio" name={name} checked={value === props.value} onChange={() => props.onChange(value)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A person's picture from our own server, or their initial. Decoration: their name stands beside it. */
export function Avatar({ name, picture, size = 28 }: { name: string | null; picture: string | null; size?: 20 | 28 | 36 | 64 }): VNode {
  const [broken, setBroken] = useState<string | null>(null);
  const own = ownAddress(picture, location.origin);
  if (own !== null && own !== broken) {
    return <img class={`avatar a${size}`} src={own} alt="" onError={() => setBroken(own)} />;
  }
  const initial = [...(name ?? "").trim()][0]?.toUpperCase() ?? "";
  return (
    <span class={`avatar a${size} hue${hue(name ?? "")}`} aria-hidden="true">
      {initial || <Icon name="person" />}
    </span>
  );
}

/** The same name has the same colour everywhere. */
function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return sum % 6;
}

/** A short word about a state. */
export function Badge({ look = "plain", children }: { look?: "plain" | "good" | "warn" | "alert" | "accent"; children: ComponentChildren }): VNode {
  return <span class={`badge ${look}`}>{children}</span>;
}

/** A dot that says whether somebody is there; the words stand beside it. */
export function Dot({ online }: { online: boolean }): VNode {
  return <span class={online ? "dot online" : "dot"} aria-hidden="true" />;
}

/** What is said where nothing is. */
export function Empty({ icon, title, children }: { icon?: IconName; title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="empty">
      {icon && (
        <span class="empty-icon">
          <Icon name={icon} />
        </span>
      )}
      <p class="empty-title">{title}</p>
      {children && <div class="empty-more">{children}</div>}
    </div>
  );
}

/** Something to know before going on. */
export function Notice({ look = "plain", icon, children, role }: { look?: "plain" | "good" | "warn" | "alert"; icon?: IconName; children: ComponentChildren; role?: "alert" | "status" }): VNode {
  return (
    <div class={`notice ${look}`} role={role}>
      {icon && <Icon name={icon} />}
      <div>{children}</div>
    </div>
  );
}

export function Spinner({ label = t("kit.loading") }: { label?: string }): VNode {
  return (
    <p class="spinner" role="status">
      <span class="ring" aria-hidden="true" />
      <span>{label}</span>
    </p>
  );
}

/** A text that is to be copied, whole and in one click. */
export function CopyField({ label, text, hint }: { label: string; text: string; hint?: string }): VNode {
  const [copied, setCopied] = useState(false);
  const copy = async (input: HTMLInputElement | HTMLTextAreaElement | null) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the clipboard's permission the old way does.
      input?.select();
      document.execCommand("copy");
    }
    setCopied(true);
  };
  return (
    <Field label={label} hint={hint}>
      {(props) => (
        <div class="copy-field">
          <input {...props} class="mono" readOnly dir="ltr" value={text} onFocus={(event) => event.currentTarget.select()} />
          <Button icon={copied ? "check" : "copy"} onClick={() => void copy(document.getElementById(props.id) as HTMLInputElement | null)}>
            {copied ? t("kit.copied") : t("kit.copy")}
          </Button>
          <span class="only-read" role="status">
            {copied ? t("kit.copied") : ""}
          </span>
        </div>
      )}
    </Field>
  );
}
