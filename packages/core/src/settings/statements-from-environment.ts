import type { SelectionWarning } from '../selection/selection-report.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { BackendNames } from './backend-names.ts';
import { BOOLEAN_SPELLINGS, parseBoolean } from './boolean-spelling.ts';
import type { SettingSource, SettingStatement } from './setting-statement.ts';
import { statementsFromText } from './statements-from-text.ts';

const PREFIX = 'SWITCHYARD_';
const USE_PREFIX = `${PREFIX}USE_`;
const KEYS = {
  SWITCHYARD_BACKEND: 'backend',
  SWITCHYARD_DISABLE: 'disable',
  SWITCHYARD_ENABLE: 'enable',
  SWITCHYARD_PREFER: 'prefer',
  SWITCHYARD_DEVICE: 'device',
  SWITCHYARD_FALLBACK: 'fallback',
  SWITCHYARD_PLUGINS: 'plugins',
} as const;

/**
 * Reads `SWITCHYARD_*` variables. The empty string means "not set". A variable of our prefix that
 * nobody knows is a warning with the nearest name: it may belong to another version.
 *
 * @param others variables with our prefix that have another meaning in the composing program
 */
export function statementsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  names: BackendNames,
  others: readonly string[] = [],
): { readonly statements: readonly SettingStatement[]; readonly warnings: readonly SelectionWarning[] } {
  const statements: SettingStatement[] = [];
  const warnings: SelectionWarning[] = [];
  const useNames = names.all.map((name) => useVariable(name));
  for (const variable of Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX))
    .toSorted()) {
    const value = environment[variable];
    if (value === undefined || value === '' || others.includes(variable)) continue;
    const source: SettingSource = { layer: 'env', detail: `${variable}=${value}` };
    const key = Object.hasOwn(KEYS, variable) ? KEYS[variable as keyof typeof KEYS] : undefined;
    const used = useNames.indexOf(variable);
    if (key !== undefined) statements.push(...statementsFromText(key, value, source));
    else if (used !== -1) statements.push(useStatement(names.all[used]!, variable, value, source));
    else if (variable.startsWith(USE_PREFIX)) {
      // A request for a backend that this program does not have is still a request, and refused as one.
      const typed = variable.slice(USE_PREFIX.length).toLowerCase().replaceAll('_', '-');
      statements.push(useStatement(typed, variable, value, source));
    } else warnings.push(unknownVariable(variable, [...Object.keys(KEYS), ...useNames, ...others]));
  }
  return { statements, warnings };
}

/** `SWITCHYARD_USE_MPS_COREML` for `mps-coreml`. */
export function useVariable(name: string): string {
  return `${USE_PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
}

function useStatement(
  backend: string,
  variable: string,
  value: string,
  source: SettingSource,
): SettingStatement {
  const parsed = parseBoolean(value);
  if (parsed !== null) return { kind: 'use', backend, value: parsed, source };
  return {
    kind: 'invalid',
    key: `use.${backend}`,
    message: `The environment variable \`${variable}\` is \`${value}\`, which is neither yes nor no.`,
    remedy: `Set it to ${BOOLEAN_SPELLINGS}, or unset it.`,
    source,
  };
}

function unknownVariable(variable: string, known: readonly string[]): SelectionWarning {
  const nearest = nearestName(variable, known);
  return {
    message: `The environment variable \`${variable}\` means nothing here and was not followed.`,
    remedy:
      nearest === null
        ? `Unset it, or see \`switchyard config --help\` for those that exist.`
        : `Did you mean \`${nearest}\`?`,
  };
}
