import { describe, expect, it } from "vitest";
import { DARK, LIGHT, contrast, palette } from "./color";

/** Every colour of a grid over all there are, and the corners between. */
function* colors(): Generator<string> {
  for (let red = 0; red < 256; red += 15) {
    for (let green = 0; green < 256; green += 15) {
      for (let blue = 0; blue < 256; blue += 15) {
        yield `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
      }
    }
  }
}

describe.each([["light", LIGHT], ["dark", DARK]] as const)("a domain's colour, %s", (_, grounds) => {
  it("is readable whatever it is", () => {
    const bad: string[] = [];
    for (const color of colors()) {
      const made = palette(color, grounds);
      const good =
        made !== null &&
        contrast(made.accent, made.onAccent) >= 4.5 &&
        contrast(made.strong, made.onAccent) >= 4.5 &&
        contrast(made.accent, grounds.ground) >= 3 &&
        contrast(made.link, grounds.ground) >= 4.5 &&
        contrast(made.link, grounds.soft) >= 4.5;
      if (!good) bad.push(`${color} became ${JSON.stringify(made)}`);
    }
    expect(bad).toEqual([]);
  });
});

describe("a domain's colour", () => {
  it("stays as it is where it can", () => {
    expect(palette("#0b6b5d", LIGHT)).toMatchObject({ accent: "#0b6b5d", onAccent: "#ffffff", link: "#0b6b5d" });
  });

  it("carries black where white would change it beyond knowing", () => {
    expect(palette("#ffd400", DARK)).toMatchObject({ accent: "#ffd400", onAccent: "#000000" });
  });

  it("is nothing but a colour", () => {
    for (const color of ["", "red", "#fff", "#12345g", "#0b6b5d;x", "url(x)"]) expect(palette(color, LIGHT), color).toBeNull();
  });

  it("is measured as WCAG says", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });
});
