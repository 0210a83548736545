import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { identityModel } from '@switchyard/onnx/testing';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import {
  CUDA_ARCHIVE,
  CUDA_PLACE,
  cudaArchive,
  engineProject,
  OPENVINO_ARCHIVE,
  OPENVINO_PLACE,
  openvinoArchive,
  sha256,
} from '../acquisition/__fixtures__/engine-project.ts';
import {
  redirect,
  refuse,
  serveFile,
  startServer,
  type FileServer,
  type Serving,
} from '../acquisition/__fixtures__/file-server.ts';
import { tarFile, type TarEntry } from '../acquisition/__fixtures__/tar-file.ts';

const CUDA = cudaArchive();
const OPENVINO = openvinoArchive();
const CUDA_PATH = `/flat/acme.onnxruntime.gpu/9.9.9/${CUDA_ARCHIVE}`;
const MAIN = new URL('../main.ts', import.meta.url).pathname;

let server: FileServer;
let cwd: string;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.paths.clear();
  server.requests.length = 0;
  const index = { resources: [{ '@type': 'PackageBaseAddress/3.0.0', '@id': `${server.origin}/flat/` }] };
  server.paths.set('/index.json', (_request, response) => response.end(JSON.stringify(index)));
  server.paths.set(CUDA_PATH, serveFile(CUDA));
  server.paths.set(`/9.9.9/${process.platform}/${OPENVINO_ARCHIVE}`, serveFile(OPENVINO));
  cwd = temporaryFolder(engineProject(server.origin));
});

async function acquire(id: string, ...words: readonly string[]): Promise<Outcome> {
  return cli(['backends', 'acquire', id, ...words], {
    cwd,
    environment: { SWITCHYARD_CACHE_DIR: join(cwd, 'cache') },
  });
}

const place = (): readonly string[] => readdirSync(join(cwd, CUDA_PLACE)).toSorted();
const gets = (): readonly (string | undefined)[] =>
  server.requests
    .filter(({ method, url }) => method === 'GET' && url === CUDA_PATH)
    .map(({ range }) => range);

/** Bytes that are kept of a download that did not end. */
const keptBytes = (): number => {
  const name = downloads().find((one) => one.endsWith('.partial'));
  return name === undefined ? 0 : statSync(join(cwd, 'cache', 'downloads', name)).size;
};

/** Cuts the connection as soon as what was sent has arrived. */
function cutAfter(bytes: number): Pick<Serving, 'stopAfter' | 'afterwards'> {
  const afterwards = (response: ServerResponse): void => {
    if (keptBytes() >= bytes) response.destroy();
    else setTimeout(() => afterwards(response), 5);
  };
  return { stopAfter: bytes, afterwards };
}

/** Nothing of a part is where an engine would see it, and nothing that was unpacked is left anywhere. */
function expectNothingInstalled(): void {
  expect(place()).toEqual(['onnxruntime_binding.node']);
  expect(existsSync(join(cwd, OPENVINO_PLACE))).toBe(false);
  const left = readdirSync(join(cwd, 'node_modules'), { recursive: true }) as string[];
  expect(left.filter((file) => file.includes('.switchyard'))).toEqual([]);
}

