// Words about a message: who wrote it, where, when, and how far it got. Strings out, no nodes.

import { directionOf, regional, setApart } from "../../texts/index";
import { language, t } from "../kit/i18n";
import type { Delivery, InboxAuthor } from "../kit/types";

/** A platform's own way to write its name; one that this page doesn't know is written as the server names it. */
const PLATFORMS: Record<string, string> = { slack: "Slack", discord: "Discord" };

export function platformName(kind: string): string {
  return PLATFORMS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** Several names in one line, as the language joins them. */
export function joined(names: readonly string[]): string {
  const list = new Intl.ListFormat(language(), { type: "conjunction" });
  return list.format(names.map((name) => setApart(name, directionOf(language()))));
}

export function authorName(author: Pick<InboxAuthor, "kind" | "name">, visitor: string): string {
  switch (author.kind) {
    case "visitor":
      return author.name ?? visitor;
    case "assistant":
      return author.name ?? t("inbox.author.assistant");
    case "system":
      return t("inbox.author.system");
    case "operator":
      return author.name ?? t("inbox.author.operator");
  }
}

/** Where a message was written; nothing for the plain case, the widget. */
export function originName(origin: string): string | null {
  switch (origin) {
    case "widget":
      return null;
    case "inbox":
      return t("inbox.origin.inbox");
    case "form":
      return t("inbox.origin.form");
    default:
      return t("inbox.origin.platform", { platform: platformName(origin) });
  }
}

/** The platforms of these deliveries, each once. */
export function places(deliveries: readonly Delivery[]): string {
  return joined([...new Set(deliveries.map(({ platform }) => platformName(platform)))]);
}

/** The day's name above its messages: today, yesterday, or the date. */
export function dayName(at: string, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  const days = Math.round((startOf(date) - startOf(today)) / 86_400_000);
  if (days === 0 || days === -1) return capital(words.format(days, "day"));
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat(regional(language()), { weekday: "long", day: "numeric", month: "long", ...year }).format(date);
}

function startOf(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language()) + text.slice(1);
}
