import { ProtocolError, type LogSettings } from '@switchyard/open-inference';
import { shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/** What settings of logs do. */
export interface LogHooks {
  /** Those that the server started with, as far as they differ from Triton's. */
  readonly initial: LogSettings;
  /** All settings, from now on. */
  apply(settings: LogSettings): void;
}

/** Settings of logs. */
export interface LogSettingsStore {
  get(): LogSettings;
  /** @throws ProtocolError invalid-argument, unsupported; nothing is changed then */
  update(changes: Readonly<Record<string, unknown>>): LogSettings;
}

const DEFAULTS: LogSettings = Object.freeze({
  log_file: '',
  log_info: true,
  log_warning: true,
  log_error: true,
  log_verbose_level: 0,
  log_format: 'default',
});
const FORMATS: readonly unknown[] = ['default', 'ISO8601'];
const LARGEST_LEVEL = 2 ** 32 - 1;

/** Keeps the settings, checks changes as a whole, and hands them on. */
export function createLogSettings(hooks: LogHooks | null): LogSettingsStore {
  let settings: LogSettings = Object.freeze({ ...DEFAULTS, ...hooks?.initial });
  return {
    get: () => settings,
    update: (changes) => {
      if (hooks === null) {
        throw new ProtocolError('unsupported', 'the server does not support dynamic logging');
      }
      const next: Record<string, string | boolean | number> = { ...settings };
      for (const [name, value] of Object.entries(changes)) {
        if (!Object.hasOwn(DEFAULTS, name)) {
          throw invalid(
            `unknown log setting '${shown(name)}', expected one of ${Object.keys(DEFAULTS).join(', ')}`,
          );
        }
        // Triton takes null for a setting that is left as it is.
        if (value !== null) next[name] = checked(name, value);
      }
      settings = Object.freeze(next);
      hooks.apply(settings);
      return settings;
    },
  };
}

function checked(name: string, value: unknown): string | boolean | number {
  switch (name) {
    case 'log_file':
      throw new ProtocolError('unsupported', 'log file location can not be updated through network protocol');
    case 'log_verbose_level': {
      const level = typeof value === 'bigint' ? Number(value) : value;
      if (typeof level === 'number' && Number.isInteger(level) && level >= 0 && level <= LARGEST_LEVEL) {
        return level;
      }
      throw invalid(`expect unsigned integer for '${name}'`);
    }
    case 'log_format':
      if (typeof value === 'string' && FORMATS.includes(value)) return value;
      throw invalid(`invalid argument for '${name}', expected one of ${FORMATS.join(', ')}`);
    default:
      if (typeof value === 'boolean') return value;
      throw invalid(`expect boolean for '${name}'`);
  }
}
