import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumerProject, packEverything, RESOLUTIONS, runNode, typeCheck } from './packed-project.ts';
import { moduleEntries, PUBLISHED, readManifest, ROOT } from './workspace.ts';

// The packages as npm would deliver them, in projects outside the workspace. Nothing is downloaded.

const PREPARATION_MILLISECONDS = 180_000;
const FIXTURES = join(import.meta.dirname, '__fixtures__/consumer');

let folder: string;
let unpacked: ReadonlyMap<string, string>;
let everything: string;
let openvino: string;
let wasm: string;
let cpuOnly: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'switchyard-packed-')));
  unpacked = packEverything(folder);
  const project = (
    name: string,
    packages: readonly string[],
    left: readonly string[],
    files: readonly string[],
  ) => {
    const directory = join(folder, name);
    mkdirSync(directory);
    consumerProject(directory, packages, unpacked, left);
    for (const file of files) copyFileSync(join(FIXTURES, file), join(directory, file));
    return directory;
  };
  const names = PUBLISHED.map(({ manifest }) => manifest.name);
  everything = project('everything', names, [], ['everything.ts']);
  openvino = project(
    'openvino',
    ['@switchyard/core', '@switchyard/backend-openvino'],
    ['openvino-node'],
    ['openvino-alone.ts'],
  );
  wasm = project(
    'wasm',
    ['@switchyard/core', '@switchyard/onnx', '@switchyard/backend-wasm'],
    [],
    ['wasm-alone.ts'],
  );
  const beyondCpu = /backend-(?!cpu$)/;
  cpuOnly = project(
    'cpu-only',
    names.filter((name) => !beyondCpu.test(name)),
    [],
    [],
  );
}, PREPARATION_MILLISECONDS);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted();

