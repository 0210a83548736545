import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OptionValuesV1 } from '@switchyard/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SUBTRACT, SUBTRACT_INT64, TWO_OUTPUTS, type TestModel } from './__fixtures__/models.ts';
import { createOpenvinoDouble, type DoubleBehaviour } from './__fixtures__/openvino-double.ts';
import { createOpenvinoBackend } from './openvino-backend.ts';
import { spaceProblem } from './openvino-compile-cache.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'switchyard-openvino-cache-'));
  folder = join(parent, 'openvino');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

interface Opening {
  readonly model?: TestModel;
  readonly options?: OptionValuesV1;
  readonly behaviour?: DoubleBehaviour;
  readonly device?: string;
}

/** Opens and closes a model, and gives back what progress told after reading it. */
async function openOnce(opening: Opening = {}): Promise<readonly string[]> {
  const { model = SUBTRACT, options = {}, behaviour = {}, device = 'CPU' } = opening;
  const { library } = createOpenvinoDouble({ devices: ['CPU', 'GPU', 'NPU'], ...behaviour });
  const phases: string[] = [];
  const session = await createOpenvinoBackend({ library }).doOpen(
    { bytes: model.bytes, name: 'model.onnx' },
    {
      device: { id: `openvino:${device}`, name: device, kind: 'cpu', software: false },
      options: { modelCache: true, modelCacheFolder: parent, ...options },
      onProgress: (phase) => phases.push(phase),
    },
  );
  await session[Symbol.asyncDispose]();
  return phases.slice(1);
}

const kept = (): readonly string[] => readdirSync(folder).filter((name) => name !== 'work');
const filesOf = (fingerprint: string): readonly string[] => readdirSync(join(folder, fingerprint));

describe('what progress tells', () => {
  it('compiling, cached afterwards; then loading', async () => {
    expect(await openOnce({ device: 'NPU' })).toEqual([
      'compiling for NPU, cached afterwards',
      expect.stringMatching(/^compiled for NPU in \d+\.\d s$/),
    ]);
    expect(await openOnce({ device: 'NPU' })).toEqual([
      'loading the model that is compiled for NPU already',
      expect.stringMatching(/^loaded for NPU from the cache in \d+\.\d s$/),
    ]);
  });

  it('that a cached model was not accepted, and the new one takes its place', async () => {
    await openOnce({ behaviour: { blobBytes: 512 } });
    const phases = await openOnce({ behaviour: { blobBytes: 2048, rejectsCache: true } });
    expect(phases[1]).toMatch(/^compiled for CPU in .*, because OpenVINO did not accept the cached model$/);
    const [fingerprint] = kept();
    const [blob] = filesOf(fingerprint!);
    expect(statSync(join(folder, fingerprint!, blob!)).size).toBe(2048);
    expect((await openOnce({ behaviour: { blobBytes: 2048 } }))[1]).toContain('from the cache');
  });

  it('that OpenVINO does not say which it was', async () => {
    const phases = await openOnce({ behaviour: { effective: { LOADED_FROM_CACHE: undefined } } });
    expect(phases[1]).toContain('OpenVINO does not say whether it was compiled');
  });
});

