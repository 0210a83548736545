import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ModelError } from '@switchyard/core';

/**
 * The weights file of an OpenVINO IR model, or `null` for one that has no weights. OpenVINO itself loads a
 * model whose `.bin` file is absent "without weights" (declaration of `readModel`), so it is looked for
 * here, and its size is compared with what the model says it holds. Throws a `ModelError`.
 */
export async function weightsOfIr(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8');
  if (!/<net[\s>]/.test(text)) {
    throw new ModelError(
      'model-invalid',
      `\`${path}\` is XML, but not an OpenVINO IR model: it has no \`<net>\`.`,
      {
        model: path,
        remedy: 'Open the `.xml` file that `ovc` wrote.',
      },
    );
  }
  const needed = weightBytes(text);
  if (needed === 0) return null;
  const weights = path.replace(/\.xml$/i, '.bin');
  const found = await stat(weights).catch((error: NodeJS.ErrnoException) => {
    throw missing(path, `\`${basename(weights)}\` cannot be read (${error.code ?? error.message})`, error);
  });
  if (found.size < needed) {
    throw missing(path, `\`${basename(weights)}\` has ${found.size} bytes, and the model needs ${needed}`);
  }
  return weights;
}

/** End of the last constant, in bytes of the weights file. */
function weightBytes(text: string): number {
  let end = 0;
  for (const [tag] of text.matchAll(/<data\b[^>]*>/g)) {
    const offset = /\boffset="(\d+)"/.exec(tag)?.[1];
    const size = /\bsize="(\d+)"/.exec(tag)?.[1];
    if (offset !== undefined && size !== undefined) end = Math.max(end, Number(offset) + Number(size));
  }
  return end;
}

function missing(path: string, what: string, cause?: unknown): ModelError {
  return new ModelError('external-data-missing', `The weights of \`${path}\` are not whole: ${what}.`, {
    model: path,
    remedy: 'Put the whole `.bin` file that belongs to it beside the `.xml` file.',
    cause,
  });
}
