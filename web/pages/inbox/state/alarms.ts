// What a text had better not hold: card numbers and secrets. Pure, and quick on long nonsense. It can only warn: it finds
// what looks like one, and the operator decides.

export type Alarm = "card" | "secret";

const CARD = /(?<![\d])\d(?:[ -]?\d){12,18}(?!\d)/g;

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
  /[a-z][a-z0-9+.-]*:\/\/[^\s:/@]{1,64}:[^\s:/@]{3,128}@[^\s/]/i,
];

export function alarms(text: string): Alarm[] {
  const found: Alarm[] = [];
  if ([...text.matchAll(CARD)].some(([digits]) => isCard(digits))) found.push("card");
  if (SECRETS.some((secret) => secret.test(text))) found.push("secret");
  return found;
}

/** 13 to 19 digits whose last one is right by Luhn's rule, beginning as card numbers do. */
function isCard(written: string): boolean {
  const digits = written.replace(/\D/g, "");
  if (!/^[2-6]/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
