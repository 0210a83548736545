import { OPTIONS } from './option-specs.ts';
import type { ServerSettings } from './server-settings.ts';

/** The settings of a server that was told nothing. */
export function defaultSettings(): ServerSettings {
  // Every key is in the table; a test compares the two.
  return Object.fromEntries(OPTIONS.map((spec) => [spec.key, spec.default])) as unknown as ServerSettings;
}
