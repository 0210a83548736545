import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel, identityModel, mlpModel } from '@switchyard/onnx/testing';
import { ProtocolError } from '@switchyard/open-inference';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { NOTHING, repositoryOf, until, type TestRepository } from './__fixtures__/repository-of.ts';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import type { ModelRepositoryOptions } from './create-model-repository.ts';
import type { LoadOptions } from './model-repository.ts';

let test: TestRepository | null = null;

afterEach(async () => {
  await test?.[Symbol.asyncDispose]();
  test = null;
});

const start = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ModelRepositoryOptions> = { control: { mode: 'explicit' } },
): Promise<TestRepository> => (test = await repositoryOf(files, options));

const refusal = (action: () => unknown): ProtocolError => {
  try {
    action();
  } catch (error) {
    return error as ProtocolError;
  }
  throw new Error('Nothing was thrown.');
};

const withConfig = (config: object): LoadOptions => ({ config: JSON.stringify(config), files: new Map() });

describe('explicit control', () => {
  it('serves what was loaded, and knows what was not', async () => {
    const { repository } = await start({ 'm/1/model.onnx': mlpModel(), 'n.onnx': mlpModel() });
    expect(repository.index(false)).toEqual([{ name: 'm' }, { name: 'n' }]);
    expect(repository.readiness().ready).toBe(true);
    expect(refusal(() => repository.find('m', '')).message).toBe(
      "Request for unknown model: 'm' is not found",
    );
    await repository.load('m', NOTHING);
    expect(repository.find('m', '1').name).toBe('m');
    expect(repository.index(true)).toEqual([{ name: 'm', version: '1', state: 'READY' }]);
    expect(repository.loaded().map(({ name }) => name)).toEqual(['m']);
  });

  it('unloads at once and lets what is held come to its end', async () => {
    const { repository, opener, events } = await start({ 'm/1/model.onnx': mlpModel() });
    await repository.load('m', NOTHING);
    const lease = repository.lease('m', '');
    await repository.unload('m', { dependents: false });
    expect(refusal(() => repository.find('m', '')).message).toBe(
      "Request for unknown model: 'm' has no available versions",
    );
    const named = refusal(() => repository.find('m', '1'));
    expect(named.message).toBe("Request for unknown model: 'm' version 1 is not at ready state");
    expect(named.httpStatus).toBe(503);
    expect(repository.index(false)).toEqual([{ name: 'm', version: '1', state: 'UNLOADING' }]);
    expect(opener.opened[0]!.disposed).toBe(false);
    expect(lease.model.version).toBe('1');
    lease[Symbol.dispose]();
    lease[Symbol.dispose]();
    await until('the model is unloaded', () => repository.index(false)[0]!.state === 'UNAVAILABLE');
    expect(repository.index(false)[0]!.reason).toBe('unloaded');
    expect(opener.opened[0]!.disposed).toBe(true);
    expect(events.at(-1)).toEqual({ kind: 'unloaded', model: 'm', version: '1', reason: 'it was unloaded' });
    expect(repository.readiness().ready).toBe(true);
    await repository.load('m', NOTHING);
    expect(repository.find('m', '').version).toBe('1');
  });

  it('unloads what nobody knows, and what was never loaded', async () => {
    const { repository } = await start({ 'm/1/model.onnx': mlpModel() });
    await repository.unload('nobody', { dependents: true });
    await repository.unload('m', { dependents: false });
    expect(repository.index(false)).toEqual([{ name: 'm' }]);
  });

  it.each([
    ['', 'Model name cannot be empty. Please enter a valid name to deploy.'],
    ['../x', "invalid model name '../x', model name must not contain path traversal characters"],
    ['a/b', "invalid model name 'a/b', model name must not contain path traversal characters"],
    ['a\\b', 'must not contain path traversal characters'],
    ['..', 'must not contain path traversal characters'],
  ])('refuses the name `%s`', async (name, expected) => {
    const { repository } = await start({});
    await expect(repository.load(name, NOTHING)).rejects.toThrow(expected);
  });

  it('says both phrases for whatever fails, and no path of the machine', async () => {
    const { repository, opener, folder } = await start({
      'broken/1/model.onnx': 'this is no model',
      'empty/config.pbtxt': '',
      'typo/1/model.onnx': mlpModel(),
      'typo/config.pbtxt': 'max_batch: 1',
      'refused/1/model.onnx': mlpModel(),
    });
    opener.before = () => {
      throw new Error(`The engine cannot read ${folder.path}/refused/1/model.onnx.`);
    };
    for (const name of ['absent', 'broken', 'empty', 'typo', 'refused']) {
      const error = await repository.load(name, NOTHING).catch((thrown: unknown) => thrown as ProtocolError);
      expect(ProtocolError.isInstance(error)).toBe(true);
      expect((error as ProtocolError).httpStatus).toBe(400);
      const text = (error as ProtocolError).message;
      expect(text).toContain(`failed to load '${name}'`);
      expect(text).toContain(`load failed for model '${name}'`);
      expect(text).not.toContain(folder.path);
      if (name === 'absent') expect(text).toContain('failed to poll from model repository');
      if (name === 'typo')
        expect(text).toContain('/typo/config.pbtxt:1:1: the field `max_batch` of `ModelConfig` is unknown');
      if (name === 'refused')
        expect(text).toContain(
          'version 1 is at UNAVAILABLE state: The engine cannot read refused/1/model.onnx.;',
        );
    }
    expect(repository.index(false).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'broken UNAVAILABLE',
      'empty UNAVAILABLE',
      'refused UNAVAILABLE',
      'typo UNAVAILABLE',
    ]);
    // What a client failed to load makes nobody else's server unready.
    expect(repository.readiness().ready).toBe(true);
  });

  it('keeps what serves when a newer load fails, and says why', async () => {
    const { repository, folder } = await start({ 'm/1/model.onnx': mlpModel() });
    await repository.load('m', NOTHING);
    const before = repository.find('m', '');
    await folder.write({ 'm/1/model.onnx': 'half a mo' });
    await expect(repository.load('m', NOTHING)).rejects.toThrow("load failed for model 'm'");
    expect(repository.find('m', '')).toBe(before);
    expect(repository.index(false)[0]).toMatchObject({ state: 'READY' });
    expect(repository.index(false)[0]!.reason).toContain(
      'serves what was loaded before; the newest files failed to load',
    );
    await folder.write({ 'm/1/model.onnx': mlpModel([4, 2]) });
    await repository.load('m', NOTHING);
    expect(repository.find('m', '')).not.toBe(before);
    expect(repository.index(false)[0]).toEqual({ name: 'm', version: '1', state: 'READY' });
  });

  it('does not load again what has not changed, unless its executor has failed', async () => {
    const { repository, opener } = await start({ 'm/1/model.onnx': mlpModel() });
    await repository.load('m', NOTHING);
    await repository.load('m', NOTHING);
    expect(opener.opened.length).toBe(1);
    opener.opened[0]!.state = 'failed';
    expect(repository.readiness()).toEqual({
      ready: false,
      reason: "model 'm' version 1 has failed: it broke",
    });
    await repository.load('m', NOTHING);
    expect(opener.opened.length).toBe(2);
    expect(repository.readiness().ready).toBe(true);
  });

  it('finds files that change while they are loaded', async () => {
    const { repository, opener, folder } = await start(
      { 'm/1/model.onnx': mlpModel() },
      { control: { mode: 'explicit' }, modelCopies: 'never' },
    );
    opener.before = () => folder.write({ 'm/1/model.onnx': mlpModel([4, 3, 2]) });
    await expect(repository.load('m', NOTHING)).rejects.toThrow('changed while loading');
    expect(opener.opened[0]!.disposed).toBe(true);
  });

  it('loads from copies, which outlive the files and end with the model', async () => {
    const temporary = await temporaryFolder();
    try {
      const external = buildModel({
        inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
        outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
        nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
        initializers: [{ name: 'w', dtype: 'float32', shape: [2], external: { location: 'data/w.bin' } }],
      });
      const { repository, opener, folder } = await start(
        { 'm/1/model.onnx': external, 'm/1/data/w.bin': new Uint8Array(8).fill(7) },
        { control: { mode: 'explicit' }, modelCopies: 'always', temporaryFolder: temporary.path },
      );
      await repository.load('m', NOTHING);
      await folder.write({ 'm/1/model.onnx': 'no model', 'm/1/data/w.bin': 'no data' });
      const { modelPath } = opener.opened[0]!;
      expect(await readFile(modelPath)).toEqual(Buffer.from(external));
      expect(await readFile(join(modelPath, '../data/w.bin'))).toEqual(Buffer.alloc(8, 7));
      await folder.write({ 'm/1/model.onnx': mlpModel() });
      opener.before = (path) => {
        throw new Error(`It cannot read ${path}.`);
      };
      const error = await repository.load('m', NOTHING).catch((thrown: unknown) => thrown as Error);
      expect((error as Error).message).not.toContain(temporary.path);
      expect((await readdir(temporary.path)).length).toBe(1);
      await test![Symbol.asyncDispose]();
      expect(await readdir(temporary.path)).toEqual([]);
    } finally {
      await temporary.remove();
    }
  });

  it('loads at start what it was told to, and is not ready without it', async () => {
    const { repository } = await start(
      { 'm.onnx': mlpModel(), 'n.onnx': mlpModel() },
      { control: { mode: 'explicit', load: ['m', 'absent'] } },
    );
    expect(repository.index(true).map(({ name }) => name)).toEqual(['m']);
    expect(repository.readiness().ready).toBe(false);
    expect(repository.readiness().reason).toContain("model 'absent' is not ready");
  });
});

