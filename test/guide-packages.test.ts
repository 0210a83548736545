import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openvinoArchive, zipArchive } from './guide-archives.ts';
import { guideBlocks } from './guide-blocks.ts';
import { startInternet, type Internet } from './guide-internet.ts';
import { write } from './guide-project.ts';
import { blockProblem } from './guide-run.ts';
import { openShell } from './guide-shell.ts';
import { startLocalRegistry, type LocalRegistry } from './local-registry.ts';
import { consumerProject, packEverything, runNode } from './packed-project.ts';
import { readManifest, readText, ROOT, type Manifest } from './workspace.ts';

// What guides install and remove, typed in a project outside the workspace: with npm, a registry of this machine that has
// the packages as they would be published, and hosts for the archives of engines that exist on this machine only. The
// NPU of the page about backends is one line in the kernel's list of devices; its package is made of that page.

const PREPARATION_MILLISECONDS = 300_000;
const INSTALLING = 'docs/guides/installing-backends.md';
const WRITING = 'docs/guides/writing-a-backend.md';
const TESTS = 'test/guide-packages.test.ts';
const FIXTURES = join(ROOT, 'test/__fixtures__');
const OPENVINO_ARCHIVE = 'openvino_nodejs_bindings_linux_2026.4.0_x64.tar.gz';
const OPENVINO_PLACE = 'node_modules/openvino-node/bin';
const CUDA_ARCHIVE =
  'microsoft.ml.onnxruntime.gpu.linux/1.30.0/microsoft.ml.onnxruntime.gpu.linux.1.30.0.nupkg';
const CUDA_LIBRARIES = ['cuda', 'shared', 'tensorrt'];

const runs = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!runs)('guides that install packages (their archives are those of Linux x64)', () => {
  let folder: string;
  let project: string;
  let registry: LocalRegistry;
  let internet: Internet;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-guide-packages-')));
    project = join(folder, 'project');
    const acme = acmePackage(join(folder, 'acme'), packEverything(folder));
    registry = await startLocalRegistry(join(folder, 'tarballs'), [acme, join(FIXTURES, 'acme-npu')]);
    const openvino = openvinoArchive(folder);
    const cuda = zipArchive(
      Object.fromEntries(
        CUDA_LIBRARIES.map((name) => [
          `runtimes/linux-x64/native/libonnxruntime_providers_${name}.so`,
          `the library ${name}`,
        ]),
      ),
    );
    const feed = { '@type': 'PackageBaseAddress/3.0.0', '@id': 'https://api.nuget.org/v3-flatcontainer/' };
    internet = await startInternet(
      folder,
      new Map([
        ['https://api.nuget.org/v3/index.json', Buffer.from(JSON.stringify({ resources: [feed] }))],
        [`https://api.nuget.org/v3-flatcontainer/${CUDA_ARCHIVE}`, cuda],
        [`https://mirror.example/engines/${OPENVINO_ARCHIVE}`, openvino],
      ]),
    );
    const home = join(folder, 'home');
    write(home, `Downloads/${OPENVINO_ARCHIVE}`, '');
    cpSync(join(folder, 'openvino.tar.gz'), join(home, 'Downloads', OPENVINO_ARCHIVE));
    write(project, 'package.json', JSON.stringify({ name: 'a-project', private: true, type: 'module' }));
    cpSync(join(ROOT, 'examples/digit-classifier/digits.onnx'), join(project, 'model.onnx'));
    const npm = { cache: join(home, 'cache'), userconfig: join(home, 'npmrc'), registry: registry.url };
    // The script of `onnxruntime-node` would ask a host that is not here; no backend needs it.
    const quiet = { audit: 'false', fund: 'false', update_notifier: 'false', ignore_scripts: 'true' };
    variables = {
      ...Object.fromEntries(
        Object.entries({ ...npm, ...quiet }).map(([name, value]) => [`npm_config_${name}`, value]),
      ),
      ...internet.variables,
      PATH: [join(project, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(
        delimiter,
      ),
      HOME: home,
      XDG_CONFIG_HOME: home,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      CUDA_SHA256: sha256(cuda),
      OPENVINO_SHA256: sha256(openvino),
    };
    // The command line is what both pages take for granted.
    const shell = await openShell(project, folder, variables);
    const [installed] = await shell.run(['npm install @switchyard/cli']);
    expect(installed, installed!.output).toMatchObject({ status: 0 });
  }, PREPARATION_MILLISECONDS);

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await internet[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, PREPARATION_MILLISECONDS);

  it(INSTALLING, () => typePage(INSTALLING, {}), PREPARATION_MILLISECONDS);

  it(
    WRITING,
    () => {
      const bus = join(folder, 'devices');
      const device = '0000:05:00.0';
      write(bus, `${device}/class`, '0x120000\n');
      write(bus, `${device}/vendor`, '0xacce\n');
      write(bus, `${device}/device`, '0x0001\n');
      return typePage(WRITING, {
        NODE_OPTIONS: `--import=${join(FIXTURES, 'simulated-npu.mjs')}`,
        GUIDE_PCI_DEVICES: bus,
      });
    },
    PREPARATION_MILLISECONDS,
  );

  /** Runs the blocks of a page that are this test's. */
  async function typePage(page: string, more: Readonly<Record<string, string>>): Promise<void> {
    const blocks = guideBlocks(readText(page)).filter(({ runBy }) => runBy === TESTS);
    expect(blocks.length).toBeGreaterThan(0);
    const shell = await openShell(project, folder, { ...variables, ...more });
    for (const block of blocks) {
      // Each of the ways to one archive begins without it.
      const isWay = block.text.includes('acquire openvino --from');
      if (isWay) rmSync(join(project, OPENVINO_PLACE), { recursive: true, force: true });
      const problem = await blockProblem(block, blocks, project, shell);
      expect(problem, `${page}:${block.line}`).toBeNull();
      if (isWay) expect(existsSync(join(project, OPENVINO_PLACE, 'ov_node_addon.node'))).toBe(true);
    }
  }
});

/** The package that the page about backends is, compiled, as a registry would have it. */
function acmePackage(folder: string, unpacked: ReadonlyMap<string, string>): string {
  const blocks = guideBlocks(readText(WRITING));
  for (const { file, text } of blocks) {
    if (file?.startsWith('src/') === true && !file.endsWith('.test.ts')) write(folder, file, text);
  }
  write(folder, 'src/index.ts', "export { createAcmeBackend } from './create-acme-backend.ts';\n");
  consumerProject(folder, ['@switchyard/core'], unpacked);
  const shown = JSON.parse(blocks.find(({ language }) => language === 'json')!.text) as Manifest;
  // The page names the version of the first release, which this tree may not have yet.
  const core = readManifest(unpacked.get('@switchyard/core')!);
  const peerDependencies = { ...shown.peerDependencies, [core.name]: `^${core.version}` };
  write(folder, 'package.json', JSON.stringify({ ...shown, peerDependencies }));
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: 'src',
    outDir: 'dist',
  };
  write(folder, 'tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  const compiler = dirname(createRequire(join(ROOT, 'package.json')).resolve('typescript/package.json'));
  const built = runNode([join(compiler, readManifest(compiler).bin!['tsc']!), '-p', '.'], folder);
  expect(built.stdout).toBe('');
  rmSync(join(folder, 'node_modules'), { recursive: true });
  return folder;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
