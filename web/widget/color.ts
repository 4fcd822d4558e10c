// A domain's colour made readable: what stands on it, and where it stands on our own grounds, in light and in dark. Pure:
// numbers in, `#rrggbb` out (WCAG 2.2, 1.4.3 and 1.4.11).

type Rgb = readonly [number, number, number];

export interface Grounds {
  /** Behind the panel's text. */
  ground: string;
  /** Behind an answer. */
  soft: string;
}

export interface Palette {
  accent: string;
  /** The accent under the pointer. */
  strong: string;
  /** What is written on the accent. */
  onAccent: string;
  link: string;
}

/** As in styles/launcher.css. */
export const LIGHT: Grounds = { ground: "#ffffff", soft: "#f1f4f3" };
export const DARK: Grounds = { ground: "#161c1a", soft: "#242c2a" };

/** Contrast of text with what is behind it. */
const TEXT = 4.5;
/** Contrast of a control with what surrounds it. */
const SHAPE = 3;
/** A colour this far from white is meant to carry white: it is darkened a little rather than written on in black. */
const CARRIES_WHITE = 2.5;
const STEPS = 64;

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** The palette for a domain's colour; null if that isn't `#rrggbb`. */
export function palette(color: string, { ground, soft }: Grounds): Palette | null {
  const wanted = parse(color);
  const behind = parse(ground);
  const answers = parse(soft);
  if (!wanted || !behind || !answers) return null;
  const away = luminance(behind) > 0.5 ? BLACK : WHITE;
  const carrying = contrastOf(wanted, WHITE) >= CARRIES_WHITE ? toward(wanted, BLACK, (each) => contrastOf(each, WHITE) >= TEXT) : wanted;
  const accent = toward(carrying, away, (each) => contrastOf(each, behind) >= SHAPE);
  // One of the two always has more than 4.5: no colour is near both.
  const onAccent = contrastOf(accent, WHITE) >= TEXT ? WHITE : BLACK;
  const strong = mix(accent, onAccent === WHITE ? BLACK : WHITE, 0.14);
  const readable = (each: Rgb) => contrastOf(each, behind) >= TEXT && contrastOf(each, answers) >= TEXT;
  const link = toward(wanted, away, readable);
  return { accent: hex(accent), strong: hex(strong), onAccent: hex(onAccent), link: hex(link) };
}

/** WCAG's contrast of two colours, 1 to 21; 1 where one can't be read. */
export function contrast(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  return left && right ? contrastOf(left, right) : 1;
}

/** The nearest mixture that is good, on the way to where everything is. */
function toward(color: Rgb, target: Rgb, good: (color: Rgb) => boolean): Rgb {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(color, target, step / STEPS);
    if (good(mixed)) return mixed;
  }
  return target;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * share);
  return [part(0), part(1), part(2)];
}

function contrastOf(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((left, right) => left - right) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function parse(color: string): Rgb | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  return found ? [Number.parseInt(found[1] ?? "", 16), Number.parseInt(found[2] ?? "", 16), Number.parseInt(found[3] ?? "", 16)] : null;
}

function hex(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
