import { EngineError, ExecutionError, ModelError, makeReason } from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import { ENGINE_VERSION, ID } from './wasm-facts.ts';

type ModelCode = ConstructorParameters<typeof ModelError>[0];

// The engine gives no codes that tell faults apart, only these texts, read from onnxruntime-web 1.30.0. The first
// match decides: a text about a missing operator also says that the model is invalid.
const MODEL_TEXTS: readonly (readonly [RegExp, ModelCode, string | null])[] = [
  [
    /Failed to load external data file/,
    'external-data-missing',
    'Put the whole data file where the model names it, beside the model file, and open the model by its path.',
  ],
  [
    /escapes (model|working) directory|Absolute path not allowed/,
    'external-data-outside',
    'Move the data file into the folder of the model.',
  ],
  [
    /No Op registered for|is not a registered function\/op|Could not find an implementation|unsupported data type|is under development|Unsupported model IR version|NOT_IMPLEMENTED|layout_ == 0 was false/i,
    'model-unsupported',
    `Export the model with operators, types and an opset that onnxruntime-web ${ENGINE_VERSION} has.`,
  ],
];

/** The engine itself, not the model: its files, its memory, its threads. */
const ENGINE_TEXTS: readonly (readonly [RegExp, string])[] = [
  [
    /bad_alloc|out of memory|\bOOM\b|failed to allocate|allocation failed|without a text/i,
    'WebAssembly has 4 GiB at most, for weights and tensors together: use a smaller model or batch, or a backend with a native build.',
  ],
  [
    /no available backend found|Aborted\(|initializeWebAssembly|^unreachable\b/,
    'Close what uses this engine and open the model again, best with isolation `process`.',
  ],
];

/** What a failed creation of a session means: the model's fault, or the engine's. */
export function openError(model: string, thrown: unknown): ModelError | EngineError {
  const sentence = engineSentence(thrown);
  const message = `onnxruntime-web could not open \`${model}\` for backend \`${ID}\`: ${sentence}`;
  const ofEngine = ENGINE_TEXTS.find(([text]) => text.test(sentence));
  if (ofEngine !== undefined || isTrap(thrown)) {
    const evidence = [{ path: 'onnxruntime-web', value: sentence }];
    return new EngineError({
      backend: ID,
      cause: thrown,
      reason: makeReason('probe-failed', message, evidence, ofEngine?.[1] ?? null),
    });
  }
  const known = MODEL_TEXTS.find(([text]) => text.test(sentence));
  return new ModelError(known?.[1] ?? 'model-invalid', message, {
    model,
    remedy: known?.[2] ?? null,
    cause: thrown,
  });
}

/** A stop of WebAssembly itself, after which the engine of this process is not to be trusted. */
function isTrap(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'RuntimeError';
}

/** What a failed run means. The session stays as it was. */
export function runError(thrown: unknown): ExecutionError {
  const sentence = engineSentence(thrown);
  const remedy = ENGINE_TEXTS.find(([text]) => text.test(sentence))?.[1] ?? null;
  return new ExecutionError('run-failed', `onnxruntime-web failed to run the model: ${sentence}`, {
    backend: ID,
    remedy,
    cause: thrown,
  });
}
