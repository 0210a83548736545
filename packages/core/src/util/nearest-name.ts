import { closest, distance } from 'fastest-levenshtein';

/** The known name that a mistyped one was most likely meant to be, or `null` when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const folded = known.map((candidate) => candidate.toLowerCase());
  const best = closest(name.toLowerCase(), folded);
  const limit = Math.max(2, Math.floor(Math.max(name.length, best.length) / 3));
  return distance(name.toLowerCase(), best) <= limit ? known[folded.indexOf(best)]! : null;
}