it('without explicit control nothing is loaded or unloaded', async () => {
  const { repository } = await start({ 'm.onnx': mlpModel() }, {});
  const text = 'explicit model load / unload is not allowed if polling is enabled';
  await expect(repository.load('m', NOTHING)).rejects.toMatchObject({ message: text, httpStatus: 503 });
  await expect(repository.unload('m', { dependents: false })).rejects.toMatchObject({ message: text });
});

describe('what a load brings along', () => {
  it('takes a configuration, with integers as strings', async () => {
    const { repository } = await start({ 'm/1/model.onnx': mlpModel() });
    await repository.load('m', withConfig({ max_batch_size: '16' }));
    expect(repository.find('m', '').config).toMatchObject({ max_batch_size: 16 });
    await repository.load('m', NOTHING);
    expect(repository.find('m', '').config).toMatchObject({ max_batch_size: 64 });
    // What a server answers is a configuration again.
    await repository.load('m', { config: JSON.stringify(repository.find('m', '').config), files: new Map() });
    expect(repository.find('m', '').maxBatchSize).toBe(64);
  });

  it('takes files into a private folder that is gone with the model', async () => {
    const temporary = await temporaryFolder();
    try {
      const { repository, opener } = await start(
        { 'm/1/model.onnx': mlpModel() },
        {
          control: { mode: 'explicit' },
          overrides: 'files',
          modelCopies: 'never',
          temporaryFolder: temporary.path,
        },
      );
      const files = new Map([
        ['file:7/model.onnx', mlpModel([4, 9, 2])],
        ['file:labels.txt', new TextEncoder().encode('one\ntwo\n')],
      ]);
      const config = JSON.stringify({ output: [{ name: 'y', label_filename: 'labels.txt' }] });
      await repository.load('new', { config, files });
      const model = repository.find('new', '');
      expect(model.version).toBe('7');
      expect(model.labels('y')).toEqual(['one', 'two']);
      expect(model.labels('x')).toBe(null);
      const [name] = await readdir(temporary.path);
      expect((await stat(join(temporary.path, name!))).mode & 0o777).toBe(0o700);
      expect(opener.opened[0]!.modelPath.startsWith(join(temporary.path, name!))).toBe(true);
      await repository.load('m', { config: '{}', files });
      expect(repository.index(true).map((row) => `${row.name} ${row.version}`)).toEqual(['m 7', 'new 7']);
      await repository.load('m', NOTHING);
      expect(repository.find('m', '').version).toBe('1');
      await expect(repository.load('bad', { config: '{', files })).rejects.toThrow("failed to load 'bad'");
      await repository.unload('new', { dependents: false });
      const left = async (): Promise<number> => (await readdir(temporary.path)).length;
      while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(repository.index(false).map((row) => row.name)).toEqual(['m', 'new']);
    } finally {
      await temporary.remove();
    }
  });

  it.each([
    'file:../../x',
    'file:/etc/passwd',
    'file:1/../x',
    'file:1//x',
    'file:',
    'file:1/./x',
    'file:C:\\x',
    `file:1/${'x'.repeat(256)}`,
    'file:1/a\0b',
  ])('refuses `%s` and writes nothing', async (key) => {
    const temporary = await temporaryFolder();
    try {
      const { repository } = await start(
        {},
        { control: { mode: 'explicit' }, overrides: 'files', temporaryFolder: temporary.path },
      );
      const files = new Map([[key, mlpModel()]]);
      await expect(repository.load('m', { config: '{}', files })).rejects.toThrow(
        /failed to load 'm'.*no name of a file/s,
      );
      expect(await readdir(temporary.path)).toEqual([]);
    } finally {
      await temporary.remove();
    }
  });

  it('refuses what its operator did not allow', async () => {
    const files = new Map([['file:1/model.onnx', mlpModel()]]);
    const { repository } = await start({ 'm.onnx': mlpModel() });
    await expect(repository.load('m', { config: '{}', files })).rejects.toThrow(
      'files in a load are not allowed',
    );
    await test![Symbol.asyncDispose]();
    const { repository: closed } = await start(
      { 'm.onnx': mlpModel() },
      { control: { mode: 'explicit' }, overrides: 'none' },
    );
    await expect(closed.load('m', withConfig({}))).rejects.toThrow("the parameter 'config' is not allowed");
    await test![Symbol.asyncDispose]();
    const { repository: open } = await start(
      { 'm.onnx': mlpModel() },
      { control: { mode: 'explicit' }, overrides: 'files' },
    );
    await expect(open.load('m', { config: null, files })).rejects.toThrow(
      "a load with files needs the parameter 'config' too",
    );
  });
});

