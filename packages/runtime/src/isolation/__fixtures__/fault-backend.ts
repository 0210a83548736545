import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { ModelError, TensorError, type BackendV1, type Tensors, type ValueInfo } from '@switchyard/core';

/** What a run does, by the first number of `x`; the second is its argument. The result is `x` itself. */
export const FAULTS = {
  none: 0,
  segfault: 1,
  abort: 2,
  exitZero: 3,
  loop: 4,
  fillMemory: 5,
  junkOnStdout: 6,
  block: 7,
  throwTensorError: 8,
  throwPlain: 9,
  junkOnConnection: 10,
  noResult: 11,
  stderrThenAbort: 12,
} as const;

/**
 * A backend whose runs go wrong as they are told.
 *
 * @param log a file that gets the line `open` for every opening; opening number `failFrom` (from 1) and later ones end
 * their process
 */
export function createFaultBackend(log: string | null = null, failFrom = Infinity): BackendV1 {
  const device = { id: 'fault:0', name: 'Fault', kind: 'cpu', software: false } as const;
  const value = (name: string): ValueInfo => ({ name, dtype: 'int32', shape: [2] });
  return {
    specificationVersion: 'v1',
    manifest: {
      id: 'fault',
      title: 'Fault',
      package: { name: '@test/backend-fault', version: '1.0.0' },
      stability: 'stable',
      optIn: false,
      optInReason: 'It is a fixture.',
      deviceKinds: ['cpu'],
      dtypes: ['int32'],
      isolation: { minimum: 'inline', recommended: 'process' },
      options: {},
    },
    // JSON has no infinity, and means none by `null`.
    origin: {
      module: import.meta.url,
      factory: 'createFaultBackend',
      arguments: Number.isFinite(failFrom) ? [log, failFrom] : [log],
    },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: () => Promise.resolve({ ok: true, devices: [device], evidence: 'Made up.' }),
    doDevices: () => Promise.resolve([device]),
    async doOpen(model) {
      if ('bytes' in model && model.name === 'bad') {
        throw new ModelError('model-invalid', 'It is bad.', { model: 'bad', remedy: 'Take a good one.' });
      }
      if ('bytes' in model && model.name === 'crash') process.kill(process.pid, 'SIGSEGV');
      if ('bytes' in model && model.name === 'never') await new Promise(() => setInterval(() => {}, 1000));
      if (log !== null) {
        appendFileSync(log, 'open\n');
        if (readFileSync(log, 'utf8').split('\n').length - 1 >= failFrom) process.kill(process.pid, 'SIGKILL');
      }
      return {
        inputs: [value('x')],
        outputs: [value('y')],
        device,
        executionProviders: ['FaultExecutionProvider'],
        doRun: (feeds) => run(feeds),
        doPlacement: (request) =>
          Promise.resolve({
            source: request?.feeds === undefined ? 'none' : 'measured',
            complete: true,
            providers: [],
            partitions: null,
          }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

async function run(feeds: Tensors): Promise<Tensors> {
  const x = feeds['x']!;
  if (x.dtype === 'string') throw new TypeError('Not a string.');
  const [fault = 0, argument] = new Int32Array(x.bytes.buffer.slice(x.bytes.byteOffset, x.bytes.byteOffset + 8));
  switch (fault) {
    case FAULTS.segfault:
      process.kill(process.pid, 'SIGSEGV');
      block(10_000);
      break;
    case FAULTS.abort:
      process.abort();
      break;
    case FAULTS.exitZero:
      process.exit(0);
      break;
    case FAULTS.loop:
      for (;;);
    case FAULTS.fillMemory: {
      const held: Buffer[] = [];
      for (;;) {
        held.push(Buffer.alloc(8 * 1024 * 1024, 1));
        await new Promise((next) => setTimeout(next, 1));
      }
    }
    case FAULTS.junkOnStdout:
      writeSync(1, Buffer.alloc(300_000, 'junk {"ok":true}\n'));
      break;
    case FAULTS.block:
      block(argument!);
      break;
    case FAULTS.throwTensorError:
      throw new TensorError('input-value', 'A value is wrong.', { tensor: 'x', remedy: 'Change it.' });
    case FAULTS.throwPlain:
      throw new RangeError('Something else.');
    case FAULTS.junkOnConnection:
      writeSync(3, Buffer.alloc(64, 0xa5));
      block(10_000);
      break;
    case FAULTS.noResult:
      return {};
    case FAULTS.stderrThenAbort:
      writeSync(2, 'The driver is on fire.\n');
      process.kill(process.pid, 'SIGABRT');
      block(10_000);
      break;
    default:
  }
  return { y: x };
}

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
