import type { SelectionWarning } from '../selection/selection-report.ts';
import type { BackendNames } from './backend-names.ts';
import type { SettingsProblem } from './resolved-settings.ts';
import type { FallbackPolicy, SettingSource, SettingStatement } from './setting-statement.ts';
import { compareSources, describeSource } from './setting-source.ts';

/** A statement whose backends are ids. `auto` undoes a pin of a weaker layer. */
export type NamedStatement = { readonly source: SettingSource } & (
  | { readonly kind: 'exact'; readonly id: string; readonly said: 'backend' | 'use' }
  | { readonly kind: 'auto' }
  | { readonly kind: 'ordered'; readonly ids: readonly string[] }
  | { readonly kind: 'device'; readonly device: string; readonly id: string | null }
  | { readonly kind: 'deny'; readonly id: string; readonly said: 'disable' | 'use' }
  | { readonly kind: 'allow'; readonly id: string }
  | { readonly kind: 'fallback'; readonly policy: FallbackPolicy }
  | { readonly kind: 'plugin'; readonly package: string }
);

/** Resolves every backend name, nearest layer first; what cannot be resolved becomes a problem. */
export function nameStatements(
  statements: readonly SettingStatement[],
  names: BackendNames,
): {
  readonly named: readonly NamedStatement[];
  readonly problems: readonly SettingsProblem[];
  readonly warnings: readonly SelectionWarning[];
} {
  const named: NamedStatement[] = [];
  const problems: SettingsProblem[] = [];
  const warnings: SelectionWarning[] = [];

  const resolve = (typed: string, source: SettingSource): string | null => {
    const id = names.resolve(typed);
    if (id === null) problems.push(unknownBackend(typed, source, names));
    return id;
  };
  // What lies around (environment, files) may speak of backends that this composition does not have:
  // they cannot be chosen anyway. A name that was typed for this very call is meant.
  const resolvePermission = (typed: string, source: SettingSource): string | null => {
    const ambient = !['flag', 'api', 'client'].includes(source.layer);
    if (!ambient || names.resolve(typed) !== null) return resolve(typed, source);
    const { message, remedy } = unknownBackend(typed, source, names);
    warnings.push({ message, remedy });
    return null;
  };

  for (const statement of [...statements].toSorted((left, right) => compareStatements(left, right))) {
    const { source } = statement;
    switch (statement.kind) {
      case 'backend': {
        if (statement.backend === 'auto') {
          named.push({ kind: 'auto', source });
          break;
        }
        const id = resolve(statement.backend, source);
        if (id !== null) named.push({ kind: 'exact', id, said: 'backend', source });
        break;
      }
      case 'use': {
        const id = (statement.value ? resolve : resolvePermission)(statement.backend, source);
        if (id === null) break;
        if (statement.value) named.push({ kind: 'exact', id, said: 'use', source });
        else named.push({ kind: 'deny', id, said: 'use', source });
        break;
      }
      case 'disable':
      case 'enable': {
        const id = resolvePermission(statement.backend, source);
        if (id === null) break;
        if (statement.kind === 'enable') named.push({ kind: 'allow', id, source });
        else named.push({ kind: 'deny', id, said: 'disable', source });
        break;
      }
      case 'prefer': {
        const ids = statement.backends.map((backend) => resolve(backend, source));
        if (ids.length === 0 || new Set(ids).size !== ids.length) {
          problems.push({
            code: 'invalid-value',
            message: `${describeSource(source)} must name at least one backend, and none of them twice.`,
            remedy: `Write for example \`${names.ids.slice(0, 2).join(',')}\`.`,
          });
        } else if (!ids.includes(null)) {
          named.push({ kind: 'ordered', ids: ids as string[], source });
        }
        break;
      }
      case 'device': {
        const prefix = statement.device.split(':', 1)[0]!;
        const id = names.resolve(prefix);
        if (id === null && statement.device.includes(':'))
          problems.push(unknownBackend(prefix, source, names));
        else named.push({ kind: 'device', device: statement.device, id, source });
        break;
      }
      case 'fallback':
        named.push({ kind: 'fallback', policy: statement.policy, source });
        break;
      case 'plugin':
        named.push({ kind: 'plugin', package: statement.package, source });
        break;
      case 'invalid':
        problems.push({ code: 'invalid-value', message: statement.message, remedy: statement.remedy });
        break;
    }
  }
  return { named, problems, warnings };
}

function unknownBackend(typed: string, source: SettingSource, names: BackendNames): SettingsProblem {
  const nearest = names.nearest(typed);
  return {
    code: 'unknown-backend',
    message: `${describeSource(source)} names the backend \`${typed}\`, which is not known here.`,
    remedy:
      nearest === null
        ? `Known backends: ${names.ids.map((id) => `\`${id}\``).join(', ') || 'none'}.`
        : `Did you mean \`${nearest}\`?`,
  };
}

/** Nearest layer first, and within a layer an order that depends only on what was said. */
function compareStatements(left: SettingStatement, right: SettingStatement): number {
  const bySource = compareSources(left.source, right.source);
  if (bySource !== 0) return bySource;
  const leftText = sortKey(left);
  const rightText = sortKey(right);
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
}

function sortKey({ source: _source, ...said }: SettingStatement): string {
  return JSON.stringify(Object.entries(said).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