const downloads = (): readonly string[] => {
  const folder = join(cwd, 'cache', 'downloads');
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe('backends acquire', () => {
  it('says what it would do, and does nothing', async () => {
    const { status, stdout } = await acquire('cuda');
    expect(status).toBe(0);
    expect(stdout).toContain(`from       ${server.origin}${CUDA_PATH}`);
    expect(stdout).toMatch(/size +293\.\d KiB/);
    expect(stdout).toMatch(/sha-256 +unknown: this release has no entry/);
    expect(stdout).toContain(join(cwd, CUDA_PLACE));
    expect(stdout).toMatch(/licence +ONNX Runtime is under the MIT licence/);
    expect(stdout).toContain('put into `node_modules`');
    expect(stdout).toMatch(/Nothing was fetched\. Add --sha256/);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /index.json',
      `HEAD ${CUDA_PATH}`,
    ]);
    expectNothingInstalled();
    expect(downloads()).toEqual([]);
  });

  it('puts the libraries beside those of the engine, and takes them away again', async () => {
    const { status, stdout, stderr } = await acquire('cuda', '--sha256', sha256(CUDA).toUpperCase(), '--yes');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^2 files for `cuda` in /);
    const files = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
    expect(place()).toEqual(['.switchyard-acquired.json', ...files, 'onnxruntime_binding.node']);
    expect(readFileSync(join(cwd, CUDA_PLACE, files[1]!), 'utf8')).toBe('the bridge');
    expect(downloads()).toEqual([]);
    const again = await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    expect(again.stdout).toMatch(/was acquired already/);
    expect(gets()).toHaveLength(1);

    const dry = await acquire('cuda', '--remove');
    expect(dry.stdout).toMatch(/libonnxruntime_providers_cuda\.so\n[\s\S]*Nothing was removed\. Add --yes/);
    expect(place()).toHaveLength(4);
    const gone = JSON.parse((await acquire('cuda', '--remove', '--yes', '--json')).stdout) as object;
    expect(gone).toMatchObject({ schema: 1, backend: 'cuda', done: true, kept: [] });
    expectNothingInstalled();
    expect((await acquire('cuda', '--remove', '--yes')).stdout).toBe('Nothing was acquired for `cuda`.\n');
  });

  it('removes nothing that was changed since', async () => {
    await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    const file = join(cwd, CUDA_PLACE, 'libonnxruntime_providers_shared.so');
    writeFileSync(file, 'somebody');
    const { stdout } = await acquire('cuda', '--remove', '--yes');
    expect(stdout).toMatch(
      /Left alone, because they were changed since: libonnxruntime_providers_shared\.so/,
    );
    expect(place()).toEqual(['libonnxruntime_providers_shared.so', 'onnxruntime_binding.node']);
    const { status, stderr } = await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    expect(status).toBe(7);
    expect(stderr).toMatch(
      /already holds `libonnxruntime_providers_shared\.so`, which this program did not put/,
    );
  });

  it('replaces a part of which something is missing', async () => {
    await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    rmSync(join(cwd, CUDA_PLACE, 'libonnxruntime_providers_cuda.so'));
    expect((await acquire('cuda')).stdout).toMatch(/not all of it is there: it is replaced/);
    expect((await acquire('cuda', '--sha256', sha256(CUDA), '--yes')).status).toBe(0);
    expect(place()).toHaveLength(4);
  });

  it('leaves alone what the install script brought', async () => {
    for (const name of ['cuda', 'shared']) {
      writeFileSync(join(cwd, CUDA_PLACE, `libonnxruntime_providers_${name}.so`), name);
    }
    const { status, stdout } = await acquire('cuda', '--yes');
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/something else brought it/),
    });
    expect((await acquire('cuda', '--remove', '--yes')).stdout).toMatch(
      /was brought by something else and stays/,
    );
  });

  it('unpacks the OpenVINO runtime into a folder that appears whole', async () => {
    const { status, stdout } = await acquire('openvino', '--sha256', sha256(OPENVINO), '--yes', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      backend: 'openvino',
      state: 'acquired',
      done: true,
    });
    expect(readlinkSync(join(cwd, OPENVINO_PLACE, 'libopenvino.so'))).toBe('libopenvino.so.2640');
    expect(readFileSync(join(cwd, OPENVINO_PLACE, 'docs/licence.txt'), 'utf8')).toBe('Apache-2.0');
    await acquire('openvino', '--remove', '--yes');
    expectNothingInstalled();
  });

  it.each([
    ['a file', () => ['from-here.bin'], () => writeFileSync(join(cwd, 'from-here.bin'), CUDA)],
    ['a folder', () => ['here'], () => writeFileSync(join(cwd, 'here', CUDA_ARCHIVE), CUDA)],
    [
      'the address of a folder',
      () => [`${server.origin}/mirror/`],
      () => server.paths.set(`/mirror/${CUDA_ARCHIVE}`, serveFile(CUDA)),
    ],
    [
      'an address',
      () => [`${server.origin}/a/b.nupkg`],
      () => server.paths.set('/a/b.nupkg', serveFile(CUDA)),
    ],
  ])('takes %s in place of the origin', async (_what, from, prepare) => {
    mkdirSync(join(cwd, 'here'));
    prepare();
    const { status } = await acquire('cuda', '--from', from()[0]!, '--sha256', sha256(CUDA), '--yes');
    expect(status).toBe(0);
    expect(place()).toHaveLength(4);
    expect(server.requests.some(({ url }) => url === '/index.json' || url === CUDA_PATH)).toBe(false);
  });
});

