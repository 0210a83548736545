import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DTYPES as ALL, makeTensor, type DType, type ValueInfo } from '@switchyard/core';
import { addModel, buildModel, identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from '../__fixtures__/cli.ts';
import { writeNpy } from '../outputs/index.ts';
import { schemaOf } from '../__fixtures__/schemas.ts';

const external = (location: string): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dtype: 'float32', shape: [2], external: { location } }],
  });

const cwd = temporaryFolder({
  'identity.onnx': identityModel(),
  'int32.onnx': identityModel('int32'),
  'uint8.onnx': identityModel('uint8'),
  'matrix.onnx': identityModel('float32', ['batch', 3]),
  'picture.onnx': identityModel('float32', [1, 3, 4, 4]),
  'add.onnx': addModel(),
  'empty.onnx': '',
  'text.onnx': 'This is a text and no model.\n',
  'truncated.onnx': identityModel().slice(0, 40),
  'strange.onnx': buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n'] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['n'] }],
    nodes: [{ op: 'Frobnicate', inputs: ['x'], outputs: ['y'] }],
  }),
  'division.onnx': buildModel({
    inputs: [{ name: 'x', dtype: 'int32', shape: ['n'] }],
    outputs: [{ name: 'y', dtype: 'int32', shape: ['n'] }],
    nodes: [{ op: 'Gather', inputs: ['x', 'i'], outputs: ['y'] }],
    initializers: [{ name: 'i', dtype: 'int64', shape: [1], data: [100] }],
  }),
  'sequence.onnx': buildModel({
    inputs: [{ name: 'x', sequence: { dtype: 'float32', shape: ['n'] } }],
    outputs: [{ name: 'y', dtype: 'int64', shape: [] }],
    nodes: [{ op: 'SequenceLength', inputs: ['x'], outputs: ['y'] }],
  }),
  'external-missing.onnx': external('weights.bin'),
  'external-outside.onnx': external('../weights.bin'),
  'broken.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]),
  'int32.npy': writeNpy(makeTensor('int32', [2], [1, 2])),
  'folder/file': '',
});

const run = (...argv: readonly string[]): Promise<Outcome> => cli(['run', ...argv], { cwd });