describe('versions', () => {
  const three = {
    'm/1/model.onnx': mlpModel([4, 1]),
    'm/2/model.onnx': mlpModel([4, 2]),
    'm/10/model.onnx': mlpModel([4, 10]),
  };

  it('serves all of them, and the highest to who names none', async () => {
    const { repository } = await start({ ...three, 'm/config.pbtxt': 'version_policy { all { } }' }, {});
    expect(repository.find('m', '').version).toBe('10');
    expect(repository.find('m', '2').versions()).toEqual(['1', '2', '10']);
  });

  it('serves the good ones when one is bad, and is not ready', async () => {
    const { repository } = await start(
      { ...three, 'm/10/model.onnx': 'no model', 'm/config.pbtxt': 'version_policy { all { } }' },
      {},
    );
    expect(repository.find('m', '').version).toBe('2');
    expect(refusal(() => repository.find('m', '10')).httpStatus).toBe(503);
    expect(repository.readiness().reason).toContain("model 'm' version 10 is not ready");
  });

  it('keeps an old version until the newer one is there', async () => {
    const { repository, folder } = await start({ 'm/1/model.onnx': mlpModel([4, 1]) });
    await repository.load('m', NOTHING);
    await folder.write({ 'm/2/model.onnx': 'no model' });
    await expect(repository.load('m', NOTHING)).rejects.toThrow('version 2 is at UNAVAILABLE state');
    expect(repository.find('m', '').version).toBe('1');
    await folder.write({ 'm/2/model.onnx': mlpModel([4, 2]) });
    await repository.load('m', NOTHING);
    expect(repository.find('m', '').versions()).toEqual(['2']);
    await rm(join(folder.path, 'm/2'), { recursive: true });
    await repository.load('m', NOTHING);
    expect(repository.find('m', '').versions()).toEqual(['1']);
  });
});

