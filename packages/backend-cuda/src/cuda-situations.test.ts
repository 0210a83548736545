import { EngineError, type ArtifactCheckV1, type Reason } from '@switchyard/core';
import { addModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cudaHardware } from './cuda-hardware.ts';
import { judgeProvider } from './judge-provider.ts';
import { lookAtProvider } from './look-at-provider.ts';
import { CUDA_SITUATIONS, cudaMachine } from './testing/index.ts';

// File names of Linux have colons, which Windows does not take.
const onWindows = process.platform === 'win32';

const words = ({ code, message, remedy }: Reason): object => ({ code, message, remedy });

describe.skipIf(onWindows).each(CUDA_SITUATIONS)('$name', (situation) => {
  it('is said in one sentence with one command', async () => {
    await using machine = await cudaMachine(situation);
    const { host, backend } = machine;
    const answer = backend.predicate(host);
    const artifacts: readonly ArtifactCheckV1[] = (await backend.doArtifacts?.(host)) ?? [];
    const settled = new Set(artifacts.flatMap(({ settles }) => settles ?? []));
    const said =
      answer.eligible === 'no'
        ? answer.reasons
        : [
            ...artifacts.flatMap(({ problem }) => problem ?? []),
            ...(answer.blockers ?? []).filter(({ code }) => !settled.has(code)),
          ];
    expect(said.map((reason) => words(reason))).toEqual(
      situation.verdict === null ? [] : [situation.verdict],
    );
    for (const { present, problem } of artifacts) expect(present).toBe(problem === null);
  });

  it('is judged from the record alone, wherever that is', async () => {
    await using machine = await cudaMachine(situation);
    const record = await lookAtProvider(machine.places, 'cuda');
    const hardware = cudaHardware(machine.host);
    const driver = hardware.seen === 'yes' && hardware.driver;
    const replayed = judgeProvider(
      JSON.parse(JSON.stringify(record)) as typeof record,
      JSON.parse(JSON.stringify(machine.host)) as typeof machine.host,
      driver,
    );
    expect(replayed).toEqual(judgeProvider(record, machine.host, driver));
  });

  it.skipIf(situation.verdict === null)('is what opening a model and probing say too', async () => {
    await using machine = await cudaMachine(situation);
    const { backend, host } = machine;
    const probed = await backend.doProbe({ host });
    expect(probed.ok ? null : words(probed.reason)).toEqual(situation.verdict);
    const device = { id: 'cuda:0', name: 'GPU', kind: 'gpu', software: false } as const;
    const opening = backend.doOpen({ bytes: addModel(), name: 'add' }, { device, options: {} });
    const error = await opening.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(EngineError.isInstance(error) ? words(error.reason) : error).toEqual(situation.verdict);
  });
});
