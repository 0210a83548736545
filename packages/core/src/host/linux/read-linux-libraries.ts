import { resolve } from 'node:path';
import { known, unknown } from '../fact.ts';
import type { Fact, LibraryFacts } from '../host-facts.ts';
import { parseLdSoCache } from '../ld-so-cache.ts';
import { isElfFor, libraryAbi, type LibraryAbi } from './library-abi.ts';
import type { LinuxHost } from './linux-host.ts';
import type { LibcFlavour } from './read-linux-libc.ts';
import { isWantedLibrary } from './wanted-libraries.ts';

const CACHE = '/etc/ld.so.cache';

interface Found {
  readonly libraries: readonly LibraryFacts[];
  readonly source: string;
  readonly problems: readonly string[];
}

/**
 * The libraries of backends that the dynamic loader would find by name, in its order and with the first
 * one of a name only: `LD_LIBRARY_PATH`, then the cache of `ldconfig`, then its default directories (for
 * musl its path file or its defaults). A directory that only a person knows of, such as
 * `/usr/local/cuda/lib64`, counts only where one of these names it.
 */
export async function readLinuxLibraries(
  host: LinuxHost,
  libc: Fact<LibcFlavour>,
): Promise<Fact<readonly LibraryFacts[]>> {
  const abi = libraryAbi(host.process.arch);
  if (abi === null) return unknown(`libraries for ${host.process.arch} cannot be told from others here`);
  if (!libc.known) return unknown(`the loader's search order depends on the C library: ${libc.why}`);
  const searches =
    libc.value === 'musl'
      ? [inVariable(host, /[:\n]/, true), inMuslDirectories(host, abi.musl)]
      : [
          inVariable(host, /[:;]/, false),
          inCache(host, abi.cacheFlag),
          inDefaultDirectories(host, abi.multiarch),
        ];
  const results = await Promise.all(
    // What one place has is looked at while others are still being listed.
    searches.map(async (search) => {
      const found = await search;
      return { ...found, loadable: await loadableOf(host, found.libraries, abi) };
    }),
  );
  const byName = new Map<string, LibraryFacts>();
  for (const library of results.flatMap(({ loadable }) => loadable)) {
    if (!byName.has(library.name)) byName.set(library.name, library);
  }
  const problems = results.flatMap((result) => result.problems);
  const sources = results.map((result) => result.source).filter((source) => source !== '');
  const remark = problems.length === 0 ? '' : ` (left out: ${problems.join('; ')})`;
  const libraries = [...byName.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return known(libraries, sources.join(', ') + remark);
}

/** The loader passes over what is missing and what is for another machine, and goes on. */
async function loadableOf(
  host: LinuxHost,
  libraries: readonly LibraryFacts[],
  { elfMachine }: LibraryAbi,
): Promise<readonly LibraryFacts[]> {
  const loadable = await Promise.all(
    libraries.map(async ({ path }) => {
      const header = await host.files.readBytes(path, 20);
      return header.ok && isElfFor(header.value, elfMachine);
    }),
  );
  return libraries.filter((_library, index) => loadable[index]);
}

async function inVariable(host: LinuxHost, separator: RegExp, skipEmpty: boolean): Promise<Found> {
  const value = host.environment['LD_LIBRARY_PATH'] ?? '';
  if (value === '') return { libraries: [], source: '', problems: [] };
  const problems: string[] = [];
  const directories: string[] = [];
  for (const entry of value.split(separator)) {
    if (entry.includes('$'))
      problems.push(`\`${entry}\` of LD_LIBRARY_PATH, which only the loader can expand`);
    // glibc takes an empty entry for the working directory, musl passes over it.
    else if (entry !== '' || !skipEmpty) directories.push(resolve(host.process.cwd(), entry));
  }
  return { libraries: await inDirectories(host, directories, problems), source: 'LD_LIBRARY_PATH', problems };
}

async function inCache(host: LinuxHost, cacheFlag: number): Promise<Found> {
  const bytes = await host.files.readBytes(CACHE);
  if (!bytes.ok) return { libraries: [], source: '', problems: bytes.absent ? [] : [bytes.why] };
  const cache = parseLdSoCache(bytes.value);
  if (!cache.ok) return { libraries: [], source: '', problems: [`${CACHE}, for ${cache.why}`] };
  const libraries = cache.entries
    .filter(
      (entry) => (entry.flags & 0xff00) === cacheFlag && !entry.needsHardware && isWantedLibrary(entry.name),
    )
    .map(({ name, path }) => ({ name, path }));
  const problems =
    cache.skipped === 0 ? [] : [`${cache.skipped} entries of ${CACHE} that point outside of it`];
  return { libraries, source: CACHE, problems };
}

async function inDefaultDirectories(host: LinuxHost, multiarch: string): Promise<Found> {
  const directories = ['/lib', '/usr/lib'].flatMap((base) => [`${base}/${multiarch}`, `${base}64`, base]);
  const problems: string[] = [];
  return {
    libraries: await inDirectories(host, directories, problems),
    source: 'the default directories of glibc',
    problems,
  };
}

async function inMuslDirectories(host: LinuxHost, arch: string): Promise<Found> {
  const path = `/etc/ld-musl-${arch}.path`;
  const text = await host.files.readText(path);
  const problems: string[] = [];
  if (!text.ok && !text.absent) problems.push(text.why);
  const list = text.ok ? text.value : '/lib:/usr/local/lib:/usr/lib';
  const directories = list.split(/[:\n]/).filter((directory) => directory.startsWith('/'));
  return {
    libraries: await inDirectories(host, directories, problems),
    source: text.ok ? path : 'the default directories of musl',
    problems,
  };
}

async function inDirectories(
  host: LinuxHost,
  directories: readonly string[],
  problems: string[],
): Promise<readonly LibraryFacts[]> {
  // On most systems `/lib` is a link to `/usr/lib`: each directory is listed once, under its first name.
  const identities = await Promise.all(directories.map((directory) => host.files.identity(directory)));
  const seen = new Set<string>();
  const distinct = directories.filter((_directory, index) => {
    const identity = identities[index];
    if (identity?.ok !== true) return identity?.absent === false;
    if (seen.has(identity.value)) return false;
    seen.add(identity.value);
    return true;
  });
  const listings = await Promise.all(
    distinct.map(async (directory) => ({ directory, listing: await host.files.listNames(directory) })),
  );
  return listings.flatMap(({ directory, listing }) => {
    if (listing.ok) {
      return listing.value
        .filter((name) => isWantedLibrary(name))
        .map((name) => ({ name, path: `${directory}/${name}` }));
    }
    if (!listing.absent) problems.push(listing.why);
    return [];
  });
}
