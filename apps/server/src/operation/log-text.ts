/** What could end a line, move a terminal's cursor or turn the direction of writing. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const MOST_CHARACTERS = 1000;

/**
 * A text of a client as it may stand in a log: on one line, of bounded length, with everything that is not
 * shown as `\u{85}`.
 */
export function logText(text: string): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
  return short.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
