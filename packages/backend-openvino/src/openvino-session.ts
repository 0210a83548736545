import {
  ExecutionError,
  TensorError,
  type BackendSessionV1,
  type DeviceV1,
  type PlacementV1,
  type Tensors,
  type ValueInfo,
} from '@switchyard/core';
import type { CompiledModel, Core, InferRequest, Model, NodeAddon } from 'openvino-node';
import { prepareFeeds, type PreparedFeed } from './openvino-feeds.ts';
import { readPlacement } from './openvino-placement.ts';
import { createLookup, type OpenvinoPort } from './openvino-ports.ts';
import { absenceText } from './openvino-present.ts';
import { saidText } from './openvino-error.ts';
import { readOutput } from './openvino-results.ts';
import type { OpenvinoTarget } from './openvino-target.ts';

/** Everything that a session needs and keeps alive. */
export interface OpenvinoSessionParts {
  readonly library: NodeAddon;
  readonly core: Core;
  readonly model: Model;
  readonly compiled: CompiledModel;
  readonly request: InferRequest;
  readonly inputs: readonly OpenvinoPort[];
  readonly outputs: readonly OpenvinoPort[];
  readonly device: DeviceV1;
  readonly target: OpenvinoTarget;
  readonly executionDevices: readonly string[];
  /** Lets go of the folder of compiled models; called once. */
  readonly release: () => Promise<void>;
}

function aborted(signal: AbortSignal | undefined, when: string): ExecutionError {
  const cause: unknown = signal?.reason;
  return new ExecutionError('aborted', `The run was aborted ${when}.`, { backend: 'openvino', cause });
}

/**
 * One open model. Runs are started one after the other: `inferAsync` holds a lock of the whole process,
 * so that nothing would be gained by starting two. A run that has begun cannot be interrupted; aborting
 * it rejects at once and leaves it to end unseen.
 */
export class OpenvinoSession implements BackendSessionV1 {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly device: DeviceV1;
  readonly executionProviders: readonly string[];
  #parts: OpenvinoSessionParts | null;
  #last: Promise<unknown> = Promise.resolve();
  /** Holds what the binding shares memory with and does not keep alive itself. */
  readonly #inFlight: Set<readonly PreparedFeed[]> = new Set();

  constructor(parts: OpenvinoSessionParts) {
    this.#parts = parts;
    this.inputs = parts.inputs.map((port) => port.info);
    this.outputs = parts.outputs.map((port) => port.info);
    this.device = parts.device;
    this.executionProviders = [...parts.executionDevices];
  }

  async doRun(
    feeds: Tensors,
    options: { readonly signal?: AbortSignal; readonly outputs?: readonly string[] } = {},
  ): Promise<Tensors> {
    const parts = this.#open();
    const { signal } = options;
    if (signal?.aborted === true) throw aborted(signal, 'before it started');
    const wanted = this.#wanted(parts, options.outputs);
    const lookup = createLookup(parts.inputs, (name) => parts.compiled.input(name));
    const prepared = prepareFeeds(parts.library, parts.inputs, lookup, feeds);
    const run = this.#last.then(async () => this.#infer(parts, prepared, wanted, signal));
    // The caller gets the failure; the next run only has to wait for the end.
    this.#last = Promise.allSettled([run]);
    if (signal === undefined) return run;
    return Promise.race([run, untilAborted(signal, this.#last)]);
  }

  async doPlacement(): Promise<PlacementV1> {
    const { core, model, target, executionDevices } = this.#open();
    return readPlacement(core, model, target.name, executionDevices);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Closed for new runs at once; the binding has no release, so letting go is all there is.
    const parts = this.#parts;
    this.#parts = null;
    await this.#last;
    await parts?.release();
  }

  #open(): OpenvinoSessionParts {
    if (this.#parts !== null) return this.#parts;
    throw new ExecutionError('session-closed', 'The session was released before the call.', {
      backend: 'openvino',
      remedy: 'Open the model again.',
    });
  }

  /** Names that were asked for with the names under which the binding returns them. */
  #wanted(
    parts: OpenvinoSessionParts,
    names: readonly string[] | undefined,
  ): ReadonlyMap<string, OpenvinoPort> {
    const lookup = createLookup(parts.outputs, (name) => parts.compiled.output(name));
    const wanted = new Map<string, OpenvinoPort>();
    for (const name of names ?? parts.outputs.map((port) => port.info.name)) {
      const port = parts.outputs[lookup(name) ?? -1];
      if (port === undefined) {
        const known = parts.outputs.map((output) => `\`${output.info.name}\``).join(', ');
        const remedy = `The outputs are ${known}.`;
        throw new TensorError('output-unknown', `\`${name}\` is not an output of the model.`, {
          tensor: name,
          remedy,
        });
      }
      wanted.set(name, port);
    }
    return wanted;
  }

  async #infer(
    parts: OpenvinoSessionParts,
    prepared: readonly PreparedFeed[],
    wanted: ReadonlyMap<string, OpenvinoPort>,
    signal: AbortSignal | undefined,
  ): Promise<Tensors> {
    if (signal?.aborted === true) throw aborted(signal, 'before it started');
    this.#inFlight.add(prepared);
    try {
      const results = await parts.request.inferAsync(prepared.map((feed) => feed.tensor));
      return Object.fromEntries([...wanted].map(([name, port]) => [name, readOutput(results, port)]));
    } catch (error) {
      if (error instanceof ExecutionError) throw error;
      const gone = absenceText(parts.core, parts.target);
      const message = `OpenVINO failed while it ran the model on \`${parts.target.name}\`: ${saidText(error)}.${gone}`;
      throw new ExecutionError('run-failed', message, { backend: 'openvino', cause: error });
    } finally {
      this.#inFlight.delete(prepared);
    }
  }
}

/** Rejects when the signal fires and stops listening when the run has ended. */
async function untilAborted(signal: AbortSignal, ended: Promise<unknown>): Promise<never> {
  return new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(aborted(signal, 'before it ended'));
    signal.addEventListener('abort', stop, { once: true });
    void ended.then(() => signal.removeEventListener('abort', stop));
  });
}
