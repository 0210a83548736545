import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrapRecord } from './import-purity-traps.ts';
import { moduleEntries, PUBLISHED, ROOT } from './workspace.ts';

interface Ended {
  readonly record: TrapRecord;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the program wrote to descriptor 4. */
  readonly said: string;
}

const traps = pathToFileURL(join(import.meta.dirname, 'import-purity-traps.ts')).href;
// Type stripping is still called experimental by the oldest Node that these tests run on.
const NODE = ['--conditions=@switchyard/source', '--disable-warning=ExperimentalWarning', '--import', traps];

function runTrapped(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ended {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const ended = spawnSync(process.execPath, [...NODE, ...args], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  if (ended.error !== undefined) throw ended.error;
  const written = ended.output[3] ?? '';
  if (written === '') throw new Error(`The process left no record; it said: ${ended.stderr}`);
  return {
    record: JSON.parse(written) as TrapRecord,
    status: ended.status,
    stdout: ended.stdout,
    stderr: ended.stderr,
    said: ended.output[4] ?? '',
  };
}

/** Variables that steer Switchyard, an engine or a driver; not even a dependency may read one on import. */
const STEERING =
  /^(?:\*$|SWITCHYARD_|CUDA|NVIDIA|ORT_|ONNXRUNTIME|OPENVINO|OV_|INTEL_|ONEAPI|VK_|LD_|DYLD_|OMP_|XDG_)/;

function expectNothingDone({ record, status, stdout, stderr }: Ended): void {
  expect(stderr).toBe('');
  expect(stdout).toBe('');
  expect(status).toBe(0);
  expect(record).toMatchObject({ loaded: [], started: [], network: [], globals: [], resources: [] });
  expect(
    record.environment.filter(
      ({ name, by }) => STEERING.test(name) || !by.includes(`${sep}node_modules${sep}`),
    ),
  ).toEqual([]);
}

describe('the traps', () => {
  const trapped = (code: string) =>
    runTrapped([
      '--input-type=module',
      '--eval',
      `try { ${code} } catch (error) { globalThis.caught = error; }`,
    ]).record;

  it('see a native library', () => {
    const code = "process.dlopen({ exports: {} }, '/nowhere/library.node');";
    expect(trapped(code).loaded).toEqual(['/nowhere/library.node']);
  });

  it('see onnxruntime-node', () => {
    const from = JSON.stringify(join(ROOT, 'packages/ort-host/package.json'));
    const code = `(await import('node:module')).createRequire(${from})('onnxruntime-node');`;
    expect(trapped(code).loaded[0]).toMatch(/onnxruntime_binding\.node$/);
  });

  it.each([
    ["const { spawn } = await import('node:child_process'); spawn('true');", 'child_process.spawn'],
    ["const { Worker } = await import('node:worker_threads'); new Worker('');", 'worker_threads.Worker'],
  ])('see a process or thread: %s', (code, what) => {
    expect(trapped(code).started).toEqual([what]);
  });

  it.each([
    ["const { connect } = await import('node:net'); connect(9);", 'net.connect'],
    ["const { get } = await import('node:https'); get('https://localhost');", 'https.get'],
    ["await fetch('http://localhost');", 'globalThis.fetch'],
  ])('see a network: %s', (code, what) => {
    expect(trapped(code).network).toEqual([what]);
  });

  it('see a variable that is read, a timer that is left, and a global that is set', () => {
    const record = trapped(
      "process.env.CUDA_PATH; 'X' in process.env; setTimeout(() => {}, 9); process.exit(0);",
    );
    expect(record.environment.map(({ name }) => name)).toEqual(['CUDA_PATH', 'X']);
    expect(record.resources).toEqual(['Timeout']);
    expect(trapped("throw new Error('It is kept.');").globals).toEqual(['caught']);
  });
});

describe('importing', () => {
  // Importing it imports vitest, which sets its own globals; nothing but a test does that.
  const forVitest = '@switchyard/backend-conformance/vitest';
  const entries = PUBLISHED.flatMap(({ directory, manifest }) =>
    moduleEntries(manifest)
      .filter(({ specifier }) => specifier !== forVitest)
      .map(({ specifier, entry }) => ({
        specifier,
        url: pathToFileURL(join(directory, entry['@switchyard/source'])).href,
      })),
  );

  it.each(entries)('$specifier does nothing', ({ url }) => {
    expectNothingDone(runTrapped(['import-purity-import.ts', url]));
  });

  it('all of them together does nothing', () => {
    expectNothingDone(runTrapped(['import-purity-import.ts', ...entries.map(({ url }) => url)]));
  });
});

describe('deciding', () => {
  it('loads nothing, starts nothing, calls nobody and reads no variable, for any machine', () => {
    const ended = runTrapped(['import-purity-select.ts']);
    expectNothingDone(ended);
    const { reports, machines, chosen } = JSON.parse(ended.said) as {
      readonly reports: number;
      readonly machines: number;
      readonly chosen: readonly string[];
    };
    expect(machines).toBeGreaterThanOrEqual(17);
    expect(reports).toBe(machines * 12);
    expect(chosen).toEqual(['cpu', 'cuda', 'mps-coreml', 'openvino', 'refused']);
  });
});

describe('switchyard explain', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'switchyard-home-'));
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  const explain = (...args: string[]) =>
    runTrapped([join(ROOT, 'apps/cli/src/main.ts'), 'explain', ...args], {
      HOME: home,
      XDG_CONFIG_HOME: home,
    });

  it.each([
    { what: 'this machine', args: [] },
    {
      what: 'a machine by name, with everything installed',
      args: ['--host', 'mac-m4-max', '--installed=cpu,cuda,mps-coreml,openvino'],
    },
  ])('explains $what and loads nothing', ({ args }) => {
    const ended = explain('--json', ...args);
    const report = JSON.parse(ended.stdout) as {
      readonly outcome: string;
      readonly candidates: readonly unknown[];
    };
    expect(['selected', 'refused']).toContain(report.outcome);
    expect(report.candidates.length).toBeGreaterThanOrEqual(4);
    expect(ended.status).toBe(report.outcome === 'selected' ? 0 : 3);
    expect(ended.record).toMatchObject({ loaded: [], network: [] });
    // A Mac and Windows are asked about themselves through programs of theirs.
    if (process.platform === 'linux' || args.length > 0) expect(ended.record.started).toEqual([]);
  });
});
