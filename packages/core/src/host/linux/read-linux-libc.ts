import { known, unknown } from '../fact.ts';
import type { Fact, LibcFacts } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const MAPS = '/proc/self/maps';
const REPORT = 'process report';

export type LibcFlavour = LibcFacts['flavour'];

/**
 * Which C library this very process has. The mapped loader decides, not the files on disk: Alpine with
 * `gcompat` has glibc's loader too, and Debian with the `musl` package has musl's.
 */
export async function readLibcFlavour(host: LinuxHost): Promise<Fact<LibcFlavour>> {
  const maps = await host.files.readText(MAPS);
  if (maps.ok) {
    if (/\/ld-musl-[^/\s]+\.so\.1$|\/libc\.musl-[^/\s]+$/m.test(maps.value)) return known('musl', MAPS);
    if (/\/(ld-linux[^/\s]*|ld64|ld)\.so\.\d+$|\/libc(\.so\.6|-2\.\d+\.so)$/m.test(maps.value)) {
      return known('glibc', MAPS);
    }
  }
  // The report names a glibc version only when Node was built for glibc and runs on it.
  if (host.process.glibcVersion() !== null) return known('glibc', REPORT);
  return unknown(
    maps.ok
      ? `${MAPS} shows neither the loader of glibc nor that of musl, as with a static build of Node`
      : maps.why,
  );
}

/** The C library with its version, for what {@link readLibcFlavour} said. */
export async function readLinuxLibc(host: LinuxHost, flavour: Fact<LibcFlavour>): Promise<Fact<LibcFacts>> {
  if (!flavour.known) return flavour;
  return flavour.value === 'musl' ? await musl(host, flavour.source) : await glibc(host, flavour.source);
}

async function glibc(host: LinuxHost, seenIn: string): Promise<Fact<LibcFacts>> {
  // The report takes milliseconds of this thread. By now the thread pool has what it can look for meanwhile.
  await nextTurn();
  const version = host.process.glibcVersion();
  if (version === null) {
    return known({ flavour: 'glibc', version: 'unknown' }, `${seenIn}; the ${REPORT} names no version`);
  }
  return known({ flavour: 'glibc', version }, seenIn === REPORT ? REPORT : `${seenIn} and the ${REPORT}`);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function musl(host: LinuxHost, seenIn: string): Promise<Fact<LibcFacts>> {
  const database = '/lib/apk/db/installed';
  const packages = await host.files.readText(database);
  if (!packages.ok) {
    return known({ flavour: 'musl', version: 'unknown' }, `${seenIn}; no version, for ${packages.why}`);
  }
  const version = findMuslVersion(packages.value);
  return version === null
    ? known({ flavour: 'musl', version: 'unknown' }, `${seenIn}; ${database} does not list musl`)
    : known({ flavour: 'musl', version }, `${seenIn} and ${database}`);
}

function findMuslVersion(database: string): string | null {
  for (const record of database.split('\n\n')) {
    if (!/^P:musl$/m.test(record)) continue;
    return /^V:(\d+(?:\.\d+)*)/m.exec(record)?.[1] ?? null;
  }
  return null;
}
