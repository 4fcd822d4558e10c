import { describe, expect, it } from "vitest";
import { highlight } from "./highlight";

const shown = (text: string, query: string) =>
  highlight(text, query)
    .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
    .join("");

describe("the words that were looked for", () => {
  it.each([
    ["The Café is open, cafés too", "cafe", "The [Café] is open, [café]s too"],
    ["Straße, STRASSE", "straße", "[Straße], STRASSE"],
    ["teapot and pot", "pot", "teapot and [pot]"],
    ["a & b", "&", "a & b"],
    ["ﬁne ½ print", "fine", "[ﬁne] ½ print"],
    ["İstanbul", "istanbul", "[İstanbul]"],
    ["هل يمكنني", "يمكنني", "هل [يمكنني]"],
    ["🫖 tea 🫖", "tea", "🫖 [tea] 🫖"],
    ["<b>tea</b>", "tea", "<b>[tea]</b>"],
    ["", "tea", ""],
  ])("%s by %s", (text, query, expected) => {
    expect(shown(text, query)).toBe(expected);
  });

  it("never changes the text", () => {
    for (const text of ["ÅÄÖ ﷺ e\u0301\u0323", "👩‍👩‍👧 tea", "\u0000 tea \ud800"]) {
      expect(highlight(text, "tea e").map((piece) => piece.text).join("")).toBe(text);
    }
  });
});
