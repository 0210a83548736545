import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { parse } from 'yaml';
import { PUBLISHED, readManifest, readText, ROOT } from './workspace.ts';

/** A registry of npm packages on this machine: those of the workspace, packed, and what the workspace installed. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
}

interface Offered {
  readonly manifest: { readonly name: string; readonly version: string };
  /** A tarball, the folder that one is made of when somebody asks, or null for a package of another platform. */
  readonly place: string | null;
}

interface Tarball {
  readonly file: string;
  readonly integrity: string;
}

/**
 * Serves packages to npm as the public registry does, from files that are here, so that a new author's first minutes can
 * be lived through without a network.
 *
 * @param tarballs folder with the packed packages of the workspace
 * @param foreign folders of packages of somebody else
 */
export async function startLocalRegistry(
  tarballs: string,
  foreign: readonly string[] = [],
): Promise<LocalRegistry> {
  const others = foreign.map((place) => ({ manifest: readManifest(place), place }));
  const here = [...packed(tarballs), ...installed(), ...others];
  const offered = Map.groupBy([...here, ...elsewhere(here)], ({ manifest }) => manifest.name);
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-registry-'));
  const made = new Map<Offered, Promise<Tarball>>();
  const tarballOf = (one: Offered, place: string): Promise<Tarball> => {
    const tarball = made.get(one) ?? makeTarball(place, join(folder, `${made.size}.tgz`));
    made.set(one, tarball);
    return tarball;
  };
  const answer = async (asked: string, response: ServerResponse): Promise<void> => {
    // pnpm asks for the newest version alone.
    const newest = !offered.has(asked) && asked.endsWith('/latest');
    const path = newest ? asked.slice(0, -'/latest'.length) : asked;
    const tarball = /^(.+)\/-\/(.+)\.tgz$/.exec(path);
    const versions = offered.get(tarball?.[1] ?? path) ?? [];
    const one = versions.find(({ manifest }) => manifest.version === tarball?.[2]);
    if (one !== undefined && one.place !== null) {
      const { file } = await tarballOf(one, one.place);
      response.setHeader('content-length', (await stat(file)).size);
      await pipeline(createReadStream(file), response);
      return;
    }
    if (tarball !== null || versions.length === 0) {
      response.writeHead(404).end('{}');
      return;
    }
    const entries = await Promise.all(
      versions.map(async (version) => {
        const { manifest, place } = version;
        const integrity = place === null ? UNKNOWN_BYTES : (await tarballOf(version, place)).integrity;
        const dist = { tarball: `${url}${path}/-/${manifest.version}.tgz`, integrity };
        return [manifest.version, { ...manifest, dist }] as const;
      }),
    );
    const packument = {
      name: path,
      'dist-tags': { latest: entries.at(-1)![0] },
      versions: Object.fromEntries(entries),
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(newest ? entries.at(-1)![1] : packument));
  };
  const server = createServer((request, response) => {
    answer(decodeURIComponent(new URL(request.url!, 'http://registry').pathname.slice(1)), response).catch(
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A digest of the right shape for bytes that nobody fetches: those of a package of another platform. */
const UNKNOWN_BYTES = `sha512-${Buffer.alloc(64).toString('base64')}`;

/** What the lockfile knows and this machine did not install, because it is for another one. */
function elsewhere(here: readonly Offered[]): Offered[] {
  const lockfile = parse(readText('pnpm-lock.yaml')) as {
    readonly packages: Readonly<Record<string, Readonly<Record<'os' | 'cpu' | 'libc', readonly string[]>>>>;
  };
  const known = new Set(here.map(({ manifest: { name, version } }) => `${name}@${version}`));
  return Object.entries(lockfile.packages)
    .filter(([key, { os, cpu, libc }]) => !known.has(key) && (os ?? cpu ?? libc) !== undefined)
    .map(([key, { os, cpu, libc }]) => {
      const at = key.lastIndexOf('@');
      return { manifest: { name: key.slice(0, at), version: key.slice(at + 1), os, cpu, libc }, place: null };
    });
}

function packed(tarballs: string): Offered[] {
  return PUBLISHED.flatMap(({ manifest: { name, version } }) => {
    const place = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    if (!existsSync(place)) return [];
    const manifest = JSON.parse(
      execFileSync('tar', ['-xzOf', place, 'package/package.json'], { encoding: 'utf8' }),
    ) as Offered['manifest'];
    return [{ manifest, place }];
  });
}

function installed(): Offered[] {
  const store = join(ROOT, 'node_modules/.pnpm');
  const folders = readdirSync(store).flatMap((entry) => {
    const modules = join(store, entry, 'node_modules');
    if (!existsSync(modules)) return [];
    return readdirSync(modules).flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((inner) => join(modules, name, inner))
        : [join(modules, name)],
    );
  });
  const seen = new Set<string>();
  return folders.flatMap((link) => {
    // Most of them are links, which a tarball would hold as links.
    const place = realpathSync(link);
    const file = join(place, 'package.json');
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Offered['manifest'];
    const key = `${manifest.name}@${manifest.version}`;
    if (manifest.name === undefined || manifest.name.startsWith('@switchyard/') || seen.has(key)) return [];
    seen.add(key);
    return [{ manifest, place }];
  });
}

async function makeTarball(place: string, file: string): Promise<Tarball> {
  const ready = (await stat(place)).isFile();
  if (!ready) {
    // Package managers take away the first folder of every path, whatever its name.
    // pnpm makes one file of equal ones, which GNU tar would hold as a link that npm leaves out.
    const links = process.platform === 'linux' ? ['--hard-dereference'] : [];
    const args = [...links, '-cf', '-', '--exclude', 'node_modules', '-C', dirname(place), basename(place)];
    const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await pipeline(tar.stdout, createGzip({ level: 0 }), createWriteStream(file));
  }
  const result = ready ? place : file;
  const hash = createHash('sha512');
  await pipeline(createReadStream(result), hash);
  return { file: result, integrity: `sha512-${hash.digest('base64')}` };
}
