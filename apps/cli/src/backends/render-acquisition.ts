import type { PartState } from '../acquisition/placed-files.ts';
import { formatBytes } from '../render-summary.ts';

/** What `backends acquire` prints with `--json`. */
export interface AcquisitionDocument {
  readonly schema: 1;
  readonly backend: string;
  readonly engine: { readonly name: string; readonly version: string };
  /** What is in its place; after it was acquired, `acquired`. */
  readonly state: PartState;
  /** File name of the archive. */
  readonly archive: string;
  /** Address or path of the archive, or `null` with `sourceWhy`. */
  readonly source: string | null;
  readonly sourceWhy: string | null;
  /** Length of the archive, or `null` with `bytesWhy`. */
  readonly bytes: number | null;
  readonly bytesWhy: string | null;
  readonly freeBytes: number;
  /** What the bytes have to be, or `null` where nobody knows. */
  readonly sha256: string | null;
  /** Who says so, or why it is not known. */
  readonly checksumSource: string;
  readonly destination: string;
  /** Files that are put there. */
  readonly files: readonly string[];
  readonly licence: string;
  readonly notes: readonly string[];
  /** Whether something was put there by this call. */
  readonly done: boolean;
}

/** What `backends acquire --remove` prints with `--json`. */
export interface RemovalDocument {
  readonly schema: 1;
  readonly backend: string;
  readonly state: PartState;
  readonly destination: string;
  /** Files that were acquired. */
  readonly files: readonly string[];
  readonly removed: readonly string[];
  /** Files that are not as they were acquired, and were left alone. */
  readonly kept: readonly string[];
  readonly done: boolean;
}

/** The same for a person. */
export function renderAcquisition(document: AcquisitionDocument): string {
  const { backend, state, destination, files, done } = document;
  if (done) {
    const what = files.length === 1 ? '1 file' : `${files.length} files`;
    return `${what} for \`${backend}\` in ${destination}\n\`switchyard doctor\` tries it; \`switchyard backends acquire ${backend} --remove\` takes it away again.\n`;
  }
  if (state === 'acquired') return `The native part of \`${backend}\` was acquired already: ${destination}\n`;
  if (state === 'present') {
    return `The native part of \`${backend}\` is there already, and something else brought it: ${destination}\n`;
  }
  const lines = [
    `To acquire for \`${backend}\` (${document.engine.name} ${document.engine.version}):`,
    '',
    `  from       ${document.source ?? `unknown: ${document.sourceWhy}`}`,
    `  size       ${document.bytes === null ? `unknown: ${document.bytesWhy}` : formatBytes(document.bytes)}`,
    `  sha-256    ${document.sha256 === null ? 'unknown' : document.sha256}: ${document.checksumSource}`,
    `  to         ${destination} (${formatBytes(document.freeBytes)} free)`,
    `  files      ${files.join(', ')}`,
    `  licence    ${document.licence}`,
    ...document.notes.map((note) => `  note       ${note}`),
    ...(state === 'incomplete'
      ? ['  note       It was acquired before, and not all of it is there: it is replaced.']
      : []),
    ...(state === 'occupied'
      ? ['  note       Something else put a part of it there, which has to go first.']
      : []),
    '',
    document.sha256 === null
      ? `Nothing was fetched. Add --sha256 with a checksum that you trust, and --yes.`
      : 'Nothing was fetched. Add --yes to do it.',
  ];
  return `${lines.join('\n')}\n`;
}

/** What taking a part away did, or would do, for a person. */
export function renderRemoval({
  backend,
  state,
  destination,
  files,
  removed,
  kept,
  done,
}: RemovalDocument): string {
  if (files.length === 0) {
    return state === 'present' || state === 'occupied'
      ? `Nothing was acquired for \`${backend}\`; what is in ${destination} was brought by something else and stays.\n`
      : `Nothing was acquired for \`${backend}\`.\n`;
  }
  if (!done)
    return `To remove from ${destination}:\n${files.map((file) => `  ${file}\n`).join('')}Nothing was removed. Add --yes to do it.\n`;
  const left = kept.length === 0 ? '' : `Left alone, because they were changed since: ${kept.join(', ')}\n`;
  return `Removed ${removed.length === 1 ? '1 file' : `${removed.length} files`} from ${destination}\n${left}`;
}
