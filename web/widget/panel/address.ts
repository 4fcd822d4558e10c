// Whether a text can be an e-mail address, by the server's rule (src/model/contact.rs): what it wouldn't take is said to the
// visitor while they can mend it. Whether it is one, only a letter to it can tell.

import { DECEIVING } from "../text/linkify";

const ADDRESS =
  /^([^\s\p{Cc}@<>()[\]",;:\\|`.]+(?:\.[^\s\p{Cc}@<>()[\]",;:\\|`.]+)*)@((?:(?!-)[\p{Alphabetic}\p{N}-]+(?<!-)(?:\.(?!$)|$)){2,})$/u;

export function isAddress(text: string): boolean {
  const [, local, host] = ADDRESS.exec(text) ?? [];
  if (local === undefined || host === undefined || DECEIVING.test(local)) return false;
  return bytes(text) <= 254 && bytes(local) <= 64 && host.split(".").every((label) => bytes(label) <= 63);
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
