import type { NamedStatement } from './name-statements.ts';
import type { ResolvedRequest, SettingsProblem } from './resolved-settings.ts';
import { describeSource, layerStrength } from './setting-source.ts';

export interface RequestResolution {
  readonly request: ResolvedRequest;
  /** The statements that make up the request. */
  readonly winners: readonly NamedStatement[];
  /** Statements about the same thing that it overrode. */
  readonly losers: readonly NamedStatement[];
  readonly problems: readonly SettingsProblem[];
}

/**
 * The nearest request counts, and a device of the same or any other layer when it belongs to it.
 * Statements arrive nearest first and free of conflicts inside a layer.
 */
export function resolveRequest(named: readonly NamedStatement[]): RequestResolution {
  const requests = named.filter((statement) => ['exact', 'auto', 'ordered'].includes(statement.kind));
  const devices = named.filter((statement) => statement.kind === 'device');
  const request = requests[0];
  const device = devices[0];

  // A device that names its backend is itself a request for it, when it is nearer than the request.
  if (device?.id != null && (request === undefined || isNearer(device, request))) {
    return {
      request: { kind: 'exact', backend: device.id, device: device.device, source: device.source },
      winners: [device],
      losers: [...devices.slice(1), ...requests.filter((loser) => !namesBackend(loser, device.id!))],
      problems: [],
    };
  }
  if (request === undefined || request.kind === 'auto') {
    const source = request?.source ?? { layer: 'default' as const };
    return {
      request: { kind: 'auto', source },
      winners: request === undefined ? [] : [request],
      losers: [...requests.slice(1), ...devices],
      problems:
        device !== undefined && (request === undefined || isNearer(device, request))
          ? [bareDevice(device)]
          : [],
    };
  }

  const winners = requests.filter((statement) => statement.source.layer === request.source.layer);
  const losers = requests.filter((statement) => statement.source.layer !== request.source.layer);
  const fitting = devices.find((candidate) => candidate.id === null || namesBackend(request, candidate.id));
  const unused = devices.filter((candidate) => candidate !== fitting);
  const all = {
    winners: fitting === undefined ? winners : [...winners, fitting],
    losers: [...losers, ...unused],
  };
  if (request.kind === 'exact') {
    return {
      request: {
        kind: 'exact',
        backend: request.id,
        device: fitting?.device ?? null,
        source: request.source,
      },
      ...all,
      problems: [],
    };
  }
  if (request.kind !== 'ordered') throw new TypeError(`A ${request.kind} statement is not a request.`);
  return {
    request: {
      kind: 'ordered',
      backends: request.ids,
      device: fitting?.id == null ? null : { backend: fitting.id, device: fitting.device },
      source: request.source,
    },
    ...all,
    problems: fitting !== undefined && fitting.id === null ? [bareDevice(fitting)] : [],
  };
}

function isNearer(left: NamedStatement, right: NamedStatement): boolean {
  return layerStrength(left.source) > layerStrength(right.source);
}

function namesBackend(statement: NamedStatement, id: string): boolean {
  if (statement.kind === 'exact') return statement.id === id;
  return statement.kind === 'ordered' && statement.ids.includes(id);
}

function bareDevice(statement: NamedStatement & { readonly kind: 'device' }): SettingsProblem {
  return {
    code: 'invalid-value',
    message: `${describeSource(statement.source)} names the device \`${statement.device}\`, but not whose device it is.`,
    remedy: `Write the backend in front of it, as in \`cuda:0\`, or name the backend with \`--backend\`.`,
  };
}
