import type { BackendV1 } from '@switchyard/core';
import { loadMachine } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { createScriptedBackend } from './__fixtures__/scripted-backend.ts';
import { CONFORMANCE_CASES } from './cases/cases.ts';
import { createConformance } from './create-conformance.ts';

const windows = await loadMachine('windows-intel');

describe('a machine without the device', () => {
  it('skips what needs it with the words of the backend, and shows the refusal', async () => {
    await using conformance = createConformance({ create: createScriptedBackend, host: windows });
    expect(await conformance.run('K7.3')).toMatchObject({
      status: 'skipped',
      detail: 'platform-unsupported: Scripts do not run on Windows.',
      instead: 'An exact request for `scripted` is refused with `platform-unsupported`.',
    });
    expect(await conformance.run('K2.1')).toMatchObject({ status: 'passed' });
  });

  it('fails where the device is required', async () => {
    await using conformance = createConformance({
      create: createScriptedBackend,
      host: windows,
      requireDevice: true,
    });
    const { status, detail } = await conformance.run('K7.3');
    expect(status).toBe('failed');
    expect(detail).toMatch(/device is required here.*Scripts do not run on Windows/);
  });

  it('a device that the probe does not list is not there', async () => {
    await using conformance = createConformance({ create: createScriptedBackend, device: 'scripted:9' });
    const { status, detail } = await conformance.run('K8.1');
    expect(detail).toMatch(/`scripted:9` is not among the devices that the probe lists: `scripted:0`/);
    expect(status).not.toBe('passed');
  });
});

describe('a case that an author leaves out', () => {
  const reason = 'The script has no batches.';

  it('is skipped once its check has shown what happens instead', async () => {
    const text = 'A batch is refused.';
    let checked = 0;
    const check = async (): Promise<void> => void (checked += 1);
    await using conformance = createConformance({
      create: createScriptedBackend,
      skip: [{ cases: ['K7.5'], reason, instead: { text, check } }],
    });
    expect(await conformance.run('K7.5')).toMatchObject({ status: 'skipped', detail: reason, instead: text });
    expect(checked).toBe(1);
  });

  it('fails when the check fails, and when nothing is said on a machine that has the device', async () => {
    const check = async (): Promise<void> => {
      throw new Error('It was opened all the same.');
    };
    await using checked = createConformance({
      create: createScriptedBackend,
      skip: [{ cases: ['K7'], reason, instead: { text: 'It is refused.', check } }],
    });
    expect((await checked.run('K7.1')).detail).toContain('It was opened all the same.');
    await using silent = createConformance({
      create: createScriptedBackend,
      skip: [{ cases: ['K7'], reason }],
    });
    expect(await silent.run('K7.1')).toMatchObject({ status: 'failed' });
    expect((await silent.run('K7.1')).detail).toContain('What happens in its place is not said (`instead`)');
  });

  it('has to be one that there is', () => {
    const skip = [{ cases: ['K99'], reason }];
    expect(() => createConformance({ create: createScriptedBackend, skip })).toThrow(
      /no conformance case `K99`/,
    );
  });
});

it('a backend without `origin` runs where it is, and what needs other processes is skipped', async () => {
  const create = (): BackendV1 => {
    const { origin: _, ...backend } = createScriptedBackend();
    return backend;
  };
  await using conformance = createConformance({ create });
  expect(await conformance.run('K5.4')).toMatchObject({ status: 'passed' });
  expect(await conformance.run('K10.1')).toMatchObject({
    status: 'skipped',
    detail: 'This object has no `origin`, so that no other process can make it.',
  });
});

it('a process that dies fails its case, and the next case gets another', async () => {
  const { origin, ...backend } = createScriptedBackend();
  const url = `data:text/javascript,${encodeURIComponent(`
    import { ${origin!.factory} as make } from ${JSON.stringify(origin!.module)};
    export function createFatal() {
      const backend = make();
      return { ...backend, doOpen: async (source, context) => {
        if (source.name === 'perceptron') process.kill(process.pid, 'SIGKILL');
        return backend.doOpen(source, context);
      } };
    }`)}`;
  const create = (): BackendV1 => ({
    ...backend,
    origin: { module: url, factory: 'createFatal', arguments: [] },
  });
  await using conformance = createConformance({ create });
  expect((await conformance.run('K7.5')).detail).toMatch(/The process was ended by SIGKILL/);
  expect(await conformance.run('K7.4')).toMatchObject({ status: 'passed' });
});

it('every case has an id of its own, in order, and says what to change', () => {
  const ids = CONFORMANCE_CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(ids.map((id) => id.split('.')[0]))]).toEqual(
    Array.from({ length: 13 }, (_, index) => `K${index + 1}`),
  );
  for (const { change } of CONFORMANCE_CASES) expect(change).toMatch(/\.$/);
});
