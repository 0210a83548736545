import { join } from 'node:path';
import { cacheDirectory } from '@switchyard/runtime';
import { fromFileSystem } from '../acquisition/acquire-error.ts';
import { acquire } from '../acquisition/acquire.ts';
import { planAcquisition, type AcquirePlan } from '../acquisition/plan-acquisition.ts';
import { nativePart, type NativePart } from '../acquisition/native-part.ts';
import { removePlaced, standingOf } from '../acquisition/placed-files.ts';
import { changePackages } from '../backends/change-packages.ts';
import { findBackend } from '../backends/find-backend.ts';
import { listBackends } from '../backends/list-backends.ts';
import {
  renderAcquisition,
  renderRemoval,
  type AcquisitionDocument,
} from '../backends/render-acquisition.ts';
import { renderBackends } from '../backends/render-backends.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import type { Invocation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';

/** What `backends` was told besides what to do and with which backend. */
export interface BackendsWords {
  readonly yes?: boolean;
  readonly global?: boolean;
  readonly from?: string;
  readonly sha256?: string;
  readonly remove?: boolean;
  readonly stall?: string;
  /** `list`: another machine, as in `explain`. */
  readonly host?: string;
  readonly installed?: string;
}

/** Which of the flags each action knows. */
const FLAGS: Readonly<Record<string, readonly (keyof BackendsWords)[]>> = {
  list: ['host', 'installed'],
  add: ['yes', 'global'],
  remove: ['yes', 'global'],
  acquire: ['yes', 'from', 'sha256', 'remove', 'stall'],
};

/** `switchyard backends [list|add|remove|acquire] [ID]`. Without `--yes` nothing is changed. */
export async function backends(
  invocation: Invocation,
  action: string,
  id: string | undefined,
  words: BackendsWords,
): Promise<number> {
  checkWords(invocation, action, id, words);
  if (action === 'list') {
    const document = await listBackends(invocation, words);
    const { context, options } = invocation;
    context.stdout.write(
      options.json ? `${JSON.stringify(document, null, 2)}\n` : renderBackends(document, invocation),
    );
    return EXIT_STATUSES.ok.status;
  }
  const yes = words.yes === true;
  if (action === 'add' || action === 'remove') {
    return changePackages(invocation, action, id!, { yes, global: words.global === true });
  }
  return acquireOrRemove(invocation, id!, words);
}

async function acquireOrRemove(invocation: Invocation, word: string, words: BackendsWords): Promise<number> {
  const { context, options, discovery } = invocation;
  const named = findBackend(word, discovery);
  const id = named.kind === 'first-party' ? named.entry.id : word;
  const { environment, cwd } = context;
  const { platform, arch } = process;
  const part = nativePart(id, discovery, { platform, arch });
  if (words.remove === true) return removePart(invocation, part, words.yes === true);
  const request = {
    part,
    from: words.from,
    sha256: sha256Of(words.sha256),
    cwd,
    downloads: join(cacheDirectory({ environment, cwd }), 'downloads'),
    environment,
    stallMilliseconds: stallOf(words.stall),
    signal: context.signal,
  };
  const plan = await planAcquisition(request);
  const there = plan.state === 'acquired' || plan.state === 'present';
  const files =
    words.yes !== true || there
      ? null
      : await withProgress('Acquiring', context, options, (say) => acquire(request, plan, say));
  const document = documentOf(part, plan, files);
  context.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : renderAcquisition(document));
  return EXIT_STATUSES.ok.status;
}

async function removePart({ context, options }: Invocation, part: NativePart, yes: boolean): Promise<number> {
  const { record, state } = await standingOf(part);
  const removal =
    record === null || !yes
      ? null
      : await removePlaced(part.destination, record).catch((error: unknown) => {
          throw fromFileSystem(error, part.destination);
        });
  const document = {
    schema: 1,
    backend: part.backend,
    state,
    destination: part.destination,
    files: record?.files.map(({ path }) => path) ?? [],
    removed: removal?.removed ?? [],
    kept: removal?.kept ?? [],
    done: removal !== null,
  } as const;
  context.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : renderRemoval(document));
  return EXIT_STATUSES.ok.status;
}

function documentOf(
  part: NativePart,
  plan: AcquirePlan,
  files: readonly string[] | null,
): AcquisitionDocument {
  const { source } = plan;
  return {
    schema: 1,
    backend: part.backend,
    engine: { name: part.engine.name, version: part.engine.version },
    state: files === null ? plan.state : 'acquired',
    archive: part.archive,
    source: source.kind === 'unreached' ? null : source.kind === 'url' ? source.url : source.path,
    sourceWhy: source.kind === 'unreached' ? source.error.problem : null,
    bytes: plan.bytes,
    bytesWhy: plan.bytesWhy,
    freeBytes: plan.freeBytes,
    sha256: plan.sha256,
    checksumSource: plan.checksumSource,
    destination: part.destination,
    files: files ?? part.files.map(({ file }) => file),
    licence: part.licence,
    notes: part.notes,
    done: files !== null,
  };
}

function checkWords(
  { flags }: Invocation,
  action: string,
  id: string | undefined,
  words: BackendsWords,
): void {
  const known = FLAGS[action]!;
  const command = `switchyard backends ${action}`;
  for (const name of Object.values(FLAGS).flat()) {
    if (words[name] === undefined || known.includes(name)) continue;
    throw new UsageError(`\`--${name}\` means nothing to \`${command}\`.`, 'Leave it out.');
  }
  if (action !== 'list' && flags.length > 0) {
    const said = flags[0]?.source.detail ?? '';
    throw new UsageError(
      `\`${command}\` chooses no backend, so \`${said}\` means nothing there.`,
      'Leave it out.',
    );
  }
  if (action === 'list' && id !== undefined) {
    throw new UsageError(
      `\`${command}\` lists all of them, and \`${id}\` was given as well.`,
      `Write \`${command}\`.`,
    );
  }
  if (action !== 'list' && id === undefined) {
    throw new UsageError(`\`${command}\` needs a backend, and none was given.`, `Write \`${command} ID\`.`);
  }
  if (words.remove === true && (words.from !== undefined || words.sha256 !== undefined)) {
    throw new UsageError(
      '`--remove` fetches nothing, so `--from` and `--sha256` mean nothing with it.',
      'Leave them out.',
    );
  }
}

function sha256Of(word: string | undefined): string | undefined {
  if (word === undefined || /^[0-9a-f]{64}$/i.test(word)) return word?.toLowerCase();
  throw new UsageError(`\`--sha256 ${word}\` is no SHA-256.`, 'Give its 64 hexadecimal digits.');
}

/** Long enough for a server that has to fetch the file itself, short enough that nobody waits for a dead one. */
const STALL_SECONDS = 60;

function stallOf(word: string | undefined): number {
  const seconds = word === undefined ? STALL_SECONDS : Number(word);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600) return seconds * 1000;
  throw new UsageError(`\`--stall ${word}\` is no number of seconds.`, 'Give a whole number from 1 to 3600.');
}
