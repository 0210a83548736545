import {
  ExecutionError,
  checkFeeds,
  checkOutputNames,
  type BackendSessionV1,
  type DeviceV1,
  type PlacementV1,
  type Tensor,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import { runError } from './engine-errors.ts';
import { inTurn } from './engine-queue.ts';
import type { EngineSession } from './engine.ts';
import { fromEngineTensor, toEngineTensor } from './tensor-codec.ts';
import { ENGINE_PROVIDER, ID } from './wasm-facts.ts';

/** A session of the engine with what is known of it. */
export interface OpenedSession {
  readonly engine: EngineSession;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly device: DeviceV1;
  readonly logSeverityLevel: number;
}

const PLACEMENT: PlacementV1 = Object.freeze({
  source:
    'The session has no execution provider but that of the CPU, compiled to WebAssembly, so every node runs there. The engine writes the number of nodes and their times to standard output and nowhere else, so they are not read.',
  complete: true,
  providers: Object.freeze([Object.freeze({ name: ENGINE_PROVIDER, nodes: null, timeShare: null })]),
  partitions: 1,
});

/** Wraps a session of the engine: runs one after the other, checked both ways, released once. */
export function createWasmSession(opened: OpenedSession): BackendSessionV1 {
  const { engine, inputs, outputs, device, logSeverityLevel } = opened;
  const outputNames = outputs.map(({ name }) => name);
  let released: Promise<void> | null = null;

  async function runNow(feeds: Tensors, wanted: readonly string[]): Promise<Tensors> {
    const given = recordOf(
      inputs.map(({ name }) => name),
      (name) => toEngineTensor(name, feeds[name]!),
    );
    const results = await engine.run(given, wanted, { logSeverityLevel }).catch((error: unknown) => {
      throw runError(error);
    });
    return recordOf(wanted, (name): Tensor => {
      const result = Object.hasOwn(results, name) ? results[name] : undefined;
      if (result === undefined) throw runError(new Error(`It gave no \`${name}\`.`));
      return fromEngineTensor(name, result);
    });
  }

  return {
    inputs,
    outputs,
    device,
    executionProviders: Object.freeze([ENGINE_PROVIDER]),
    async doRun(feeds, options) {
      if (released !== null) throw closed();
      checkFeeds(inputs, feeds);
      const wanted = options?.outputs ?? outputNames;
      if (wanted !== outputNames) checkOutputNames(outputs, wanted);
      return inTurn(() => runNow(feeds, wanted), options?.signal);
    },
    async doPlacement({ feeds } = {}) {
      if (released !== null) throw closed();
      if (feeds !== undefined) checkFeeds(inputs, feeds);
      return PLACEMENT;
    },
    async [Symbol.asyncDispose]() {
      released ??= inTurn(() => engine.release());
      await released;
    },
  };
}

/** An object with these keys; a name like `__proto__` becomes a key as any other. */
function recordOf<Value>(
  names: readonly string[],
  valueOf: (name: string) => Value,
): Readonly<Record<string, Value>> {
  const record: Record<string, Value> = {};
  for (const name of names) {
    Object.defineProperty(record, name, {
      value: valueOf(name),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return record;
}

function closed(): ExecutionError {
  return new ExecutionError('session-closed', 'The session was released, so that it cannot run.', {
    backend: ID,
    remedy: 'Open the model again.',
  });
}
