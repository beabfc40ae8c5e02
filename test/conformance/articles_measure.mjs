// How alike two texts are, as the field measures it: the words of both as multisets, and the harmonic mean of how many
// of ours are right and how many of theirs are there.

const WORD = /[\p{L}\p{N}]+/gu;
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Words in lower case; where a script writes none, characters. */
export function words(text) {
  return text.toLowerCase().replace(IDEOGRAPHS, (one) => ` ${one} `).match(WORD) ?? [];
}

/** F1 of two texts, 0 to 1; two empty ones are alike. */
export function likeness(ours, theirs) {
  const left = words(ours);
  const right = words(theirs);
  if (left.length === 0 || right.length === 0) return left.length === right.length ? 1 : 0;
  const counts = new Map();
  for (const word of right) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of left) {
    const count = counts.get(word) ?? 0;
    if (count > 0) {
      shared += 1;
      counts.set(word, count - 1);
    }
  }
  return (2 * shared) / (left.length + right.length);
}

export const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / Math.max(numbers.length, 1);
