import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues } from '@switchyard/core';
import { buildModel } from '@switchyard/onnx/testing';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { ExecutorConfig, ModelExecutor } from '../execution/model-executor.ts';
import { openModelExecutor } from '../execution/open-model-executor.ts';
import { repositoryOf, until, type TestRepository } from './__fixtures__/repository-of.ts';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { makePrivateFolder } from './files/private-folder.ts';
import type { ModelRepositoryOptions } from './repository-options.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
});
afterAll(() => runtime.close());

const openExecutor = (path: string, config: ExecutorConfig): Promise<ModelExecutor> =>
  openModelExecutor(runtime, path, config, { model: () => undefined });

/** `y = x + number`. The size of the file does not depend on the number. */
const adds = (number: number): Uint8Array =>
  buildModel({
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'number'], outputs: ['y'] }],
    initializers: [{ name: 'number', dtype: 'float32', shape: [1], data: [number] }],
  });

async function serve(options: Partial<ModelRepositoryOptions>): Promise<TestRepository> {
  const test = await repositoryOf({ 'm.onnx': adds(1) }, { openExecutor, ...options });
  onTestFinished(() => test[Symbol.asyncDispose]());
  return test;
}

async function answer({ repository }: TestRepository): Promise<number> {
  using lease = repository.lease('m', '');
  const { outputs } = await lease.model.executor.run({
    feeds: { x: makeTensor('float32', [1, 2], [10, 20]) },
    outputs: null,
    rows: 1,
    priority: 0,
    queueTimeoutMicros: 0,
    deadline: null,
    signal: new AbortController().signal,
  });
  return Number(tensorValues(outputs['y']!)[0]);
}

/** Writes other bytes into the same file, as `cp` over it does, and kills the process of the model. */
async function overwriteAndKill({ folder, repository }: TestRepository, bytes: Uint8Array): Promise<void> {
  const file = await open(join(folder.path, 'm.onnx'), 'r+');
  await file.truncate(0);
  await file.write(bytes);
  await file.close();
  const health = repository.find('m', '').executor.health();
  process.kill(health.instances[0]!.pid!, 'SIGKILL');
  const { replaced } = health.instances[0]!;
  await until('the end was noticed', () => {
    const { state, instances } = repository.find('m', '').executor.health();
    return state !== 'ready' || instances[0]!.replaced > replaced;
  });
}

it.each([
  ['newer', adds(2)],
  ['broken', new TextEncoder().encode('half a model')],
])(
  'a process that is killed is replaced by the model that was loaded, with %s files in its place',
  async (_name, bytes) => {
    const test = await serve({ control: { mode: 'explicit', load: ['*'] } });
    expect(await answer(test)).toBe(11);
    for (let round = 0; round < 2; round += 1) {
      await overwriteAndKill(test, bytes);
      expect(await answer(test)).toBe(11);
    }
  },
);

it('without copies nothing that was not loaded takes its place, and what was loaded does', async () => {
  const test = await serve({ control: { mode: 'none' } });
  expect(await answer(test)).toBe(11);
  await overwriteAndKill(test, adds(2));
  // Refused while the files are others, answered by the model of before once they are back.
  const { repository, folder } = test;
  await until('it is refused', () => repository.find('m', '').executor.health().state === 'failed');
  await expect(answer(test)).rejects.toMatchObject({
    problem: 'unavailable',
    message: expect.stringContaining('its files are not those that were loaded'),
  });
  expect(repository.readiness().ready).toBe(false);
  await folder.write({ 'm.onnx': adds(1) });
  await until('it is served again', () => repository.readiness().ready);
  expect(await answer(test)).toBe(11);
}, 90_000);

it('without copies, followed files are loaded anew', async () => {
  const control = { mode: 'watch', method: 'poll', intervalMs: 50, settleMs: 50 } as const;
  const test = await serve({ control, modelCopies: 'never' });
  expect(await answer(test)).toBe(11);
  await overwriteAndKill(test, adds(2));
  const before = test.repository.find('m', '');
  await until('the newer files are served', () => test.repository.find('m', '') !== before);
  expect(await answer(test)).toBe(12);
}, 60_000);

it('says that it could not copy, and loads from the place, unless it has to copy', async () => {
  const nowhere = join((await temporaryFolder()).path, 'nowhere');
  const options = { control: { mode: 'explicit', load: ['*'] }, temporaryFolder: nowhere } as const;
  const test = await serve(options);
  expect(test.events.map(({ kind }) => kind)).toEqual(['loading', 'not-copied', 'ready']);
  expect(await answer(test)).toBe(11);
  const strict = await serve({ ...options, modelCopies: 'always' });
  expect(strict.repository.readiness().reason).toContain('could not be copied');
});

it('removes what killed servers left, and nothing else', async () => {
  const temporary = await temporaryFolder();
  onTestFinished(() => temporary.remove());
  const script = `import { makePrivateFolder } from ${JSON.stringify(import.meta.resolve('./files/private-folder.ts'))};
await makePrivateFolder(process.argv[1]);
process.kill(process.pid, process.argv[2]);
setInterval(() => {}, 1000);`;
  const argv = ['--input-type=module', '-e', script, temporary.path];
  spawnSync(process.execPath, [...argv, 'SIGKILL']);
  const [left] = await readdir(temporary.path);
  expect(left).toMatch(/^switchyard-model-\d+-\d+-/);
  const mine = await makePrivateFolder(temporary.path);
  await mkdir(join(temporary.path, left!.replace(/-\d+-/, '-1-').replace(/-\d+-(?=\w+$)/, '-77-')));
  await writeFile(join(temporary.path, `${left!}x`), 'a file');
  const before = await readdir(temporary.path);
  await serve({ temporaryFolder: temporary.path });
  expect((await readdir(temporary.path)).toSorted()).toEqual(
    before.filter((name) => name !== left).toSorted(),
  );
  await mine.remove();
});
