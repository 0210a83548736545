import { extname } from 'node:path';
import { nearestName, TensorError } from '@switchyard/core';
import { OUTPUT_FORMATS, type OutputFormat, type OutputSpec } from './output-spec.ts';

const EXTENSIONS: Readonly<Record<string, OutputFormat>> = {
  '.npy': 'npy',
  '.npz': 'npz',
  '.json': 'json',
  '.bin': 'raw',
  '.raw': 'raw',
  '.dat': 'raw',
};

/**
 * Understands the text of one `--output`: `PATH` for all outputs or `NAME=PATH` for one, with
 * `?format=npy|npz|json|raw` where the extension does not say it. Touches no file. Throws a `TensorError`
 * (`output-unwritable`).
 */
export function parseOutputArgument(text: string): OutputSpec {
  const relative = /^\.{1,2}[/\\]/u.test(text);
  const equals = relative ? -1 : text.indexOf('=');
  const question = text.indexOf('?');
  const hasName = equals !== -1 && (question === -1 || equals < question);
  const name = hasName ? text.slice(0, equals) : null;
  const written = hasName ? text.slice(equals + 1) : text;
  const [place = '', ...rest] = written.split('?');
  const path = place.replace(/%(?:3F|23|25)/giu, (code) =>
    String.fromCodePoint(Number.parseInt(code.slice(1), 16)),
  );
  if (name === '' || path === '') {
    throw new TensorError(
      'output-unwritable',
      `The output \`${text}\` has no ${name === '' ? 'name' : 'path'}.`,
      {
        remedy: 'Write `PATH`, or `NAME=PATH` for one output.',
      },
    );
  }
  const options = rest.join('?');
  if (options === '') return { text, name, path, format: EXTENSIONS[extname(path).toLowerCase()] ?? null };
  const [key, word = '', ...more] = options.split('=');
  if (key !== 'format' || more.length > 0) {
    throw new TensorError('output-unwritable', `The option \`${options}\` in \`${text}\` is unknown.`, {
      remedy: 'The only option is `?format=`; in a file name, write `?` as `%3F`.',
    });
  }
  const format = OUTPUT_FORMATS.find((known) => known === word);
  if (format !== undefined) return { text, name, path, format };
  const nearest = nearestName(word, OUTPUT_FORMATS);
  throw new TensorError(
    'output-unwritable',
    `\`${text}\` asks for the format \`${word}\`, which is unknown.`,
    {
      tensor: name,
      remedy: `${nearest === null ? '' : `Did you mean \`${nearest}\`? `}Formats are ${OUTPUT_FORMATS.map((known) => `\`${known}\``).join(', ')}.`,
    },
  );
}
