import { EngineError, SettingsError, errorText, makeReason } from '@switchyard/core';
import type { Engine } from './engine.ts';
import { ENGINE_VERSION, ID } from './wasm-facts.ts';

/** Names that the engine's loader sets on the global object of Node.js, and does not need afterwards. */
const TOUCHED = ['Worker'] as const;

/**
 * Imports the engine. It is JavaScript until the first session is made: only then its WebAssembly is compiled.
 *
 * @throws EngineError `platform-unsupported` without WebAssembly, `package-missing` without the engine
 */
export async function loadEngine(): Promise<Engine> {
  if (!Reflect.has(globalThis, 'WebAssembly')) {
    throw new EngineError({
      backend: ID,
      reason: makeReason(
        'platform-unsupported',
        'This Node.js process has no WebAssembly.',
        [{ path: 'globalThis.WebAssembly', value: null }],
        'Start Node.js without `--jitless`.',
      ),
    });
  }
  try {
    return (await import('onnxruntime-web')) as unknown as Engine;
  } catch (error) {
    throw new EngineError({
      backend: ID,
      cause: error,
      reason: makeReason(
        'package-missing',
        `The npm package \`onnxruntime-web\` could not be imported: ${errorText(error)}`,
        [{ path: 'onnxruntime-web', value: null }],
        'Install the project again; onnxruntime-web comes with `@switchyard/backend-wasm`.',
      ),
    });
  }
}

/**
 * Says how many threads the engine is to have. It makes them with its first session and never others, so that
 * a number that differs from what it has is refused: it would be ignored.
 *
 * @throws SettingsError `invalid-value`
 */
export function claimThreads({ env }: Engine, threads: number | null): void {
  const { numThreads } = env.wasm;
  if (threads === null || numThreads === threads) return;
  if (numThreads === undefined) {
    env.wasm.numThreads = threads;
    return;
  }
  throw new SettingsError(
    'invalid-value',
    `The option \`intraOpThreads\` cannot be ${threads} here: the first session of this process or thread gave onnxruntime-web ${ENGINE_VERSION} ${numThreads}, and it has one number of them.`,
    {
      source: `backend \`${ID}\``,
      remedy: 'Give every session the same number, or use isolation `process`.',
    },
  );
}

/**
 * Does something that may start the engine, without a trace beside it: its loader puts a `Worker` on the global
 * object, and its log level is that of everybody who uses it in this process.
 */
export async function startingQuietly<Result>({ env }: Engine, work: () => Promise<Result>): Promise<Result> {
  const globals = TOUCHED.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const { logLevel } = env;
  env.logLevel = 'fatal';
  try {
    return await work();
  } finally {
    env.logLevel = logLevel;
    for (const [name, descriptor] of globals) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
