import type { NamedStatement } from './name-statements.ts';
import type { SettingsProblem } from './resolved-settings.ts';
import { describeSource, layerStrength } from './setting-source.ts';

/** Finds statements that contradict each other inside one layer. Statements arrive nearest first. */
export function findConflicts(named: readonly NamedStatement[]): readonly SettingsProblem[] {
  const byLayer = Map.groupBy(named, (statement) => layerStrength(statement.source));
  return [...byLayer.values()].flatMap((layer) => conflictsInLayer(layer));
}

function conflictsInLayer(layer: readonly NamedStatement[]): SettingsProblem[] {
  const exact = layer.filter((statement) => statement.kind === 'exact');
  const auto = layer.filter((statement) => statement.kind === 'auto');
  const ordered = layer.filter((statement) => statement.kind === 'ordered');
  const devices = layer.filter((statement) => statement.kind === 'device');
  const fallbacks = layer.filter((statement) => statement.kind === 'fallback');
  const problems: SettingsProblem[] = [];

  const clash = (
    left: NamedStatement | undefined,
    right: NamedStatement | undefined,
    why: string,
  ): boolean => {
    if (left === undefined || right === undefined) return false;
    problems.push({
      code: 'conflict',
      message: `${describeSource(left.source)} and ${describeSource(right.source)} contradict each other: ${why}.`,
      remedy: 'Remove one of the two.',
    });
    return true;
  };

  const requests: NamedStatement[] = [...exact, ...auto, ...ordered];
  const first = requests[0];
  clash(
    first,
    requests.find((statement) => first !== undefined && !sameRequest(first, statement)),
    'only one request can be met',
  );
  clash(
    devices[0],
    devices.find((device) => device.device !== devices[0]?.device),
    'a session runs on one device',
  );
  for (const device of devices) {
    const request = requests.find((statement) => device.id !== null && !coversBackend(statement, device.id));
    if (clash(device, request, `the device is one of \`${device.id}\``)) break;
  }
  for (const statement of layer) {
    if (statement.kind === 'allow') {
      const denied = layer.find((other) => other.kind === 'deny' && other.id === statement.id);
      clash(statement, denied, `\`${statement.id}\` cannot be both enabled and disabled`);
    }
    if (statement.kind === 'exact' && statement.said === 'use') {
      const denied = layer.find(
        (other) => other.kind === 'deny' && other.said === 'use' && other.id === statement.id,
      );
      clash(statement, denied, `\`${statement.id}\` cannot be both used and not used`);
    }
  }
  clash(
    fallbacks[0],
    fallbacks.find((fallback) => fallback.policy !== fallbacks[0]?.policy),
    'there is one fallback policy',
  );
  return problems;
}

function sameRequest(left: NamedStatement, right: NamedStatement): boolean {
  if (left.kind === 'exact') return right.kind === 'exact' && right.id === left.id;
  if (left.kind === 'ordered') return right.kind === 'ordered' && right.ids.join() === left.ids.join();
  return left.kind === right.kind;
}

function coversBackend(request: NamedStatement, id: string): boolean {
  if (request.kind === 'exact') return request.id === id;
  return request.kind === 'ordered' && request.ids.includes(id);
}
