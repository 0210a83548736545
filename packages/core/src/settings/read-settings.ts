import type { SelectionWarning } from '../selection/selection-report.ts';
import type { BackendNames } from './backend-names.ts';
import { readConfigFiles } from './read-config-files.ts';
import type { SettingStatement } from './setting-statement.ts';
import { statementsFromEnvironment } from './statements-from-environment.ts';

export interface SettingsRead {
  readonly statements: readonly SettingStatement[];
  readonly warnings: readonly SelectionWarning[];
  /** Configuration files that were read, weakest layer first. */
  readonly files: readonly string[];
}

/**
 * Reads the layers that lie around: the user's and the project's configuration and the environment.
 * Flags and requests of the program are added by the caller.
 *
 * @throws SettingsError `config-malformed`
 */
export async function readSettings(options: {
  readonly names: BackendNames;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** (optional) A configuration file that takes the place of the project's. Default: the nearest one. */
  readonly configFile?: string;
  /** (optional) Keys of configuration files that the composing program reads itself. Default: none. */
  readonly otherKeys?: readonly string[];
  /** (optional) `SWITCHYARD_*` variables that the composing program reads itself. Default: none. */
  readonly otherVariables?: readonly string[];
}): Promise<SettingsRead> {
  const { environment, names } = options;
  const named = options.configFile ?? (environment['SWITCHYARD_CONFIG'] || undefined);
  const config = await readConfigFiles({
    cwd: options.cwd,
    environment,
    ...(named === undefined ? {} : { named }),
    ...(options.otherKeys === undefined ? {} : { others: options.otherKeys }),
  });
  const variables = statementsFromEnvironment(environment, names, [
    'SWITCHYARD_CONFIG',
    ...(options.otherVariables ?? []),
  ]);
  return {
    statements: [...config.statements, ...variables.statements],
    warnings: variables.warnings,
    files: config.files,
  };
}
