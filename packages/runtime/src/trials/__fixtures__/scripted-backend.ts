import {
  makeTensor,
  tensorValues,
  type BackendSessionV1,
  type DeviceV1,
  type PlacementV1,
  type Tensors,
} from '@switchyard/core';
import { mockBackend, type MockBackend } from '@switchyard/core/testing';
import type { FakeClock } from './fake-clock.ts';

export interface Script {
  readonly id: string;
  readonly clock: FakeClock;
  /** (optional) Preference among accelerators. Default: 0. */
  readonly rank?: number;
  /** (optional) Milliseconds of a run, by its number from 1 on. Default: 2. */
  readonly runMs?: (run: number) => number;
  /** (optional) Milliseconds of opening. Default: 100. */
  readonly openMs?: number;
  /** (optional) What becomes of a right result. Default: nothing. */
  readonly change?: (value: number, position: { readonly row: number; readonly index: number }) => number;
  /** (optional) Default: ten nodes and all of the time on the device. */
  readonly placement?: PlacementV1;
  /** (optional) Runs, by number from 1 on, that never end. Default: none. */
  readonly hangsAt?: number;
  /** (optional) A run that hangs rejects when its signal aborts, as one in a process does. Default: false. */
  readonly interruptible?: boolean;
  /** (optional) The session says that it is on another device. Default: false. */
  readonly onAnotherDevice?: boolean;
  /** (optional) Opening never ends. Default: false. */
  readonly hangsOpening?: boolean;
  /** (optional) Thrown by runs. Default: nothing. */
  readonly throws?: Error;
  /** (optional) Thrown by opening. Default: nothing. */
  readonly refuses?: Error;
  /** (optional) Thrown for batches above one. Default: nothing. */
  readonly throwsAboveOne?: Error;
}

export const onDevice = (name: string, nodes: number, share: number | null, cpu = 10 - nodes): PlacementV1 => ({
  source: 'the profile of a run',
  complete: true,
  partitions: 1,
  providers: [
    ...(nodes === 0 ? [] : [{ name, nodes, timeShare: share }]),
    ...(cpu === 0 ? [] : [{ name: 'CPUExecutionProvider', nodes: cpu, timeShare: share === null ? null : 1 - share }]),
  ],
});

/** A backend that really computes `y = 2x + 1` over `x: float32 [batch, 4]`, in the ways that its script says. */
export function scriptedBackend(script: Script): MockBackend {
  const { id, clock, runMs = () => 2, openMs = 100 } = script;
  const isCpu = id === 'cpu';
  const device: DeviceV1 = { id: isCpu ? 'cpu' : `${id}:0`, name: `${id} device`, kind: isCpu ? 'cpu' : 'gpu', software: false };
  const provider = isCpu ? 'CPUExecutionProvider' : `${id}ExecutionProvider`;
  let runs = 0;
  const never = (): Promise<never> => {
    // The only way out is the end of the time.
    setImmediate(() => clock.advance(1_000_000));
    return new Promise(() => undefined);
  };
  const session: BackendSessionV1 = {
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
    device: script.onAnotherDevice === true ? { ...device, id: `${id}:1` } : device,
    executionProviders: [provider],
    async doRun(feeds, { signal } = {}): Promise<Tensors> {
      runs += 1;
      const { x } = feeds;
      if (x === undefined || x.dtype !== 'float32') throw new Error('x is missing');
      if (script.throws !== undefined) throw script.throws;
      if (script.throwsAboveOne !== undefined && x.shape[0]! > 1) throw script.throwsAboveOne;
      if (script.hangsAt === runs && script.interruptible === true) {
        const { promise, reject } = Promise.withResolvers<Tensors>();
        signal?.addEventListener('abort', () => reject(new Error('interrupted')));
        void never();
        return promise;
      }
      if (script.hangsAt === runs) return never();
      clock.advance(runMs(runs));
      const values = (tensorValues(x) as number[]).map((value, index) => {
        const right = 2 * value + 1;
        return script.change?.(right, { row: Math.floor(index / 4), index }) ?? right;
      });
      return { y: makeTensor('float32', x.shape, values) };
    },
    doPlacement: () => Promise.resolve(script.placement ?? onDevice(provider, 10, 1)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return mockBackend({
    manifest: { id, rank: script.rank ?? 0, deviceKinds: isCpu ? ['cpu'] : ['gpu'] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doOpen: () => {
      if (script.refuses !== undefined) return Promise.reject(script.refuses);
      if (script.hangsOpening === true) return never();
      clock.advance(openMs);
      return Promise.resolve(session);
    },
  });
}
