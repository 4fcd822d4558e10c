// Which conversation the address names: `/inbox#conversation=ID`. Pure.

const ID = /^[0-9a-z-]{1,64}$/i;

/** The conversation that a fragment names, if it names one. */
export function conversationOf(hash: string): string | null {
  const id = new URLSearchParams(hash.replace(/^#/, "")).get("conversation");
  return id !== null && ID.test(id) ? id : null;
}

export function addressOf(conversation: string | null): string {
  return conversation === null ? "/inbox" : `/inbox#conversation=${conversation}`;
}