describe('only when asked for', () => {
  it('nothing is written, and OpenVINO gets no folder', async () => {
    expect(await openOnce({ options: { modelCache: false, modelCacheFolder: '' } }).catch(String)).toContain(
      'modelCacheFolder',
    );
    const { library, configs } = createOpenvinoDouble();
    const device = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
    const model = { bytes: SUBTRACT.bytes, name: 'model.onnx' };
    await createOpenvinoBackend({ library }).doOpen(model, { device, options: { modelCache: false } });
    expect(configs).toEqual([{}]);
    expect(readdirSync(parent)).toEqual([]);
  });

  it.each([
    ['modelCacheLimit', 64],
    ['modelCacheFolder', '/somewhere'],
  ])('%s alone is refused, because it would be ignored', async (name, value) => {
    const { library } = createOpenvinoDouble();
    const device = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
    const opening = createOpenvinoBackend({ library }).doOpen(
      { bytes: SUBTRACT.bytes, name: 'model.onnx' },
      { device, options: { [name]: value } },
    );
    await expect(opening).rejects.toMatchObject({ name: 'SettingsError', code: 'invalid-value' });
    await expect(opening).rejects.toThrow(
      `The option \`${name}\` was given, but compiled models are not kept`,
    );
  });

  it('a relative folder is refused', async () => {
    const opening = openOnce({ options: { modelCacheFolder: 'cache' } });
    await expect(opening).rejects.toThrow('`cache`, which is not an absolute path');
  });

  it('the folder is that of Switchyard where none is named', async () => {
    vi.stubEnv('SWITCHYARD_CACHE_DIR', parent);
    const { library } = createOpenvinoDouble();
    const device = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
    const model = { bytes: SUBTRACT.bytes, name: 'model.onnx' };
    const session = await createOpenvinoBackend({ library }).doOpen(model, {
      device,
      options: { modelCache: true },
    });
    await session[Symbol.asyncDispose]();
    expect(kept()).toHaveLength(1);
  });
});

