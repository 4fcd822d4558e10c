// What was said to or by the visitor since a reply was begun: the reply may be beside the point by now. Pure.

import type { InboxMessage } from "../../kit/types";
import { lastOfVisitor, type Open } from "./conversation";

export interface News {
  /** The visitor's newest words, if they came meanwhile. */
  readonly visitor: InboxMessage | null;
  /** What somebody else of the team has answered meanwhile. */
  readonly colleague: InboxMessage | null;
}

export const NO_NEWS: News = { visitor: null, colleague: null };

/** What came after the message with the number `seen`. */
export function newsSince(open: Open, seen: number): News {
  const since = (message: InboxMessage | null | undefined) => (message && message.seq > seen ? message : null);
  const answers = ({ author, audience, held, removed, mine }: InboxMessage) =>
    (author.kind === "operator" || author.kind === "assistant") && audience === "all" && !held && !removed && !mine;
  return { visitor: since(lastOfVisitor(open)), colleague: since(open.messages.findLast(answers)) };
}

export function isNews({ visitor, colleague }: News): boolean {
  return visitor !== null || colleague !== null;
}
