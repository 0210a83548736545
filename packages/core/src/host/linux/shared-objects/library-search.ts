// Paths are those of a Linux machine, also where its recorded tree is read on another system.
import { dirname, resolve } from 'node:path/posix';
import { parseLdSoCache } from '../../ld-so-cache.ts';
import { libraryAbi, type LibraryAbi } from '../library-abi.ts';
import type { LinuxHost } from '../linux-host.ts';
import { readElfDynamic, type ElfDynamic } from './elf-dynamic.ts';
import type { LoaderRule, PassedOver } from './shared-object-look.ts';

const CACHE = '/etc/ld.so.cache';

/** A shared object on the way from the file that was asked about to a library. */
export interface LoadedObject {
  readonly path: string;
  readonly object: Extract<ElfDynamic, { readonly ok: true }>;
  /** Who needs it; `null` for the file that was asked about. */
  readonly parent: LoadedObject | null;
}

/** What a search for one name came to. */
export interface SearchResult {
  readonly path: string | null;
  readonly rule: LoaderRule | null;
  readonly object: Extract<ElfDynamic, { readonly ok: true }> | null;
  readonly passedOver: readonly PassedOver[];
  /** Whether some place could not be looked at, so that not finding anything proves nothing. */
  readonly incomplete: boolean;
}

interface Place {
  readonly rule: LoaderRule;
  readonly directory: string;
}

/** The search order of glibc's dynamic loader on one machine (ld.so(8), `dlopen(3)`). */
export class LibrarySearch {
  readonly #host: LinuxHost;
  readonly #abi: LibraryAbi;
  readonly #cached: ReadonlyMap<string, readonly string[]>;
  readonly #cacheComplete: boolean;
  readonly #notLookedAt: Set<string>;
  readonly #objects = new Map<
    string,
    Promise<ElfDynamic | { readonly ok: null; readonly why: string } | null>
  >();

  private constructor(
    host: LinuxHost,
    abi: LibraryAbi,
    cached: ReadonlyMap<string, readonly string[]>,
    problem: string | null,
  ) {
    this.#host = host;
    this.#abi = abi;
    this.#cached = cached;
    this.#cacheComplete = problem === null;
    this.#notLookedAt = new Set(problem === null ? [] : [problem]);
  }

  /** Reads the cache of `ldconfig` once. `null` for an architecture whose libraries cannot be told from others. */
  static async on(host: LinuxHost): Promise<LibrarySearch | null> {
    const abi = libraryAbi(host.process.arch);
    if (abi === null) return null;
    const bytes = await host.files.readBytes(CACHE);
    if (!bytes.ok) return new LibrarySearch(host, abi, new Map(), bytes.absent ? null : bytes.why);
    const cache = parseLdSoCache(bytes.value);
    if (!cache.ok) return new LibrarySearch(host, abi, new Map(), `${CACHE}, for ${cache.why}`);
    const cached = new Map<string, string[]>();
    for (const { name, path, flags, needsHardware } of cache.entries) {
      if ((flags & 0xff00) !== abi.cacheFlag || needsHardware) continue;
      cached.set(name, [...(cached.get(name) ?? []), path]);
    }
    const problem =
      cache.skipped === 0 ? null : `${cache.skipped} entries of ${CACHE} that point outside of it`;
    return new LibrarySearch(host, abi, cached, problem);
  }

