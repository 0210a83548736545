import { EngineError, ModelError, makeReason, type ReasonCode } from '@switchyard/core';
import { engineSentence } from './engine-sentence.ts';
import type { OrtProvider } from './ort-provider.ts';

interface OpenFailure {
  readonly backend: string;
  readonly provider: OrtProvider['name'];
  /** Path or name of the model. */
  readonly model: string;
  /** Whether the provider's own library stands beside the binding, where it has one. */
  readonly providerLibraryPresent: boolean;
}

type ModelCode = ConstructorParameters<typeof ModelError>[0];

// The engine gives no codes to JavaScript, only these texts, read from onnxruntime-node 1.30.0.
// The first match decides: a text about a missing operator also says that the model is invalid.
const MODEL_TEXTS: readonly (readonly [RegExp, ModelCode, string | null])[] = [
  [
    /External data path does not exist|External initializer: .* out of bounds/i,
    'external-data-missing',
    'Put the whole data file where the model names it, beside the model file, and open the model by its path.',
  ],
  [
    /escapes (model|working) directory|Absolute path not allowed/,
    'external-data-outside',
    'Move the data file into the folder of the model.',
  ],
  [
    /fallback to CPU EP has been explicitly disabled/,
    'model-unsupported',
    'Leave out `strict` (or the option `strictProvider`) to let the CPU run the rest.',
  ],
  [
    /Failed to construct locale/,
    'model-unsupported',
    'Install the locale that the model names on this machine, as `locale-gen` does on Debian and Ubuntu.',
  ],
  [
    // The two at the end are asserts of kernels and of a graph transformer, met by the ONNX project's own models.
    /No Op registered for|is not a registered function\/op|Could not find an implementation|Unsupported data type|is under development|Unsupported model IR version|NOT_IMPLEMENTED|layout_ == 0 was false|Provider type for \S+ node .*is not set/,
    'model-unsupported',
    'Export the model with operators and an opset that this version of ONNX Runtime has.',
  ],
  [
    /protobuf parsing failed|ModelProto|Model data pointer is null|invalid model|Duplicate definition|Missing opset/i,
    'model-invalid',
    null,
  ],
];

const ENGINE_TEXTS: readonly (readonly [RegExp, ReasonCode, string | null])[] = [
  [
    /bad_alloc|out of memory|Failed to allocate memory/i,
    'probe-failed',
    'Free memory, or use a smaller model.',
  ],
  [
    /driver version is insufficient|CUDA failure 35\b/i,
    'driver-mismatch',
    'Install a driver that is new enough for the runtime libraries.',
  ],
  [
    /no CUDA-capable device|CUDA failure 100\b|Failed to get a WebGPU adapter|Neural Engine/i,
    'hardware-absent',
    'Use another backend, or make the device visible to this process.',
  ],
];

/** What a failed creation of a session means: the model's fault, or the engine's. */
export function openError(failure: OpenFailure, thrown: unknown): ModelError | EngineError {
  const sentence = engineSentence(thrown);
  const { backend, provider, model } = failure;
  if (/Failed to load (shared )?library/.test(sentence)) return libraryError(failure, sentence, thrown);
  for (const [text, code, remedy] of ENGINE_TEXTS) {
    if (text.test(sentence)) return engineError(failure, code, sentence, remedy, thrown);
  }
  const known = MODEL_TEXTS.find(([text]) => text.test(sentence));
  if (known !== undefined || provider === 'cpu') {
    const [, code, remedy] = known ?? [null, 'model-invalid' as const, null];
    return new ModelError(
      code,
      `ONNX Runtime could not open \`${model}\` for backend \`${backend}\`: ${sentence}`,
      { model, remedy, cause: thrown },
    );
  }
  return engineError(failure, 'probe-failed', sentence, null, thrown);
}

function libraryError(failure: OpenFailure, sentence: string, thrown: unknown): EngineError {
  return failure.providerLibraryPresent
    ? engineError(
        failure,
        'runtime-library-missing',
        sentence,
        'Install the runtime libraries that the provider needs; the engine names them on standard error.',
        thrown,
      )
    : engineError(
        failure,
        'artifact-missing',
        `${sentence} The library of the provider is not beside the binding of onnxruntime-node.`,
        'Run the install script of onnxruntime-node, which package managers block or skip by default.',
        thrown,
      );
}

function engineError(
  failure: OpenFailure,
  code: ReasonCode,
  sentence: string,
  remedy: string | null,
  cause: unknown,
): EngineError {
  const { backend, provider } = failure;
  return new EngineError({
    backend,
    cause,
    reason: makeReason(
      code,
      `ONNX Runtime could not open a session of backend \`${backend}\` on the \`${provider}\` provider: ${sentence}`,
      [{ path: `onnxruntime-node.${provider}`, value: sentence }],
      remedy,
    ),
  });
}
