import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  checkBackend,
  errorText,
  pluginBug,
  RegistrationError,
  SUPPORTED_VERSIONS,
  type BackendV1,
  type Reason,
  type Registry,
} from '@switchyard/core';
import { entryFile, importConditions } from './entry-file.ts';
import type { FoundPackage } from './package-files.ts';
import { watchGlobals } from './watch-globals.ts';

/** Nothing that only defines a backend takes this long; a promise that never settles must not hold up the rest. */
const PATIENCE_MILLISECONDS = 10_000;

/** A package that is to be loaded, with what is known of it beforehand. */
export interface Loadable {
  readonly found: FoundPackage;
  readonly id: string;
  readonly factory: string;
  /** Contract that its metadata names, or `null` where it has none. */
  readonly contract: string | null;
}

/**
 * Imports a package, lets it make its backend and registers that. Whatever goes wrong becomes the
 * reason that is returned; nothing of it reaches the other backends. `null` is success.
 *
 * @param patience milliseconds that the import, and the making, may each take
 */
export async function loadBackend(
  loadable: Loadable,
  registry: Registry,
  patience: number = PATIENCE_MILLISECONDS,
): Promise<Reason | null> {
  const { found, id, factory, contract } = loadable;
  const bug = (problem: string): Reason => pluginBug(found.name, problem);
  if (contract !== null && !SUPPORTED_VERSIONS.includes(contract)) {
    return {
      code: 'api-mismatch',
      message: `\`${found.name}\` was written for the backend contract ${contract}, and this program supports ${SUPPORTED_VERSIONS.join(', ')}.`,
      evidence: [{ path: 'package.json switchyard.backend.contract', value: contract }],
      remedy: `Install a version of \`${found.name}\` that fits.`,
    };
  }
  const file = entryFile(found, importConditions(process.execArgv, process.env['NODE_OPTIONS']));
  if (file === null) return bug('its package.json names no file to import');
  // First-party code is ours to test; what a stranger's does to the program while it is loaded is undone.
  const watch = contract === null ? null : watchGlobals(found.folder);
  const made = await make(file, factory, patience);
  // What it left for the next turn is its own too.
  if (watch !== null) await nextTurn();
  const act = watch?.end() ?? null;
  if (act !== null) return bug(`while it was loaded, it ${act}`);
  if (made.state === 'not-imported') {
    return missingModule(found.name, made.error) ?? bug(`importing it threw: ${errorText(made.error)}`);
  }
  if (made.state === 'no-factory') return bug(`it has no function \`${factory}\` among its exports`);
  if (made.state === 'not-made') return bug(`its \`${factory}\` threw: ${errorText(made.error)}`);
  try {
    // Checked before it is registered, so that nothing comes in under a name that its package does not have.
    const offered = made.offered as BackendV1;
    const said = checkBackend(offered).manifest.id;
    if (said !== id) {
      return bug(`its package.json says that it is \`${id}\`, but its code says \`${said}\``);
    }
    registry.register(offered);
    return null;
  } catch (error) {
    if (!RegistrationError.isInstance(error)) return bug(`registering it threw: ${errorText(error)}`);
    if (error.code === 'api-mismatch') {
      return { code: 'api-mismatch', message: withoutRemedy(error), evidence: [], remedy: error.remedy };
    }
    return { code: 'plugin-bug', message: withoutRemedy(error), evidence: [], remedy: error.remedy };
  }
}

type Made =
  | { readonly state: 'made'; readonly offered: unknown }
  | { readonly state: 'not-imported'; readonly error: unknown }
  | { readonly state: 'not-made'; readonly error: unknown }
  | { readonly state: 'no-factory' };

async function make(file: string, factory: string, patience: number): Promise<Made> {
  let module: Readonly<Record<string, unknown>>;
  try {
    const { href } = pathToFileURL(file);
    module = await within(patience, import(/* @vite-ignore */ href) as Promise<typeof module>);
  } catch (error) {
    return { state: 'not-imported', error };
  }
  const maker = module[factory];
  if (typeof maker !== 'function') return { state: 'no-factory' };
  try {
    return { state: 'made', offered: await within(patience, maker() as unknown) };
  } catch (error) {
    return { state: 'not-made', error };
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result> | Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`it did not end within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function missingModule(name: string, error: unknown): Reason | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return null;
  return {
    code: 'package-missing',
    message: `\`${name}\` is there, but something that it needs is not: ${errorText(error)}.`,
    evidence: [{ path: 'package', value: name }],
    remedy: 'Install the dependencies of this project again, or the package that is named.',
  };
}

function withoutRemedy({ message, remedy }: RegistrationError): string {
  return remedy === null ? message : message.slice(0, -remedy.length).trimEnd();
}
