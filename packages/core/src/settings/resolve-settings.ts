import type { EffectiveSetting } from '../selection/selection-report.ts';
import type { BackendNames } from './backend-names.ts';
import { findConflicts } from './find-conflicts.ts';
import { nameStatements, type NamedStatement } from './name-statements.ts';
import { resolvePermissions } from './resolve-permissions.ts';
import { resolveRequest } from './resolve-request.ts';
import type { Permission, ResolvedRequest, ResolvedSettings, SettingsProblem } from './resolved-settings.ts';
import { compareSources, layerStrength } from './setting-source.ts';
import type { SettingStatement } from './setting-statement.ts';

/**
 * What all layers together say. Pure; the order of the statements does not matter. Contradictions and
 * words that mean nothing become `problems`, never a silent choice.
 */
export function resolveSettings(
  statements: readonly SettingStatement[],
  names: BackendNames,
): ResolvedSettings {
  const operator = statements.filter((statement) => statement.source.layer !== 'client');
  const fromClient = statements.filter((statement) => statement.source.layer === 'client');
  const { named, problems, warnings } = nameStatements(operator, names);
  const client = resolveClient(fromClient, names);

  const standing = withoutOverriddenUses(named);
  const request = resolveRequest(standing);
  const permissions = resolvePermissions(named);
  const overruled = overruledDenials(request.request, permissions.permissions);
  const fallbacks = named.filter((statement) => statement.kind === 'fallback');
  const plugins = named.filter((statement) => statement.kind === 'plugin');

  const effective: EffectiveSetting[] = [
    ...requestSettings(request.request, request.winners, [
      ...request.losers,
      ...named.filter((statement) => statement.kind === 'deny' && overruled.has(statement.id)),
    ]),
    ...permissions.effective.filter((setting) => !overruled.has(setting.key.replace(/^disable\./, ''))),
    {
      key: 'fallback',
      value: fallbacks[0]?.policy ?? 'warn',
      source: fallbacks[0]?.source ?? { layer: 'default' },
      overrode: fallbacks
        .filter((loser) => loser.source.layer !== fallbacks[0]?.source.layer)
        .map(({ source }) => source),
    },
    ...plugins.map((plugin) => ({
      key: 'plugins',
      value: plugin.package,
      source: plugin.source,
      overrode: [],
    })),
  ];
  return {
    request: request.request,
    permissions: new Map([...permissions.permissions].filter(([id]) => !overruled.has(id))),
    client: client.client,
    fallback: fallbacks[0]?.policy ?? 'warn',
    effective: effective.toSorted((left, right) => compareSettings(left, right)),
    warnings,
    problems: unique([...problems, ...client.problems, ...findConflicts(named), ...request.problems]),
  };
}

/** `use x` is one thing: only its nearest value counts, so a nearer `=false` takes back a weaker `=true`. */
function withoutOverriddenUses(named: readonly NamedStatement[]): readonly NamedStatement[] {
  return named.filter((statement) => {
    if (statement.kind !== 'exact' || statement.said !== 'use') return true;
    return !named.some(
      (other) =>
        other.kind === 'deny' &&
        other.said === 'use' &&
        other.id === statement.id &&
        layerStrength(other.source) > layerStrength(statement.source),
    );
  });
}

/** Denials that a nearer request for the same backend overrides. */
function overruledDenials(
  request: ResolvedRequest,
  permissions: ReadonlyMap<string, Permission>,
): ReadonlySet<string> {
  const requested =
    request.kind === 'exact' ? [request.backend] : request.kind === 'ordered' ? request.backends : [];
  return new Set(
    requested.filter((id) => {
      const permission = permissions.get(id);
      return (
        permission?.allowed === false && layerStrength(permission.source) < layerStrength(request.source)
      );
    }),
  );
}

function requestSettings(
  request: ResolvedRequest,
  winners: readonly NamedStatement[],
  losers: readonly NamedStatement[],
): EffectiveSetting[] {
  const overrode = losers
    .filter((loser) => loser.kind !== 'device')
    .map(({ source }) => source)
    .toSorted(compareSources);
  const device = winners.find((statement) => statement.kind === 'device');
  const settings: EffectiveSetting[] = [
    request.kind === 'ordered'
      ? { key: 'prefer', value: request.backends, source: request.source, overrode }
      : {
          key: 'backend',
          value: request.kind === 'exact' ? request.backend : 'auto',
          source: request.source,
          overrode,
        },
  ];
  const overriddenDevices = losers.filter((loser) => loser.kind === 'device').map(({ source }) => source);
  if (device?.kind === 'device') {
    settings.push({
      key: 'device',
      value: device.device,
      source: device.source,
      overrode: overriddenDevices,
    });
  } else if (overriddenDevices.length > 0) {
    settings[0] = { ...settings[0]!, overrode: [...overrode, ...overriddenDevices].toSorted(compareSources) };
  }
  return settings;
}

function resolveClient(
  statements: readonly SettingStatement[],
  names: BackendNames,
): { readonly client: ResolvedSettings['client']; readonly problems: readonly SettingsProblem[] } {
  const { named, problems } = nameStatements(statements, names);
  const { request, problems: requestProblems } = resolveRequest(named);
  const all = [...problems, ...findConflicts(named), ...requestProblems];
  return { client: request.kind === 'exact' ? request : null, problems: all };
}

function compareSettings(left: EffectiveSetting, right: EffectiveSetting): number {
  if (left.key !== right.key) return left.key < right.key ? -1 : 1;
  const leftValue = String(left.value);
  const rightValue = String(right.value);
  return leftValue < rightValue ? -1 : leftValue > rightValue ? 1 : compareSources(left.source, right.source);
}

function unique(problems: readonly SettingsProblem[]): readonly SettingsProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}
