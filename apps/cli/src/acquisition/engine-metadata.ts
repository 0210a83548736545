import { findPackage, isRecord, type FoundPackage } from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';
import type { NativePart } from './native-part.ts';

/** A name of a file, without folders and without anything that a shell or a URL would read. */
export const SIMPLE_NAME: RegExp = /^[\w.-]+$/;

/** The engine of a package, as that package would find it. */
export function engineOf(name: string, from: FoundPackage): NativePart['engine'] {
  const found = findPackage(name, from.folder);
  const version = found?.manifest['version'];
  if (found === null || typeof version !== 'string') {
    throw new AcquireError(
      'not-acquirable',
      `The engine \`${name}\` does not resolve from \`${from.folder}\`, so that nobody knows which part belongs to it.`,
      'Install the dependencies of this project again.',
    );
  }
  if (/\.zip[\\/]/.test(found.folder)) {
    throw new AcquireError(
      'not-acquirable',
      `\`${name}\` is in an archive (\`${found.folder}\`), where nothing can be added.`,
      "With Yarn's Plug'n'Play, unplug it: `yarn unplug " + name + '`.',
    );
  }
  return { name, version, folder: found.folder };
}

/** A member of the metadata that has to be an object. */
export function record(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw unreadable(file);
  return value;
}

/** A member of the metadata that has to be a text. */
export function text(value: unknown, file: string): string {
  if (typeof value !== 'string' || value === '') throw unreadable(file);
  return value;
}

/** Metadata in a form that nobody here knows. */
export function unreadable(file: string, cause?: unknown): AcquireError {
  return new AcquireError(
    'not-acquirable',
    `\`${file}\` does not say in a form that this program knows what the engine's install script downloads.`,
    'Use the version of the engine that this release of Switchyard is written for.',
    cause,
  );
}
