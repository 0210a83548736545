import type { EffectiveSetting } from '../selection/selection-report.ts';
import type { NamedStatement } from './name-statements.ts';
import type { Permission } from './resolved-settings.ts';

/**
 * For every backend that anybody spoke of, whether automatic choice may use it. The nearest statement
 * wins. Statements arrive nearest first and free of conflicts inside a layer.
 */
export function resolvePermissions(named: readonly NamedStatement[]): {
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly effective: readonly EffectiveSetting[];
} {
  const permissions = new Map<string, Permission>();
  const effective: EffectiveSetting[] = [];
  const spoken = named.filter((statement) => statement.kind === 'deny' || statement.kind === 'allow');
  for (const [id, [winner, ...weaker]] of Map.groupBy(spoken, (statement) => statement.id)) {
    if (winner === undefined) continue;
    const allowed = winner.kind === 'allow';
    permissions.set(id, { allowed, source: winner.source });
    // `--use-x=false` also overrides a weaker `use x`, which would otherwise have been a request.
    const uses = named.filter(
      (statement) =>
        statement.kind === 'exact' &&
        statement.said === 'use' &&
        statement.id === id &&
        winner.kind === 'deny' &&
        winner.said === 'use',
    );
    effective.push({
      key: `${allowed ? 'enable' : 'disable'}.${id}`,
      value: true,
      source: winner.source,
      overrode: [...weaker, ...uses]
        .filter((statement) => statement.source.layer !== winner.source.layer)
        .map((statement) => statement.source),
    });
  }
  return { permissions, effective };
}
