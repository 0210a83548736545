import { distance } from 'fastest-levenshtein';

/** The known name that a mistyped one was most likely meant to be, or `null` when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const typed = name.toLowerCase();
  let best: { readonly name: string; readonly edits: number; readonly letters: number } | null = null;
  for (const candidate of known) {
    const folded = candidate.toLowerCase();
    const edits = distance(typed, folded);
    // Swapped letters count as two edits; the same letters in another order decide between equals.
    const letters = distance(sortedLetters(typed), sortedLetters(folded));
    if (best === null || edits < best.edits || (edits === best.edits && letters < best.letters)) {
      best = { name: candidate, edits, letters };
    }
  }
  if (best === null) return null;
  const limit = Math.max(2, Math.floor(Math.max(name.length, best.name.length) / 3));
  return best.edits <= limit ? best.name : null;
}

function sortedLetters(word: string): string {
  return word.split('').toSorted().join('');
}
