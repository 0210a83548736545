import { extname } from 'node:path';
import { nearestName, TensorError } from '@switchyard/core';
import { checkInputOptions } from './input-options.ts';
import { INPUT_FORMATS, type InputFormat, type InputSource, type InputSpec } from './input-spec.ts';

/** Formats by extension, in lower case. */
export const EXTENSIONS: Readonly<Record<string, InputFormat>> = Object.freeze({
  '.npy': 'npy',
  '.npz': 'npz',
  '.json': 'json',
  '.png': 'image',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.webp': 'image',
  '.gif': 'image',
  '.tif': 'image',
  '.tiff': 'image',
  '.wav': 'wav',
  '.bin': 'raw',
  '.raw': 'raw',
  '.dat': 'raw',
});

/**
 * Understands the text of one `--input`: `NAME=SOURCE`, or only `SOURCE` for a model with one input.
 * Reads nothing. Throws a `TensorError` (`input-unreadable`) for text that has no meaning, an unknown
 * format, and unknown or contradictory options. `docs/guides/inputs-and-outputs.md` has the grammar.
 */
export function parseInputArgument(text: string): InputSpec {
  const equals = equalsAfterName(text);
  const name = equals === null ? null : text.slice(0, equals);
  const written = equals === null ? text : text.slice(equals + 1);
  if (name === '') {
    throw new TensorError('input-unreadable', `The input \`${text}\` has no name before \`=\`.`, {
      remedy: 'Write `NAME=SOURCE`, or only the source for a model with one input.',
    });
  }
  if (written.trim() === '') {
    throw new TensorError('input-unreadable', `The input \`${text}\` has no source of values.`, {
      tensor: name,
      remedy: 'Write a file, `-`, a value like `[1, 2, 3]`, `zeros` or `ones` after `=`.',
    });
  }
  if (isInline(written)) {
    const source = { kind: 'inline', text: written } as const;
    return { text, name, source, format: 'json', options: new Map() };
  }
  const question = written.indexOf('?');
  const place = question === -1 ? written : written.slice(0, question);
  const options = parseOptions(question === -1 ? '' : written.slice(question + 1), text);
  const formatWord = options.get('format');
  options.delete('format');
  const source = parsePlace(place, formatWord);
  if (source.kind === 'fill') {
    if (formatWord !== undefined) {
      throw new TensorError('input-unreadable', `\`${place}\` in \`${text}\` has no format.`, {
        remedy: `Leave \`format=${formatWord}\` out, or write \`./${place}\` for a file of that name.`,
      });
    }
    checkInputOptions(options, 'fill', text);
    return { text, name, source, format: null, options };
  }
  const format =
    formatWord === undefined
      ? source.kind === 'file'
        ? (EXTENSIONS[extname(source.path).toLowerCase()] ?? null)
        : null
      : toFormat(formatWord, text);
  checkInputOptions(options, format, text);
  return { text, name, source, format, options };
}

/** Position of the `=` that ends a name. `=` inside options, quotes, brackets and `./` paths is not one. */
function equalsAfterName(text: string): number | null {
  if (/^\s*[["{]/u.test(text) || /^\.{1,2}[/\\]/u.test(text)) return null;
  const equals = text.indexOf('=');
  const question = text.indexOf('?');
  return equals === -1 || (question !== -1 && question < equals) ? null : equals;
}

function isInline(source: string): boolean {
  return (
    /^\s*[["{]/u.test(source) ||
    /^\s*(?:[-+]?\.?\d[\d.eE+-]*|-?Infinity|NaN|true|false|null)\s*$/u.test(source)
  );
}

function parsePlace(place: string, format: string | undefined): InputSource {
  if (place === 'zeros' || place === 'ones') return { kind: 'fill', value: place === 'ones' ? 1 : 0 };
  const hash = place.indexOf('#');
  const before = hash === -1 ? place : place.slice(0, hash);
  // Only archives have members, so that `photo#1.png` stays a plain path.
  const hasMember =
    hash !== -1 &&
    (before === '-' || format === 'npz' || format === 'json' || /\.(?:npz|json)$/iu.test(before));
  const member = hasMember ? unescape(place.slice(hash + 1)) : null;
  const path = unescape(hasMember ? before : place);
  return path === '-' ? { kind: 'stdin', member } : { kind: 'file', path, member };
}

function unescape(text: string): string {
  return text.replace(/%(?:3F|23|25)/giu, (code) => String.fromCodePoint(Number.parseInt(code.slice(1), 16)));
}

function parseOptions(written: string, text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const part of written.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    if (equals <= 0 || equals === part.length - 1) {
      throw new TensorError('input-unreadable', `The option \`${part}\` in \`${text}\` has no value.`, {
        remedy: 'Write options as `key=value`, with `&` between them; in a file name, write `?` as `%3F`.',
      });
    }
    const key = part.slice(0, equals);
    if (options.has(key)) {
      throw new TensorError('input-unreadable', `The option \`${key}\` occurs twice in \`${text}\`.`, {
        remedy: 'Write it once.',
      });
    }
    options.set(key, part.slice(equals + 1));
  }
  return options;
}

function toFormat(word: string, text: string): InputFormat {
  const known = INPUT_FORMATS.find((format) => format === word);
  if (known !== undefined) return known;
  const nearest = nearestName(word, INPUT_FORMATS);
  throw new TensorError(
    'input-unreadable',
    `\`${text}\` asks for the format \`${word}\`, which is unknown.`,
    {
      remedy: `${nearest === null ? '' : `Did you mean \`${nearest}\`? `}Formats are ${INPUT_FORMATS.map((format) => `\`${format}\``).join(', ')}.`,
    },
  );
}
