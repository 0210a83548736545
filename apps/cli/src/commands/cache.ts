import { cacheDirectory, openStore, type Store, type StoreListing } from '@switchyard/runtime';
import type { CliContext, GlobalOptions } from '../cli-context.ts';
import { forgetCompiled } from '../forget-compiled.ts';
import { formatBytes } from '../render-summary.ts';
import { ageText } from '../terminal/age.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** One thing that is remembered, as `cache list --json` prints it. */
interface CacheEntry {
  readonly kind: string;
  readonly key: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly bytes: number;
  /** What it is about, as far as its value tells; empty where it does not. */
  readonly about: string;
}

/** `switchyard cache path|list|clear`: where things are remembered, what, and forgetting them. */
export async function cache(context: CliContext, options: GlobalOptions, action: string): Promise<number> {
  const { environment, cwd } = context;
  const style = styleFor(context.stderr, environment, options.color);
  const onWarning = (message: string): void => {
    context.stderr.write(`${style('yellow', 'warning:')} ${message}\n`);
  };
  const store = openStore(cacheDirectory({ environment, cwd }), { onWarning });
  const print = (document: unknown, text: string): number => {
    context.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : text);
    return 0;
  };
  if (action === 'clear') {
    const removed = await store.clear();
    await forgetCompiled(store.path, onWarning);
    const what = removed === 1 ? '1 entry' : `${removed} entries`;
    return print({ path: store.path, removed }, `Removed ${what} from ${store.path}\n`);
  }
  if (action === 'path') return print({ path: store.path }, `${store.path}\n`);
  const entries = await Promise.all((await store.list()).map((listing) => describe(store, listing)));
  const now = Date.now();
  const rows = entries.map(({ kind, about, recordedAt, bytes, key }) => [
    kind,
    about || (key.length > 60 ? `${key.slice(0, 12)}…` : key),
    ageText(now - Date.parse(recordedAt)),
    formatBytes(bytes),
  ]);
  const text =
    rows.length === 0
      ? `Nothing is remembered in ${store.path}\n`
      : table([['KIND', 'ABOUT', 'RECORDED', 'SIZE'], ...rows]);
  return print({ path: store.path, entries }, text);
}

async function describe(store: Store, listing: StoreListing): Promise<CacheEntry> {
  const { kind, key, recordedAt, bytes } = listing;
  const remembered = await store.read(kind, key);
  return {
    kind,
    key,
    recordedAt: recordedAt.toISOString(),
    bytes,
    about: aboutOf(kind, remembered?.value),
  };
}

function aboutOf(kind: string, value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { backend, status, trials } = value as Readonly<Record<string, unknown>>;
  if (kind === 'probe' && typeof backend === 'string') return `${backend}: ${String(status)}`;
  if (kind !== 'trials' || !Array.isArray(trials)) return '';
  return trials
    .map((one: { readonly trial?: unknown; readonly passed?: unknown }) => {
      return `${String(one.trial)} ${one.passed === true ? 'passed' : 'failed'}`;
    })
    .join(', ');
}