it('loads no more at a time than it may', async () => {
  let running = 0;
  let most = 0;
  const files = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`m${index}.onnx`, identityModel()]),
  );
  const { repository, opener } = await start(files, { control: { mode: 'explicit' }, maxConcurrentLoads: 3 });
  opener.before = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    running -= 1;
  };
  await Promise.all(Object.keys(files).map((name) => repository.load(name.slice(0, -5), NOTHING)));
  expect(most).toBe(3);
  expect(repository.loaded().length).toBe(8);
});

it('loads, unloads and requests in any order leave nothing held and nothing released twice', async () => {
  const step = fc.record({
    kind: fc.constantFrom('load', 'unload', 'lease', 'release', 'change', 'break', 'pause'),
    name: fc.constantFrom('a', 'b'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { repository, opener, folder, ...rest } = await repositoryOf(
        { 'a/1/model.onnx': identityModel(), 'b/1/model.onnx': identityModel() },
        { control: { mode: 'explicit' } },
      );
      const leases: ReturnType<typeof repository.lease>[] = [];
      const running: Promise<unknown>[] = [];
      let width = 1;
      for (const { kind, name } of steps) {
        if (kind === 'load') {
          running.push(
            repository.load(name, NOTHING).catch((error: unknown) => {
              if (!ProtocolError.isInstance(error)) throw error;
            }),
          );
        }
        if (kind === 'unload') running.push(repository.unload(name, { dependents: false }));
        if (kind === 'change') await folder.write({ [`${name}/1/model.onnx`]: mlpModel([1, (width += 1)]) });
        if (kind === 'break') await folder.write({ [`${name}/1/model.onnx`]: 'no model' });
        if (kind === 'pause') await Promise.all(running);
        if (kind === 'release') leases.shift()?.[Symbol.dispose]();
        if (kind === 'lease') {
          try {
            const lease = repository.lease(name, '');
            leases.push(lease);
          } catch (error) {
            expect([404, 503]).toContain((error as ProtocolError).httpStatus);
          }
        }
        for (const { model } of leases) {
          expect(opener.opened.find((executor) => executor === model.executor)!.disposed).toBe(false);
        }
      }
      await Promise.all(running);
      for (const lease of leases) lease[Symbol.dispose]();
      await rest[Symbol.asyncDispose]();
      expect(opener.opened.filter(({ disposed }) => !disposed)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
