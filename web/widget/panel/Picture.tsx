// An author's picture, or their initial where there is none. Pictures come from our own server only.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Author } from "../../api/types";

export function Picture({ author, origin }: { author: Author; origin: string }): VNode {
  const [broken, setBroken] = useState<string | null>(null);
  const address = ownAddress(author.picture, origin);
  if (address !== null && address !== broken) {
    return <img class="picture" src={address} alt="" onError={() => setBroken(address)} />;
  }
  const initial = [...(author.name ?? "").trim()][0]?.toUpperCase() ?? "";
  return (
    <span class="picture" aria-hidden="true">
      {initial || (
        <svg class="icon" viewBox="0 0 24 24">
          <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.8-3.3 3.6-5 7-5s6.2 1.7 7 5" />
        </svg>
      )}
    </span>
  );
}

/** The picture's address if it is on our server, else null: nobody else learns who reads a chat. */
export function ownAddress(picture: string | null, origin: string): string | null {
  if (picture === null) return null;
  try {
    const url = new URL(picture, origin);
    return url.origin === origin ? url.href : null;
  } catch {
    return null;
  }
}
