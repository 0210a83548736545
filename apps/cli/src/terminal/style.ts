import { styleText } from 'node:util';
import type { Output } from '../cli-context.ts';

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text, or returns it as it is where colours are not wanted. */
export type Style = (format: Format, text: string) => string;

/**
 * Colours for one stream: none without a terminal, with `NO_COLOR`, on a dumb terminal or with
 * `--no-color`.
 */
export function styleFor(
  stream: Output,
  environment: Readonly<Record<string, string | undefined>>,
  color: boolean,
): Style {
  const wanted = color && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return (format, text) => (wanted ? styleText(format, text, { stream, validateStream: true }) : text);
}
