import { readdirSync } from 'node:fs';
import { makeTensor, type BackendV1, type IsolationV1, type Tensors } from '@switchyard/core';
import type { IsolationHooks } from '../hosted-session.ts';
import type { IsolatedSession } from '../isolated-session.ts';
import { openIsolated, type IsolationOptions } from '../open-isolated.ts';

export const ISOLATIONS: readonly IsolationV1[] = ['inline', 'thread', 'process'];

/** Opens a made-up model on the only device of a fixture backend. */
export function openFixture(
  backend: BackendV1,
  isolation: IsolationV1,
  options: IsolationOptions & { readonly name?: string; readonly signal?: AbortSignal } = {},
  hooks: IsolationHooks = {},
): Promise<IsolatedSession> {
  const { name = 'model', signal, ...rest } = options;
  const device = { id: `${backend.manifest.id}:0`, name: 'Fixture', kind: 'cpu', software: false } as const;
  return openIsolated(
    backend,
    isolation,
    { bytes: new Uint8Array([1, 2, 3]), name },
    { device, options: {}, ...(signal === undefined ? {} : { signal }) },
    rest,
    hooks,
  );
}

/** Feeds of the fault backend. */
export function fault(code: number, argument = 0): Tensors {
  return { x: makeTensor('int32', [2], [code, argument]) };
}

/** Bytes that repeat after 251, which no power of two divides. */
export function pattern(length: number): Uint8Array {
  return new Uint8Array(Buffer.alloc(length, Uint8Array.from({ length: 251 }, (_, at) => at)));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setTimeout(next, 5));
}

/** Folders of shared memory that belong to a process. */
export function sharedFolders(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/dev/shm').filter((name) => name.startsWith(`switchyard-${pid}-`));
}
