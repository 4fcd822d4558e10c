// What a text had better not hold: card numbers and secrets. Pure, and quick on long nonsense. It can only warn: it finds
// what looks like one, and the operator decides.

export type Alarm = "card" | "secret";

/** What people put between the groups of a card number: blanks of any width, dots, dashes of any length. */
const BETWEEN = /^[ \t\u00a0\u2007\u2009\u202f.\u2010-\u2015-]{1,3}$/;
const SHORTEST = 13;
const LONGEST = 19;
/** No telephone number has more, country included. */
const TELEPHONE = 15;
/** Arabic, Persian and full-width digits, whose code points end as those of `0` to `9` do. */
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;
/** Signs without a width, which come along where a number is copied from a page. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** How card numbers begin, and how many digits follow from it: what keeps most order and telephone numbers out. */
const ISSUERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2[2-7])/, [16, 17, 18, 19]],
  [/^3[47]/, [15]],
  [/^3[0689]/, [14, 16]],
  [/^(?:35|5[0678]|6|8[12]|9792)/, [16, 17, 18, 19]],
];

/** Prefixes that vendors give their keys, and the words that people put before a password. */
const SECRETS = [
  /\b(?:sk|rk|pk)_live_[0-9A-Za-z]{8,}/,
  /\bwhsec_[0-9A-Za-z]{16,}/,
  /\bxox[abeoprs]-[0-9A-Za-z-]{8,}/,
  /\bxapp-\d-[0-9A-Za-z-]{8,}/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[opsru]_[0-9A-Za-z]{20,}/,
  /\bgithub_pat_[0-9A-Za-z_]{20,}/,
  /\bglpat-[0-9A-Za-z_-]{16,}/,
  /\bAIza[0-9A-Za-z_-]{30,}/,
  /\btlk_[0-9A-Za-z_-]{16,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/,
  /(?:^|[\s"'(])(?:pass(?:word|wd|phrase)|pwd|kennwort|passwort|mot de passe|contraseña|senha|parola|şifre|كلمة المرور|secret|api[_ -]?key|access[_ -]?token)["']?\s*[:=]\s*["']?[^\s"']{4,}/iu,
  /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{1,64}:[^\s:/@]{3,128}@[^\s/]/i,
];

export function alarms(text: string): Alarm[] {
  const found: Alarm[] = [];
  if (holdsCard(text)) found.push("card");
  if (SECRETS.some((secret) => secret.test(text))) found.push("secret");
  return found;
}

/**
 * Whether groups of digits that stand in a row make a card number. An expiry date, a security code or a count may stand
 * right beside it, so each stretch of whole groups is tried: fewer than twenty from each group on.
 */
function holdsCard(text: string): boolean {
  const plain = text.replace(UNSEEN, "").replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) & 15));
  const groups = [...plain.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, start: index, end: index + digits.length }));
  return groups.some((first, at) => {
    const shortest = plain[first.start - 1] === "+" ? TELEPHONE + 1 : SHORTEST;
    let digits = "";
    let end = first.start;
    for (const group of groups.slice(at, at + LONGEST)) {
      if (group !== first && !BETWEEN.test(plain.slice(end, group.start))) return false;
      digits += group.digits;
      if (digits.length > LONGEST) return false;
      if (digits.length >= shortest && isCard(digits)) return true;
      end = group.end;
    }
    return false;
  });
}

/** Begins as cards of that length do, and its last digit is right by Luhn's rule. */
function isCard(digits: string): boolean {
  if (!ISSUERS.some(([begins, lengths]) => lengths.includes(digits.length) && begins.test(digits))) return false;
  if (/^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
