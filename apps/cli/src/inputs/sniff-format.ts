import type { InputFormat } from './input-spec.ts';

const MAGIC: readonly (readonly [InputFormat, number, string])[] = [
  ['npy', 0, '\u0093NUMPY'],
  ['npz', 0, 'PK\u0003\u0004'],
  ['npz', 0, 'PK\u0005\u0006'],
  ['image', 0, '\u0089PNG\r\n\u001A\n'],
  ['image', 0, '\u00FF\u00D8\u00FF'],
  ['image', 0, 'GIF8'],
  ['image', 8, 'WEBP'],
  ['wav', 8, 'WAVE'],
];

/** The format that the first bytes prove, or `null` where they prove nothing. */
export function sniffFormat(bytes: Uint8Array): InputFormat | null {
  const start = String.fromCodePoint(...bytes.subarray(0, 16));
  const match = MAGIC.find(([, offset, magic]) => start.startsWith(magic, offset));
  if (match === undefined) return null;
  if (match[1] === 8 && !/^(?:RIFF|RIFX|RF64)/u.test(start)) return null;
  return match[0];
}