describe('run', () => {
  it('prints the outputs, and one line of truth on standard error', async () => {
    const { status, stdout, stderr } = await run('identity.onnx', '--input', 'x=[1, 2.5, -3]');
    expect(status).toBe(0);
    expect(stdout).toBe('y: float32 [3]\n  [1, 2.5, -3]\n');
    expect(stderr.match(/^backend=.*$/gm)).toEqual([
      expect.stringMatching(/^backend=cpu {2}device=cpu \(.+\) {2}reason=only-candidate {2}source=default$/),
    ]);
    expect(stderr).toMatch(/load [\d.]+ ms {2}run [\d.]+ ms\n$/);
  });

  it('prints one document with --json: report, model, device, providers, outputs, timings', async () => {
    const { status, stdout, stderr } = await run(
      'add.onnx',
      '--input',
      'a=[1,2]',
      '--input',
      'b=[10,20]',
      '--json',
    );
    expect(status).toBe(0);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      'selection',
      'model',
      'device',
      'executionProviders',
      'outputs',
      'saved',
      'timings',
    ]);
    expect(schemaOf('selection-report')(document['selection'])).toBe(true);
    expect(document).toMatchObject({
      selection: { outcome: 'selected', selected: { backend: 'cpu' } },
      model: { path: 'add.onnx', inputs: [{ name: 'a', dtype: 'float32', shape: ['n'] }, { name: 'b' }] },
      device: { id: 'cpu', kind: 'cpu' },
      executionProviders: ['CPUExecutionProvider'],
      outputs: { sum: { dtype: 'float32', shape: [2], values: [11, 22] } },
      timings: { loadMilliseconds: expect.any(Number), runMilliseconds: expect.any(Number) },
    });
    expect(stderr).toMatch(/^backend=cpu .*\n$/);
  });

  it('says nothing but results with --quiet', async () => {
    const { stdout, stderr } = await run('identity.onnx', '--input', 'x=[1]', '--quiet');
    expect(stdout).toContain('[1]');
    expect(stderr).toBe('');
  });

  it('writes outputs to files, and to standard output where that is asked', async () => {
    const saved = await run('identity.onnx', '--input', 'x=[1,2]', '--output', 'y=result.json');
    expect(saved).toMatchObject({ status: 0, stdout: '' });
    expect(saved.stderr).toContain('wrote   result.json: y as json');
    expect(readFileSync(join(cwd, 'result.json'), 'utf8')).toContain('1');
    const again = await run('identity.onnx', '--input', 'x=result.json#y');
    expect(again.stdout).toContain('[1, 2]');
    const piped = await run('identity.onnx', '--input', 'x=[1,2]', '--output', 'y=-');
    expect(JSON.parse(piped.stdout)).toBeTruthy();
  });

  it('reads standard input', async () => {
    const { stdout } = await cli(['run', 'identity.onnx', '--input', 'x=-?format=json'], {
      cwd,
      stdin: '[7, 8]',
    });
    expect(stdout).toContain('[7, 8]');
  });

  it('fills free dimensions from --dim', async () => {
    const { stdout } = await run('matrix.onnx', '--input', 'x=ones', '--dim', 'batch=2');
    expect(stdout).toContain('y: float32 [2, 3]');
  });

  it('lists the highest values with labels', async () => {
    const folder = temporaryFolder({
      'labels.txt': 'cat\ndog\nfish\n',
      'm.onnx': identityModel('float32', [1, 3]),
    });
    const words = ['run', 'm.onnx', '--input', 'x=[[0.1, 0.2, 0.7]]', '--top', '2', '--labels', 'labels.txt'];
    const { stdout } = await cli(words, { cwd: folder });
    expect(stdout).toMatch(/2 {2}fish[^]*1 {2}dog/);
    expect(stdout).not.toContain('cat');
  });

  it('reads backend options by the schema of the backend', async () => {
    const good = await run('identity.onnx', '--input', 'x=[1]', '--option', 'intraOpThreads=1', '--json');
    const bad = await run('identity.onnx', '--input', 'x=[1]', '--option', 'intraOpThread=1');
    expect(bad).toMatchObject({ status: 2, stdout: '' });
    expect(bad.stderr).toMatch(/no option `intraOpThread`[^]*Did you mean `intraOpThreads`\?/);
    expect(good.status).toBe(0);
  });
});

