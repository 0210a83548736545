// node --conditions=@switchyard/source main.ts [MODEL] [WAV] [BACKEND]
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createWasmBackend } from '@switchyard/backend-wasm';
import { renderSelectionLine } from '@switchyard/core';
import { createRuntime } from '@switchyard/runtime';
import { drawTimeline } from './draw-timeline.ts';
import { findSegments, SPEECH_BEGINS } from './find-segments.ts';
import { readSpeech, SAMPLE_RATE } from './read-speech.ts';
import { speechProbabilities, STEP_SAMPLES } from './voice-detector.ts';

const FILE_ABSENT = 4;
const SHARED = new URL('../../../shared/models/silero-vad/', import.meta.url);
const [
  modelPath = fileURLToPath(new URL('silero_vad_16k_op15.onnx', SHARED)),
  wavPath = fileURLToPath(new URL('test.wav', SHARED)),
  backend,
] = process.argv.slice(2);

for (const path of [modelPath, wavPath]) {
  if (await isThere(path)) continue;
  console.error(
    `\`${path}\` is not there. The model and the recording are no part of this repository: take ` +
      '`src/silero_vad/data/silero_vad_16k_op15.onnx` and `tests/data/test.wav` from snakers4/silero-vad (MIT) ' +
      'and name both files: `main.ts MODEL WAV`.',
  );
  process.exit(FILE_ABSENT);
}

const samples = await readSpeech(wavPath);
const runtime = await createRuntime({ backends: [createCpuBackend(), createWasmBackend()] });
try {
  const session = await runtime.open(modelPath, backend === undefined ? {} : { backend });
  const probabilities = await speechProbabilities(session, samples);
  const stepSeconds = STEP_SAMPLES / SAMPLE_RATE;
  const voiced = probabilities.filter((probability) => probability > SPEECH_BEGINS).length;
  console.log(drawTimeline(probabilities, stepSeconds));
  for (const { start, end } of findSegments(probabilities, stepSeconds))
    console.log(`speech from ${start.toFixed(2)} s to ${end.toFixed(2)} s`);
  console.log(`${voiced} of ${probabilities.length} steps voiced`);
  console.log(renderSelectionLine(session.selection));
} finally {
  await runtime.close();
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