describe('bytes that cannot be checked', () => {
  it('are not fetched', async () => {
    const { status, stdout } = await acquire('cuda', '--yes', '--json');
    expect(status).toBe(7);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'checksum-unknown', remedy: expect.stringContaining('--sha256') },
    });
    expect(gets()).toEqual([]);
    expectNothingInstalled();
  });

  it('and are other ones are deleted', async () => {
    const corrupt = CUDA.slice();
    corrupt[1000] = corrupt[1000]! ^ 1;
    server.paths.set(CUDA_PATH, serveFile(corrupt));
    const { status, stderr } = await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    expect(status).toBe(7);
    expect(stderr).toContain(`has the SHA-256 ${sha256(corrupt)}, and ${sha256(CUDA)} was wanted (--sha256)`);
    expectNothingInstalled();
    expect(downloads()).toEqual([]);
  });

  it('of a file of the user stay where they are', async () => {
    writeFileSync(join(cwd, 'mine.nupkg'), 'something else');
    const { status } = await acquire('cuda', '--from', 'mine.nupkg', '--sha256', sha256(CUDA), '--yes');
    expect(status).toBe(7);
    expect(readFileSync(join(cwd, 'mine.nupkg'), 'utf8')).toBe('something else');
    expectNothingInstalled();
  });
});