describe.each(PUBLISHED)('$manifest.name, packed', ({ manifest: written }) => {
  const place = () => unpacked.get(written.name)!;

  it('holds what its manifest points to', () => {
    const files = filesOf(place());
    const manifest = readManifest(place());
    for (const { specifier, entry } of moduleEntries(manifest)) {
      for (const target of Object.values(entry) as string[]) {
        expect(files, `${specifier} -> ${target}`).toContain(target.slice(2));
      }
    }
    for (const target of Object.values(manifest.bin ?? {})) expect(files).toContain(target.replace('./', ''));
    expect(files).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts']),
    );
  });

  it('holds its license', () => {
    expect(filesOf(place())).toContain('LICENSE');
  });

  it('holds no test, no fixture and no configuration', () => {
    // What create-backend makes has tests and fixtures, so its template has them.
    const files = filesOf(place()).filter((file) => !file.startsWith('template/'));
    const wrong = files.filter(
      (file) =>
        /\.test(?:-d)?\.|__fixtures__|__snapshots__|\/invariants\//.test(file) ||
        !/^(?:dist\/|src\/|schemas\/|proto\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it('asks for real versions, not for those of the workspace', () => {
    const manifest = readManifest(place());
    const ranges = [manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies].flatMap(
      (part) => Object.entries(part ?? {}),
    );
    for (const [name, range] of ranges) {
      expect(range, name).toMatch(/^\^?\d+\.\d+\.\d+$/);
      const sibling = PUBLISHED.find((one) => one.manifest.name === name);
      if (sibling !== undefined) expect(range).toBe(`^${sibling.manifest.version}`);
    }
  });

  it('names no path of the machine that packed it', () => {
    const wrong = filesOf(place()).filter((file) => readFileSync(join(place(), file), 'utf8').includes(ROOT));
    expect(wrong).toEqual([]);
  });

  it('has source maps that lead to sources that are there', () => {
    const maps = filesOf(place()).filter((file) => /^dist\/.+\.js\.map$/.test(file));
    expect(maps).not.toEqual([]);
    const wrong = maps.flatMap((file) => {
      const map = JSON.parse(readFileSync(join(place(), file), 'utf8')) as {
        readonly sources: readonly string[];
        readonly sourcesContent?: readonly (string | null)[];
      };
      return map.sources
        .filter(
          (source, index) =>
            map.sourcesContent?.[index] == null && !existsSync(join(place(), file, '..', source)),
        )
        .map((source) => `${file}: ${source}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('a project with everything', () => {
  it.each(Object.keys(RESOLUTIONS) as (keyof typeof RESOLUTIONS)[])(
    'is checked by TypeScript with every declaration, as %s',
    (resolution) => {
      expect(typeCheck(everything, 'everything.ts', resolution)).toBe('');
    },
  );

  it('is refused by TypeScript where it misuses a declaration', () => {
    const wrong = "import { makeTensor } from '@switchyard/core';\nmakeTensor('float31', [1], [1]);\n";
    writeFileSync(join(everything, 'wrong.ts'), wrong);
    expect(typeCheck(everything, 'wrong.ts', 'nodenext')).toMatch(/wrong\.ts.+float31/);
  });

  it('opens a model on the CPU, and its result is right', () => {
    const ended = runNode(['--disable-warning=ExperimentalWarning', 'everything.ts'], everything);
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      mac: 'mps-coreml',
      selected: 'cpu',
      line: expect.stringContaining('cpu') as string,
      values: [1, -2.5, 3],
      inputs: ['x'],
      providers: ['CPUExecutionProvider'],
      refusal: 'unknown-backend',
      engine: readManifest(join(everything, 'node_modules/onnxruntime-node')).version,
      fingerprint: expect.stringMatching(/\S/) as string,
      cli: 'function',
    });
    expect(ended.status).toBe(0);
  });

  it('resolves to what was built, not to sources', () => {
    const code = "console.log(import.meta.resolve('@switchyard/core/host'))";
    const ended = runNode(['--input-type=module', '--eval', code], everything);
    expect(ended.stdout.trim()).toMatch(/\/node_modules\/@switchyard\/core\/dist\/host\/index\.js$/);
  });
});

describe('a project with backend-openvino alone', () => {
  it('has neither engine', () => {
    const modules = readdirSync(join(openvino, 'node_modules'));
    expect(modules).toContain('@switchyard');
    expect(modules.filter((name) => /onnxruntime|openvino/.test(name))).toEqual([]);
  });

  it.each(Object.keys(RESOLUTIONS) as (keyof typeof RESOLUTIONS)[])(
    'is checked by TypeScript with every declaration, as %s',
    (resolution) => {
      expect(typeCheck(openvino, 'openvino-alone.ts', resolution)).toBe('');
    },
  );

  it('decides, and says what is missing instead of failing', () => {
    const ended = runNode(['--disable-warning=ExperimentalWarning', 'openvino-alone.ts'], openvino);
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toEqual({ unasked: null, asked: 'openvino', probe: 'package-missing' });
  });
});

describe('a project with backend-wasm alone', () => {
  it('has no native engine', () => {
    const modules = readdirSync(join(wasm, 'node_modules'));
    expect(modules).toContain('onnxruntime-web');
    expect(modules.filter((name) => /onnxruntime-node|openvino/.test(name))).toEqual([]);
    expect(Object.keys(readManifest(unpacked.get('@switchyard/backend-wasm')!).dependencies!)).toEqual([
      '@switchyard/onnx',
      'onnxruntime-web',
    ]);
  });

  it.each(Object.keys(RESOLUTIONS) as (keyof typeof RESOLUTIONS)[])(
    'is checked by TypeScript with every declaration, as %s',
    (resolution) => {
      expect(typeCheck(wasm, 'wasm-alone.ts', resolution)).toBe('');
    },
  );

  it('decides, probes and runs a model', () => {
    const ended = runNode(['--disable-warning=ExperimentalWarning', 'wasm-alone.ts'], wasm);
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toEqual({
      unasked: null,
      asked: 'wasm',
      files: [true, true],
      probe: 'works',
      values: [1, -2.5, 3],
    });
  });
});

describe('the switchyard command beside cpu alone', () => {
  const switchyard = (...args: string[]) =>
    runNode(
      [
        join(
          'node_modules/@switchyard/cli',
          readManifest(unpacked.get('@switchyard/cli')!).bin!['switchyard']!,
        ),
        ...args,
      ],
      cpuOnly,
      {
        HOME: cpuOnly,
        XDG_CONFIG_HOME: cpuOnly,
      },
    );

  it('explains, and lists the others with the command that installs them', () => {
    const ended = switchyard('explain', '--json');
    expect(ended.stderr).toBe('');
    const report = JSON.parse(ended.stdout) as {
      readonly selected: { readonly backend: string };
      readonly candidates: readonly {
        readonly backend: string;
        readonly status: string;
        readonly reasons: readonly { readonly remedy: string | null }[];
      }[];
    };
    expect(report.selected.backend).toBe('cpu');
    const missing = report.candidates.filter(({ status }) => status === 'not-installed');
    expect(missing.map(({ backend }) => backend).toSorted()).toEqual([
      'cuda',
      'mps-coreml',
      'openvino',
      'wasm',
      'webgpu',
    ]);
    for (const { backend, reasons } of missing) {
      expect(reasons[0]!.remedy).toContain(`npm install @switchyard/backend-${backend}`);
    }
    expect(ended.status).toBe(0);
  });

  it('says what to install where no backend of this project can run', () => {
    const ended = switchyard('backends', '--host', 'linux-alpine');
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/For this machine: `cpu` cannot run here: .+ has musl/);
    expect(ended.stdout).toContain('`npm install @switchyard/backend-wasm`');
    expect(switchyard('backends', '--host', 'linux-nvidia').stdout).toContain(
      'npm install @switchyard/backend-cuda',
    );
  });

  it('answers `--help` and `--version`', () => {
    expect(switchyard('--help').stdout).toContain('explain');
    expect(switchyard('--version').stdout).toContain(readManifest(unpacked.get('@switchyard/cli')!).version);
  });
});

describe('the switchyard-server command beside cpu alone', () => {
  const server = (...args: string[]) =>
    runNode(
      [
        join(
          'node_modules/@switchyard/server',
          readManifest(unpacked.get('@switchyard/server')!).bin!['switchyard-server']!,
        ),
        ...args,
      ],
      cpuOnly,
      { HOME: cpuOnly, XDG_CONFIG_HOME: cpuOnly },
    );

  it('answers `--help` and `--version`, and refuses what is not there', () => {
    expect(server('--help').stdout).toContain('--http-port <port>');
    expect(server('--version').stdout).toContain(readManifest(unpacked.get('@switchyard/server')!).version);
    const ended = server('nowhere.onnx');
    expect(ended.status).toBe(4);
    expect(ended.stderr).toMatch(/^error: .+nowhere\.onnx.+\n$/);
  });

  it('loads a model in a process of its own, and says where it runs', () => {
    const model =
      "import { identityModel } from '@switchyard/onnx/testing'; import { writeFileSync } from 'node:fs'; writeFileSync('identity.onnx', identityModel());";
    expect(runNode(['--input-type=module', '--eval', model], cpuOnly).status).toBe(0);
    const ended = server('identity.onnx', '--check', '--json', '--no-cache');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ready: true,
      models: [{ name: 'identity', state: 'READY', backend: 'cpu' }],
    });
    expect(ended.status).toBe(0);
  });
});
