import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { makeTensor, tensorValues, type Tensor, type Tensors } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { loopModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { runTrials } from '../trials/run-trials.ts';
import { openIsolated } from './open-isolated.ts';

const MODELS = path.resolve(import.meta.dirname, '../../../../../shared/models');
const absent = existsSync(MODELS) ? '' : ' (skipped: there is no ../shared/models beside the repository)';
const host = hostFactsOf();
const cpu = createCpuBackend();
const wasm = createWasmBackend();
const [onCpu] = await cpu.doDevices({ host });
const [onWasm] = await wasm.doDevices({ host });

const openInProcess = (model: { path: string } | { bytes: Uint8Array; name: string }) =>
  openIsolated(wasm, 'process', model, { device: onWasm!, options: {} });

describe.skipIf(absent !== '')(`the five classifiers in WebAssembly in a process${absent}`, () => {
  it.each(['densenet121', 'inception_v1', 'resnet50', 'shufflenet', 'squeezenet'])(
    '%s agrees with the CPU',
    async (name) => {
      const { trials, notRun, figures } = await runTrials({
        candidate: { backend: wasm, device: onWasm! },
        reference: { backend: cpu, device: onCpu! },
        model: { path: path.join(MODELS, `light/light_${name}.onnx`) },
        open: (backend, model, context) =>
          openIsolated(backend, backend === wasm ? 'process' : 'inline', model, context),
        trials: ['parity'],
      });
      expect(notRun).toEqual([]);
      expect(trials).toMatchObject([{ trial: 'parity', passed: true }]);
      expect(figures.parity!.flatMap((one) => one.outputs).length).toBeGreaterThan(0);
    },
    120_000,
  );
});

describe.skipIf(absent !== '')(`voice activity in WebAssembly in a process${absent}`, () => {
  it.each(['silero_vad.onnx', 'silero_vad_16k_op15.onnx'])(
    '%s hears speech in 1,452 of 1,875 steps, as the CPU does step by step',
    async (file) => {
      const model = { path: path.join(MODELS, 'silero-vad', file) };
      await using session = await openInProcess(model);
      await using reference = await cpu.doOpen(model, { device: onCpu!, options: {} });
      const [heard, wanted] = [await listen(session), await listen(reference)];
      expect(heard).toHaveLength(1875);
      expect(heard.filter((probability) => probability > 0.5)).toHaveLength(1452);
      for (const [step, probability] of wanted.entries()) {
        expect(Math.abs(heard[step]! - probability), `step ${step}`).toBeLessThan(1e-4);
      }
    },
    120_000,
  );
});

describe('a run in WebAssembly in a process', () => {
  const scalar = makeTensor('float32', [1], [1]);
  const counting = (count: bigint): Tensors => ({
    count: makeTensor('int64', [], [count]),
    start: scalar,
    step: scalar,
  });

  it('leaves the caller free: turns of its event loop go by in between', async () => {
    await using session = await openInProcess({ bytes: loopModel(), name: 'loop' });
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const { result } = await session.doRun(counting(100_000n));
    running = false;
    expect(tensorValues(result!)).toEqual([100_001]);
    // Inline, the whole run is a single turn, however fast the machine is.
    expect(turns).toBeGreaterThan(20);
  });

  it('can be ended while it runs, and another one goes on after it', async () => {
    await using session = await openInProcess({ bytes: loopModel(), name: 'loop' });
    const controller = new AbortController();
    const endless = session.doRun(counting(2n ** 40n), { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(endless).rejects.toMatchObject({ code: 'aborted' });
    expect(tensorValues((await session.doRun(counting(5n)))['result']!)).toEqual([6]);
  });
});

/** What a session that answers like a model of the Silero family says of every step of the recording. */
async function listen(session: { doRun(feeds: Tensors): Promise<Tensors> }): Promise<readonly number[]> {
  const bytes = readFileSync(path.join(MODELS, 'silero-vad/test.wav'));
  const data = bytes.indexOf('data', 12, 'latin1') + 8;
  const samples = Float32Array.from(
    { length: bytes.readUInt32LE(data - 4) / 2 },
    (_, index) => bytes.readInt16LE(data + index * 2) / 32_768,
  );
  const sr = makeTensor('int64', [], [16_000n]);
  const window = new Float32Array(576);
  const probabilities: number[] = [];
  let state: Tensor = makeTensor('float32', [2, 1, 128], new Float32Array(256));
  for (let start = 0; start + 512 <= samples.length; start += 512) {
    window.copyWithin(0, 512);
    window.set(samples.subarray(start, start + 512), 64);
    const { output, stateN } = await session.doRun({
      input: makeTensor('float32', [1, 576], window),
      state,
      sr,
    });
    state = stateN!;
    probabilities.push(tensorValues(output!)[0] as number);
  }
  return probabilities;
}
