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
import type { CountedNodes } from './count-nodes.ts';
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
  /** How many nodes the session has; asked at most once. */
  readonly countNodes: () => Promise<CountedNodes>;
}

/** What is known of where the nodes are: the provider for certain, their number where the log could be had. */
function placementOf(counted: CountedNodes): PlacementV1 {
  const only = 'The session has no execution provider but that of the CPU, compiled to WebAssembly';
  const source = counted.known
    ? `${only}. Nodes: the log of onnxruntime-web for the same model and options in a process of its own; all ${counted.nodes} nodes after optimisation, those in subgraphs included. Times are not measured.`
    : `${only}. How many nodes there are is not known: ${counted.why}.`;
  return {
    source,
    complete: counted.known,
    providers: [{ name: ENGINE_PROVIDER, nodes: counted.known ? counted.nodes : null, timeShare: null }],
    partitions: 1,
  };
}

/** Wraps a session of the engine: runs one after the other, checked both ways, released once. */
export function createWasmSession(opened: OpenedSession): BackendSessionV1 {
  const { engine, inputs, outputs, device, logSeverityLevel } = opened;
  const outputNames = outputs.map(({ name }) => name);
  let released: Promise<void> | null = null;
  let counted: Promise<CountedNodes> | null = null;

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
      counted ??= opened.countNodes();
      return placementOf(await counted);
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
