import { createCpuBackend } from '@switchyard/backend-cpu';
import type { IsolationV1 } from '@switchyard/core';
import { createRuntime, type OpenRequest, type Session } from '@switchyard/runtime';
import { createEchoBackend } from '../fixtures/echo-backend.ts';

/** How a session of ours is opened. */
export interface SwitchyardOptions {
  readonly isolation: IsolationV1;
  readonly backend: 'cpu' | 'echo';
  readonly model: Uint8Array | string;
  /** (optional) Options of the backend. Default: none. */
  readonly options?: OpenRequest['options'];
}

/** A session of ours, and the runtime that it belongs to. */
export interface SwitchyardSession extends AsyncDisposable {
  readonly session: Session;
}

/** Opens a model through the runtime; no settings of the machine are read. */
export async function openSwitchyard(wanted: SwitchyardOptions): Promise<SwitchyardSession> {
  const { isolation, backend, model, options } = wanted;
  const runtime = await createRuntime({
    backends: [backend === 'cpu' ? createCpuBackend() : createEchoBackend()],
    settings: [],
    isolation,
  });
  const source = typeof model === 'string' ? model : { bytes: model, name: 'bench' };
  const session = await runtime.open(source, {
    backend,
    isolation,
    ...(options === undefined ? {} : { options }),
  });
  if (session.isolation.kind !== isolation) {
    throw new TypeError(`\`${isolation}\` was asked for, but the session is \`${session.isolation.kind}\`.`);
  }
  return { session, [Symbol.asyncDispose]: () => runtime.close() };
}
