import { basename } from 'node:path/posix';
import { MachineFiles } from '../../machine-files.ts';
import { currentProcess, type ProcessView } from '../../process-view.ts';
import { libraryAbi } from '../library-abi.ts';
import { LibrarySearch, type LoadedObject } from './library-search.ts';
import type { NeededLibrary, SharedObjectLook } from './shared-object-look.ts';

/** Enough for any provider of an engine; a bound, so that files that name each other cannot go on for ever. */
const MAX_LIBRARIES = 256;

/** Replaces what is looked at. Every part defaults to the machine and the process that it runs on. */
export interface LookAtSharedObjectOptions {
  /** Directory that stands for `/` when a recorded Linux tree is read (optional). */
  readonly root?: string;
  /** Environment that `LD_LIBRARY_PATH` comes from (optional, `process.env`). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Answers of the process itself; what is left out is asked of the one that runs (optional). */
  readonly process?: Partial<ProcessView>;
  /**
   * Files that are loaded into the process already, or a function that tells them and is asked only where it matters:
   * the loader takes those first (optional, none).
   */
  readonly loaded?: readonly string[] | (() => readonly string[]);
}

/**
 * Reads which libraries a shared object of Linux needs, and where glibc's dynamic loader would take each
 * from: the object's `RPATH` or `RUNPATH`, `LD_LIBRARY_PATH`, the cache of `ldconfig`, its default
 * directories. Libraries that those libraries need are looked for as well. Nothing is loaded and no
 * process is started; files are read in parts and within bounds, whatever they claim of themselves.
 * Never rejects for what it finds. Variants for certain processors (`glibc-hwcaps`) are not looked at.
 *
 * @param file absolute path, as the machine sees it
 */
export async function lookAtSharedObject(
  file: string,
  options: LookAtSharedObjectOptions = {},
): Promise<SharedObjectLook> {
  const host = {
    files: new MachineFiles(options.root ?? '/'),
    environment: options.environment ?? process.env,
    process: { ...currentProcess(), ...options.process },
  };
  // Most machines lack most files that are asked about, and the cache of `ldconfig` is large.
  const there = await host.files.exists(file);
  const absent = !there.ok && there.absent;
  if (absent && libraryAbi(host.process.arch) !== null) return unreadable(file, 'it does not exist');
  const search = await LibrarySearch.on(host);
  if (search === null)
    return unreadable(file, `libraries for ${host.process.arch} cannot be told from others here`);
  const object = await search.read(file);
  if (object === null) return unreadable(file, 'it does not exist');
  if (object.ok !== true) return unreadable(file, object.why);
  const files = typeof options.loaded === 'function' ? options.loaded() : (options.loaded ?? []);
  const loaded = new Map(files.map((path) => [basename(path), path]));
  const libraries = await follow({ path: file, object, parent: null }, search, loaded);
  return { schema: 1, file, object, libraries, notLookedAt: search.notLookedAt };
}

async function follow(
  root: LoadedObject,
  search: LibrarySearch,
  loaded: ReadonlyMap<string, string>,
): Promise<readonly NeededLibrary[]> {
  const libraries: NeededLibrary[] = [];
  const seen = new Set<string>();
  const queue: LoadedObject[] = [root];
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    for (const name of from.object.needed) {
      if (seen.has(name)) continue;
      seen.add(name);
      const neededBy = basename(from.path);
      if (libraries.length >= MAX_LIBRARIES) return libraries;
      const mapped = loaded.get(name);
      if (mapped !== undefined) {
        libraries.push({
          name,
          neededBy,
          found: 'yes',
          path: mapped,
          rule: 'loaded already',
          passedOver: [],
        });
        continue;
      }
      const { path, rule, object, passedOver, incomplete } = await search.find(name, from);
      const found = path !== null ? 'yes' : incomplete ? 'unknown' : 'no';
      libraries.push({ name, neededBy, found, path, rule, passedOver });
      if (path !== null && object !== null) queue.push({ path, object, parent: from });
    }
  }
  return libraries;
}

function unreadable(file: string, why: string): SharedObjectLook {
  return { schema: 1, file, object: { ok: false, why }, libraries: [], notLookedAt: [] };
}
