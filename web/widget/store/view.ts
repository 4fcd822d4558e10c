// The list that the panel shows, made from the state: messages and what is on its way, with day lines and the places where
// a new conversation begins. Pure.

import type { Message } from "../../api/types";
import { type Pending, type State, waiting } from "./state";

/** Messages of one author that are closer than this stand together. */
const TOGETHER_MS = 5 * 60_000;

export type Entry =
  | { type: "day"; key: string; at: string }
  | { type: "conversation"; key: string }
  | {
      type: "message";
      /** The same while a message is pending and after it arrived, so that its place on screen stays. */
      key: string;
      message: Message | null;
      pending: Pending | null;
      /** Begins, ends a group of one author. */
      first: boolean;
      last: boolean;
    };

export function entries(state: State): Entry[] {
  const list: Entry[] = [];
  let before: Message | null = null;
  for (const message of state.messages) {
    const newConversation: boolean = before !== null && before.conversation_id !== message.conversation_id;
    if (newConversation) list.push({ type: "conversation", key: `c:${message.conversation_id}` });
    const newDay: boolean = before === null || day(before.created_at) !== day(message.created_at);
    if (newDay) list.push({ type: "day", key: `d:${message.id}`, at: message.created_at });
    const first: boolean = before === null || newDay || newConversation || !together(before, message);
    if (first) endGroup(list);
    list.push({ type: "message", key: message.client_key ?? message.id, message, pending: null, first, last: false });
    before = message;
  }
  const unsent = waiting(state);
  for (const [index, pending] of unsent.entries()) {
    const first = index === 0 && before?.author.kind !== "visitor";
    if (first) endGroup(list);
    list.push({ type: "message", key: pending.client_key, message: null, pending, first, last: false });
  }
  endGroup(list);
  return list;
}

/** The last message in the list, wherever day lines stand, is the last of its group. */
function endGroup(list: Entry[]): void {
  for (let index = list.length - 1; index >= 0; index -= 1) {
    const entry = list[index];
    if (entry?.type === "message") {
      entry.last = true;
      return;
    }
  }
}

function together(a: Message, b: Message): boolean {
  return (
    a.author.kind === b.author.kind &&
    a.author.name === b.author.name &&
    Date.parse(b.created_at) - Date.parse(a.created_at) < TOGETHER_MS
  );
}

/** The visitor's own calendar day. */
function day(at: string): string {
  return new Date(at).toDateString();
}