describe('the fingerprint', () => {
  const others: readonly (readonly [string, Opening])[] = [
    ['model', { model: TWO_OUTPUTS }],
    ['device', { device: 'NPU' }],
    ['option', { options: { performanceHint: 'THROUGHPUT' } }],
    ['name of the device', { behaviour: { properties: { 'CPU/FULL_DEVICE_NAME': 'another processor' } } }],
    ['plugin', { behaviour: { plugin: '2026.4.1' } }],
  ];

  it('is the same for the same', async () => {
    await openOnce();
    await openOnce();
    expect(kept()).toHaveLength(1);
    expect(kept()[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(others)('is another one for another %s', async (_, opening) => {
    await openOnce();
    expect((await openOnce(opening))[0]).toContain('cached afterwards');
    expect(kept()).toHaveLength(2);
  });

  it('is another one for another driver of the NPU', async () => {
    const driver = (version: number): Opening => ({
      device: 'NPU',
      behaviour: { properties: { 'NPU/NPU_DRIVER_VERSION': version } },
    });
    await openOnce(driver(1));
    expect((await openOnce(driver(2)))[0]).toContain('cached afterwards');
    expect((await openOnce(driver(1)))[0]).toContain('already');
  });

  it('is another one for another data file beside the model', async () => {
    const { library } = createOpenvinoDouble();
    const backend = createOpenvinoBackend({ library });
    const path = join(parent, 'model.onnx');
    writeFileSync(path, SUBTRACT.bytes);
    for (const content of ['one', 'other one', 'other one']) {
      writeFileSync(join(parent, 'model.onnx_data'), content);
      utimesSync(join(parent, 'model.onnx_data'), new Date(1000), new Date(1000));
      const device = { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false } as const;
      const options = { modelCache: true, modelCacheFolder: parent };
      await (await backend.doOpen({ path }, { device, options }))[Symbol.asyncDispose]();
    }
    expect(kept()).toHaveLength(2);
  });
});

describe('the limit', () => {
  const MEBIBYTE = 1024 * 1024;
  const age = (fingerprint: string, seconds: number): void => {
    const then = new Date(Date.now() - seconds * 1000);
    utimesSync(join(folder, fingerprint), then, then);
  };

  it('removes what was used longest ago, and nothing else in the folder', async () => {
    const behaviour = { blobBytes: 7 * MEBIBYTE };
    const options = { modelCacheLimit: 16 };
    await openOnce({ behaviour, options });
    const [first] = kept();
    await openOnce({ behaviour, options, model: TWO_OUTPUTS });
    const [second] = kept().filter((name) => name !== first);
    writeFileSync(join(folder, 'README'), 'mine');
    age(first!, 200);
    age(second!, 100);
    // Using the first again makes it the younger one.
    expect((await openOnce({ behaviour, options }))[1]).toContain('from the cache');
    await openOnce({ behaviour, options, model: SUBTRACT_INT64 });
    expect(kept()).toContain(first);
    expect(kept()).not.toContain(second);
    expect(kept()).toHaveLength(3);
    expect(readFileSync(join(folder, 'README'), 'utf8')).toBe('mine');
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  it('says that a model is over it alone, and opens it', async () => {
    const phases = await openOnce({
      behaviour: { blobBytes: 17 * MEBIBYTE },
      options: { modelCacheLimit: 16 },
    });
    expect(phases[1]).toBe('The compiled model was not kept: it has 17 MiB, and `modelCacheLimit` is 16.');
    expect(phases[2]).toMatch(/^compiled for CPU/);
    expect(kept()).toEqual([]);
  });
});

describe('trouble', () => {
  it('a folder that cannot be made is said, and the model opens', async () => {
    writeFileSync(folder, 'a file');
    const phases = await openOnce();
    expect(phases[0]).toContain(`The compiled model is not kept, because \`${folder}\` cannot be used: `);
    expect(phases[0]).toMatch(/EEXIST|ENOTDIR|ENOENT/);
    expect(phases.slice(1)).toEqual(['compiling for CPU', expect.stringContaining('compiled for CPU')]);
  });

  it('a disk with too little space is not used', () => {
    expect(spaceProblem(64 * 1024 * 1024)).toBeNull();
    expect(spaceProblem(64 * 1024 * 1024 - 1)).toBe('only 63 MiB are free on its disk, and 64 are needed');
  });

  it.each([
    ['names the folder', (directory: string) => `Could not open ${directory}/a.blob`],
    ['tells of a full disk', () => 'filesystem error: No space left on device'],
  ])('a compilation that fails and %s is tried again without it', async (_, cacheError) => {
    const phases = await openOnce({ behaviour: { cacheError } });
    expect(phases).toEqual([
      'compiling for CPU, cached afterwards',
      expect.stringContaining('The compiled model is not kept, because OpenVINO could not write it: '),
      'compiling for CPU',
      expect.stringContaining('compiled for CPU'),
    ]);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  it('a compilation that fails for another reason fails, and leaves nothing behind', async () => {
    const opening = openOnce({ behaviour: { compileError: 'clBuildProgram failed' } });
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'probe-failed' });
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it('what killed processes left behind goes after a day; what is young, alive or foreign stays', async () => {
    const gone = '999999999';
    const names = [`${gone}-aaaaaaaaaaaa`, `${gone}-bbbbbbbbbbbb`, `${process.pid}-cccccccccccc`, 'notes'];
    for (const name of names) mkdirSync(join(folder, 'work', name), { recursive: true });
    writeFileSync(join(folder, 'work', names[0]!, 'half.blob'), 'half');
    const old = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    for (const name of [names[0]!, names[2]!, names[3]!]) utimesSync(join(folder, 'work', name), old, old);
    await openOnce();
    expect(readdirSync(join(folder, 'work')).toSorted()).toEqual(names.slice(1).toSorted());
  });
});

describe('at the same time', () => {
  it('openings of one process share what one of them compiled', async () => {
    await Promise.all(Array.from({ length: 12 }, async () => openOnce()));
    expect(kept()).toHaveLength(1);
    expect(filesOf(kept()[0]!)).toHaveLength(1);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  it('processes never read what another one is writing, also while models are removed', async () => {
    const script = fileURLToPath(new URL('__fixtures__/open-many.ts', import.meta.url));
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--conditions=@switchyard/source', '--no-warnings', script, parent], {
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
    const ends = await Promise.all(
      children.map(async (child) => {
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk;
        });
        const [status] = (await once(child, 'close')) as [number | null];
        return { status, said };
      }),
    );
    expect(ends).toEqual(children.map(() => ({ status: 0, said: '' })));
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
    for (const fingerprint of kept()) {
      expect(filesOf(fingerprint).every((name) => name.endsWith('.blob'))).toBe(true);
    }
    expect(existsSync(folder)).toBe(true);
  });
});