describe('a network that fails', () => {
  const yes = ['--sha256', sha256(CUDA), '--yes'] as const;

  async function expectFailure(message: RegExp, ...words: readonly string[]): Promise<void> {
    const { status, stderr } = await acquire('cuda', ...yes, ...words);
    expect({ status, stderr }).toMatchObject({ status: 7, stderr: expect.stringMatching(message) });
    expectNothingInstalled();
  }

  it('cut off: what arrived is kept, and the rest is asked for', async () => {
    server.paths.set(CUDA_PATH, serveFile(CUDA, cutAfter(100_000)));
    await expectFailure(/could not be read/);
    server.paths.set(CUDA_PATH, serveFile(CUDA));
    expect((await acquire('cuda', ...yes)).status).toBe(0);
    expect(gets()[1]).toBe('bytes=100000-');
    expect(place()).toHaveLength(4);
  });

  it('the file changed in between: it begins again', async () => {
    server.paths.set(
      CUDA_PATH,
      serveFile(new Uint8Array(CUDA.byteLength).fill(1), { ...cutAfter(100_000), etag: '"old"' }),
    );
    await expectFailure(/could not be read/);
    server.paths.set(CUDA_PATH, serveFile(CUDA, { etag: '"new"' }));
    expect((await acquire('cuda', ...yes)).status).toBe(0);
  });

  it('a server that sends a part of another file all the same: it begins again', async () => {
    server.paths.set(CUDA_PATH, serveFile(CUDA, { ...cutAfter(100_000), etag: '"old"' }));
    await expectFailure(/could not be read/);
    const whole = serveFile(CUDA, { etag: '"new"' });
    server.paths.set(CUDA_PATH, (request, response) => {
      request.headers['if-range'] = '"new"';
      whole(request, response);
    });
    expect((await acquire('cuda', ...yes)).status).toBe(0);
    expect(gets()).toEqual([undefined, expect.stringMatching(/^bytes=/), undefined]);
  });

  it('a server without ranges: it begins again', async () => {
    server.paths.set(CUDA_PATH, serveFile(CUDA, { ...cutAfter(100_000), ranges: false }));
    await expectFailure(/could not be read/);
    server.paths.set(CUDA_PATH, serveFile(CUDA, { ranges: false }));
    expect((await acquire('cuda', ...yes)).status).toBe(0);
  });

  it('a length that is too large, or too small', async () => {
    server.paths.set(
      CUDA_PATH,
      serveFile(CUDA, { claim: CUDA.byteLength + 10, ...cutAfter(CUDA.byteLength) }),
    );
    await expectFailure(/could not be read/);
    server.paths.set(CUDA_PATH, (_request, response) => {
      response.socket!.end(
        `HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n${'x'.repeat(2000)}`,
      );
    });
    await expectFailure(/has the SHA-256|could not be read/);
  });

  it('silence, before and within the file', async () => {
    server.paths.set(CUDA_PATH, serveFile(CUDA, { stopAfter: 50_000 }));
    await expectFailure(/Nothing came from `[^`]+` for 1 s/, '--stall', '1');
    server.paths.set(CUDA_PATH, ({ method }, response) => {
      if (method === 'HEAD') response.end();
    });
    await expectFailure(/Nothing came from `[^`]+` for 1 s/, '--stall', '1');
  });

  it.each([404, 410, 500, 503])('status %i', async (status) => {
    server.paths.set(CUDA_PATH, refuse(status));
    await expectFailure(new RegExp(`answered with status ${status}`));
  });

  it('an index that is absent, is no JSON, or says nothing', async () => {
    for (const [answer, message] of [
      [refuse(500), /answered with status 500/],
      [serveFile(Buffer.from('<html>')), /is no JSON document/],
      [serveFile(Buffer.from('{"resources":[]}')), /does not say where the packages are/],
    ] as const) {
      server.paths.set('/index.json', answer);
      await expectFailure(message);
    }
    const dry = await acquire('cuda');
    expect(dry).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/from +unknown: .*does not say where/),
    });
  });

  it('follows redirects, and neither for ever nor to http elsewhere', async () => {
    server.paths.set(CUDA_PATH, redirect('/other'));
    server.paths.set('/other', redirect(`${server.origin}/third`, 308));
    server.paths.set('/third', serveFile(CUDA));
    expect((await acquire('cuda', ...yes)).status).toBe(0);
    await acquire('cuda', '--remove', '--yes');
    server.paths.set('/other', redirect(CUDA_PATH));
    await expectFailure(/was redirected 5 times and then once more/);
    server.paths.set('/other', redirect('http://mirror.example/file'));
    await expectFailure(
      /is not encrypted, and http is taken from this machine only\. `[^`]+\/other` redirects there/,
    );
    server.paths.set('/other', redirect('file:///etc/passwd'));
    await expectFailure(/is no address of http or https/);
    server.paths.set('/other', redirect('https://someone:secret@mirror.example/'));
    const { stderr } = await acquire('cuda', ...yes);
    expect(stderr).toMatch(/holds a name or a password/);
    expect(stderr).not.toContain('secret');
  });

  it('nobody listens', async () => {
    const gone = await startServer();
    await gone.close();
    await expectFailure(/could not be read: .*ECONNREFUSED/, '--from', `${gone.origin}/x.nupkg`);
  });

  it('goes through the proxy that the environment names, and around it where that says so', async () => {
    const asked: string[] = [];
    const open = new Set<Socket>();
    const proxy = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('data', (head) => {
        const target = /^CONNECT ([^ ]+)/.exec(head.toString('latin1'))?.[1] ?? '';
        asked.push(target);
        const [host, port] = target.split(':') as [string, string];
        const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
        open.add(onward);
        onward.on('error', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
      });
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const environment = {
      SWITCHYARD_CACHE_DIR: join(cwd, 'cache'),
      http_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    const words = ['backends', 'acquire', 'cuda', ...yes];
    const around = await cli(words, { cwd, environment: { ...environment, NO_PROXY: '127.0.0.1' } });
    expect({ status: around.status, asked }).toEqual({ status: 0, asked: [] });
    await acquire('cuda', '--remove', '--yes');
    const through = await cli(words, { cwd, environment });
    expect(through.status).toBe(0);
    expect(new Set(asked)).toEqual(new Set([server.origin.slice('http://'.length)]));
    for (const socket of open) socket.destroy();
    await new Promise((done) => proxy.close(done));
  });
});

describe('an archive that is not as it should be', () => {
  const outside = (entry: TarEntry): readonly TarEntry[] => [
    { name: 'ov_node_addon.node', content: 'x' },
    entry,
  ];
  it.each<[string, readonly TarEntry[]]>([
    ['leads outside', outside({ name: '../outside', content: 'x' })],
    ['leads outside', outside({ name: '/tmp/outside', content: 'x' })],
    ['leads outside', outside({ name: 'a\\..\\outside', content: 'x' })],
    ['the link "link" leads outside', outside({ name: 'link', type: '2', link: '/etc/passwd' })],
    ['the link "link" leads outside', outside({ name: 'link', type: '2', link: '../../outside' })],
    ['the link "link" leads outside', outside({ name: 'link', type: '2', link: 'a/b/../..' })],
    ['is neither a file nor', outside({ name: 'hard', type: '1', link: 'ov_node_addon.node' })],
    ['is neither a file nor', outside({ name: 'device', type: '3' })],
    ['twice', outside({ name: 'ov_node_addon.node', content: 'y' })],
    [
      'is written through a link',
      [...outside({ name: 'a', type: '2', link: 'b' }), { name: 'a/x', content: 'x' }],
    ],
    ['does not hold `ov_node_addon.node`', [{ name: 'readme', content: 'x' }]],
  ])('%s', async (message, entries) => {
    const archive = tarFile(entries);
    writeFileSync(join(cwd, 'evil.tar.gz'), archive);
    const { status, stderr } = await acquire(
      'openvino',
      '--from',
      'evil.tar.gz',
      '--sha256',
      sha256(archive),
      '--yes',
    );
    expect({ status, stderr }).toMatchObject({ status: 7, stderr: expect.stringContaining(message) });
    expectNothingInstalled();
  });

  const text = (word: string): Uint8Array => new TextEncoder().encode(word);
  const library = (name: string): string => `runtimes/native/libonnxruntime_providers_${name}.so`;
  const damaged = zipSync(
    { [library('cuda')]: text('x'.repeat(100)), [library('shared')]: text('y') },
    { level: 0 },
  );
  damaged[100] = damaged[100]! ^ 1;
  it.each<[string, string, Uint8Array]>([
    ['cuda', 'does not hold', zipSync({ [library('shared')]: text('x') })],
    [
      'cuda',
      'damaged or unsafe',
      zipSync({ [library('cuda')]: text('x'), [library('shared')]: text('y'), '../x': text('z') }),
    ],
    ['cuda', 'damaged or unsafe', damaged],
    ['cuda', 'damaged or unsafe', CUDA.subarray(0, 5000)],
    ['cuda', 'damaged or unsafe', text('no archive')],
    ['openvino', 'damaged or unsafe', text('no archive')],
    ['openvino', 'damaged or unsafe', OPENVINO.subarray(0, 100)],
  ])('%s: %s', async (id, message, archive) => {
    writeFileSync(join(cwd, 'broken.bin'), archive);
    const { status, stderr } = await acquire(
      id,
      '--from',
      'broken.bin',
      '--sha256',
      sha256(archive),
      '--yes',
    );
    expect({ status, stderr }).toMatchObject({ status: 7, stderr: expect.stringContaining(message) });
    expectNothingInstalled();
  });

  it('follows no path of a record that was tampered with', async () => {
    writeFileSync(join(cwd, 'precious'), 'x');
    const record = {
      schema: 1,
      files: [{ path: '../../../../../../precious', sha256: sha256(text('x')), bytes: 1 }],
    };
    writeFileSync(join(cwd, CUDA_PLACE, '.switchyard-acquired.json'), JSON.stringify(record));
    const { status, stderr } = await acquire('cuda', '--remove', '--yes');
    expect({ status, stderr }).toMatchObject({
      status: 7,
      stderr: expect.stringMatching(/is not as this program wrote it/),
    });
    expect(existsSync(join(cwd, 'precious'))).toBe(true);
  });
});

describe('a process of its own', () => {
  const node = ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning'];
  const words = ['backends', 'acquire', 'cuda', '--sha256', sha256(CUDA), '--yes'];
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: cwd,
    SWITCHYARD_CACHE_DIR: join(cwd, 'cache'),
  });

  it.skipIf(process.platform === 'win32')(
    'that is interrupted leaves nothing, and the next goes on from there',
    async () => {
      const hold = serveFile(CUDA, { stopAfter: 100_000 });
      const begun = new Promise<void>((done) => {
        server.paths.set(CUDA_PATH, (request, response) => {
          hold(request, response);
          if (request.method === 'GET') done();
        });
      });
      const child = spawn(process.execPath, [...node, MAIN, ...words], {
        cwd,
        env: environment(),
        stdio: 'ignore',
      });
      const ended = new Promise((done) => child.on('exit', (_code, signal) => done(signal)));
      await begun;
      await expect
        .poll(() => downloads().filter((name) => name.endsWith('.partial')).length, { timeout: 20_000 })
        .toBe(1);
      const [name] = downloads().filter((one) => one.endsWith('.partial'));
      await expect
        .poll(() => readFileSync(join(cwd, 'cache', 'downloads', name!)).byteLength, { timeout: 20_000 })
        .toBe(100_000);
      child.kill('SIGINT');
      expect(await ended).toBe('SIGINT');
      expectNothingInstalled();
      server.paths.set(CUDA_PATH, serveFile(CUDA));
      expect((await acquire('cuda', '--sha256', sha256(CUDA), '--yes')).status).toBe(0);
      expect(gets()[1]).toBe('bytes=100000-');
    },
  );

  const mountable =
    process.platform === 'linux' && spawnSync('unshare', ['-rm', 'true'], { stdio: 'ignore' }).status === 0;
  it.skipIf(!mountable).each([
    ['cache', 'size=128k', /There is no room left on the disk of .*ENOSPC/],
    ['node_modules/onnxruntime-node/bin', 'size=128k', /There is no room left on the disk of .*ENOSPC/],
    ['cache', 'ro', /downloads` cannot be written to \(\w+\)/],
    ['node_modules/onnxruntime-node/bin', 'ro', /cannot be written to \(EROFS\)/],
  ])(
    'on a disk that fills or must not be written to leaves nothing: %s, %s',
    async (small, mount, message) => {
      server.paths.set(CUDA_PATH, ({ method }, response) => {
        // Without a length nobody can tell beforehand.
        if (method === 'HEAD') response.end();
        else response.end(CUDA);
      });
      mkdirSync(join(cwd, small), { recursive: true });
      const script =
        'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && "$@"; status=$?; find cache node_modules/onnxruntime-node/bin -type f; exit $status';
      const program = [process.execPath, ...node, MAIN, ...words];
      const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', mount, join(cwd, small), ...program], {
        cwd,
        // What Node.js keeps of the program itself is no part of what was acquired.
        env: { ...environment(), NODE_DISABLE_COMPILE_CACHE: '1' },
      });
      let said = '';
      let files = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stdout.on('data', (chunk: Buffer) => (files += chunk.toString()));
      const status = await new Promise((done) => child.on('close', done));
      const left = small === 'cache' ? `${CUDA_PLACE}/onnxruntime_binding.node\n` : '';
      expect({ status, said, files }).toMatchObject({
        status: 7,
        files: left,
        said: expect.stringMatching(message),
      });
      expectNothingInstalled();
    },
  );

  it('is told when the disk is too small before anything is fetched', async () => {
    server.paths.set(CUDA_PATH, ({ method }, response) => {
      response.setHeader('content-length', method === 'HEAD' ? Number.MAX_SAFE_INTEGER : 0).end();
    });
    const { status, stderr } = await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    expect({ status, stderr }).toMatchObject({ status: 7, stderr: expect.stringMatching(/are free where/) });
    expect(gets()).toEqual([]);
  });

  it('does not meet another at the same place', async () => {
    let release = (): void => {};
    server.paths.set(CUDA_PATH, ({ method }, response) => {
      if (method === 'HEAD') response.end();
      else release = () => void response.end(CUDA);
    });
    const first = acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    await expect.poll(() => gets().length, { timeout: 20_000 }).toBe(1);
    const second = await acquire('cuda', '--sha256', sha256(CUDA), '--yes');
    expect(second).toMatchObject({
      status: 7,
      stderr: expect.stringMatching(/^error: The process \d+ is acquiring/),
    });
    release();
    expect((await first).status).toBe(0);
    expect(place()).toHaveLength(4);
    expect(downloads()).toEqual([]);
  });
});

