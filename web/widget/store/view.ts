// The list that the panel shows, made from the state: messages and what is on its way, with day lines and the places where
// a new conversation begins. Pure.

import type { Message } from "../../api/types";
import { type Pending, type State, waiting } from "./state";

/** Messages of one author that are closer than this stand together. */
const TOGETHER_MS = 5 * 60_000;

/** What decides about the lines above a message. */
type Place = Pick<Message, "conversation_id" | "created_at" | "author">;

/** Keys are the same while a message is pending and after it arrived, so that what is on screen stays. */
export type Entry =
  | { type: "day"; key: string; at: string }
  | { type: "conversation"; key: string }
  | {
      type: "message";
      key: string;
      message: Message | null;
      pending: Pending | null;
      /** Begins, ends a group of one author. */
      first: boolean;
      last: boolean;
    };

/** `now` is when what is on its way would arrive, so that it stands from the beginning where it will. */
export function entries(state: State, now: string): Entry[] {
  const { conversation, visitor } = state;
  const next: Place = {
    conversation_id: conversation?.status === "open" ? conversation.id : "",
    created_at: now,
    author: { kind: "visitor", name: visitor.name, picture: null },
  };
  const list: Entry[] = [];
  let before: Place | null = null;
  const add = (key: string, message: Message | null, pending: Pending | null) => {
    const [above, place] = [before, message ?? next];
    const newConversation = above !== null && above.conversation_id !== place.conversation_id;
    if (newConversation) list.push({ type: "conversation", key: `c:${key}` });
    const newDay = above === null || day(above.created_at) !== day(place.created_at);
    if (newDay) list.push({ type: "day", key: `d:${key}`, at: place.created_at });
    const first = newDay || newConversation || !together(above, place);
    if (first) endGroup(list);
    list.push({ type: "message", key, message, pending, first, last: false });
    before = place;
  };
  for (const message of state.messages) add(message.client_key ?? message.id, message, null);
  for (const pending of waiting(state)) add(pending.client_key, null, pending);
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

function together(a: Place, b: Place): boolean {
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
