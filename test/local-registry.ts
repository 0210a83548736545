import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { createGzip } from 'node:zlib';
import { PUBLISHED, ROOT } from './workspace.ts';

/** A registry of npm packages on this machine: those of the workspace, packed, and what the workspace installed. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
}

interface Offered {
  readonly manifest: { readonly name: string; readonly version: string };
  /** A tarball, or the folder that one is made of when somebody asks. */
  readonly place: string;
}

/**
 * Serves packages to npm as the public registry does, from files that are here, so that a new author's first minutes can
 * be lived through without a network.
 *
 * @param tarballs folder with the packed packages of the workspace
 */
export async function startLocalRegistry(tarballs: string): Promise<LocalRegistry> {
  const offered = Map.groupBy([...packed(tarballs), ...installed()], ({ manifest }) => manifest.name);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://registry').pathname.slice(1));
    const tarball = /^(.+)\/-\/(.+)\.tgz$/.exec(path);
    const versions = offered.get(tarball?.[1] ?? path) ?? [];
    const one = versions.find(({ manifest }) => manifest.version === tarball?.[2]);
    if (one !== undefined) return sendTarball(one.place, response);
    if (tarball !== null || versions.length === 0) return void response.writeHead(404).end('{}');
    const { port } = server.address() as AddressInfo;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(packument(path, versions, `http://127.0.0.1:${port}`)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function packument(name: string, versions: readonly Offered[], url: string): object {
  const entries = versions.map(({ manifest }) => {
    const tarball = `${url}/${name}/-/${manifest.version}.tgz`;
    return [manifest.version, { ...manifest, dist: { tarball } }] as const;
  });
  return { name, 'dist-tags': { latest: entries.at(-1)![0] }, versions: Object.fromEntries(entries) };
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

function sendTarball(place: string, response: ServerResponse): void {
  if (statSync(place).isFile()) return void response.end(readFileSync(place));
  // npm takes away the first folder of every path, whatever its name.
  // pnpm makes one file of equal ones, which GNU tar would hold as a link that npm leaves out.
  const links = process.platform === 'linux' ? ['--hard-dereference'] : [];
  const args = [...links, '-cf', '-', '--exclude', 'node_modules', '-C', dirname(place), basename(place)];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  tar.stdout.pipe(createGzip({ level: 1 })).pipe(response);
}
