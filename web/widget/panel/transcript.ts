// The conversation as plain text, and putting a text on the clipboard.

import { regional } from "../../texts/index";
import type { Message } from "../../api/types";
import type { Translator } from "../i18n";
import type { State } from "../store/state";

/** Everything that is shown, oldest first: a line with who and when, then the words. */
export function transcript({ messages }: State, t: Translator, domain: string): string {
  const moment = new Intl.DateTimeFormat(regional(t.language), { dateStyle: "medium", timeStyle: "short" });
  const said = messages.filter(({ removed, body }) => !removed && body !== "");
  const parts = said.map((message) => `${author(message, t, domain)} (${moment.format(new Date(message.created_at))})\n${message.body}`);
  return `${[domain, ...parts].join("\n\n")}\n`;
}

function author({ author: { kind, name } }: Message, t: Translator, domain: string): string {
  if (kind === "visitor") return t("author.you");
  if (kind === "system") return domain;
  return name ?? t(kind === "assistant" ? "author.assistant" : "author.team");
}

/** False if the browser wouldn't. `place` is where a helping field may stand for a moment. */
export async function copyText(text: string, place: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without https have no clipboard of the new kind.
    return copyOldStyle(text, place);
  }
}

function copyOldStyle(text: string, place: HTMLElement | null): boolean {
  const root = place?.getRootNode();
  const before = root instanceof ShadowRoot ? (root.activeElement as HTMLElement | null) : null;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "spoken";
  field.setAttribute("aria-hidden", "true");
  place?.append(field);
  try {
    field.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    before?.focus();
  }
}
