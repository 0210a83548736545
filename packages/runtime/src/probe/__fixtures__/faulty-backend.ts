import { spawn } from 'node:child_process';
import { appendFileSync, writeSync } from 'node:fs';
import { EngineError, makeTensor, type BackendSessionV1, type BackendV1, type DeviceV1 } from '@switchyard/core';
import { mockBackend } from '@switchyard/core/testing';

/** What goes wrong. `none` computes the tiny model's result without any engine. */
export type Fault =
  | 'none'
  | 'segfault'
  | 'abort'
  | 'exit-0'
  | 'exit-7'
  | 'hang'
  | 'loop'
  | 'stop'
  | 'child-and-hang'
  | 'child-and-crash'
  | 'child-and-go-on'
  | 'stdout-junk'
  | 'flood'
  | 'junk-answer'
  | 'endless-answer'
  | 'forged-answer'
  | 'fill-memory'
  | 'throw'
  | 'reject-undefined'
  | 'unhandled'
  | 'nonsense'
  | 'engine-error'
  | 'wrong-numbers'
  | 'other-device'
  | 'software'
  | 'strict-refused'
  | 'all-on-cpu'
  | 'incomplete'
  | 'crash-at-exit';

/** What the factory is told. It survives JSON, because another process calls the factory with it. */
export interface FaultPlan {
  readonly fault: Fault;
  /** Where it goes wrong. */
  readonly at?: 'module' | 'engine' | 'devices' | 'model';
  /** The device that it goes wrong on, at `model`. */
  readonly on?: string;
  readonly devices?: readonly string[];
  /** File that the id of every process which makes the backend is added to. */
  readonly pids: string;
  readonly artifact?: 'missing' | 'throws';
  readonly id?: string;
  readonly minimum?: 'inline' | 'process';
}

const OUTPUT = [8.5, 0, 2.25, 0];

export function createFaultyBackend(plan: FaultPlan, inOtherProcess = false): BackendV1 {
  const { fault, at = 'engine', id = 'faulty', minimum = 'inline' } = plan;
  if (inOtherProcess) appendFileSync(plan.pids, `${process.pid}\n`);
  if (inOtherProcess && at === 'module') void misbehave(plan);
  const devices = (plan.devices ?? [`${id}:0`]).map((name): DeviceV1 => {
    return { id: name, name: `Device ${name}`, kind: 'gpu', software: fault === 'software' };
  });
  return {
    ...mockBackend({
      manifest: { id, isolation: { minimum, recommended: 'process' } },
      predicate: () => ({ eligible: 'yes', reasons: [], devices }),
      doProbe: async () => {
        if (at === 'engine') await misbehave(plan);
        if (fault === 'nonsense') return { ok: 'perhaps' } as never;
        return { ok: true, devices, evidence: 'The faulty engine was loaded.' };
      },
      doDevices: async () => {
        if (at === 'devices') await misbehave(plan);
        return devices;
      },
      doOpen: async (_model, { device, strict = false }) => {
        if (at === 'model' && (plan.on === undefined || plan.on === device.id)) await misbehave(plan);
        if (strict && fault === 'strict-refused') throw failure('One node cannot run on the device.');
        return session(plan, device);
      },
      ...(plan.artifact === undefined
        ? {}
        : {
            doArtifacts: async () => {
              if (plan.artifact === 'throws') throw new Error('no such directory');
              const problem = { code: 'artifact-missing', message: 'A file is missing.', evidence: [], remedy: null } as const;
              return [{ name: 'library', present: false, problem }];
            },
          }),
    }),
    origin: { module: import.meta.url, factory: 'createFaultyBackend', arguments: [plan, true] },
  };
}

export const notAFunction = 1;

export function createAnother(): BackendV1 {
  return mockBackend({ manifest: { id: 'another' } });
}

export function createOfTomorrow(): unknown {
  return { ...mockBackend({ manifest: { id: 'faulty' } }), specificationVersion: 'v9' };
}

function session({ fault }: FaultPlan, device: DeviceV1): BackendSessionV1 {
  return {
    inputs: [],
    outputs: [],
    device: fault === 'other-device' ? { ...device, id: 'faulty:7' } : device,
    executionProviders: ['FaultyExecutionProvider'],
    doRun: async () => ({
      y: makeTensor('float32', [2, 2], fault === 'wrong-numbers' ? [8.5, 0, 2.5, Number.NaN] : OUTPUT),
    }),
    doPlacement: async () => ({
      source: 'the fixture',
      complete: fault !== 'incomplete',
      providers: [
        { name: fault === 'all-on-cpu' ? 'CPUExecutionProvider' : 'FaultyExecutionProvider', nodes: 2, timeShare: null },
      ],
      partitions: 1,
    }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function failure(message: string): EngineError {
  return new EngineError({ backend: 'faulty', reason: { code: 'driver-mismatch', message, evidence: [], remedy: 'Update it.' } });
}

async function misbehave({ fault, pids }: FaultPlan): Promise<void> {
  switch (fault) {
    case 'segfault':
      process.stderr.write('about to read address 0\n');
      process.kill(process.pid, 'SIGSEGV');
      return never();
    case 'abort':
      return process.abort();
    case 'exit-0':
      return process.exit(0);
    case 'exit-7':
      return process.exit(7);
    case 'hang':
      return never();
    case 'loop':
      for (;;) Math.random();
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return never();
    case 'child-and-hang':
      startChild(pids);
      return never();
    case 'child-and-crash':
      startChild(pids);
      return process.abort();
    case 'child-and-go-on':
      return startChild(pids);
    case 'stdout-junk':
      process.stdout.write('{"type":"done"}\n{"type":"end","level":"engine","status":"failed"}\n');
      return;
    case 'flood':
      for (let megabyte = 0; megabyte < 24; megabyte += 1) {
        writeSync(1, Buffer.alloc(1024 * 1024, 'o'));
        writeSync(2, Buffer.alloc(1024 * 1024, 'e'));
      }
      writeSync(2, '\nlast words\n');
      return;
    case 'junk-answer':
      writeSync(3, '%PDF-1.7\u0000\n');
      return;
    case 'endless-answer':
      for (let part = 0; part < 64; part += 1) writeSync(3, 'x'.repeat(32 * 1024));
      return;
    case 'forged-answer':
      writeSync(3, '{"type":"begin","level":"engine","device":null}\n');
      return;
    case 'fill-memory': {
      const held: Buffer[] = [];
      for (;;) held.push(Buffer.alloc(16 * 1024 * 1024, 1));
    }
    case 'throw':
      throw new Error('out of luck');
    case 'reject-undefined':
      return Promise.reject(undefined);
    case 'unhandled':
      setImmediate(() => {
        throw new Error('thrown from nowhere');
      });
      return never();
    case 'engine-error':
      throw failure('The driver is from 1999.');
    case 'crash-at-exit':
      process.once('exit', () => process.abort());
      return;
    case 'none':
    case 'nonsense':
    case 'wrong-numbers':
    case 'other-device':
    case 'software':
    case 'strict-refused':
    case 'all-on-cpu':
    case 'incomplete':
      // What goes wrong here is in the answers.
  }
}

/** A process that holds every stream of this one but the one for answers. */
function startChild(pids: string): void {
  const program = 'setInterval(() => {}, 1000)';
  const { pid } = spawn(process.execPath, ['-e', program], { stdio: 'inherit' });
  appendFileSync(pids, `${pid}\n`);
}

/** Keeps the process alive as an engine that waits does. */
function never(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1000));
}