  /** Places that could not be looked at so far. */
  get notLookedAt(): readonly string[] {
    return [...this.#notLookedAt];
  }

  /** The dynamic section of a file of this machine; not one for another machine. `null` where there is none. */
  read(path: string): Promise<ElfDynamic | { readonly ok: null; readonly why: string } | null> {
    const before = this.#objects.get(path);
    if (before !== undefined) return before;
    const reading = this.#read(path);
    this.#objects.set(path, reading);
    return reading;
  }

  async #read(path: string): Promise<ElfDynamic | { readonly ok: null; readonly why: string } | null> {
    const reading = await this.#host.files.inFile(path, readElfDynamic);
    if (!reading.ok) return reading.absent ? null : { ok: null, why: reading.why };
    const { value } = reading;
    if (!value.ok || value.machine === this.#abi.elfMachine) return value;
    return { ok: false, why: `it is for another processor (${machineName(value.machine)})` };
  }

  /** Where the loader would take a library from that an object needs. */
  async find(name: string, from: LoadedObject): Promise<SearchResult> {
    const passedOver: PassedOver[] = [];
    let unreadable = false;
    const take = async (path: string, rule: LoaderRule): Promise<SearchResult | null> => {
      const object = await this.read(path);
      if (object === null) return null;
      if (object.ok === true) return { path, rule, object, passedOver, incomplete: false };
      unreadable ||= object.ok === null;
      passedOver.push({ path, why: object.why });
      return null;
    };
    if (name.includes('/')) {
      const found = await take(resolve(this.#host.process.cwd(), name), 'path');
      return found ?? nowhere(passedOver, unreadable);
    }
    const { places, skipped } = this.#placesFor(from);
    for (const { rule, directory } of places.filter((place) => place.rule !== 'default directory')) {
      const found = await take(`${directory}/${name}`, rule);
      if (found !== null) return found;
    }
    for (const path of this.#cached.get(name) ?? []) {
      const found = await take(path, 'ld.so.cache');
      if (found !== null) return found;
    }
    for (const { rule, directory } of places.filter((place) => place.rule === 'default directory')) {
      const found = await take(`${directory}/${name}`, rule);
      if (found !== null) return found;
    }
    const incomplete = unreadable || skipped || !this.#cacheComplete;
    return nowhere(passedOver, incomplete);
  }

  #placesFor(from: LoadedObject): { readonly places: readonly Place[]; readonly skipped: boolean } {
    const places: Place[] = [];
    let skipped = false;
    const add = (rule: LoaderRule, list: string, separator: RegExp, origin: string | null): void => {
      for (const entry of list.split(separator)) {
        const directory = expand(entry, origin);
        if (directory === null) {
          skipped = true;
          this.#notLookedAt.add(`\`${entry}\` of ${rule}, which only the loader can expand`);
        } else places.push({ rule, directory: resolve(this.#host.process.cwd(), directory) });
      }
    };
    // RPATH counts only for an object without RUNPATH, and then for everything below it as well.
    if (from.object.runpath === null) {
      for (let one: LoadedObject | null = from; one !== null; one = one.parent) {
        const { runpath, rpath } = one.object;
        if (runpath === null && rpath !== null) add('RPATH', rpath, /:/, dirname(one.path));
      }
    }
    const variable = this.#host.environment['LD_LIBRARY_PATH'] ?? '';
    if (variable !== '') add('LD_LIBRARY_PATH', variable, /[:;]/, null);
    if (from.object.runpath !== null) add('RUNPATH', from.object.runpath, /:/, dirname(from.path));
    const { multiarch } = this.#abi;
    for (const base of ['/lib', '/usr/lib'])
      for (const directory of [`${base}/${multiarch}`, `${base}64`, base])
        places.push({ rule: 'default directory', directory });
    return { places, skipped };
  }
}

function nowhere(passedOver: readonly PassedOver[], incomplete: boolean): SearchResult {
  return { path: null, rule: null, object: null, passedOver, incomplete };
}

/** `$ORIGIN` of a library is its folder; that of the program, and the loader's other words, are not known here. */
function expand(entry: string, origin: string | null): string | null {
  const expanded = origin === null ? entry : entry.replaceAll(/\$(?:ORIGIN\b|\{ORIGIN\})/g, () => origin);
  return expanded.includes('$') ? null : expanded;
}

function machineName(machine: number): string {
  const names: Readonly<Record<number, string>> = {
    3: 'x86',
    40: 'arm',
    62: 'x64',
    183: 'arm64',
    243: 'riscv64',
  };
  return names[machine] ?? `number ${machine}`;
}
