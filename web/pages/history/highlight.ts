// Finds the looked-for words in a text, the way the search reads both: case, accents and forms of a letter don't matter.

export interface Piece {
  text: string;
  found: boolean;
}

const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** The text in pieces; those that begin a looked-for word are `found`. Joined, the pieces are the text. */
export function highlight(text: string, query: string): Piece[] {
  const words = [...new Set(fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean))].sort((a, b) => b.length - a.length);
  if (words.length === 0) return [{ text, found: false }];
  // Folding changes lengths, so each folded unit remembers which letter of the text it came from.
  const letters = [...text];
  let folded = "";
  const from: number[] = [];
  letters.forEach((letter, index) => {
    for (const unit of fold(letter)) {
      folded += unit;
      for (let each = 0; each < unit.length; each += 1) from.push(index);
    }
  });
  const found = new Set<number>();
  for (const word of words) {
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + 1)) {
      if (at > 0 && isWord(folded[at - 1])) continue;
      for (let each = at; each < at + word.length; each += 1) {
        const letter = from[each];
        if (letter !== undefined) found.add(letter);
      }
    }
  }
  const pieces: Piece[] = [];
  letters.forEach((letter, index) => {
    const last = pieces.at(-1);
    if (last && last.found === found.has(index)) last.text += letter;
    else pieces.push({ text: letter, found: found.has(index) });
  });
  return pieces;
}
