import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SettingsError } from '../errors/settings-error.ts';
import type { SettingStatement } from './setting-statement.ts';
import { statementsFromConfig } from './statements-from-config.ts';

/** Name of the configuration file of a project. */
export const PROJECT_CONFIG = 'switchyard.config.json';

export interface ConfigFiles {
  readonly statements: readonly SettingStatement[];
  /** Files that were read, weakest layer first. */
  readonly files: readonly string[];
}

/**
 * Reads the user's configuration and the nearest `switchyard.config.json` at or above a folder. A file
 * that is not there is no error, unless it was named.
 *
 * @param options.named a configuration file that takes the place of the project's
 * @throws SettingsError `config-malformed`
 */
export async function readConfigFiles(options: {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  readonly named?: string;
  /** (optional) Keys that the composing program reads itself. Default: none. */
  readonly others?: readonly string[];
}): Promise<ConfigFiles> {
  const statements: SettingStatement[] = [];
  const files: string[] = [];
  const userFile = userConfigFile(options.environment, options.platform ?? process.platform);
  const userText = await readIfThere(userFile);
  if (userText !== null) {
    files.push(userFile);
    statements.push(...statementsFromConfig(userText, userFile, 'user-config', options.others));
  }
  const project = await projectConfig(options.cwd, options.named);
  if (project !== null) {
    files.push(project.file);
    statements.push(...statementsFromConfig(project.text, project.file, 'project-config', options.others));
  }
  return { statements, files };
}

/** Where the user's configuration is looked for: XDG on Linux and macOS, `%APPDATA%` on Windows. */
export function userConfigFile(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  const base =
    platform === 'win32'
      ? environment['APPDATA'] || join(homedir(), 'AppData', 'Roaming')
      : environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config');
  return join(base, 'switchyard', 'config.json');
}

async function projectConfig(
  cwd: string,
  named: string | undefined,
): Promise<{ readonly file: string; readonly text: string } | null> {
  if (named !== undefined) {
    const file = resolve(cwd, named);
    const text = await readIfThere(file);
    if (text !== null) return { file, text };
    throw new SettingsError(
      'config-malformed',
      `The configuration file \`${file}\` was named, but does not exist.`,
      {
        source: file,
        remedy: 'Check the path.',
      },
    );
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_CONFIG);
    const text = await readIfThere(file);
    if (text !== null) return { file, text };
    if (dirname(folder) === folder) return null;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new SettingsError(
      'config-malformed',
      `The configuration file \`${file}\` cannot be read (${code}).`,
      {
        source: file,
        remedy: 'Check its permissions, or move it away.',
        cause: error,
      },
    );
  }
}
