import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// oxlint-disable-next-line import/default -- Node reads the CommonJS entry, whose exports are the default.
import wavefile from 'wavefile';
import { findSegments } from './find-segments.ts';
import { readSpeech } from './read-speech.ts';
import { createVoiceDetector, speechProbabilities, STEP_SAMPLES } from './voice-detector.ts';

const shared = fileURLToPath(new URL('../../../shared/models/silero-vad/', import.meta.url));
const absent = !existsSync(shared);
const why = absent ? ' (skipped: ../shared/models/silero-vad, which holds the model, is absent)' : '';

function runMain(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return spawnSync(process.execPath, ['--conditions=@switchyard/source', main, ...words], {
    encoding: 'utf8',
  });
}

describe.skipIf(absent)(`a real model on real speech${why}`, () => {
  let runtime: Runtime;
  let samples: Float32Array;
  beforeAll(async () => {
    runtime = await createRuntime({ backends: [createCpuBackend(), createWasmBackend()] });
    samples = await readSpeech(join(shared, 'test.wav'));
  });
  afterAll(() => runtime.close());

  it.each(['silero_vad_16k_op15.onnx', 'silero_vad.onnx'])(
    '%s finds 1452 of 1875 steps voiced',
    async (file) => {
      const session = await runtime.open(join(shared, file));
      const probabilities = await speechProbabilities(session, samples);
      expect(probabilities).toHaveLength(1875);
      expect(probabilities.filter((probability) => probability > 0.5)).toHaveLength(1452);

      const segments = findSegments(probabilities, 0.032);
      expect(segments).toHaveLength(21);
      expect(segments[0]).toEqual({ start: 0.032, end: expect.closeTo(2.016, 6) });
      expect(segments.at(-1)!.end).toBeLessThanOrEqual(60);
      for (const [index, { start, end }] of segments.entries()) {
        expect(end - start).toBeGreaterThanOrEqual(0.25);
        if (index > 0) expect(start - segments[index - 1]!.end).toBeGreaterThanOrEqual(0.1);
      }
    },
  );

  it('finds the same in WebAssembly, which only runs when it is asked for', async () => {
    const session = await runtime.open(join(shared, 'silero_vad_16k_op15.onnx'), { backend: 'wasm' });
    expect(session.selection.selected?.backend).toBe('wasm');
    expect(session.isolation.kind).toBe('process');
    const probabilities = await speechProbabilities(session, samples);
    expect(probabilities).toHaveLength(1875);
    expect(probabilities.filter((probability) => probability > 0.5)).toHaveLength(1452);
    await session.close();
  });

  it('keeps two recordings apart on one session', async () => {
    const session = await runtime.open(join(shared, 'silero_vad_16k_op15.onnx'));
    const steps = Array.from({ length: 40 }, (_, step) => step * STEP_SAMPLES);
    const alone = await speechProbabilities(session, samples.subarray(0, 40 * STEP_SAMPLES));
    const [first, second] = [createVoiceDetector(session), createVoiceDetector(session)];
    const together: number[] = [];
    for (const start of steps) {
      together.push(await first.hear(samples.subarray(start, start + STEP_SAMPLES)));
      await second.hear(samples.subarray(start + 320_000, start + 320_000 + STEP_SAMPLES));
    }
    expect(together).toEqual(alone);
  });

  it('prints the timeline, the stretches, the count and what ran it', () => {
    const { status, stdout, stderr } = runMain();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.includes('█'))).toHaveLength(6);
    expect(lines.filter((line) => line.startsWith('speech from '))).toHaveLength(21);
    expect(lines).toContain('speech from 0.03 s to 2.02 s');
    expect(lines.at(-2)).toBe('1452 of 1875 steps voiced');
    expect(lines.at(-1)).toMatch(/^backend=cpu {2}device=cpu \(.+\) {2}reason=only-candidate {2}source=/);
  });
});

describe('without the files', () => {
  it('says what is missing and where to get it, and exits with 4', () => {
    const { status, stdout, stderr } = runMain('no-such-model.onnx', 'no-such-recording.wav');
    expect(status).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toContain('`no-such-model.onnx` is not there.');
    expect(stderr).toContain('snakers4/silero-vad');
  });

  it('refuses a recording that the model is not for', async () => {
    const stereo = new wavefile.WaveFile();
    stereo.fromScratch(2, 44_100, '16', [new Int16Array(8), new Int16Array(8)]);
    const path = join(await mkdtemp(join(tmpdir(), 'voice-activity-')), 'stereo.wav');
    await writeFile(path, stereo.toBuffer());
    await expect(readSpeech(path)).rejects.toThrow(/44100 samples per second, 2 channel\(s\) and 16 bits/);
  });
});
