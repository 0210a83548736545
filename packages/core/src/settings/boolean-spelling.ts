const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

/** The spellings of booleans, for messages. */
export const BOOLEAN_SPELLINGS = 'true, 1, yes, on, false, 0, no or off';

/** The boolean that a word spells, in any case, or `null`. */
export function parseBoolean(word: string): boolean | null {
  const folded = word.toLowerCase();
  if (TRUE_WORDS.includes(folded)) return true;
  return FALSE_WORDS.includes(folded) ? false : null;
}
