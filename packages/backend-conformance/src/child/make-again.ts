import {
  EngineError,
  tensorValues,
  type BackendOriginV1,
  type BackendSessionV1,
  type BackendV1,
} from '@switchyard/core';
import type { CaseContext } from '../conformance-case.ts';
import { difference, floats } from '../goldens/models.ts';
import type { GoldenModel } from '../goldens/golden-model.ts';
import type { ChildRequest } from './child-protocol.ts';

/** Makes the backend of an origin in this process. */
export async function makeAgain(origin: BackendOriginV1): Promise<BackendV1> {
  const module = (await import(origin.module)) as Readonly<Record<string, unknown>>;
  return (await (module[origin.factory] as (...given: readonly unknown[]) => unknown)(
    ...origin.arguments,
  )) as BackendV1;
}

/** Opens a model of the kit. */
export async function openModel(
  { backend, device }: Pick<CaseContext, 'backend' | 'device'>,
  model: GoldenModel,
  context: Parameters<CaseContext['open']>[1] = {},
): Promise<BackendSessionV1> {
  const { options = {}, strict } = context;
  return backend.doOpen(
    { bytes: model.bytes(), name: model.name },
    { device, options, ...(strict === undefined ? {} : { strict }) },
  );
}

/** The device that the request names. */
export function deviceOf(request: ChildRequest): CaseContext['device'] {
  if (request.device !== null) return request.device;
  const id = request.probe?.backend ?? 'the backend';
  throw new EngineError({
    backend: id,
    reason: {
      code: 'device-unknown',
      message: 'The kit has no device for this case.',
      evidence: [],
      remedy: null,
    },
  });
}

/** Opens, runs once and gives back what was computed, and the session, still open. */
export async function openAndRun(
  subject: Pick<CaseContext, 'backend' | 'device'>,
): Promise<{ readonly session: BackendSessionV1; readonly values: readonly unknown[] }> {
  const session = await openModel(subject, difference('float32'));
  const results = await session.doRun({ a: floats([2], [5, 10]), b: floats([2], [1, 4]) });
  return { session, values: [...tensorValues(results['difference']!)] };
}