describe('an error', () => {
  const zeros = ['--input', 'x=zeros', '--dim', 'n=1'];
  const errors: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['missing file', ['nowhere.onnx'], 4, /nowhere\.onnx`: there is no such file\. Check the path/],
    ['directory', ['folder'], 4, /folder`: it is a folder\. Name the `\.onnx` file/],
    ['empty file', ['empty.onnx'], 4, /empty\.onnx`[^]*(?:empty|0 bytes)/],
    ['text file', ['text.onnx'], 4, /text\.onnx`[^]*text file[^]*Check the path/],
    ['truncated model', ['truncated.onnx'], 4, /truncated\.onnx`[^]*again/],
    ['unknown operator', ['strange.onnx', ...zeros], 4, /strange\.onnx[^]*Frobnicate/],
    ['input that is no tensor', ['sequence.onnx'], 4, /`x` of `sequence\.onnx` is a sequence[^]*tensors/],
    [
      'external data missing',
      ['external-missing.onnx'],
      4,
      /`weights\.bin`, which is not there[^]*beside the model/,
    ],
    [
      'external data outside',
      ['external-outside.onnx'],
      4,
      /`\.\.\/weights\.bin`[^]*outside[^]*Move the data/,
    ],
    [
      'unknown input',
      ['add.onnx', '--input', 'c=[1]'],
      4,
      /no input `c`; it has `a`, `b`[^]*(?:Use one|Did you mean)/,
    ],
    [
      'missing input',
      ['add.onnx', '--input', 'a=[1]'],
      4,
      /`b` \(float32 \[n\]\) was given no tensor[^]*Give one/,
    ],
    ['input without a name', ['add.onnx', '--input', '[1]'], 4, /names no input[^]*Write `NAME=`/],
    [
      'input given twice',
      ['add.onnx', '--input', 'a=[1]', '--input', 'a=[2]'],
      4,
      /`a` was given twice[^]*once/,
    ],
    ['wrong rank', ['matrix.onnx', '--input', 'x=[[[[1, 2, 3]]]]'], 4, /`x`[^]*\[batch, 3\][^]*->/],
    ['wrong dimension', ['matrix.onnx', '--input', 'x=[[1, 2]]'], 4, /`x`[^]*\[batch, 3\][^]*->/],
    [
      'free dimensions that disagree',
      ['add.onnx', '--input', 'a=[1]', '--input', 'b=[1,2]'],
      4,
      /`n` is 1 in `a`, but 2 in `b`[^]*->/,
    ],
    [
      'unknown dimension',
      ['matrix.onnx', '--input', 'x=ones', '--dim', 'bach=2'],
      4,
      /`bach`[^]*`batch`[^]*Did you mean/,
    ],
    [
      'dimension that is no number',
      ['matrix.onnx', '--input', 'x=ones', '--dim', 'batch=two'],
      4,
      /`batch=two`[^]*batch=4/,
    ],
    [
      'wrong dtype',
      ['identity.onnx', '--input', 'x=int32.npy'],
      4,
      /`x` wants float32 \[n\], but .*int32\.npy.* is int32 \[2\][^]*-> Convert/,
    ],
    ['unreadable picture', ['picture.onnx', '--input', 'x=broken.png'], 4, /`broken\.png`[^]*->/],
    ['missing source', ['identity.onnx', '--input', 'x=nowhere.npy'], 4, /`nowhere\.npy`[^]*->/],
    [
      'NaN for integers',
      ['int32.onnx', '--input', 'x=[NaN]'],
      4,
      /NaN.*`x` is int32, which holds whole numbers/,
    ],
    ['fraction for integers', ['int32.onnx', '--input', 'x=[1.5]'], 4, /1\.5[^]*int32/],
    ['integer out of range', ['uint8.onnx', '--input', 'x=[256]'], 4, /256[^]*uint8/],
    [
      'unknown output',
      ['identity.onnx', ...zeros, '--output', 'z=z.npy'],
      4,
      /no output `z`; it has `y`[^]*->/,
    ],
    [
      'output in a missing folder',
      ['identity.onnx', ...zeros, '--output', 'y=no/where/y.npy'],
      4,
      /no\/where[^]*->/,
    ],
    ['output without a format', ['identity.onnx', ...zeros, '--output', 'y=result'], 4, /`result`[^]*\.npy/],
    [
      'unknown backend',
      ['identity.onnx', ...zeros, '--backend', 'opnvino'],
      2,
      /`opnvino`[^]*Did you mean `openvino`\?/,
    ],
    [
      'backend that cannot run here',
      ['identity.onnx', ...zeros, '--backend', 'mps'],
      3,
      /`--backend mps`[^]*macOS[^]*->/,
    ],
    ['unknown device', ['identity.onnx', ...zeros, '--device', 'cpu:7'], 3, /`cpu:7`[^]*->/],
    ['backend switched off', ['identity.onnx', ...zeros, '--disable', 'cpu'], 3, /`--disable cpu`[^]*->/],
    [
      'contradiction',
      ['identity.onnx', ...zeros, '--use-cpu', '--use-cuda'],
      2,
      /`--use-cpu` and `--use-cuda` contradict[^]*Remove one/,
    ],
    [
      'enabled and disabled',
      ['identity.onnx', '--enable', 'cuda', '--disable', 'cuda'],
      2,
      /`--enable cuda` and `--disable cuda`|`--disable cuda` and `--enable cuda`/,
    ],
    [
      'option without a value',
      ['identity.onnx', ...zeros, '--option', 'threads'],
      2,
      /`--option threads` has no value[^]*KEY=VALUE/,
    ],
    ['--top without sense', ['identity.onnx', ...zeros, '--top', '0'], 2, /`--top 0` is not[^]*--top 5/],
    [
      'two documents on one stream',
      ['identity.onnx', ...zeros, '--output', '-', '--json'],
      2,
      /`--output -` and `--json`[^]*Leave one/,
    ],
  ];

  it.each(errors)('%s', async (_name, argv, status, message) => {
    const outcome = await run(...argv);
    const json = argv.includes('--json');
    expect(json ? '' : outcome.stdout).toBe('');
    const text = json
      ? (JSON.parse(outcome.stdout) as { error: { message: string } }).error.message
      : outcome.stderr;
    expect(text).toMatch(message);
    expect(outcome.status).toBe(status);
    expect(text).not.toMatch(/^\s+at .+:\d+/m);
  });

  it('of a run that fails is an execution error', async () => {
    const { status, stderr } = await run('division.onnx', '--input', 'x=[1,2]');
    expect(stderr).toMatch(/error: .*\n/);
    expect(status).toBe(5);
  });

  it.skipIf(process.getuid?.() === 0)('of a folder without write permission names the file', async () => {
    chmodSync(join(cwd, 'folder'), 0o555);
    const { status, stderr } = await run('identity.onnx', ...zeros, '--output', 'y=folder/y.npy');
    expect(stderr).toContain('folder/y.npy');
    expect(status).toBe(4);
  });

  it('is a document with --json, with the whole report where selection refused', async () => {
    const { status, stdout, stderr } = await run('identity.onnx', ...zeros, '--backend', 'mps', '--json');
    const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 'platform-unsupported', remedy: expect.stringMatching(/\S/) });
    expect(schemaOf('selection-report')(error['selection'])).toBe(true);
    expect(status).toBe(3);
    expect(stderr).toBe('');
    const missing = await run('nowhere.onnx', '--json');
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'model-not-found' } });
  });
});

/** Values of one dtype as `--input` takes them and as `--json` must give them back. */
const DTYPES: readonly (readonly [DType, string, readonly unknown[]])[] = [
  ['float32', '[0.5, -0, Infinity, NaN]', [0.5, '-0', 'Infinity', 'NaN']],
  ['float64', '[0.1, 1e308, -Infinity]', [0.1, 1e308, '-Infinity']],
  ['float16', '[0.333251953125, 65504, 5.960464477539063e-8]', [0.333251953125, 65504, 5.960464477539063e-8]],
  ['int8', '[-128, 127]', [-128, 127]],
  ['uint8', '[0, 255]', [0, 255]],
  ['int16', '[-32768, 32767]', [-32768, 32767]],
  ['uint16', '[0, 65535]', [0, 65535]],
  ['int32', '[-2147483648, 2147483647]', [-2147483648, 2147483647]],
  ['uint32', '[0, 4294967295]', [0, 4294967295]],
  ['int64', '[-9223372036854775808, 9007199254740993]', ['-9223372036854775808', '9007199254740993']],
  ['uint64', '[18446744073709551615, 9007199254740993]', ['18446744073709551615', '9007199254740993']],
  ['bool', '[true, false, true]', [true, false, true]],
  ['string', '["", "ä", "line\\nbreak"]', ['', 'ä', 'line\nbreak']],
];

describe('every dtype comes back as it went in', () => {
  it.each(DTYPES)('%s', async (dtype, text, values) => {
    const folder = temporaryFolder({ 'm.onnx': identityModel(dtype) });
    const { status, stdout, stderr } = await cli(['run', 'm.onnx', '--input', `x=${text}`, '--json'], {
      cwd: folder,
    });
    expect(status, stdout + stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outputs: { y: { dtype, shape: [values.length], values } } });
  });

  it('scalars, empty tensors and dynamic shapes', async () => {
    const folder = temporaryFolder({
      's.onnx': identityModel('int64', []),
      'd.onnx': identityModel('float32', [null, 2]),
    });
    const scalar = await cli(['run', 's.onnx', '--input', 'x=9007199254740993', '--json'], { cwd: folder });
    expect(JSON.parse(scalar.stdout)).toMatchObject({
      outputs: { y: { shape: [], values: ['9007199254740993'] } },
    });
    const none = await cli(['run', 'd.onnx', '--input', 'x=zeros?shape=0,2', '--json'], { cwd: folder });
    expect(JSON.parse(none.stdout)).toMatchObject({ outputs: { y: { shape: [0, 2], values: [] } } });
    const rows = await cli(['run', 'd.onnx', '--input', 'x=[[1,2],[3,4],[5,6]]', '--json'], { cwd: folder });
    expect(JSON.parse(rows.stdout)).toMatchObject({
      outputs: { y: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] } },
    });
  });

  it('are all there but three', () => {
    const left = ALL.filter((dtype) => !DTYPES.some(([one]) => one === dtype));
    expect(left).toEqual(['bfloat16', 'int4', 'uint4']);
  });

  // The engine of `cpu` carries no tensors of these types across its border, and says so.
  it.each([
    ['bfloat16', 16],
    ['uint4', 21],
    ['int4', 22],
  ] as const)('%s is refused by name', async (dtype, code) => {
    const cast = buildModel({
      irVersion: 10,
      opset: 21,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n'] }],
      outputs: [{ name: 'y', dtype, shape: ['n'] }],
      nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: { int: code } } }],
    });
    const folder = temporaryFolder({ 'm.onnx': dtype === 'bfloat16' ? identityModel(dtype) : cast });
    const { status, stderr } = await cli(['run', 'm.onnx', '--input', 'x=[1]'], { cwd: folder });
    expect(stderr).toContain(dtype);
    expect(status).toBe(4);
  });
});

/** Only what both `inspect` and an engine say of an input or output. */
function shapes(values: readonly ValueInfo[]): unknown {
  return values.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
}

const SHARED = new URL('../../../../../shared/models/light/', import.meta.url);
const NETWORKS = ['densenet121', 'inception_v1', 'resnet50', 'shufflenet', 'squeezenet'];

describe.skipIf(!existsSync(SHARED))(
  'the networks of shared/models, which is absent where this is skipped',
  () => {
    it.each(NETWORKS)('%s runs, and inspect agrees with what the engine says', async (name) => {
      const model = join(SHARED.pathname, `light_${name}.onnx`);
      const inspected = await cli(['inspect', model, '--json'], { cwd });
      const summary = JSON.parse(inspected.stdout) as { inputs: ValueInfo[]; outputs: ValueInfo[] };
      const input = summary.inputs[0]!.name;
      const { status, stdout } = await cli(['run', model, '--input', `${input}=ones`, '--json'], { cwd });
      expect(status).toBe(0);
      const document = JSON.parse(stdout) as {
        model: { inputs: ValueInfo[]; outputs: ValueInfo[] };
        outputs: Record<string, { values: number[] }>;
      };
      expect(shapes(summary.inputs)).toEqual(document.model.inputs);
      expect(shapes(summary.outputs)).toEqual(document.model.outputs);
      const [output] = Object.values(document.outputs);
      expect(output!.values).toHaveLength(1000);
      // Their weights are all the same, so that every class comes out alike.
      for (const value of output!.values) expect(value).toBeCloseTo(output!.values[0]!, 5);
      expect(output!.values[0]).toBeGreaterThan(0);
    });
  },
);
