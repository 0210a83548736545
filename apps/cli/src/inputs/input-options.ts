import { nearestName, TensorError } from '@switchyard/core';
import type { InputFormat } from './input-spec.ts';

/** What may follow `?`, by the format that it is for. `fill` is `zeros` and `ones`. */
export const INPUT_OPTIONS: Readonly<Record<InputFormat | 'fill', readonly string[]>> = Object.freeze({
  npy: [],
  npz: [],
  json: ['shape'],
  raw: ['dtype', 'shape', 'endian', 'offset'],
  image: ['layout', 'resize', 'fit', 'color', 'normalize', 'scale', 'mean', 'std', 'invert'],
  wav: ['rate', 'channel', 'start', 'duration'],
  fill: ['shape'],
});

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  endian: ['little', 'big'],
  layout: ['nchw', 'nhwc', 'chw', 'hwc', 'nhw', 'hw'],
  fit: ['stretch', 'cover', 'contain'],
  color: ['rgb', 'bgr', 'gray'],
  normalize: ['none', 'zero-one', 'minus-one-one', 'imagenet'],
  channel: ['mix', 'left', 'right'],
  invert: ['true', 'false'],
};

/**
 * Refuses options that no format, or not this format, understands, words that are no choice, and
 * options that contradict one another. `format` is `null` while only the content can tell it.
 */
export function checkInputOptions(
  options: ReadonlyMap<string, string>,
  format: InputFormat | 'fill' | null,
  text: string,
): void {
  const known = format === null ? [...new Set(Object.values(INPUT_OPTIONS).flat())] : INPUT_OPTIONS[format];
  for (const [key, value] of options) {
    if (!known.includes(key)) throw unknownOption(key, format, known, text);
    const choices = CHOICES[key];
    if (choices === undefined || choices.includes(value)) continue;
    if (key === 'channel' && /^\d+$/u.test(value)) continue;
    const nearest = nearestName(value, choices);
    const list = choices.map((choice) => `\`${choice}\``).join(', ');
    throw new TensorError(
      'input-unreadable',
      `The option \`${key}=${value}\` in \`${text}\` is none of ${list}${key === 'channel' ? ' or a number' : ''}.`,
      { remedy: nearest === null ? 'Write one of them.' : `Did you mean \`${key}=${nearest}\`?` },
    );
  }
  const rival = ['scale', 'mean', 'std'].find((key) => options.has(key));
  if (options.has('normalize') && rival !== undefined) {
    throw new TensorError(
      'input-unreadable',
      `The options \`normalize\` and \`${rival}\` in \`${text}\` contradict each other.`,
      { remedy: 'Write either `normalize`, or `scale`, `mean` and `std`.' },
    );
  }
}

function unknownOption(
  key: string,
  format: InputFormat | 'fill' | null,
  known: readonly string[],
  text: string,
): TensorError {
  const nearest = nearestName(key, [...known, 'format']);
  const where = format === null ? 'an input' : format === 'fill' ? '`zeros` and `ones`' : `\`${format}\``;
  const has =
    known.length === 0 ? 'which has none' : `which has ${known.map((name) => `\`${name}\``).join(', ')}`;
  return new TensorError(
    'input-unreadable',
    `The option \`${key}\` in \`${text}\` is not one of ${where}, ${has}.`,
    { remedy: nearest === null ? 'Leave it out.' : `Did you mean \`${nearest}\`?` },
  );
}
