import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** The engine, without anything of ours. */
export type Engine = typeof import('onnxruntime-node');

/** Loads onnxruntime-node as a program that uses nothing else would. */
async function loadEngine(): Promise<Engine> {
  const module: Engine & { readonly default?: Engine } = await import('onnxruntime-node');
  return module.default ?? module;
}

/** A session of the engine, and runs of it with what a careful program makes anew for each. */
export interface DirectSession extends AsyncDisposable {
  readonly engine: Engine;
  readonly session: InferenceSession;
  run(feeds: Readonly<Record<string, Tensor>>): Promise<InferenceSession.OnnxValueMapType>;
}

/** Opens a model, by path or by its bytes, on the engine's CPU provider. */
export async function openDirect(
  model: Uint8Array | string,
  options: InferenceSession.SessionOptions = {},
): Promise<DirectSession> {
  const engine = await loadEngine();
  const wanted = { executionProviders: ['cpu'], logSeverityLevel: 3, ...options } as const;
  const session =
    typeof model === 'string'
      ? await engine.InferenceSession.create(model, wanted)
      : await engine.InferenceSession.create(model, wanted);
  return {
    engine,
    session,
    run: (feeds) => session.run(feeds),
    [Symbol.asyncDispose]: () => session.release(),
  };
}
