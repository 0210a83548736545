import {
  EngineError,
  type BackendSessionV1,
  type DeviceV1,
  type OpenContextV1,
  type PlacementV1,
} from '@switchyard/core';
import { probeFailed, type LevelAnswer, type LevelsRequest } from './run-levels.ts';
import { TINY_NAME, tinyFeeds, tinyModelBytes, tinyResultProblem } from './tiny-model.ts';

/** Opens the tiny model on a device, runs it and compares the result. */
export async function tryTinyModel(request: LevelsRequest, device: DeviceV1): Promise<LevelAnswer> {
  const { dtypes } = request.backend.manifest;
  if (!dtypes.includes('float32')) {
    return {
      status: 'unknown',
      note: 'The backend takes no float32 tensors, and the tiny model has no others.',
    };
  }
  await using session = await openTiny(request, device, {});
  const { y } = await session.doRun(tinyFeeds());
  const problem = tinyResultProblem(y);
  if (problem !== null) {
    const reason = probeFailed(
      `A tiny model ran on \`${device.id}\`, and its result is wrong: ${problem}.`,
      'Do not use this device; please report it with the output of `switchyard doctor --json`.',
    );
    return { status: 'failed', reason, note: reason.message };
  }
  return {
    status: 'ok',
    devices: [session.device],
    note: `A tiny model ran on \`${device.id}\`, and its result is that of the reference.`,
  };
}

/** Opens the tiny model in strict mode and reads where its nodes are. */
export async function tryTinyPlacement(request: LevelsRequest, device: DeviceV1): Promise<LevelAnswer> {
  if (!request.backend.manifest.dtypes.includes('float32')) {
    return { status: 'unknown', note: 'The tiny model was not run.' };
  }
  await using session = await openTiny(request, device, { strict: true });
  const placement = await session.doPlacement({ feeds: tinyFeeds() });
  const elsewhere = nothingOnDevice(placement, device);
  if (elsewhere !== null) {
    const reason = probeFailed(elsewhere, 'Do not use this device: its engine computes on the CPU instead.');
    return { status: 'failed', reason, note: reason.message, placement };
  }
  const where = placement.providers
    .map(({ name, nodes }) => (nodes === null ? `\`${name}\`` : `${nodes} on \`${name}\``))
    .join(', ');
  return {
    status: placement.complete ? 'ok' : 'unknown',
    note: placement.complete
      ? `Nodes of the tiny model: ${where}.`
      : `Not every node is accounted for: ${placement.source}`,
    placement,
  };
}

/** What to say when every node that is accounted for is on the CPU and the device is none. */
function nothingOnDevice({ complete, providers }: PlacementV1, device: DeviceV1): string | null {
  if (!complete || device.kind === 'cpu') return null;
  const used = providers.filter(({ nodes }) => nodes !== 0);
  // Both engines name what computes on the CPU so: `CPUExecutionProvider`, `CPU`.
  if (used.length === 0 || !used.every(({ name }) => /^cpu/i.test(name))) return null;
  return `A tiny model was opened on \`${device.id}\` in strict mode, and all of its nodes are on the CPU.`;
}

async function openTiny(
  { backend, options, signal }: LevelsRequest,
  device: DeviceV1,
  mode: Pick<OpenContextV1, 'strict'>,
): Promise<BackendSessionV1> {
  const session = await backend.doOpen(
    { bytes: tinyModelBytes(), name: TINY_NAME },
    { device, options, ...mode, ...(signal === undefined ? {} : { signal }) },
  );
  if (session.device.id === device.id) return session;
  await session[Symbol.asyncDispose]();
  throw new EngineError({
    backend: backend.manifest.id,
    reason: {
      code: 'device-unknown',
      message: `\`${device.id}\` was asked for, but the session reports that it is on \`${session.device.id}\`.`,
      evidence: [{ path: 'session.device', value: session.device }],
      remedy: null,
    },
  });
}
