import type { Discovery } from '@switchyard/composition';
import { AcquireError } from './acquire-error.ts';
import { cudaPart } from './cuda-part.ts';
import { openvinoPart } from './openvino-part.ts';

/** A native part of an engine that its npm package leaves to an install script. */
export interface NativePart {
  readonly backend: string;
  readonly engine: { readonly name: string; readonly version: string; readonly folder: string };
  /** File name of the archive that holds it. */
  readonly archive: string;
  readonly format: 'zip' | 'tar.gz';
  /** Where the engine's own install script would get it, as its package says. */
  readonly origin:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'nuget'; readonly index: string; readonly name: string; readonly version: string };
  /** Absolute path of the folder in which the engine looks. */
  readonly destination: string;
  /**
   * Files without which it is not there, relative to the destination; the last is put there last. `from` is the path
   * in the archive, and `null` where the whole archive is unpacked.
   */
  readonly files: readonly { readonly file: string; readonly from: string | null }[];
  readonly licence: string;
  readonly notes: readonly string[];
}

/** Backends with a native part that npm does not carry. */
export const ACQUIRABLE: readonly string[] = ['cuda', 'openvino'];

/** The system that the part is for. */
export interface PartPlatform {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
}

/**
 * What the installed engine of a backend says about its native part. Reads the engine's metadata; nothing native is
 * loaded, and no connection is opened.
 *
 * @throws AcquireError `not-acquirable`
 */
export function nativePart(id: string, discovery: Discovery, system: PartPlatform): NativePart {
  if (!ACQUIRABLE.includes(id)) {
    throw new AcquireError(
      'not-acquirable',
      `\`${id}\` has no native part that npm does not carry; only ${ACQUIRABLE.map((one) => `\`${one}\``).join(' and ')} have.`,
      `See \`switchyard backends add ${id}\`.`,
    );
  }
  const found = discovery.firstParty.find(({ entry }) => entry.id === id)?.found ?? null;
  if (found === null) {
    throw new AcquireError(
      'not-acquirable',
      `The native part of \`${id}\` belongs to an engine that comes with its package, and that is not installed here.`,
      `Run \`switchyard backends add ${id}\` first.`,
    );
  }
  return id === 'cuda' ? cudaPart(found, system) : openvinoPart(found, system);
}