describe('no other command', () => {
  const connections: unknown[] = [];
  const note = (message: unknown): void => {
    connections.push(message);
  };
  beforeAll(() => subscribe('net.client.socket', note));
  afterAll(() => unsubscribe('net.client.socket', note));
  beforeEach(() => {
    connections.length = 0;
    writeFileSync(join(cwd, 'identity.onnx'), identityModel());
  });

  it('is watched: acquiring opens one', async () => {
    await acquire('cuda');
    expect(connections).not.toEqual([]);
  });

  it.each([
    'backends',
    'backends add webgpu',
    'backends remove cuda',
    'backends acquire cuda --remove',
    'explain',
    'explain --probe',
    'devices',
    'doctor',
    'config',
    'host',
    'cache list',
    'inspect identity.onnx',
    'run identity.onnx --input x=[1] --isolation inline',
    'run identity.onnx --input x=[1] --isolation inline --prefer cuda,openvino,cpu',
    'bench identity.onnx --runs 1',
    'verify identity.onnx --backend cuda',
  ])('opens a connection: %s', async (line) => {
    await cli(line.split(' '), { cwd, environment: { SWITCHYARD_CACHE_DIR: join(cwd, 'cache') } });
    expect(connections).toEqual([]);
    // A process that a command starts would have to ask the same server.
    expect(server.requests).toEqual([]);
    expectNothingInstalled();
  });
});
