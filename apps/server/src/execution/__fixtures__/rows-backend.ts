import { appendFileSync, existsSync } from 'node:fs';
import { ExecutionError, makeTensor, type BackendV1, type Tensors, type ValueInfo } from '@switchyard/core';

/** What a row does, by its first number; the second is a tag that comes back. */
export const ROWS = {
  echo: 0,
  /** Ends the process. */
  segfault: 1,
  /** Never comes back. */
  loop: 2,
  /** The engine fails. */
  refuse: 3,
  /** The whole answer has one row, however many were asked for. */
  oneRow: 4,
  /** Holds the process for as many milliseconds as its tag says. */
  block: 5,
} as const;

/**
 * `y` is `x`, int32 `[n, 2]`, and `wide` is `x` twice, `[n, 4]`, unless a row says otherwise.
 *
 * @param log a file to which every run appends its tags as a line of JSON. While a file of that name and
 * `.broken` exists, opening ends the process
 */
export function createRowsBackend(log: string): BackendV1 {
  const device = { id: 'rows:0', name: 'Rows', kind: 'cpu', software: false } as const;
  const info = (name: string, width: number): ValueInfo => ({ name, dtype: 'int32', shape: ['n', width] });
  return {
    specificationVersion: 'v1',
    manifest: {
      id: 'rows',
      title: 'Rows',
      package: { name: '@test/backend-rows', version: '1.0.0' },
      stability: 'stable',
      optIn: false,
      optInReason: 'It is a fixture.',
      deviceKinds: ['cpu'],
      dtypes: ['int32'],
      isolation: { minimum: 'inline', recommended: 'process' },
      options: {},
    },
    origin: { module: import.meta.url, factory: 'createRowsBackend', arguments: [log] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: () => Promise.resolve({ ok: true, devices: [device], evidence: 'Made up.' }),
    doDevices: () => Promise.resolve([device]),
    doOpen() {
      if (existsSync(`${log}.broken`)) process.kill(process.pid, 'SIGKILL');
      return Promise.resolve({
        inputs: [info('x', 2)],
        outputs: [info('y', 2), info('wide', 4)],
        device,
        executionProviders: ['RowsExecutionProvider'],
        doRun: (feeds) => Promise.resolve(run(feeds, log)),
        doPlacement: () =>
          Promise.resolve({ source: 'none', complete: true, providers: [], partitions: null }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
}

function run(feeds: Tensors, log: string): Tensors {
  const x = feeds['x']!;
  if (x.dtype === 'string') throw new TypeError('Not a string.');
  const copy = x.bytes.slice();
  const values = new Int32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4);
  const codes = [...values].filter((_, at) => at % 2 === 0);
  const tags = [...values].filter((_, at) => at % 2 === 1);
  appendFileSync(log, `${JSON.stringify(tags)}\n`);
  for (const [row, code] of codes.entries()) {
    if (code === ROWS.segfault) {
      process.kill(process.pid, 'SIGSEGV');
      hold(10_000);
    }
    if (code === ROWS.loop) for (;;);
    if (code === ROWS.refuse) {
      throw new ExecutionError('run-failed', 'Indices are out of bounds.', { backend: 'rows' });
    }
    if (code === ROWS.block) hold(tags[row]!);
  }
  const rows = codes.includes(ROWS.oneRow) ? 1 : codes.length;
  const wide = codes.flatMap((code, row) => [code, tags[row]!, code, tags[row]!]).slice(0, rows * 4);
  return {
    y: makeTensor('int32', [rows, 2], values.slice(0, rows * 2)),
    wide: makeTensor('int32', [rows, 4], wide),
  };
}

function hold(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
